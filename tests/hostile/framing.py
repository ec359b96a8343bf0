"""Requests whose end is in doubt. Each hides an event in a place where careless framing would take it for a request.

An attack is a name, the bytes that are sent, and what may come of them: the marks of events that must be recorded, and of
those that may be. OUTER is the event that the attack openly sends; CANARY is the hidden one, followed by nothing.
"""
OUTER, CANARY = "0", "1"


class Attack:
    def __init__(self, name, compose, must="", may=""):
        self.number = None
        self.name = name
        self.compose = compose
        self.must = must
        self.may = may

    def bytes_for(self, way):
        return self.compose(self.mark(way, OUTER), self.mark(way, CANARY))

    def mark(self, way, which):
        """An event's pv: 32 hexadecimal digits, which the server takes from anybody."""
        return f"{way}{which}{self.number:030x}"

    def marks(self, way, which):
        return {self.mark(way, each) for each in which}


def event(pv):
    return f"pv={pv}&p=/promo&d=a&e=click&cta=call&n=1&t=5".encode()


def post(pv, fields=b"", target=b"/_/e", version=b"HTTP/1.1"):
    """A request of its own that nothing is wrong with."""
    return head(target, b"Content-Length: %d\r\n" % len(event(pv)) + fields, version=version) + event(pv)


def hidden(pv):
    """All of the hidden request."""
    return post(pv)


def head(target=b"/promo", fields=b"", method=b"POST", version=b"HTTP/1.1"):
    return method + b" " + target + b" " + version + b"\r\nHost: a\r\nContent-Type: text/plain\r\n" + fields + b"\r\n"


def chunk(data, size=None, extension=b""):
    return (b"%x" % len(data) if size is None else size) + extension + b"\r\n" + data + b"\r\n"


END = b"0\r\n\r\n"
CHUNKED = b"Transfer-Encoding: chunked\r\n"


def length(n):
    return b"Content-Length: %d\r\n" % n


# What is called Transfer-Encoding, or nearly so. Chunked for everybody:
CLEAR_CODINGS = [b"Transfer-Encoding:\tchunked", b"Transfer-Encoding: chunked\t", b"Transfer-Encoding: chunked",
                 b"TRANSFER-ENCODING:CHUNKED", b"transfer-encoding:   Chunked  "]
# For some, perhaps:
ODD_CODINGS = [
    b"Transfer-Encoding : chunked", b"Transfer-Encoding\t: chunked", b" Transfer-Encoding: chunked",
    b"X: y\r\n Transfer-Encoding: chunked", b"X: y\nTransfer-Encoding: chunked", b"X: y\rTransfer-Encoding: chunked",
    b"Transfer-Encoding\x00: chunked", b"Transfer-Encoding: chunked\x00", b"Transfer-Encoding: \x00chunked",
    b"Transfer-Encoding: \x0bchunked", b"Transfer-Encoding: \x0cchunked", b"Transfer-Encoding: chunked\x0b",
    b"Transfer-Encoding:\r\n chunked", b"Transfer-Encoding: chun\r\n ked", b"Transfer-Encoding:\x85chunked",
    b"Transfer-Encoding: \xa0chunked", b"Transfer-Encoding: xchunked", b"Transfer-Encoding: chunkedx",
    b"Transfer-Encoding: chunk", b"Transfer-Encoding: \"chunked\"", b"Transfer-Encoding: 'chunked'",
    b"Transfer-Encoding: chunked;q=1", b"Transfer-Encoding: chunked;", b"Transfer-Encoding: chunked, identity",
    b"Transfer-Encoding: identity, chunked", b"Transfer-Encoding: identity", b"Transfer-Encoding: chunked, chunked",
    b"Transfer-Encoding: chunked,", b"Transfer-Encoding: ,chunked", b"Transfer-Encoding: gzip, chunked",
    b"Transfer-Encoding: chunked, gzip", b"Transfer-Encoding: chunked chunked", b"Transfer-Encoding:",
    b"Transfer-Encoding: x\r\nTransfer-Encoding: chunked", b"Transfer-Encoding: chunked\r\nTransfer-Encoding: x",
    b"Transfer-Encoding: identity\r\nTransfer-Encoding: chunked", b"Transfer-Encoding: chunked\r\nTransfer-encoding: cow",
    b"Transfer-Encoding: chunked\r\n identity", b"Transfer-Encoding:: chunked", b"Transfer-Encoding: : chunked",
]
# Other fields, whatever they look like:
OTHER_FIELDS = [b"Transfer_Encoding: chunked", b"X-Transfer-Encoding: chunked", b"TransferEncoding: chunked",
                b"Content_Length: %d", b"X-Content-Length: %d"]

# Spellings of a length, in which %d is where its digits are.
CLEAR_LENGTHS = [b"Content-Length:\t%d", b"Content-Length: %d\t", b"content-length: \t %d \t "]
# None of these is one.
ODD_LENGTHS = [
    b"Content-Length: +%d", b"Content-Length: -%d", b"Content-Length: 0x%x", b"Content-Length: %d.0",
    b"Content-Length: %de0", b"Content-Length: %d 0", b"Content-Length: 0 %d", b"Content-Length: %d, 0",
    b"Content-Length: 0, %d", b"Content-Length: %d,", b"Content-Length: ,%d", b"Content-Length: %d;", b"Content-Length: '%d'",
    b"Content-Length: \"%d\"", b"Content-Length: %d\x00", b"Content-Length: \x00%d", b"Content-Length: %d\x0b",
    b"Content-Length: \x0b%d", b"Content-Length: %d\xa0", b"Content-Length : %d", b"Content-Length\t: %d",
    b" Content-Length: %d", b"X: y\r\n Content-Length: %d", b"Content-Length:\r\n %d", b"Content-Length: 0\r\n %d",
    b"X: y\nContent-Length: %d", b"X: y\rContent-Length: %d", b"Content-Length: %d\r\nContent-Length: 0",
    b"Content-Length: 0\r\nContent-Length: %d", b"Content-Length: %d\r\ncontent-length: 0", b"Content-Length:: %d",
    b"Content-Length: %d\r\nContent-Length: %d0", b"Content-Length: 0\r\nContent-Length: 0\r\nContent-Length: %d",
    b"Content-Length: 1844674407370955161%d", b"Content-Length: 99999999999999999999%d", b"Content-Length: _%d",
    b"Content-Length: 1_%d", b"Content-Length: \xd9\xa1%d", b"Content-Length: %dx", b"Content-Length: x%d",
]

# What may stand before a chunk's data. None of these is a size of 5 for everybody.
ODD_SIZES = [
    b"+5", b"-5", b"0x5", b"x5", b" 5", b"\t5", b"5_", b"_5", b"5.0", b"5,", b"5\x00", b"\x005", b"5\x0b", b"5 5", b"",
    b"\r\n5", b"\n5", b"10000000000000005", b"100000005;\n", b"fffffffffffffffb", b"-fffffffb", b"5\r", b"5;\x00", b"5;a\nb",
    b"5;a=\"\n\"", b"5;\n", b"5\n", b"5;a=b\r", b"G", b"05 \x00", b"5;a=\"\x01\"",
    b"5 ;", b"5 a", b"5;\"a\"", b"5;a=\"b", b"5;a==b", b"5;a=b c", b"5;a=\"b\\\"", b"5 ", b"5;a ",
]


def odd_line_ends(pv):
    good = post(pv)
    top, body = good.split(b"\r\n\r\n", 1)
    return {
        "bare LF everywhere": good.replace(b"\r\n", b"\n"),
        "bare CR everywhere": good.replace(b"\r\n", b"\r"),
        "LF CR everywhere": good.replace(b"\r\n", b"\n\r"),
        "CR CR LF everywhere": good.replace(b"\r\n", b"\r\r\n"),
        "a bare LF behind the request line": good.replace(b"\r\n", b"\n", 1),
        "a bare LF at the end of the head": top + b"\r\n\n" + body,
        "two bare LF at the end of the head": top + b"\n\n" + body,
        "a bare CR at the end of the head": top + b"\r\n\r" + body,
        "a NUL before the request": b"\x00" + good,
        "a space before the request": b" " + good,
        "a byte order mark before the request": b"\xef\xbb\xbf" + good,
        "a vertical tab before the request": b"\x0b" + good,
        "a NUL in a value": good.replace(b"Host: a\r\n", b"Host: a\r\nX: a\x00b\r\n"),
        "a bare CR in a value": good.replace(b"Host: a\r\n", b"Host: a\r\nX: a\rb\r\n"),
        "a folded value": good.replace(b"Host: a\r\n", b"Host: a\r\nX: a\r\n b\r\n"),
        "a space behind the request line": good.replace(b"HTTP/1.1\r\n", b"HTTP/1.1 \r\n"),
        "two spaces before the target": good.replace(b"POST ", b"POST  "),
        "a tab before the target": good.replace(b"POST ", b"POST\t"),
        "a field line before the first": good.replace(b"Host: a\r\n", b" X: y\r\nHost: a\r\n"),
        "a line without a colon": good.replace(b"Host: a\r\n", b"Host: a\r\nX\r\n"),
        "a field without a name": good.replace(b"Host: a\r\n", b"Host: a\r\n: x\r\n"),
        "no Host": good.replace(b"Host: a\r\n", b""),
        "two Hosts": good.replace(b"Host: a\r\n", b"Host: a\r\nHost: a\r\n"),
        "an empty Host": good.replace(b"Host: a\r\n", b"Host:\r\n"),
        "no version": good.replace(b" HTTP/1.1\r\n", b"\r\n"),
        "HTTP/0.9 by name": good.replace(b"HTTP/1.1", b"HTTP/0.9"),
        "HTTP/2.0 by name": good.replace(b"HTTP/1.1", b"HTTP/2.0"),
        "HTTP/1.1 in small letters": good.replace(b"HTTP/1.1", b"http/1.1"),
        "a head that is too long": good.replace(b"Host: a\r\n", b"Host: a\r\nX: " + b"x" * 40000 + b"\r\n"),
        "too many fields": good.replace(b"Host: a\r\n", b"Host: a\r\n" + b"X: y\r\n" * 300),
        "a target that is too long": good.replace(b"/_/e", b"/_/e?" + b"x" * 40000),
        "a target that is a folder's": good.replace(b"/_/e", b"/_/e/"),
        "a method of small letters": good.replace(b"POST ", b"post "),
        "an event by PUT": good.replace(b"POST ", b"PUT "),
        "an event by GET": good.replace(b"POST ", b"GET "),
        "user information in the target": good.replace(b"/_/e", b"http://u@a/_/e"),
        "early data": good.replace(b"Host: a\r\n", b"Host: a\r\nEarly-Data: 1\r\n"),
        "an expectation that is none": good.replace(b"Host: a\r\n", b"Host: a\r\nExpect: x\r\n"),
    }


def sound():
    """Nothing is wrong with these. They show that a hidden event would be seen."""
    yield Attack("an event", lambda o, c: post(o), OUTER)
    yield Attack("two events, one behind the other", lambda o, c: post(o) + post(c), OUTER + CANARY)
    yield Attack("an event in chunks, and one behind",
        lambda o, c: head(b"/_/e", CHUNKED) + chunk(event(o)[:9]) + chunk(event(o)[9:]) + END + post(c), OUTER + CANARY)
    yield Attack("an event behind a body that nobody wanted", lambda o, c: head(fields=length(5)) + b"hello" + post(c), CANARY)
    yield Attack("an event behind a request without a body", lambda o, c: head(method=b"GET") + post(c), CANARY)
    yield Attack("an event behind an empty one", lambda o, c: head(b"/_/e", length(0)) + post(c), CANARY)
    yield Attack("an event whose length has zeros before it",
        lambda o, c: head(b"/_/e", b"Content-Length: 000%d\r\n" % len(event(o))) + event(o), "", OUTER)
    yield Attack("an event behind an empty line", lambda o, c: b"\r\n\r\n" + post(o) + b"\r\n" + post(c), OUTER + CANARY)
    yield Attack("an event in chunks with extensions",
        lambda o, c: head(b"/_/e", CHUNKED) + chunk(event(o), extension=b";a=b") + b"0;c\r\n\r\n" + post(c), OUTER + CANARY)
    yield Attack("an event whose sender waits to be asked",
        lambda o, c: post(o, b"Expect: 100-continue\r\n") + post(c), OUTER + CANARY)
    yield Attack("an event behind an upgrade that is passed over",
        lambda o, c: head(method=b"GET", fields=b"Connection: Upgrade\r\nUpgrade: websocket\r\n") + post(c), CANARY)
    yield Attack("an event on a connection of HTTP/1.0 that is kept",
        lambda o, c: post(o, b"Connection: keep-alive\r\n", version=b"HTTP/1.0") + post(c), OUTER + CANARY)
    yield Attack("an event in absolute form", lambda o, c: post(o, target=b"http://other.example/_/e") + post(c), OUTER + CANARY)
    for field in OTHER_FIELDS:
        line = field.replace(b"%d", b"1000") + b"\r\n"
        yield Attack(f"an event behind a field that means nothing: {field.decode()}",
            lambda o, c, line=line: head(fields=line) + post(c), CANARY)


def bodies():
    """A body is no request, whatever it looks like."""
    for method in b"GET", b"POST", b"PUT", b"OPTIONS", b"DELETE", b"HEAD":
        yield Attack(f"a body of a {method.decode()} with a length",
            lambda o, c, m=method: head(method=m, fields=length(len(hidden(c)))) + hidden(c))
        yield Attack(f"a body of a {method.decode()} in a chunk",
            lambda o, c, m=method: head(method=m, fields=CHUNKED) + chunk(hidden(c)) + END)
    yield Attack("a body of an event", lambda o, c: head(b"/_/e", length(len(event(o) + hidden(c)))) + event(o) + hidden(c))
    yield Attack("a body that comes too short",
        lambda o, c: head(b"/_/e", length(len(event(o)) + 1000)) + event(o) + b"\r\n" + hidden(c))
    yield Attack("chunks that do not end", lambda o, c: head(b"/_/e", CHUNKED) + chunk(event(o)) + chunk(hidden(c)))
    yield Attack("a body that is too large", lambda o, c: head(b"/_/e", length(70000)) + hidden(c) * 400)
    yield Attack("a chunk that is too large", lambda o, c: head(b"/_/e", CHUNKED) + b"20000\r\n" + hidden(c) * 800)
    yield Attack("a body behind an expectation on a page",
        lambda o, c: head(fields=b"Expect: 100-continue\r\n" + length(len(hidden(c)))) + hidden(c))
    yield Attack("a body behind an expectation that is none",
        lambda o, c: head(fields=b"Expect: x\r\n" + length(len(hidden(c)))) + hidden(c))
    yield Attack("a body behind an upgrade to h2c",
        lambda o, c: head(fields=b"Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABk\r\n" +
                          length(len(hidden(c)))) + hidden(c))
    yield Attack("a body of an unknown method", lambda o, c: head(method=b"BREW", fields=length(len(hidden(c)))) + hidden(c))
    yield Attack("a tunnel", lambda o, c: head(b"a:80", method=b"CONNECT") + hidden(c))
    yield Attack("the preface of HTTP/2", lambda o, c: b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + hidden(c))


def two_lengths():
    """A length, and chunks."""
    for name, first, second in ("length, then chunks", 0, 1), ("chunks, then length", 1, 0):
        yield Attack(f"{name}: the length is longer", lambda o, c, f=first: head(
            b"/_/e", b"".join([length(len(END + hidden(c))), CHUNKED][:: -1 if f else 1])) + END + hidden(c))
        yield Attack(f"{name}: the length is shorter", lambda o, c, f=first: head(
            b"/_/e", b"".join([length(4), CHUNKED][:: -1 if f else 1])) + chunk(hidden(c)) + END)
        yield Attack(f"{name}: both say the same", lambda o, c, f=first: head(
            b"/_/e", b"".join([length(len(chunk(event(o)) + END)), CHUNKED][:: -1 if f else 1])) + chunk(event(o)) + END + hidden(c))


def codings():
    """What is called Transfer-Encoding, or nearly so: beside a length, and alone."""
    for coding in ODD_CODINGS + CLEAR_CODINGS:
        name = coding.decode("latin-1").encode("unicode_escape").decode()
        yield Attack(f"beside a length that covers all: {name}", lambda o, c, x=coding: head(
            b"/_/e", x + b"\r\n" + length(len(END + hidden(c)))) + END + hidden(c))
        yield Attack(f"beside a length that covers little: {name}", lambda o, c, x=coding: head(
            b"/_/e", length(4) + x + b"\r\n") + chunk(hidden(c)) + END)
        yield Attack(f"alone: {name}", lambda o, c, x=coding: head(b"/_/e", x + b"\r\n") + END + hidden(c),
            CANARY if coding in CLEAR_CODINGS else "")
        yield Attack(f"alone, with a body: {name}", lambda o, c, x=coding: head(fields=x + b"\r\n") + chunk(hidden(c)) + END)


def lengths():
    for field in ODD_LENGTHS + CLEAR_LENGTHS:
        name = field.decode("latin-1").encode("unicode_escape").decode()

        def line(n, x=field):
            return x.replace(b"%d", b"%d" % n).replace(b"%x", b"%x" % n) + b"\r\n"
        yield Attack(f"a length: {name}", lambda o, c, line=line: head(fields=line(len(hidden(c)))) + hidden(c))
        yield Attack(f"a length for little: {name}", lambda o, c, line=line: head(fields=line(5)) + b"hello" + hidden(c),
            CANARY if field in CLEAR_LENGTHS else "")


def chunks():
    for size in ODD_SIZES:
        name = size.decode("latin-1").encode("unicode_escape").decode()
        yield Attack(f"a chunk of size '{name}'",
            lambda o, c, x=size: head(fields=CHUNKED) + chunk(b"hello", x) + END + hidden(c))
        yield Attack(f"a chunk of size '{name}' that hides all",
            lambda o, c, x=size: head(fields=CHUNKED) + x + b"\r\n" + END + hidden(c) + b"\r\n" + END)
    yield Attack("a chunk whose size has very many zeros",
        lambda o, c: head(fields=CHUNKED) + chunk(b"hello", b"0" * 100 + b"5") + END + hidden(c), "", CANARY)
    yield Attack("a chunk with a space behind its size",
        lambda o, c: head(fields=CHUNKED) + chunk(b"hello", b"5 ") + END + hidden(c), "", CANARY)
    yield Attack("a chunk that is longer than it says", lambda o, c: head(fields=CHUNKED) + b"3\r\nhello\r\n" + END + hidden(c))
    yield Attack("a chunk that is shorter than it says", lambda o, c: head(fields=CHUNKED) + b"20\r\nhello\r\n" + END + hidden(c))
    yield Attack("a chunk without its line end", lambda o, c: head(fields=CHUNKED) + b"5\r\nhello" + END + hidden(c))
    yield Attack("a chunk that ends in a bare LF", lambda o, c: head(fields=CHUNKED) + b"5\r\nhello\n" + END + hidden(c))
    yield Attack("a chunk that ends in two other bytes", lambda o, c: head(fields=CHUNKED) + b"5\r\nhelloXX" + END + hidden(c))
    yield Attack("an extension that ends in a bare LF", lambda o, c: head(fields=CHUNKED) + b"2;\nxx\r\n%x\r\n" % len(hidden(c)) +
        END + hidden(c))
    yield Attack("an extension that ends in a bare CR", lambda o, c: head(fields=CHUNKED) + b"2;\rxx\r\n%x\r\n" % len(hidden(c)) +
        END + hidden(c))
    yield Attack("an extension in quotes that never end",
        lambda o, c: head(fields=CHUNKED) + b"5;a=\"\r\nhello\r\n" + END + hidden(c))
    yield Attack("an extension without end",
        lambda o, c: head(fields=CHUNKED) + b"5;" + b"x" * 200000 + b"\r\nhello\r\n" + END + hidden(c))
    yield Attack("chunks behind a last one of zeros", lambda o, c: head(fields=CHUNKED) + b"00000\r\n\r\n" + hidden(c), CANARY)
    yield Attack("a last chunk that ends in a bare LF", lambda o, c: head(fields=CHUNKED) + b"0\n\n" + hidden(c))
    yield Attack("a last chunk without its empty line", lambda o, c: head(fields=CHUNKED) + b"0\r\n" + hidden(c))


def trailers():
    """Trailers frame nothing. Whoever refuses them is right as well."""
    for trailer in (b"Content-Length: 5000", b"Transfer-Encoding: chunked", b"Transfer-Encoding: x", b"Host: b",
                    b"Connection: close", b"X: y"):
        yield Attack(f"a trailer: {trailer.decode()}",
            lambda o, c, x=trailer: head(fields=CHUNKED) + b"0\r\n" + x + b"\r\n\r\n" + hidden(c), "", CANARY)
    for trailer in (b"X : y", b"X", b": y", b"X: y\n", b"X\x00: y", b" X: y"):
        name = trailer.decode().encode("unicode_escape").decode()
        yield Attack(f"a trailer that is none: {name}",
            lambda o, c, x=trailer: head(fields=CHUNKED) + b"0\r\n" + x + b"\r\n\r\n" + hidden(c))
    yield Attack("a trailer with an event in its value", lambda o, c: head(fields=CHUNKED) + b"0\r\nX: y\r\r" + hidden(c))
    yield Attack("trailers without end", lambda o, c: head(fields=CHUNKED) + b"0\r\n" + b"X: y\r\n" * 20000 + b"\r\n" + hidden(c))


def behind_the_end():
    """Behind the end of a connection there is nothing."""
    yield Attack("an event behind close", lambda o, c: post(o, b"Connection: close\r\n") + hidden(c), OUTER)
    yield Attack("an event behind a close among others", lambda o, c: post(o, b"Connection: x, Close\r\n") + hidden(c), OUTER)
    yield Attack("an event behind HTTP/1.0", lambda o, c: post(o, version=b"HTTP/1.0") + hidden(c), OUTER)
    yield Attack("chunks on HTTP/1.0", lambda o, c: head(fields=CHUNKED, version=b"HTTP/1.0") + END + hidden(c))
    yield Attack("chunks on HTTP/1.0 that is kept", lambda o, c: head(
        fields=CHUNKED + b"Connection: keep-alive\r\n", version=b"HTTP/1.0") + END + hidden(c))
    yield Attack("a page without a version", lambda o, c: b"GET /promo\r\n\r\n" + hidden(c))
    yield Attack("an event without a version", lambda o, c: b"POST /_/e\r\n\r\n" + event(o) + b"\r\n" + hidden(c))


def refused():
    """Nothing is recorded of what is refused, nor of what stands behind it."""
    for name in odd_line_ends(""):
        yield Attack(name, lambda o, c, n=name: odd_line_ends(o)[n])
        if name in ("a target that is a folder's", "an event by PUT", "an event by GET", "early data"):
            continue  # refused, but whole: what follows is a request of its own
        yield Attack(f"{name}, and one behind it", lambda o, c, n=name: odd_line_ends(o)[n] + hidden(c))


def numbered(attacks):
    """An attack's number is its place among all."""
    found = list(attacks)
    for number, attack in enumerate(found):
        attack.number = number
    return found


def attacks():
    kinds = sound, bodies, two_lengths, codings, lengths, chunks, trailers, behind_the_end, refused
    return numbered(attack for kind in kinds for attack in kind())
