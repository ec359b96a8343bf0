// What a phone shows of each sample page: node pages.mjs HTTPS-PORT PATH... Pages come from https://www.example.it, which
// leads to that port of this machine. CHROMIUM names the browser. With PICTURES, a folder, the first screens of the pages
// with an intent are written there, in the colours of SCHEME (light, dark).
import { chromium } from 'playwright-core'

const [port, ...paths] = process.argv.slice(2)
const site = 'https://www.example.it'
const phone = {
    viewport: { width: 360, height: 740 },
    deviceScaleFactor: 2,
    isMobile: true,
    hasTouch: true,
    locale: 'it-IT',
    ignoreHTTPSErrors: true,
}
const count = { passed: 0, failed: 0 }

function ok(words, good, detail) {
    count[good ? 'passed' : 'failed'] += 1
    console.log(`${good ? 'ok' : 'not ok'} ${words}`)
    if (!good && detail !== undefined) console.log(`    # ${detail}`)
}

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
    const onScreen = (element) => {
        const box = element.getBoundingClientRect()
        const hit = document.elementFromPoint(box.left + box.width / 2, box.top + box.height / 2)
        return {
            words: element.textContent.trim(),
            height: Math.round(box.height),
            seen: box.top >= 0 && box.bottom <= innerHeight && (hit === element || element.contains(hit)),
        }
    }
    const root = document.documentElement
    return {
        early: performance.getEntriesByType('resource').filter((r) => r.startTime < painted).map((r) => r.name),
        protocol: performance.getEntriesByType('navigation')[0].nextHopProtocol,
        width: root.scrollWidth,
        screen: innerWidth,
        calls: [...document.querySelectorAll('[data-cta]')].map(onScreen),
        small: [...document.querySelectorAll('body *')]
            .filter((e) => [...e.childNodes].some((child) => child.nodeType === 3 && child.data.trim()))
            .filter((e) => e.checkVisibility() && parseFloat(getComputedStyle(e).fontSize) < 16)
            .map((e) => e.textContent.trim().slice(0, 40)),
    }
}

async function visit(browser, path, options) {
    const context = await browser.newContext({ ...phone, ...options })
    const page = await context.newPage()
    const troubles = []
    page.on('console', (message) => {
        if (['error', 'warning'].includes(message.type())) troubles.push(message.text())
    })
    page.on('pageerror', (error) => troubles.push(String(error)))
    page.on('requestfailed', (request) => troubles.push(`not loaded: ${request.url()}`))
    const answer = await page.goto(site + path, { waitUntil: 'load' })
    return { context, page, answer, troubles }
}

async function check(browser, path) {
    const { context, page, answer, troubles } = await visit(browser, path)
    const seen = await page.evaluate(look)
    ok(`${path}: 200 over HTTP/2`, answer.status() === 200 && seen.protocol === 'h2',
        `${answer.status()} ${seen.protocol}`)
    ok(`${path}: nothing but the page is fetched before it is painted`, seen.early.length === 0, seen.early)
    ok(`${path}: nothing scrolls sideways on 360 px`, seen.width <= seen.screen, `${seen.width} > ${seen.screen}`)
    ok(`${path}: no text below 16 px`, seen.small.length === 0, seen.small)
    ok(`${path}: a call to action is on the first screen, 48 px high`,
        seen.calls.some((call) => call.seen && call.height >= 48), JSON.stringify(seen.calls))
    ok(`${path}: the console is silent`, troubles.length === 0, troubles.join('; '))
    await page.setViewportSize({ width: 320, height: 568 })
    const narrow = await page.evaluate(() => document.documentElement.scrollWidth)
    ok(`${path}: nothing scrolls sideways on 320 px`, narrow <= 320, `${narrow} > 320`)
    await context.close()
}

async function shoot(browser, path, folder) {
    const { context, page } = await visit(browser, path, { colorScheme: process.env.SCHEME || 'light' })
    const name = path.slice(1).replaceAll('/', '-')
    await page.screenshot({ path: `${folder}/${name}.png` })
    await context.close()
}

const browser = await chromium.launch({
    executablePath: process.env.CHROMIUM || '/usr/bin/chromium',
    args: [
        `--host-resolver-rules=MAP www.example.it:443 127.0.0.1:${port}`,
        '--no-sandbox', // Chromium's own needs another user than root
        '--disable-gpu',
        '--disable-quic',
        '--no-first-run',
        '--disable-background-networking',
        '--disable-component-update',
        '--disable-sync',
    ],
})
try {
    for (const path of paths) {
        await check(browser, path)
        if (process.env.PICTURES && path.startsWith('/voglio-')) await shoot(browser, path, process.env.PICTURES)
    }
} finally {
    await browser.close()
}
console.log(`${count.passed} passed, ${count.failed} failed`)
process.exitCode = count.failed === 0 ? 0 : 1
