"""What HTTP/2 lets a client say that HTTP/1.1 cannot carry: nginx must not hand it on as something else.

Frames and field lines are written by hand (RFC 9113, RFC 7541), because no library would send these.
"""
from framing import CANARY, END, OUTER, Attack, chunk, event, numbered, post

PREFACE = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
HEADERS, DATA, SETTINGS = 1, 0, 4
END_STREAM, END_HEADERS = 1, 4


def frame(kind, flags, payload, stream=1):
    return len(payload).to_bytes(3, "big") + bytes([kind, flags]) + stream.to_bytes(4, "big") + payload


def text(value):
    """A string without Huffman's code, its length in a prefix of seven bits."""
    if len(value) < 127:
        return bytes([len(value)]) + value
    rest, digits = len(value) - 127, b"\x7f"
    while rest >= 128:
        digits += bytes([rest % 128 + 128])
        rest //= 128
    return digits + bytes([rest]) + value


def request(fields, data):
    block = b"".join(b"\x00" + text(name) + text(value) for name, value in fields)
    sent = PREFACE + frame(SETTINGS, 0, b"", 0) + frame(HEADERS, END_HEADERS | (0 if data else END_STREAM), block)
    return sent + (frame(DATA, END_STREAM, data) if data else b"")


def ask(data, *more, method=b"POST", path=b"/promo"):
    """`more` stand behind what each request has; a pseudo-field among them takes the place of the usual one."""
    fields = {b":method": method, b":scheme": b"https", b":authority": b"www.example.it", b":path": path}
    own = [(name, value) for name, value in more if name not in fields]
    fields.update((name, value) for name, value in more if name in fields)
    return request([*fields.items(), (b"content-type", b"text/plain"), *own], data)


def attacks():
    found = []

    def add(name, compose, must="", may=""):
        found.append(Attack(name, compose, must, may))

    def ending(pv):
        """The end of a message, and a whole other one behind it."""
        return b"\r\nContent-Length: 0\r\n\r\n" + post(pv)

    add("an event", lambda o, c: ask(event(o), path=b"/_/e"), OUTER)
    add("an event with its length", lambda o, c: ask(event(o), (b"content-length", b"%d" % len(event(o))), path=b"/_/e"), OUTER)
    add("a body is no request", lambda o, c: ask(post(c)))
    add("a length of 0 before a body", lambda o, c: ask(post(c), (b"content-length", b"0")))
    add("a length that is too short", lambda o, c: ask(b"hello" + post(c), (b"content-length", b"5")))
    add("a length that is too long", lambda o, c: ask(b"hello" + post(c), (b"content-length", b"5000")))
    add("two lengths", lambda o, c: ask(post(c), (b"content-length", b"0"), (b"content-length", b"%d" % len(post(c)))))
    add("a length with a sign", lambda o, c: ask(post(c), (b"content-length", b"+0")))
    for coding in b"chunked", b"Chunked", b"identity, chunked", b"\tchunked", b"x\r\nTransfer-Encoding: chunked":
        name = coding.decode().encode("unicode_escape").decode()
        add(f"transfer-encoding: {name}, and nothing in chunks",
            lambda o, c, x=coding: ask(END + post(c), (b"transfer-encoding", x)))
        add(f"transfer-encoding: {name}, and all in a chunk",
            lambda o, c, x=coding: ask(chunk(post(c)) + END, (b"transfer-encoding", x)))
    for end in b"\r\n", b"\n", b"\r", b"\x00\r\n":
        name = end.decode().encode("unicode_escape").decode()
        add(f"a value that goes on behind {name}", lambda o, c, e=end: ask(b"", (b"x", b"y" + ending(c).replace(b"\r\n", e))))
        add(f"a name that goes on behind {name}", lambda o, c, e=end: ask(b"", (b"x: y" + ending(c).replace(b"\r\n", e), b"z")))
        add(f"a path that goes on behind {name}",
            lambda o, c, e=end: ask(b"", path=b"/ HTTP/1.1" + e + b"Host: a" + ending(c).replace(b"\r\n", e), method=b"GET"))
        add(f"a method that goes on behind {name}",
            lambda o, c, e=end: ask(b"", method=b"GET / HTTP/1.1" + e + b"Host: a" + ending(c).replace(b"\r\n", e)))
        add(f"an authority that goes on behind {name}",
            lambda o, c, e=end: ask(b"", (b":authority", b"a" + ending(c).replace(b"\r\n", e))))
        add(f"a scheme that goes on behind {name}",
            lambda o, c, e=end: ask(b"", (b":scheme", b"http://a/ HTTP/1.1" + e + b"Host: a" + ending(c).replace(b"\r\n", e))))
    add("a path with a space and a version", lambda o, c: ask(post(c), path=b"/promo HTTP/1.1"))
    add("a name of upper case", lambda o, c: ask(post(c), (b"Transfer-Encoding", b"chunked")))
    add("a name with a colon", lambda o, c: ask(post(c), (b"transfer-encoding:", b"chunked")))
    add("a name with a space", lambda o, c: ask(END + post(c), (b"transfer-encoding ", b"chunked")))
    add("connection: close and an upgrade",
        lambda o, c: ask(post(c), (b"connection", b"upgrade"), (b"upgrade", b"h2c"), (b"http2-settings", b"AAMAAABk")))
    add("a tunnel", lambda o, c: request([(b":method", b"CONNECT"), (b":authority", b"a:80")], post(c)))
    return numbered(found)
