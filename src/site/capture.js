// What happens to a view of a page, told to the server that the page came from (docs/events.md).
//
// It stands at the end of every page, begins once the page is painted, and keeps what it knows in memory only. Every byte of
// it is on its way to a phone, so capture.awk takes out comments, line ends and spaces, and shortens the names below: all
// statements end in ';' or '}'. What stands between 'full' and 'all' is not there for sites that say `capture: page`.
//
// short: nav n, begun b, now w, common c, queue q, count i, seconds x, depth y, tapped z, what f, engaged g, vitals v, add a
// short: more t, send d, lines l, again h, engage u, watch m, notice s, mark k, chain r, since t, link j, it e, true !0

// Nothing is painted of a page that is prerendered, or in a tab behind others, until it is seen. This entry comes once.
new PerformanceObserver(it => it.getEntriesByName('first-contentful-paint').map(it => {
    let nav = performance.getEntriesByType('navigation')[0],
        begun = nav.activationStart | 0,
        now = () => performance.now() - begun | 0,
        p = location.pathname,
        // What holds for all events: where, and which document.
        common = { p, d: crypto.getRandomValues(new Uint32Array(4)).join('') },
        count = 0,
        seconds = 0,
        depth = 0,
        queue = '',
        what,
        engaged,
        tapped,
        vitals = { cls: self.LayoutShift && 0, fcp: it.startTime - begun, ttfb: nav.responseStart - begun },
        add = (e, more) => queue += '&' + new URLSearchParams({ e, n: ++count, t: now(), ...more }) + '\n',
        // What has not arrived, or was put off (425, 429, 500 and more), goes with whatever is sent next, and when the phone
        // is online or the page is back. Readers count an event once, by pv, d and n.
        send = () => {
            let lines = queue,
                body = new URLSearchParams(common) + lines,
                again = () => queue = lines + queue;
            queue = '';
            if (lines)
                'keepalive' in Request.prototype
                    ? fetch('/_/e', { body, method: 'POST', keepalive: true }).then(it => it.status > 424 && again(), again)
                    : navigator.sendBeacon('/_/e', body) || again();
        },
        engage = () => engaged ||= add('engaged'),
        watch = (type, notice) => new PerformanceObserver(it => it.getEntries().map(notice)).observe({ type, buffered: true });
    // Browsers hide the server's token from pages without TLS, and Safari after a redirect from another site.
    nav.serverTiming?.map(it => common[it.name] = it.description);
    // full
    // A link on the site brought the journey: its first token, and since when. It leaves the address at once, so that who
    // shares the address shares no journey.
    let [mark, chain, since] = location.hash.match(/^#j=(.+)\.(.+)/) || [];
    if (!common.pv) {
        common.pv = common.d;
        common.u = location.search;
        common.ref = document.referrer;
    }
    if (mark) history.replaceState(0, '', p + location.search);
    Date.now() - since < 18e5 && /^\//.test(document.referrer.replace(location.origin, ''))
        ? common.j = chain
        : (chain = common.pv, since = Date.now());
    // all
    setInterval(() => document.hidden || ++seconds != 3 || send(engage()), 1e3);
    addEventListener('scroll', () => {
        depth = Math.max(depth, scrollY / (document.documentElement.scrollHeight - innerHeight) * 100);
        engaged || depth > 24 && send(engage());
    });
    addEventListener('click', it => {
        let link = it.target.closest('a,[data-cta]');
        if (!link) return;
        tapped = now();
        // The ping is for browsers that do not come here.
        link.ping = '';
        what = { cta: link.dataset.cta, to: link.href?.replace(location.origin, '') };
        send(engage(), add('click', what));
        // full
        // To another page of the site, but nothing below /_/, which leads elsewhere.
        if (/^\/(?!_)/.test(what.to) && !link.hash && link.pathname != p && !navigator.globalPrivacyControl && !+navigator.doNotTrack) {
            link.hash = 'j=' + chain + '.' + since;
            setTimeout(() => link.hash = '');
        }
        // all
    }, true);
    watch('largest-contentful-paint', it => vitals.lcp = it.startTime - begun);
    // Only interactions of 104 ms and more are told; below fifty of them, the slowest one is what INP says.
    watch('event', it => vitals.inp = Math.max(vitals.inp | 0, it.interactionId && it.duration));
    watch('layout-shift', it => vitals.cls += !it.hadRecentInput * it.value);
    ['pageshow', 'visibilitychange', 'online'].map(notice => addEventListener(notice, it => {
        it.persisted && add('return');
        if (document.hidden) {
            // Once for each tap: what add gives is no number.
            if (now() - tapped < 5e3) tapped = add('left', what);
            add('summary', { engaged_ms: seconds * 1e3, scroll: depth, ...vitals });
        }
        send();
    }));
    // 'back_forward' alone comes before 'c'. From the cache, it is the same view in another document.
    send(add(nav.type < 'c' && !nav.transferSize ? 'return' : 'seen'));
})).observe({ type: 'paint', buffered: true });
