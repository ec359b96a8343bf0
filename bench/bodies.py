"""What the servers answer: takes the bodies that attimo serves, and checks that all answer with the same.

    bodies.py ask REQUEST PORT            exit 0 if there is a 200
    bodies.py pick PORT BYTES PAGES       prints the file atop PAGES whose page's brotli form is nearest to BYTES
    bodies.py take REQUEST PORT DIR OUT   writes the page in DIR as PATH, PATH.br and PATH.gz, and the whole response
                                          to the phone's request as OUT
    bodies.py same REQUEST OUT NAME=PORT...   exit 1, saying why, unless all answer as OUT does
"""
import pathlib
import re
import socket
import sys
import time


class Response:
    def __init__(self, raw):
        head, _, self.body = raw.partition(b"\r\n\r\n")
        lines = head.decode("latin-1").split("\r\n")
        self.raw = raw
        self.status = int(lines[0].split()[1])
        self.fields = {k.lower(): v.strip() for k, _, v in (line.partition(":") for line in lines[1:])}
        self.encoding = self.fields.get("content-encoding", "identity")


def ask(port, request):
    """Sends one request on a new connection and reads one response with a Content-Length."""
    with socket.create_connection(("127.0.0.1", port), timeout=10) as s:
        s.sendall(request)
        raw = b""
        while True:
            head_end = raw.find(b"\r\n\r\n")
            length = re.search(rb"\r\ncontent-length: *(\d+)", raw[: head_end + 2], re.I) if head_end >= 0 else None
            if head_end >= 0 and not length:
                raise ValueError("a response without Content-Length")
            if length and len(raw) >= head_end + 4 + int(length[1]):
                return Response(raw)
            more = s.recv(65536)
            if not more:
                raise ValueError("the connection ended in the middle of a response")
            raw += more


def with_encoding(request, encoding):
    return re.sub(rb"(?i)(accept-encoding:)[^\r]*", rb"\1 " + encoding.encode(), request)


def simple_request(path, encoding):
    return f"GET {path} HTTP/1.1\r\nHost: localhost\r\nAccept-Encoding: {encoding}\r\n\r\n".encode()


def settled(bodies):
    """attimo answers with quick compression first; the best one replaces it a moment later. Asks until nothing has
    changed for a second."""
    last, since = None, time.monotonic()
    while time.monotonic() - since < 1:
        now = bodies()
        if now != last:
            last, since = now, time.monotonic()
        time.sleep(0.1)
    return last


def brotli_body(port, path):
    response = ask(port, simple_request(path, "br"))
    if response.status != 200 or response.encoding != "br":
        raise ValueError(f"{path}: {response.status}, {response.encoding}, not 200 and br")
    return response.body


def pick(port, wanted, pages):
    files = sorted(pathlib.Path(pages).glob("*.html"))
    bodies = settled(lambda: [brotli_body(port, "/" + file.stem) for file in files])
    print(min(zip(files, bodies), key=lambda pair: abs(len(pair[1]) - wanted))[0])


def take(request, port, directory, out):
    settled(lambda: ask(port, request).body)
    path = request.split()[1].decode()
    file = pathlib.Path(directory + path)
    file.parent.mkdir(parents=True, exist_ok=True)
    for encoding, suffix in (("identity", ""), ("br", ".br"), ("gzip", ".gz")):
        response = ask(port, with_encoding(request, encoding))
        if response.status != 200 or response.encoding != encoding:
            raise ValueError(f"attimo answered {response.status}, {response.encoding} when {encoding} was asked for")
        file.with_name(file.name + suffix).write_bytes(response.body)
    pathlib.Path(out).write_bytes(ask(port, request).raw)


def same(request, out, servers):
    wanted = Response(pathlib.Path(out).read_bytes())
    for server in servers:
        name, port = server.split("=")
        got = ask(int(port), request)
        for what in "status", "encoding", "body":
            if getattr(got, what) != getattr(wanted, what):
                def shown(r):
                    return f"{len(r.body)} other bytes" if what == "body" else getattr(r, what)
                raise ValueError(f"{name} answers with another {what}: {shown(got)}, not {shown(wanted)}")
        print(f"{name} {len(got.raw) - len(got.body)}")


def main(verb, *args):
    if verb == "pick":
        return pick(int(args[0]), int(args[1]), args[2])
    request = pathlib.Path(args[0]).read_bytes()
    if verb == "ask":
        return 0 if ask(int(args[1]), request).status == 200 else 1
    if verb == "take":
        return take(request, int(args[1]), args[2], args[3])
    return same(request, args[1], args[2:])


if __name__ == "__main__":
    try:
        sys.exit(main(*sys.argv[1:]))
    except (OSError, ValueError) as error:
        sys.exit(f"bodies: {error}")
