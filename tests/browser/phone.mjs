// The phone of the tests: Debian's Chromium on a screen of 360x740, to which https://www.example.it is a port of this
// machine; and how a check is told.
import { chromium } from 'playwright-core'

export const site = 'https://www.example.it'
export const screen = { width: 360, height: 740 }
export const executable = process.env.CHROMIUM || '/usr/bin/chromium'

export const phone = {
    viewport: screen,
    deviceScaleFactor: 2,
    isMobile: true,
    hasTouch: true,
    locale: 'it-IT',
    ignoreHTTPSErrors: true,
}

export function browserFlags(port) {
    return [
        `--host-resolver-rules=MAP www.example.it:443 127.0.0.1:${port}`,
        '--no-sandbox', // Chromium's own needs another user than root
        '--disable-gpu',
        '--disable-quic',
        '--no-first-run',
        '--disable-background-networking',
        '--disable-component-update',
        '--disable-sync',
    ]
}

export const launch = (port) => chromium.launch({ executablePath: executable, args: browserFlags(port) })

// Runs in the page before anything of its own.
function observe() {
    window.seen = { shift: 0, violations: [] }
    new PerformanceObserver((list) => {
        for (const entry of list.getEntries()) window.seen.shift += entry.value
    }).observe({ type: 'layout-shift', buffered: true })
    addEventListener('securitypolicyviolation', (event) =>
        window.seen.violations.push(`${event.violatedDirective}: ${event.blockedURI}`))
}

// Opens a page and gives what came of it: { context, page, answer, messages }. Whoever calls closes the context.
export async function visit(browser, path, options, answerWith) {
    const context = await browser.newContext({ ...phone, ...options })
    const page = await context.newPage()
    const messages = []
    if (answerWith) await context.route(site + path, (route) => route.fulfill(answerWith))
    await page.addInitScript(observe)
    page.on('console', (message) => messages.push(`${message.type()}: ${message.text()}`))
    page.on('pageerror', (error) => messages.push(String(error)))
    page.on('requestfailed', (request) => {
        // Chromium calls the answer 204 to a fetch with keepalive aborted, and gives it to the script all the same.
        if (!request.url().endsWith('/_/e')) messages.push(`not loaded: ${request.url()}`)
    })
    const answer = await page.goto(site + path, { waitUntil: 'load' })
    return { context, page, answer, messages }
}

// Says what was found; true if it is good.
export function ok(words, good, detail) {
    console.log(`${good ? 'ok' : 'not ok'} ${words}`)
    if (!good && detail !== undefined) console.log(String(detail).replace(/^/gm, '    # '))
    if (!good) process.exitCode = 1
}
