// What a phone shows of each sample page: node pages.mjs HTTPS-PORT PATH... With PICTURES, a folder, the first screens of
// the pages with an intent are written there, in the colours of SCHEME (light, dark).
import { existsSync, readFileSync } from 'node:fs'
import axe from 'axe-core'
import { launch, ok, phone, screen, site, visit } from './phone.mjs'

const [port, ...paths] = process.argv.slice(2)
const missing = '/non-esiste'

// Runs in the page, once it is painted: all that the checks need to know.
async function look() {
    const entries = (type) =>
        new Promise((resolve) => {
            const observer = new PerformanceObserver((list) => {
                observer.disconnect()
                resolve(list.getEntries())
            })
            observer.observe({ type, buffered: true })
        })
    const paints = await entries('paint')
    const painted = Math.min(...paints.map((paint) => paint.startTime))
    const [navigation] = performance.getEntriesByType('navigation')
    const isImage = (entry) => ['img', 'image'].includes(entry.initiatorType)
    return {
        early: performance.getEntriesByType('resource')
            .filter((entry) => entry.startTime < painted && !isImage(entry))
            .map((entry) => entry.name),
        redirects: navigation.redirectCount,
        protocol: navigation.nextHopProtocol,
        small: [...document.querySelectorAll('body *')]
            .filter((e) => [...e.childNodes].some((child) => child.nodeType === 3 && child.data.trim()))
            .filter((e) => e.checkVisibility() && parseFloat(getComputedStyle(e).fontSize) < 16)
            .map((e) => e.textContent.trim().slice(0, 40)),
    }
}

// Runs in the page: whether anything is painted, with five seconds to do it.
function isPainted() {
    return new Promise((resolve) => {
        new PerformanceObserver(() => resolve(true)).observe({ type: 'paint', buffered: true })
        setTimeout(resolve, 5000, false)
    })
}

// Whether the page is painted when all other requests wait for ever.
async function paintsAlone(browser, path, answerWith) {
    const context = await browser.newContext(phone)
    await context.route('**/*', (route) => {
        if (!route.request().isNavigationRequest()) return undefined
        return answerWith ? route.fulfill(answerWith) : route.continue()
    })
    const page = await context.newPage()
    await page.goto(site + path, { waitUntil: 'commit' })
    const painted = await page.evaluate(isPainted)
    await context.close()
    return painted
}

// Runs in the page: its calls to action as they are on the screen now, and whether they lead anywhere.
function lookForCalls() {
    return [...document.querySelectorAll('[data-cta]')].map((element) => {
        const box = element.getBoundingClientRect()
        const hit = document.elementFromPoint(box.left + box.width / 2, box.top + box.height / 2)
        return {
            words: element.textContent.trim(),
            height: box.height,
            seen: box.top >= 0 && box.bottom <= innerHeight && (hit === element || element.contains(hit)),
            leads: /^(https:|tel:|sms:|mailto:|\/)/.test(element.getAttribute('href') ?? ''),
        }
    })
}

// Runs in the page: scrolls through all of it, one screen at a time, and gives what observe() of phone.mjs saw until then.
async function scrollThrough() {
    const frame = () => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)))
    for (let top = 0; top < document.documentElement.scrollHeight; top += innerHeight) {
        scrollTo(0, top)
        await frame()
    }
    await Promise.all([...document.images].map((image) => image.complete || image.decode().catch(() => {})))
    await frame()
    await new Promise((resolve) => setTimeout(resolve)) // observers are told in a task after the frame
    return window.seen
}

// Authors' own HTML may fetch what it likes of its own site.
const isAuthors = (path) => existsSync(`${process.env.PAGES || 'pages'}${path}.html`)

const isInReach = (call) => call.seen && call.leads && call.height >= 48

// What a check says of a page: words, whether they are true, and what was seen instead.
async function checkWhatIsShown(browser, path, answerWith) {
    const { context, page, answer, messages } = await visit(browser, path, {}, answerWith)
    const seen = await page.evaluate(look)
    const calls = await page.evaluate(lookForCalls)
    const width = await page.evaluate(() => document.documentElement.scrollWidth)
    const words = await page.evaluate(() => document.body.innerText)
    const { shift, violations } = await page.evaluate(scrollThrough)
    await page.setViewportSize({ width: 320, height: 568 })
    const narrow = await page.evaluate(() => document.documentElement.scrollWidth)
    await context.close()

    const policy = answer.headers()['content-security-policy']
    const allowed = isAuthors(path) ? "'self'" : "'none'"
    const status = path === missing ? 404 : 200
    const said = messages.filter((message) => !(status === 404 && /status of 404/.test(message)))
    return {
        words,
        checks: [
            [`${status} over HTTP/2`, answer.status() === status && seen.protocol === 'h2',
                `${answer.status()} ${seen.protocol}`],
            ['one request paints it', await paintsAlone(browser, path, answerWith)],
            ['before it is painted, nothing but images is asked for', seen.early.length + seen.redirects === 0,
                `${seen.redirects} redirects; ${seen.early}`],
            ['nothing scrolls sideways on 360 px', width <= screen.width, width],
            ['nothing scrolls sideways on 320 px', narrow <= 320, narrow],
            ['no text below 16 px', seen.small.length === 0, seen.small],
            ['a call to action is on the first screen, 48 px high', calls.some(isInReach), JSON.stringify(calls)],
            ['nothing shifts, down to its end', shift === 0, shift],
            [`its content security policy allows ${allowed} by default`, policy.includes(`default-src ${allowed};`), policy],
            ['the policy is broken nowhere', violations.length === 0, violations.join('\n')],
            ['the console is silent', said.length === 0, said.join('\n')],
        ],
    }
}

async function checkWithoutScript(browser, path, words, answerWith) {
    const { context, page } = await visit(browser, path, { javaScriptEnabled: false }, answerWith)
    const calls = await page.evaluate(lookForCalls)
    const unscripted = await page.evaluate(() => document.body.innerText)
    await context.close()
    return [
        ['without script it has the same words', unscripted === words, unscripted],
        ['without script its call to action is there and leads somewhere', calls.some(isInReach), JSON.stringify(calls)],
    ]
}

// axe-core with all its rules, those of WCAG 2.2 too.
async function checkAccess(browser, path, colorScheme, answerWith) {
    const { context, page } = await visit(browser, path, { colorScheme }, answerWith)
    await page.evaluate(axe.source)
    const { violations } = await page.evaluate(() => window.axe.run({ rules: { 'target-size': { enabled: true } } }))
    await context.close()
    const found = violations.flatMap(({ id, help, nodes }) => nodes.map((node) => `${id}: ${help}\n  ${node.html}`))
    return [[`axe finds nothing in ${colorScheme} colours`, found.length === 0, found.join('\n')]]
}

async function checkAll(browser, path, answerWith) {
    const shown = await checkWhatIsShown(browser, path, answerWith)
    return [
        ...shown.checks,
        ...(await checkWithoutScript(browser, path, shown.words, answerWith)),
        ...(await checkAccess(browser, path, 'light', answerWith)),
        ...(await checkAccess(browser, path, 'dark', answerWith)),
    ]
}

// A page with every fault that is looked for: a check that likes it would like anything.
async function checkTheChecks(browser) {
    const broken = {
        status: 500,
        headers: { 'content-type': 'text/html', 'content-security-policy': "connect-src 'none'" },
        body: readFileSync(new URL('broken.html', import.meta.url)),
    }
    for (const [words, good] of await checkAll(browser, '/broken', broken))
        ok(`a broken page is seen by the check: ${words}`, !good)
}

async function shoot(browser, path, folder) {
    const { context, page } = await visit(browser, path, { colorScheme: process.env.SCHEME || 'light' })
    await page.screenshot({ path: `${folder}/${path.slice(1).replaceAll('/', '-')}.png` })
    await context.close()
}

const browser = await launch(port)
try {
    await checkTheChecks(browser)
    for (const path of [...paths, missing]) {
        for (const [words, good, detail] of await checkAll(browser, path)) ok(`${path}: ${words}`, good, detail)
        if (process.env.PICTURES && path.startsWith('/voglio-')) await shoot(browser, path, process.env.PICTURES)
    }
} finally {
    await browser.close()
}
