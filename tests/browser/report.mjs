// A report as a client opens it: node report.mjs FILE-IT FILE-EN. With PICTURES, a folder, what a phone and a computer
// show of the Italian one is written there.
import axe from 'axe-core'
import { chromium } from 'playwright-core'
import { browserFlags, executable, ok } from './phone.mjs'

const [italian, english] = process.argv.slice(2)
const phone = { width: 360, height: 740 }
const desk = { width: 1280, height: 800 }

// Opens a report and gives { context, page, requests, messages }.
async function open(browser, file, options) {
    const context = await browser.newContext({ viewport: desk, deviceScaleFactor: 1, ...options })
    const page = await context.newPage()
    const requests = []
    const messages = []
    page.on('request', (request) => requests.push(request.url()))
    page.on('console', (message) => messages.push(message.text()))
    page.on('pageerror', (error) => messages.push(String(error)))
    await page.goto(`file://${file}`, { waitUntil: 'networkidle' })
    return { context, page, requests, messages }
}

// axe runs in the page, for which its policy has to give way.
async function violations(browser, file, options) {
    const { context, page } = await open(browser, file, { bypassCSP: true, ...options })
    await page.evaluate(axe.source)
    const { violations } = await page.evaluate(() => window.axe.run({ rules: { 'target-size': { enabled: true } } }))
    await context.close()
    return violations.flatMap(({ id, help, nodes }) => nodes.map((node) => `${id}: ${help}\n  ${node.html}`))
}

// Runs in the page: a column of its first table, as numbers.
const column = (number) =>
    [...document.querySelector('table.rows').tBodies[0].rows].map((row) => Number(row.cells[number].dataset.v))

const isFalling = (numbers) => numbers.every((n, i) => i === 0 || numbers[i - 1] >= n)
const isRising = (numbers) => isFalling([...numbers].reverse())

async function checkShown(browser, file, name) {
    const { context, page, requests, messages } = await open(browser, file)
    ok(`${name}: nothing is asked for but the file`, requests.length === 1, requests)
    ok(`${name}: the console is silent`, messages.length === 0, messages)
    const width = () => page.evaluate(() => document.documentElement.scrollWidth)
    ok(`${name}: nothing scrolls sideways on 1280 px`, (await width()) <= 1280, await width())
    await page.setViewportSize(phone)
    ok(`${name}: nothing scrolls sideways on 360 px`, (await width()) <= 360, await width())
    const small = await page.evaluate(() =>
        [...document.querySelectorAll('body *')]
            .filter((e) => [...e.childNodes].some((child) => child.nodeType === 3 && child.data.trim()))
            .filter((e) => e.checkVisibility() && parseFloat(getComputedStyle(e).fontSize) < 12)
            .map((e) => e.textContent))
    ok(`${name}: no text below 12 px on a phone`, small.length === 0, small)
    await context.close()
}

async function checkSorting(browser) {
    const { context, page } = await open(browser, italian)
    const sort = () => page.locator('table.rows th').nth(1).getByRole('button').click()
    await sort()
    const falling = await page.evaluate(column, 1)
    ok('a tap on a head sorts, most first', falling.length > 2 && isFalling(falling), falling)
    ok('the head says so', (await page.locator('table.rows th').nth(1).getAttribute('aria-sort')) === 'descending')
    await sort()
    const rising = await page.evaluate(column, 1)
    ok('another tap turns the order', isRising(rising) && rising[0] < rising.at(-1), rising)
    await context.close()
}

async function checkWithoutScript(browser) {
    const { context, page } = await open(browser, italian, { javaScriptEnabled: false })
    const rows = await page.locator('table.rows tbody tr').count()
    const drawn = await page.locator('svg.svg-series rect.svg-a').count()
    ok('without script all of it is there', rows > 2 && drawn > 5, `${rows} rows, ${drawn} columns`)
    await context.close()
}

async function checkPaper(browser) {
    const { context, page } = await open(browser, italian, { colorScheme: 'dark' })
    await page.emulateMedia({ media: 'print' })
    const ground = await page.evaluate(() => getComputedStyle(document.body).backgroundColor)
    ok('on paper it is black on white', ground === 'rgb(255, 255, 255)', ground)
    const pdf = await page.pdf({ format: 'A4' })
    const pages = pdf.toString('latin1').match(/\/Type\s*\/Page\b/g)?.length ?? 0
    ok('it prints on a few pages', pages >= 1 && pages <= 8, pages)
    await context.close()
}

// How somebody sees a colour who lacks one kind of cones (Machado, Oliveira and Fernandes 2009, severity 1), in linear
// light; with all of them it is the colour itself.
const eyes = {
    'all cones': [[1, 0, 0], [0, 1, 0], [0, 0, 1]],
    protanopia: [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]],
    deuteranopia: [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.01182, 0.04294, 0.968881]],
    tritanopia: [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.303900]],
}

// CIE L*a*b* of "#0072b2" as such eyes see it.
function lab(colour, eye) {
    const light = [1, 3, 5].map((i) => parseInt(colour.slice(i, i + 2), 16) / 255)
        .map((c) => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4))
    const [r, g, b] = eye.map((row) => Math.min(1, Math.max(0, row.reduce((sum, part, i) => sum + part * light[i], 0))))
    const [x, y, z] = [
        (0.4124 * r + 0.3576 * g + 0.1805 * b) / 0.9505,
        0.2126 * r + 0.7152 * g + 0.0722 * b,
        (0.0193 * r + 0.1192 * g + 0.9505 * b) / 1.089,
    ].map((t) => (t > 0.008856 ? Math.cbrt(t) : 7.787 * t + 16 / 116))
    return [116 * y - 16, 500 * (x - y), 200 * (y - z)]
}

// What the pictures are drawn in, two by two; beside each other 10 is easily told apart.
async function checkColours(browser, colorScheme) {
    const { context, page } = await open(browser, italian, { colorScheme })
    const colours = await page.evaluate(() =>
        ['--ground', '--a', '--b', '--past'].map((name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim()))
    ok(`the pictures have their colours, ${colorScheme}`, colours.every((colour) => /^#[0-9a-f]{6}$/.test(colour)), colours)
    for (const [name, eye] of Object.entries(eyes)) {
        const seen = colours.map((colour) => lab(colour, eye))
        const apart = seen.flatMap((one, i) => seen.slice(i + 1).map((other) => Math.hypot(...one.map((v, k) => v - other[k]))))
        ok(`they can be told apart with ${name}, ${colorScheme}`, Math.min(...apart) > 20, apart.map(Math.round))
    }
    await context.close()
}

async function shoot(browser, folder) {
    for (const [name, options] of [
        ['report', { viewport: desk }],
        ['report-phone', { viewport: phone, deviceScaleFactor: 2, isMobile: true }],
        ['report-dark', { viewport: desk, colorScheme: 'dark' }],
    ]) {
        const { context, page } = await open(browser, italian, options)
        const height = options.isMobile ? 1480 : 2100
        await page.screenshot({ path: `${folder}/${name}.png`, fullPage: true,
            clip: { x: 0, y: 0, width: options.viewport.width, height } })
        await context.close()
    }
}

const browser = await chromium.launch({ executablePath: executable, args: browserFlags(1) })
try {
    for (const [name, file] of [['it', italian], ['en', english]]) {
        await checkShown(browser, file, name)
        for (const colorScheme of ['light', 'dark'])
            for (const viewport of [phone, desk]) {
                const found = await violations(browser, file, { colorScheme, viewport })
                ok(`${name}: axe finds nothing, ${colorScheme}, ${viewport.width} px`, found.length === 0, found.join('\n'))
            }
        const { context, page } = await open(browser, file)
        ok(`${name}: it says its language`, (await page.getAttribute('html', 'lang')) === name)
        const words = await page.locator('main').innerText()
        ok(`${name}: and speaks it`, words.includes(name === 'it' ? 'Giorno per giorno' : 'Day by day'))
        await context.close()
    }
    await checkSorting(browser)
    await checkWithoutScript(browser)
    await checkPaper(browser)
    await checkColours(browser, 'light')
    await checkColours(browser, 'dark')
    if (process.env.PICTURES) await shoot(browser, process.env.PICTURES)
} finally {
    await browser.close()
}
