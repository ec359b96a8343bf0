"""Sends what nobody honest sends, and reads what came of it.

    hostile.py framing SOCKET [PORT CERTIFICATE]     all attacks: as they are and in pieces; through nginx, given its port
    hostile.py recorded DATA                         what the journal then holds of those sent without nginx
    hostile.py forwarded DATA LOG                    ... and of those that nginx has forwarded, as it says itself
    hostile.py paths COUNT SEED WORDS SOCKET [PORT CERTIFICATE]   ways out of pages/: none may bring one of WORDS.
                                                     All go to attimo; to nginx those of the list, and each third
                                                     of those at random

Exit 1 with what is wrong.
"""
import concurrent.futures
import glob
import json
import os
import re
import socket
import ssl
import sys

sys.dont_write_bytecode = True
import framing  # noqa: E402
import http2  # noqa: E402
import paths  # noqa: E402

WHOLE, PIECES, NGINX, NGINX_H2 = "a", "b", "c", "d"  # the first digit of a mark
PATIENCE_S = 60


class Direct:
    """A connection to attimo itself: what was sent ends, and then the answers do."""

    def __init__(self, path):
        self.path = path

    def exchange(self, data, piece=None):
        with socket.socket(socket.AF_UNIX) as s:
            s.settimeout(PATIENCE_S)
            s.connect(self.path)
            try:
                for at in range(0, len(data), piece or len(data)):
                    s.sendall(data[at:at + (piece or len(data))])
                s.shutdown(socket.SHUT_WR)
            except OSError:
                pass  # it was refused before its end
            return self.read(s)

    @staticmethod
    def read(s):
        answer = b""
        try:
            while got := s.recv(65536):
                answer += got
        except ConnectionResetError:
            pass
        return answer


class Nginx:
    """The same over TLS. What it waits for never comes: after some silence the client goes."""

    def __init__(self, port, certificate, protocol="http/1.1"):
        self.port = int(port)
        self.context = ssl.create_default_context(cafile=certificate)
        self.context.set_alpn_protocols([protocol])

    def exchange(self, data, silence=0.7):
        with socket.create_connection(("127.0.0.1", self.port), timeout=PATIENCE_S) as tcp:
            with self.context.wrap_socket(tcp, server_hostname="www.example.it") as s:
                answer = b""
                try:
                    s.sendall(data)
                    while got := s.recv(65536):
                        answer += got
                        s.settimeout(silence)
                except OSError:
                    pass
                return answer


def ways_to(path, nginx):
    return Direct(path), Nginx(*nginx) if nginx else None


def send_framing(path, *nginx):
    direct, front = ways_to(path, nginx)
    attacks = framing.attacks()

    def send(attack):
        data = attack.bytes_for(PIECES)
        answers = [direct.exchange(attack.bytes_for(WHOLE)), direct.exchange(data, 7 if len(data) < 2000 else 997)]
        if front:
            front.exchange(attack.bytes_for(NGINX))
        return all(answers)
    with concurrent.futures.ThreadPoolExecutor(24) as pool:
        silent = sum(not answered for answered in pool.map(send, attacks))
        if nginx:
            front = Nginx(*nginx, "h2")
            list(pool.map(lambda attack: front.exchange(attack.bytes_for(NGINX_H2)), http2.attacks()))
    print(f"{len(attacks)} attacks, {silent} of them without an answer; {len(http2.attacks())} in HTTP/2")


def recorded_marks(data):
    """All marks in the journal."""
    found = []
    for name in sorted(glob.glob(os.path.join(data, "journal", "*.ndjson"))):
        with open(name, "rb") as f:
            found += [json.loads(line).get("pv", "") for line in f if b'"event":"click"' in line]
    return [mark for mark in found if mark[:1] in (WHOLE, PIECES, NGINX, NGINX_H2)]


def complain(complaints, count):
    for complaint in complaints:
        print(complaint)
    print(f"{count} looked at, {len(complaints)} wrong")
    sys.exit(bool(complaints))


def judge_recorded(data):
    marks = recorded_marks(data)
    complaints = []
    ways = [(WHOLE, "whole", framing.attacks()), (PIECES, "in pieces", framing.attacks())]
    if any(mark[0] == NGINX for mark in marks):
        ways.append((NGINX_H2, "in HTTP/2", http2.attacks()))
    for way, how, attacks in ways:
        for attack in attacks:
            both = attack.marks(way, framing.OUTER + framing.CANARY)
            must, may = attack.marks(way, attack.must), attack.marks(way, attack.must + attack.may)
            found = {mark for mark in marks if mark in both}
            if missing := must - found:
                complaints.append(f"{attack.name} ({how}): not recorded: {sorted(missing)}")
            if extra := found - may:
                complaints.append(f"{attack.name} ({how}): recorded: {sorted(extra)}\n    {attack.bytes_for(way)[:600]!r}")
    if len(marks) != len(set(marks)):
        complaints.append("some are recorded twice")
    complain(complaints, sum(len(attacks) for _, _, attacks in ways))


def judge_forwarded(data, log):
    recorded = {mark for mark in recorded_marks(data) if mark[0] in (NGINX, NGINX_H2)}
    forwarded, taken = set(), set()
    with open(log, encoding="utf-8", errors="replace") as f:
        for line in f:
            request = json.loads(line)
            if request["upstream"] in ("", "-"):
                continue
            body = re.match(r"pv=([0-9a-f]{32})&", request["body"] or "")
            if request["method"] == "POST" and request["uri"] == "/_/e" and body:
                forwarded.add(body.group(1))
                if request["upstream"].endswith("204"):
                    taken.add(body.group(1))
    complaints = [f"recorded, and nginx has not forwarded it: {mark}" for mark in sorted(recorded - forwarded)]
    complaints += [f"acknowledged to nginx, and not recorded: {mark}" for mark in sorted(taken - recorded)]
    sound = {attack.mark(NGINX, which) for attack in framing.attacks()[:6] for which in attack.must}
    complaints += [f"sound, and not recorded: {mark}" for mark in sorted(sound - recorded)]
    complain(complaints, len(forwarded))


def send_paths(count, seed, words, path, *nginx):
    direct, front = ways_to(path, nginx)
    with open(words, "rb") as f:
        secrets = f.read().split()
    fixed, at_random = paths.all_requests(int(count), int(seed))
    requests = [(request, True) for request in fixed]
    requests += [(request, number % 3 == 0) for number, request in enumerate(at_random)]

    def leaks(given):
        request, through_nginx = given
        request = request.replace(b"HTTP/1.1\r\n", b"HTTP/1.1\r\nConnection: close\r\n", 1)
        answers = [direct.exchange(request)]
        if front and through_nginx:
            answers.append(front.exchange(request))
        return [request for answer in answers for secret in secrets if secret in answer]
    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        complaints = [f"this leads outside: {found[0][:300]!r}" for found in pool.map(leaks, requests) if found]
    for way in direct, front:
        if way and b"the probe" not in way.exchange(b"GET /inside.txt HTTP/1.1\r\nHost: a\r\n\r\n"):
            complaints.append("a link that stays inside is not served: nothing was proved")
    complain(complaints[:20], len(requests))


if __name__ == "__main__":
    {"framing": send_framing, "recorded": judge_recorded, "forwarded": judge_forwarded,
     "paths": send_paths}[sys.argv[1]](*sys.argv[2:])
