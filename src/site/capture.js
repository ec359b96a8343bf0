// What happens to a view of a page, told to the server that the page came from (docs/events.md).
//
// It stands at the end of every page, begins once the page is painted, and keeps what it knows in memory only. Every byte of
// it is on its way to a phone, so capture.awk takes out comments, line ends and spaces, and shortens the names below: all
// statements end in ';' or '}'. What stands between 'full' and 'all' is not there for sites that say `capture: page`. Of
// several ways to say something, the one stands here with which pages weigh least, and so do the short names:
// tests/unit/capture_slot.c weighs them.
//
// short: nav t, begun h, now O, common x, queue l, count E, seconds k, depth m, tapped u, what G, engaged T, vitals V, add d
// short: more y, send o, lines N, again a, engage J, watch R, notice Q, chain f, since g, link e, it n, true !0

{
    let watch = (type, notice) => new PerformanceObserver(it => it.getEntries().map(notice)).observe({ type, buffered: true });

    // Nothing is painted of a page that is prerendered, or in a tab behind others, until it is seen. Of the two entries that
    // come then, once each, 'first-contentful-paint' is the one.
    watch('paint', it => {
        if (it.name[6] > 'c') return;
        let nav = performance.getEntriesByType('navigation')[0],
            begun = nav.activationStart | 0,
            now = () => performance.now() - begun | 0,
            p = location.pathname,
            // What holds for all events: where, and which document.
            common = { p, d: crypto.getRandomValues(new Uint32Array(4)).join('') },
            queue = '',
            engaged,
            tapped,
            count = 0,
            depth = 0,
            what,
            seconds = 0,
            vitals = { fcp: it.startTime - begun, ttfb: nav.responseStart - begun, cls: self.LayoutShift && 0 },
            add = (e, more) => queue += '&' + new URLSearchParams({ e, n: ++count, t: now(), ...more }) + '\n',
            // What has not arrived, or was put off (425, 429, 500 and more), goes with whatever is sent next, and when the
            // phone is online or the page is back. Readers count an event once, by pv, d and n, and know their order by it.
            // A request may bring 64 lines: after a long outage there are several.
            send = () => queue = queue.replace(/(.+\n){1,30}/g, lines => {
                let again = () => queue += lines,
                    body = new URLSearchParams(common) + lines;
                return 'keepalive' in Request.prototype
                    ? (fetch('/_/e', { method: 'POST', body, keepalive: true }).then(it => it.status > 424 && again(), again), '')
                    : navigator.sendBeacon('/_/e', body) ? '' : lines;
            }),
            engage = () => engaged ||= add('engaged');
        // Browsers hide the server's token from pages without TLS, and Safari after a redirect from another site.
        nav.serverTiming?.map(it => common[it.name] = it.description);
        // full
        // A link on the site brought the journey: its first token, and since when. It leaves the address at once, so that who
        // shares the address shares no journey. No other fragment has a time for its third part.
        let [, chain, since] = location.hash.split(/,|j=/);
        // Without the server's token nobody can tell which view the cache has brought back: it is one of its own then, as `nav`,
        // which is a text from here on, says nothing of a cache.
        common.pv ||= (common.ref = document.referrer, common.u = nav = location.search, common.d);
        if (since > 1e9) history.replaceState(0, '', p + location.search);
        document.referrer.split('/')[2] == location.host && Date.now() - since < 18e5
            ? common.j = chain
            : (chain = common.pv, since = Date.now());
        // all
        setInterval(() => document.hidden || ++seconds != 3 || send(engage()), 1e3);
        addEventListener('scroll', () => {
            // A page that has nothing to scroll may bounce all the same.
            depth = Math.max(100 * scrollY / (document.documentElement.scrollHeight - innerHeight || 1e9), depth);
            engaged || depth > 24 && send(engage());
        });
        addEventListener('click', it => {
            let link = it.target.closest(':any-link,[data-cta]');
            if (link) {
                tapped = now();
                // The ping is for browsers that do not come here.
                link.ping = '';
                // A link in an SVG says where it leads in another way. One within what is marked has its name from there.
                send(engage(), add('click', what = {
                    to: link.href?.baseVal || link.href,
                    cta: link.closest('[data-cta]')?.dataset.cta
                }));
                // full
                // To another page of the site, but nothing below /_/, which leads elsewhere. Whoever says DNT has his journey
                // dropped by the server.
                if (link.host == location.host && link.pathname[1] != '_' && !navigator.globalPrivacyControl && link.pathname != p && !link.hash) {
                    link.hash = ['j=' + chain, since];
                    setTimeout(() => link.hash = '');
                }
                // all
            }
        }, true);
        watch('largest-contentful-paint', it => vitals.lcp = it.startTime - begun);
        // Only interactions of 104 ms and more are told; below fifty of them, the slowest one is what INP says.
        // A touch that becomes a scroll may be as slow, and is none.
        watch('event', it => it.interactionId && (vitals.inp = Math.max(vitals.inp | 0, it.duration)));
        watch('layout-shift', it => vitals.cls += !it.hadRecentInput * it.value);
        ['pageshow', 'visibilitychange', 'online'].map(notice => addEventListener(notice, it => {
            if (it.persisted) add('return');
            if (document.hidden) {
                // Once for each tap: what was tapped is no number.
                if (now() - tapped < 5e3) add('left', tapped = what);
                add('summary', { scroll: depth, engaged_ms: seconds * 1e3, ...vitals });
            }
            send();
        }));
        // 'back_forward' alone comes before 'c'. From the cache, it is the same view in another document, by its token.
        send(add(nav.type < 'c' && !nav.transferSize ? 'return' : 'seen'));
    });
}
