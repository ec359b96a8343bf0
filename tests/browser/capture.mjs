// What a phone's visit leaves in the journal: node capture.mjs HTTPS-PORT, with what visitor.mjs wants to know. The pages
// are changed on the way, and are as they were in the end.
import { forget, sameView, sleep, until } from './journal.mjs'
import { site } from './phone.mjs'
import { launch, leave, numbered, open, publish, tap, tapOn, visit } from './visitor.mjs'

const port = process.argv[2]
const home = '/'
const shop = '/voglio-andare/negozio'
const guide = '/voglio-sapere/scegliere-scarpe'
const group = '/voglio-fare/corri-con-noi' // its author's own HTML
const flyer = '/volantino'
const odd = '/strani'

async function ordinaryVisits(browser) {
    await visit(browser, 'three seconds', ['view /', 'seen /', 'engaged /', 'summary /'], async ({ page, reached, got }) => {
        await open(page, '/?utm_source=volantino&utm_medium=qr')
        await reached(3)
        await leave(page)
        await reached(4)
        const [view, , engaged, summary] = got()
        return [
            ['all of one view', sameView(got())],
            ['numbered from one', numbered(got())],
            ['the view knows its campaign', view.utm_source === 'volantino' && view.device === 'mobile'],
            ['after three seconds', engaged.t >= 3000, engaged.t],
            ['a summary with vitals', ['engaged_ms', 'ttfb', 'fcp', 'lcp', 'cls'].every((key) => summary[key] !== undefined) &&
                summary.fcp > 0 && summary.lcp >= summary.fcp && summary.cls === 0 && summary.engaged_ms >= 3000,
            JSON.stringify(summary)],
        ]
    })

    await visit(browser, 'a quarter scrolled', [`view ${guide}`, `seen ${guide}`, `engaged ${guide}`, `summary ${guide}`],
        async ({ page, reached, got }) => {
            await open(page, guide)
            await reached(2)
            await page.evaluate(() => scrollTo(0, document.documentElement.scrollHeight))
            await reached(3)
            await leave(page)
            await reached(4)
            return [['to its end', got()[3].scroll > 95, got()[3].scroll]]
        })

    const called = ['view /', 'seen /', 'engaged /', 'click / call tel']
    await visit(browser, 'a tap on call, and the dialler opens', [...called, 'left / call tel', 'summary /'],
        async ({ page, reached }) => {
            await open(page, home)
            await reached(2)
            await tap(page, 'call')
            await reached(4)
            await leave(page)
        })

    // Chromium answers no touch for as long as it looks for a dialler, and here there is none: the second might wait for ever.
    const noDialler = () => addEventListener('click', (event) => event.preventDefault())
    await visit(browser, 'a double tap', [...called, 'click / call tel'], async ({ page, reached, got }) => {
        await page.addInitScript(noDialler)
        await open(page, home)
        await reached(2)
        await tap(page, 'call')
        await tap(page, 'call')
        await reached(5)
        return [['numbered from one', numbered(got())]]
    })

    const shared = 'whatsapp whatsapp'
    await visit(browser, 'a link that leaves at once',
        ['view /', 'seen /', 'engaged /', `click / ${shared}`, `left / ${shared}`, 'summary /'],
        async ({ page, reached }) => {
            await open(page, home)
            await reached(2)
            await tap(page, 'whatsapp')
            await page.waitForURL('https://wa.me/**')
        })

    await visit(browser, 'offline at the tap, and online after', called, async ({ page, context, reached, got }) => {
        await open(page, home)
        await reached(2)
        await context.setOffline(true)
        await tap(page, 'call')
        await sleep(500)
        const before = got().length
        await context.setOffline(false)
        await reached(4)
        return [['nothing came while it was offline', before === 2, before]]
    })

    await visit(browser, 'without script', ['view /', `click / ${shared} ping`], async ({ page, reached, got }) => {
        await open(page, '/?utm_source=volantino')
        await tap(page, 'whatsapp')
        await reached(2)
        return [['not tied to the view', got()[1].pv === undefined]]
    }, { javaScriptEnabled: false })

    await visit(browser, 'a page read again', ['view /', 'seen /', 'summary /', 'view / cached', 'seen /'],
        async ({ page, reached, got }) => {
            await open(page, home)
            await reached(2)
            await page.reload()
            await reached(5)
            return [['the answer 304 brings a token of its own', got()[3].pv === got()[4].pv && got()[0].pv !== got()[3].pv]]
        })

    await visit(browser, 'staff', ['view / internal', 'seen / internal'], async ({ page, reached }) => {
        await open(page, '/_/io')
        await Promise.all([page.waitForEvent('load'), page.tap('button')])
        await open(page, home)
        await reached(2)
    }, { cookies: 1 })
}

const sayCapture = (browser, much, isLive) =>
    publish('_site.yaml', (text) => `${text}\ncapture: ${much}\n`, browser, home, isLive)

async function lessRecorded(browser) {
    const callAndLeave = async ({ page, reached, got }) => {
        await open(page, '/?utm_source=volantino')
        await reached(2)
        await tap(page, 'call')
        await reached(4)
        await leave(page)
        await reached(6)
        return [
            ['no token and no journey', got().every(({ pv, journey }) => !pv && !journey), JSON.stringify(got())],
        ]
    }
    const undo = await sayCapture(browser, 'page', (answer) => !answer.headers()['server-timing']?.includes('pv;'))
    await visit(browser, 'capture: page', ['view /', 'seen /', 'engaged /', 'click / call tel', 'left / call tel', 'summary /'],
        callAndLeave)
    undo()
    const undoOff = await sayCapture(browser, 'off', async (answer) => !(await answer.text()).includes('<script>'))
    await visit(browser, 'capture: off', ['view /'], async ({ page, got }) => {
        await open(page, home)
        await tap(page, 'call')
        await sleep(1500)
        await leave(page)
        await sleep(1500)
        return [['no token', !got()[0].pv]]
    })
    undoOff()
}

// Runs as other browsers do that hide the answer's timing from scripts.
async function hideTiming(page, path) {
    const session = await page.context().newCDPSession(page)
    session.on('Fetch.requestPaused', ({ requestId, responseStatusCode: responseCode, responseHeaders }) =>
        session.send('Fetch.continueResponse', { requestId, responseCode,
            responseHeaders: responseHeaders.filter(({ name }) => name.toLowerCase() !== 'server-timing') }))
    await session.send('Fetch.enable', { patterns: [{ urlPattern: `${site}${path}*`, resourceType: 'Document',
        requestStage: 'Response' }] })
}

// Fails the first post of the visit with that status, and lets all others go on.
function refuseOnce(page, status) {
    let posts = 0
    return page.route('**/_/e', (route) => (posts++ ? route.continue() : route.fulfill({ status })))
}

async function otherAnswers(browser) {
    const callAfterRefusal = (status) => async ({ page, reached, got }) => {
        await refuseOnce(page, status)
        await open(page, home)
        await until(() => got().length >= 1)
        await tap(page, 'call')
        await reached(4)
        return [['of one document, in order', numbered(got().slice(1))]]
    }
    for (const status of [425, 429, 503])
        await visit(browser, `an answer ${status}`, ['view /', 'seen /', 'engaged /', 'click / call tel'],
            callAfterRefusal(status))
    await visit(browser, 'an answer 400', ['view /', 'engaged /', 'click / call tel'], async ({ page, reached, got }) => {
        await refuseOnce(page, 400)
        await Promise.all([page.waitForResponse('**/_/e'), open(page, home)])
        await tap(page, 'call')
        await reached(3)
        return [['what was refused for good does not come again', got()[1].n === 2]]
    })
}

async function otherWays(browser) {
    await visit(browser, 'a browser whose fetch does not outlive the page',
        ['view /', 'seen / beacon', 'engaged / beacon', 'click / call tel beacon', 'left / call tel beacon', 'summary / beacon'],
        async ({ page, reached }) => {
            await page.addInitScript(() => delete Request.prototype.keepalive)
            await open(page, home)
            await reached(2)
            await tap(page, 'call')
            await reached(4)
            await leave(page)
        })

    await visit(browser, 'its author’s own HTML',
        [`view ${group}`, `seen ${group}`, `engaged ${group}`, `click ${group} chiama tel`], async ({ page, reached, got }) => {
            await open(page, group)
            await reached(2)
            await tap(page, 'chiama')
            await reached(4)
            return [['all of one view', sameView(got())]]
        })

    await visit(browser, 'a link that is counted by being followed', [`redirect ${shop} directions map redirect`],
        async ({ page, reached, got }) => {
            await open(page, `/_/go${shop}/directions`).catch(() => {})
            await reached(1)
            return [['it has led to the map', /^https:\/\/(?!www\.example\.it)/.test(page.url()), page.url()],
                ['not tied to a view', !got()[0].pv]]
        })

    await visit(browser, 'the answer’s timing is hidden',
        ['view /', 'seen / client', 'engaged / client', 'click / call tel client'], async ({ page, reached, got }) => {
            await hideTiming(page, home)
            await open(page, '/?utm_source=volantino')
            await reached(2)
            await tap(page, 'call')
            await reached(4)
            const [view, ...own] = got()
            return [
                ['the script has made a number of its own', sameView(own) && own[0].pv !== view.pv && own[0].pv === own[0].d],
                ['which knows its campaign', own[0].utm_source === 'volantino', JSON.stringify(own[0])],
            ]
        })
}

// A page whose speculation rules have the browser make the shop's page ready.
function publishFlyer(browser, how) {
    const rules = JSON.stringify({ [how]: [{ urls: [shop], eagerness: 'immediate' }] })
    return publish('volantino.html', () => `<!DOCTYPE html><html lang="it"><title>Volantino</title>
<script type="speculationrules">${rules}</script><p><a href="${shop}">Vieni a trovarci</a>`, browser, flyer,
    (answer) => answer.status() === 200)
}

// The link is followed by script: a tap would put the journey behind the address, and Chromium holds
// an address with another fragment for one that it has not prefetched.
async function prefetched(browser) {
    const undo = await publishFlyer(browser, 'prefetch')
    const ahead = [`view ${flyer}`, `seen ${flyer}`, `view ${shop} prefetch`]
    await visit(browser, 'a page prefetched and never shown', ahead, async ({ page, reached }) => {
        await open(page, flyer)
        await reached(3)
    })
    await visit(browser, 'a page prefetched, and then shown', [...ahead, `summary ${flyer}`, `seen ${shop}`].sort(),
        async ({ page, reached, got }) => {
            await open(page, flyer)
            await reached(3)
            await page.evaluate((path) => void setTimeout(() => location.assign(path)), shop)
            await page.waitForURL(`${site}${shop}`)
            await reached(5)
            return [['of the view that was prefetched', sameView(got().filter(({ page: path }) => path === shop))]]
        }, { anyOrder: true })
    undo()
}

// The same, with the page made ready as a whole.
async function prerendered(browser) {
    const undo = await publishFlyer(browser, 'prerender')
    const ahead = [`view ${flyer}`, `seen ${flyer}`, `view ${shop} prerender`]
    await visit(browser, 'a page prerendered and never shown', ahead, async ({ page, reached }) => {
        await open(page, flyer)
        await reached(3)
        await sleep(1000) // which a script that does not wait to be shown would use
    })
    await visit(browser, 'a page prerendered, and then shown', [...ahead, `summary ${flyer}`, `seen ${shop}`].sort(),
        async ({ page, reached, got }) => {
            await open(page, flyer)
            await reached(3)
            await page.evaluate((path) => void setTimeout(() => location.assign(path)), shop).catch(() => {})
            await reached(5)
            return [['of the view that was prerendered', sameView(got().filter(({ page: path }) => path === shop))]]
        }, { anyOrder: true })
    undo()
}

// What authors write, and a phone that is away for long.
async function oddLinks(browser) {
    const undo = await publish('strani.html', () => `<!DOCTYPE html><html lang="it"><title>Strani</title>
<p><a id="ancora">Un'ancora</a> <button data-cta="prova">Prova</button>
<div data-cta="prenota"><p>Vieni, o <a href="tel:+390521555010">chiama</a></div>
<p><svg width="200" height="60"><a href="tel:+390521555010"><rect width="200" height="60"/></a></svg>`, browser, odd,
    (answer) => answer.status() === 200)
    await visit(browser, 'an anchor that leads nowhere, and a link in an SVG',
        [`view ${odd}`, `seen ${odd}`, `engaged ${odd}`, `click ${odd} call tel`], async ({ page, reached }) => {
            await open(page, odd)
            await reached(2)
            await tapOn(page, '#ancora')
            await tapOn(page, 'rect')
            await reached(4)
        })
    await visit(browser, 'a link in what is marked',
        [`view ${odd}`, `seen ${odd}`, `engaged ${odd}`, `click ${odd} prenota tel`], async ({ page, reached }) => {
            await open(page, odd)
            await reached(2)
            await tapOn(page, '[data-cta="prenota"] a')
            await reached(4)
        })
    const many = Array.from({ length: 100 }, () => `click ${odd} prova`)
    await visit(browser, 'more taps while it was offline than one request may bring',
        [`view ${odd}`, `seen ${odd}`, `engaged ${odd}`, ...many], async ({ page, context, reached, got }) => {
            await open(page, odd)
            await reached(2)
            await context.setOffline(true)
            await page.evaluate((n) => {
                for (let i = 0; i < n; i++) document.querySelector('button').click()
            }, many.length)
            await sleep(500)
            const before = got().length
            await context.setOffline(false)
            await reached(many.length + 3)
            return [['nothing came while it was offline', before === 2, before], ['numbered from one', numbered(got())]]
        })
    undo()
}

async function journeys(browser) {
    const inside = ['view /', 'seen /', 'engaged /', 'click / page page', 'left / page page', 'summary /']
    const there = [...inside, `view ${shop}`, `seen ${shop}`]
    const follow = async ({ page, reached }) => {
        await open(page, home)
        await reached(2)
        await page.tap(`main a[href="${shop}"]`)
        await page.waitForURL(`${site}${shop}*`)
        await reached(8)
    }
    const ofPage = (lines, event, path) => lines.find((line) => line.event === event && line.page === path)

    await visit(browser, 'to another page of the site', [...there].sort(), async (visitor) => {
        await follow(visitor)
        const lines = visitor.got()
        return [
            ['the journey is kept', ofPage(lines, 'seen', shop).journey === ofPage(lines, 'view', home).pv],
            ['and nowhere else', lines.filter(({ journey }) => journey).length === 1],
            ['the address is clean', (await visitor.page.evaluate('location.href')) === site + shop],
        ]
    }, { anyOrder: true })

    // As a script's own: it has no date, so the server takes it whenever a script brings it.
    const somebodys = '1'.repeat(32)

    // Whoever comes by an address that somebody has shared, or long after, goes on no journey.
    await visit(browser, 'an address with somebody else’s journey', ['view /', 'seen /'], async ({ page, reached, got }) => {
        await open(page, `/?utm_source=chat#j=${somebodys},${Date.now()}`)
        await reached(2)
        return [
            ['no journey', got().every(({ journey }) => !journey), JSON.stringify(got())],
            ['the address is clean', (await page.evaluate('location.search + location.hash')) === '?utm_source=chat'],
        ]
    })
    await visit(browser, 'a journey of half an hour ago', ['view /', 'seen /', 'summary /', `view ${shop}`, `seen ${shop}`].sort(),
        async ({ page, reached, got }) => {
            await open(page, home)
            await reached(2)
            await page.evaluate(([path, pv]) => location.assign(`${path}#j=${pv},${Date.now() - 18e5 - 1000}`),
                [shop, somebodys])
            await reached(5)
            return [['no journey', got().every(({ journey }) => !journey), JSON.stringify(got())]]
        }, { anyOrder: true })

    await visit(browser, 'GPC', there.map((line) => `${line} gpc`).sort(), async (visitor) => {
        await visitor.page.addInitScript(() => Object.defineProperty(navigator, 'globalPrivacyControl', { value: true }))
        let address = ''
        visitor.page.on('framenavigated', (frame) => { address += frame.url() })
        await follow(visitor)
        return [
            ['no journey', visitor.got().every(({ journey }) => !journey)],
            ['no link is marked', !address.includes('#'), address],
        ]
    }, { anyOrder: true, extraHTTPHeaders: { 'Sec-GPC': '1' } })
}

async function thereAndBack(page, reached) {
    await open(page, home)
    await reached(2)
    await page.tap(`main a[href="${shop}"]`)
    await reached(8)
    await page.evaluate('void history.back()').catch(() => {})
    await reached(10)
}

// With Chromium's cache of whole pages, which playwright would switch off.
async function goingBack(browser, name, more) {
    const inside = ['view /', 'seen /', 'engaged /', 'click / page page', 'left / page page', 'summary /']
    const there = [`view ${shop}`, `seen ${shop}`, `summary ${shop}`, 'return /']
    await visit(browser, name, [...inside, ...there].sort(), async ({ page, reached, got }) => {
        await thereAndBack(page, reached)
        const lines = got().filter(({ page: path }) => path === home)
        const documents = new Set(lines.filter(({ d }) => d).map(({ d }) => d)).size
        return [
            ['of the same view', sameView(lines)],
            [more.claim, documents === more.documents, documents],
        ]
    }, { anyOrder: true })
}

// As without TLS, and in Safari before 16.4.
async function goingBackUnknown(browser) {
    const own = ['seen /', 'engaged /', 'click / page page', 'left / page page', 'summary /', `seen ${shop}`,
        `summary ${shop}`, 'seen /', 'engaged /', 'click / call tel'].map((event) => `${event} client`)
    await visit(browser, 'back from the browser’s cache, with the answer’s timing hidden',
        ['view /', `view ${shop}`, ...own].sort(), async ({ page, reached, got }) => {
            await page.addInitScript(() =>
                Object.defineProperty(PerformanceResourceTiming.prototype, 'serverTiming', { value: undefined }))
            await thereAndBack(page, reached)
            await tap(page, 'call')
            await reached(12)
            const seen = got().filter(({ event, page: path }) => event === 'seen' && path === home).map(({ pv }) => pv)
            const clicks = got().filter(({ event }) => event === 'click').map(({ pv }) => pv)
            return [
                ['a view of its own', new Set(seen).size === 2, seen],
                ['whose taps are of a page that was seen', seen.join() === clicks.join(), `${seen} ${clicks}`],
            ]
        }, { anyOrder: true })
}

forget()
const browser = await launch(port)
try {
    await goingBackUnknown(browser)
    await goingBack(browser, 'back from the browser’s cache', { claim: 'in another document', documents: 2 })
    await ordinaryVisits(browser)
    await journeys(browser)
    await otherWays(browser)
    await otherAnswers(browser)
    await oddLinks(browser)
    await prefetched(browser)
    await prerendered(browser)
    await lessRecorded(browser)
} finally {
    await browser.close()
}

const keeper = await launch(port, { ignoreDefaultArgs: ['--disable-back-forward-cache'] })
try {
    await goingBack(keeper, 'back from memory', { claim: 'in the same document', documents: 1 })
} finally {
    await keeper.close()
}
