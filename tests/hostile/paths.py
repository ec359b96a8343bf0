"""Ways out of the folder, as many as one can think of, and at random what comes of combining them."""
import random

UP = ["..", "%2e%2e", "%2E%2e", ".%2e", "%2e.", "%252e%252e", "%25%32%65%25%32%65", "%c0%ae%c0%ae", "%C0%AE.", "%e0%80%ae%e0%80%ae",
      "%f0%80%80%ae%f0%80%80%ae", "%c0%2e%c0%2e", "%u002e%u002e", "..;", "..;x=y", "..%00", "..%20", ".. ", "...", "....", "....//",
      "..%09", "%uff0e%uff0e", "%ef%bc%8e%ef%bc%8e", "%e2%80%a5", ".%00.", "..%01", "%2e%2e%3b", "..%ef%bc%8f", "..\u00ad"]
SLASH = ["/", "//", "/./", "%2f", "%2F", "%252f", "\\", "%5c", "%5C", "%255c", "%c0%af", "%C1%9C", "%e0%80%af", "%ef%bc%8f", "%u2215",
         "%u2216", "/;/", "/.;/", "/%2e/", "/%20/", "%00/", "/*/", ":", "/\\/", "%2f%2f"]
TARGETS = ["secret.txt", "secret", "secret.md", "SECRET.TXT", "secret.txt%00.md", "secret.txt%00", "secret.txt.", "secret.txt%20",
           "secret.txt/", "secret.txt/.", "secret.txt;x", "secret.txt::$DATA", "secret%2etxt", "%73ecret.txt", "etc/passwd",
           "etc%2fpasswd", "proc/self/environ", "proc/self/maps", "data/secret", "site/secret.txt", "secret.html", "secret.css",
           "attimo.yaml", "pages/_hidden.txt", "pages/.env", "data/journal", "secret.txt?x=y", "secret.txt%3fx=y", "secret.txt%23"]
STARTS = ["/", "//", "/./", "/dir/", "/promo/", "/link/", "/up/", "/out/", "/abs.txt/", "/%2e/", "/_/", "/_/go/", "/_/e/", "/_theme/",
          "http://a/", "http://a//", "https://a/", "HTTP://A/", "/dir/deep/", "/.%2f", "/\\", "/%5c", "/%00/", "/~/", "/~root/", "/;/", ""]
# Links that lead outside, and what an author may have put where nothing is served from.
LINKS = ["/link.txt", "/up/secret.txt", "/up/secret", "/out.txt", "/abs.txt", "/etc/passwd", "/dir/deep.txt", "/dir/up/secret.txt",
         "/loop.txt", "/self/environ", "/proc/self/environ", "/secret", "/secret.txt", "/page", "/page.md", "/_hidden.txt", "/.env",
         "/_hidden", "/%5fhidden.txt", "/%2eenv", "/dir/.git/config", "/_theme/style.css", "/_site.yaml", "/root.html", "/root",
         "/picture.png", "/_guidelines.yaml", "/index.md", "/promo.md", "/dir/../link.txt", "/hard/../../secret.txt"]


def fixed():
    """What has been tried on others' servers since there are servers."""
    yield from LINKS
    for up in UP:
        for slash in SLASH:
            yield "/" + (up + slash) * 3 + "secret.txt"
            yield "/dir/" + (up + slash) * 2 + "secret.txt"
    for target in TARGETS:
        yield "/../" + target
        yield "/%2e%2e/" + target
        yield "/" + "../" * 12 + target
    for depth in 1, 2, 8, 64, 900, 2600:
        yield "/" + "../" * depth + "secret.txt"
        yield "/" + "%2e%2e/" * min(depth, 1000) + "secret.txt"
        yield "/" + "a/../" * min(depth, 1500) + "../secret.txt"


def at_random(chance):
    start = chance.choice(STARTS)
    middle = "".join(chance.choice(UP) + chance.choice(SLASH) for _ in range(chance.choice([1, 1, 2, 2, 3, 4, 6, 12])))
    text = start + middle + chance.choice(TARGETS)
    if chance.random() < 0.2:
        text = "".join(f"%{ord(c):02x}" if c.isascii() and c != "/" and chance.random() < 0.4 else c for c in text)
    if chance.random() < 0.05:
        at = chance.randrange(len(text) + 1)
        text = text[:at] + "/" + "x" * chance.choice([300, 5000, 9000]) + "/.." + text[at:]
    return text


def requests(paths):
    """The ways in which a path can be put to the server."""
    for number, path in enumerate(paths):
        raw = path.encode("utf-8", "surrogateescape")
        yield b"GET " + raw + b" HTTP/1.1\r\nHost: a\r\n\r\n"
        if number % 4 == 0:
            yield b"GET /promo?file=" + raw + b" HTTP/1.1\r\nHost: a\r\n\r\n"
        if number % 5 == 0:
            yield b"GET /_/go" + raw + b"/call HTTP/1.1\r\nHost: a\r\n\r\n"
        if number % 5 == 1:
            body = b"pv=" + b"0" * 32 + b"&p=" + raw.replace(b"%", b"%25") + b"&d=a&e=click&cta=call&n=1&t=5"
            yield (b"POST /_/e HTTP/1.1\r\nHost: a\r\nContent-Type: text/plain\r\nContent-Length: %d\r\n\r\n" % len(body)) + body
        if number % 5 == 2:
            yield b"GET / HTTP/1.1\r\nHost: a\r\nReferer: http://a" + raw.replace(b"\n", b"") + b"\r\n\r\n"


def all_requests(count, seed):
    """Those that are always tried, and those of `count` paths at random."""
    chance = random.Random(seed)
    return list(requests(fixed())), list(requests(at_random(chance) for _ in range(count)))
