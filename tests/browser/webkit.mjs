// What a visit with WebKit leaves in the journal: node webkit.mjs HTTPS-PORT. JOURNAL is the journal's folder, DISPLAY a
// display, WEBKIT the MiniBrowser.
//
// Of all engines, only WebKit hides the answer's timing, and with it the server's token, from the page that a redirect of
// another site has led to. Safari itself cannot be had here; WebKitGTK is of the same source.
import { spawn } from 'node:child_process'
import { createServer } from 'node:http'
import { forget, ofNow, sameView, stored, until, words } from './journal.mjs'
import { ok } from './phone.mjs'

const port = process.argv[2]
const site = `https://localhost:${port}`
const shop = '/voglio-andare/negozio'
const guide = '/voglio-sapere/scegliere-scarpe'
const trial = '/voglio-fare/analisi-corsa' // where its call to action leads

// --- the driver

async function startDriver() {
    const free = createServer().listen(0, '127.0.0.1')
    await new Promise((resolve) => free.once('listening', resolve))
    const number = free.address().port
    await new Promise((resolve) => free.close(resolve))
    const child = spawn('WebKitWebDriver', [`--port=${number}`, '--host=127.0.0.1'], { stdio: 'ignore' })
    const base = `http://127.0.0.1:${number}`
    const isUp = () => fetch(`${base}/status`).then((answer) => answer.ok, () => false)
    if (!(await until(isUp))) throw new Error('WebKitWebDriver does not answer')
    return { child, base }
}

async function command(base, method, path, body) {
    const answer = await fetch(base + path, { method, body: body && JSON.stringify(body) })
    const { value } = await answer.json()
    if (!answer.ok) throw new Error(`${method} ${path}: ${value.error}: ${value.message}`)
    return value
}

async function openBrowser(driver) {
    const browser = { binary: process.env.WEBKIT, args: ['--automation'] }
    const capabilities = { alwaysMatch: { acceptInsecureCerts: true, 'webkitgtk:browserOptions': browser } }
    const { sessionId } = await command(driver.base, 'POST', '/session', { capabilities })
    const tell = (method, path, body) => command(driver.base, method, `/session/${sessionId}${path}`, body)
    const run = (script) => tell('POST', '/execute/sync', { script, args: [] })
    return {
        run,
        open: (url) => tell('POST', '/url', { url }),
        back: () => tell('POST', '/back', {}),
        close: () => tell('DELETE', ''),
        follow: (selector) => run(`document.querySelector(${JSON.stringify(selector)}).click()`),
        stored: () => tell('POST', '/execute/async', {
            script: `(${stored})().then(arguments[0], (error) => arguments[0](String(error)))`, args: [] }),
    }
}

// --- visits

// Has `act` done with a new browser, and compares what came of it. Gives the lines.
async function visit(driver, name, expected, act) {
    const browser = await openBrowser(driver)
    try {
        await act(browser, (n) => until(() => ofNow().length >= n))
        await until(() => ofNow().length >= expected.length)
        const left = await browser.stored()
        ok(`${name}: nothing is stored`, left === ',0,0,0,0', left)
    } catch (error) {
        ok(`${name}: can be done`, false, error.stack)
    }
    const lines = ofNow()
    ok(`${name}: exactly the expected lines`, lines.map(words).sort().join('\n') === [...expected].sort().join('\n'),
        lines.map((line) => JSON.stringify(line)).join('\n'))
    await browser.close()
    forget()
    return lines
}

const find = (lines, event, page) => lines.find((line) => line.event === event && line.page === page) ?? {}
const inside = (source) => ['engaged /', 'click / page page', 'left / page page', 'summary /'].map((line) => line + source)

async function directly(driver) {
    const lines = await visit(driver, 'WebKit, straight to the page',
        ['view /', 'seen /', ...inside(''), `view ${shop}`, `seen ${shop}`], async (browser, reached) => {
            await browser.open(`${site}/`)
            await reached(2)
            await browser.follow(`main a[href="${shop}"]`)
            await reached(8)
        })
    ok('WebKit, straight to the page: of the view that the server knows',
        sameView(lines.filter(({ page }) => page === '/')), JSON.stringify(lines))
    ok('WebKit, straight to the page: the journey is kept',
        find(lines, 'seen', shop).journey === find(lines, 'view', '/').pv, JSON.stringify(lines))
}

async function byRedirect(driver) {
    const shortener = createServer((_, answer) =>
        answer.writeHead(302, { Location: `${site}/?utm_source=volantino` }).end()).listen(0, '127.0.0.1')
    await new Promise((resolve) => shortener.once('listening', resolve))
    const name = 'WebKit, by a redirect of another site'
    const lines = await visit(driver, name,
        ['view /', 'seen / client', ...inside(' client'), `view ${shop}`, `seen ${shop}`], async (browser, reached) => {
            await browser.open(`http://127.0.0.1:${shortener.address().port}/x`)
            await reached(2)
            await browser.follow(`main a[href="${shop}"]`)
            await reached(8)
        })
    shortener.close()
    const own = lines.filter(({ pv_src: source }) => source === 'client')
    ok(`${name}: the script has made a number of its own`,
        sameView(own) && own[0]?.pv !== find(lines, 'view', '/').pv, JSON.stringify(lines))
    ok(`${name}: it knows its campaign`, own[0]?.utm_source === 'volantino', JSON.stringify(own[0]))
    ok(`${name}: the journey is kept`, find(lines, 'seen', shop).journey === own[0]?.pv, JSON.stringify(lines))
}

// WebKit sends pings: if the script left one where it is, the tap would be told twice.
async function onCall(driver) {
    const told = [`engaged ${guide}`, `click ${guide} prova page`, `left ${guide} prova page`, `summary ${guide}`]
    const lines = await visit(driver, 'WebKit, a call to action',
        [`view ${guide}`, `seen ${guide}`, ...told, `view ${trial}`, `seen ${trial}`], async (browser, reached) => {
            await browser.open(site + guide)
            await reached(2)
            await browser.follow('[data-cta="prova"]')
            await reached(8)
        })
    ok('WebKit, a call to action: of the view that the server knows', sameView(lines.filter(({ page }) => page === guide)),
        JSON.stringify(lines))
}

async function andBack(driver) {
    const lines = await visit(driver, 'WebKit, and back',
        ['view /', 'seen /', ...inside(''), `view ${shop}`, `seen ${shop}`, `summary ${shop}`, 'return /'],
        async (browser, reached) => {
            await browser.open(`${site}/`)
            await reached(2)
            await browser.follow(`main a[href="${shop}"]`)
            await reached(8)
            await browser.back()
            await reached(10)
        })
    ok('WebKit, and back: of the same view', sameView(lines.filter(({ page }) => page === '/')), JSON.stringify(lines))
}

forget()
const driver = await startDriver()
try {
    await directly(driver)
    await byRedirect(driver)
    await onCall(driver)
    await andBack(driver)
} finally {
    driver.child.kill()
}
