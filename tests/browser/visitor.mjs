// One visit with a phone, and what the journal has got of it. JOURNAL is the journal's folder, CERTIFICATE the file of
// nginx's, PAGES the folder that is served.
//
// Each visit has a phone of its own, and what the journal got for it is compared whole: exactly the lines that are
// expected. After each visit the phone has no cookie and nothing in its storage.
import { createHash, X509Certificate } from 'node:crypto'
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { chromium } from 'playwright-core'
import { forget, ofNow, stored, until, words } from './journal.mjs'
import { browserFlags, executable, ok, phone, site } from './phone.mjs'

const certificate = new X509Certificate(readFileSync(process.env.CERTIFICATE))
const key = createHash('sha256').update(certificate.publicKey.export({ type: 'spki', format: 'der' })).digest('base64')

// Any address is this machine, so that links lead somewhere without leaving it; and nginx's certificate is a good one,
// because Chromium keeps nothing of a site whose certificate is not.
export const launch = (port, options) =>
    chromium.launch({
        executablePath: executable,
        args: [...browserFlags(port), `--host-resolver-rules=MAP *:443 127.0.0.1:${port}`,
            `--ignore-certificate-errors-spki-list=${key}`],
        ...options,
    })

const visitor = {
    ...phone,
    ignoreHTTPSErrors: false,
    reducedMotion: 'reduce', // nothing to wait for between two taps
    userAgent: 'Mozilla/5.0 (Linux; Android 14; Pixel 8) AppleWebKit/537.36 (KHTML, like Gecko) ' +
        'Chrome/140.0.0.0 Mobile Safari/537.36',
}

// One visit that hangs must not take the others with it.
function tooLong() {
    return new Promise((_, reject) => {
        setTimeout(() => reject(new Error('it does not come to its end')), 120000).unref()
    })
}

// Opens a phone, does what `act` does with it, and compares. `act` gets the page, and `reached(n)`, which waits until there
// are n events; it may give checks of its own: [words, good, detail].
export async function visit(browser, name, expected, act, options = {}) {
    const { cookies = 0, anyOrder, ...settings } = options
    const context = await browser.newContext({ ...visitor, ...settings })
    const page = await context.newPage()
    const reached = (n) => until(() => ofNow().length >= n)
    const checks = []
    let left = 'not looked at'
    try {
        const more = await Promise.race([act({ page, context, reached, got: ofNow }), tooLong()])
        await reached(expected.length)
        checks.push(...(more ?? []))
        left = page.url().startsWith(site) && settings.javaScriptEnabled !== false ? await page.evaluate(stored) : ''
        if (left) ok(`${name}: nothing is stored`, left === ',0,0,0,0', left)
        const jar = await context.cookies()
        ok(`${name}: ${cookies} cookies`, jar.length === cookies, JSON.stringify(jar))
    } catch (error) {
        ok(`${name}: can be done`, false, error.stack)
    }
    const lines = ofNow()
    const said = anyOrder ? lines.map(words).sort() : lines.map(words)
    ok(`${name}: exactly the expected lines`, said.join('\n') === expected.join('\n'),
        lines.map((line) => JSON.stringify(line)).join('\n'))
    for (const [claim, good, detail] of checks) ok(`${name}: ${claim}`, good, detail)
    await context.close()
    forget()
}

export const open = (page, path) => page.goto(site + path)

// With a finger on the glass: page.tap would wait for what a tap on tel: begins.
export async function tapOn(page, selector) {
    const link = page.locator(selector).first()
    await link.scrollIntoViewIfNeeded()
    const { x, y, width, height } = await link.boundingBox()
    await page.touchscreen.tap(x + width / 2, y + height / 2)
}

export const tap = (page, id) => tapOn(page, `[data-cta="${id}"]`)

export const leave = (page) => page.goto('about:blank')
export const numbered = (lines) => lines.filter(({ n }) => n).every(({ n }, i) => n === i + 1)

// Publishes a file, and waits until what a phone gets at `path` is as it should be. Gives back what undoes it.
export async function publish(file, content, browser, path, isLive) {
    const name = `${process.env.PAGES}/${file}`
    const before = readdirSync(process.env.PAGES).includes(file) && readFileSync(name, 'utf8')
    writeFileSync(name, content(before))
    const context = await browser.newContext({ ...visitor, javaScriptEnabled: false, userAgent: 'curl/8' })
    const page = await context.newPage()
    const live = await until(async () => isLive(await open(page, path)))
    ok(`${file} is live`, live)
    await context.close()
    return () => (before === false ? rmSync(name) : writeFileSync(name, before))
}
