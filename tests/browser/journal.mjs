// What the journal has got of a visit, as the tests of what is recorded compare it. JOURNAL is its folder.
import { readdirSync, readFileSync } from 'node:fs'

const folder = process.env.JOURNAL

// All lines, by their number.
function events() {
    return readdirSync(folder)
        .filter((name) => name.endsWith('.ndjson'))
        .sort()
        .flatMap((name) => readFileSync(`${folder}/${name}`, 'utf8').split('\n').slice(0, -1))
        .map((line) => JSON.parse(line))
        .sort((a, b) => a.seq - b.seq)
}

// As readers order them: views as they were answered, what happened on each behind it by its number. Two requests of one
// page may arrive in either order.
function inOrder(lines) {
    const answered = ({ pv, seq }) => lines.find((line) => line.event === 'view' && line.pv === pv)?.seq ?? seq
    return [...lines].sort((a, b) => answered(a) - answered(b) || (a.n ?? 0) - (b.n ?? 0))
}

// One event as the tests name it: 'click / call tel', with what else is said of it behind.
export function words({ event, page, cta, dest, purpose, transport, cached, internal, gpc, pv_src }) {
    const more = [cached && 'cached', purpose, internal && 'internal', gpc && 'gpc', pv_src,
        !['server', 'fetch'].includes(transport) && transport]
    return [event, page, cta, dest, ...more].filter(Boolean).join(' ')
}

// What a page that is being closed still has to say of its view comes when it likes, or never, and without the view's token
// where the site has begun to record less by then: so a document's own mark tells it, too. What has neither is all there
// when a visit ends. Programs open pages here, too, to see whether they are live.
const past = new Set()
let last = 0
const isPast = ({ pv, d, seq }) => past.has(pv) || past.has(d) || (!pv && seq <= last)

// The lines of the visit that is going on.
export const ofNow = () => inOrder(events().filter((line) => !line.bot && !isPast(line)))

// What is there by now is of visits that are over.
export function forget() {
    for (const { pv, d, seq } of events()) {
        if (pv) past.add(pv)
        if (d) past.add(d)
        last = seq
    }
}

export const sameView = (lines) => new Set(lines.map(({ pv }) => pv)).size === 1

export const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms))

// Waits until it is true, for at most thirty seconds.
export async function until(isTrue) {
    for (let tries = 600; tries > 0 && !(await isTrue()); tries--) await sleep(50)
    return isTrue()
}

// Runs in the page: what a site could have left on the phone.
export async function stored() {
    return [document.cookie, localStorage.length, sessionStorage.length, (await indexedDB.databases()).length,
        (await caches.keys()).length].join()
}
