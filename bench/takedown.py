"""How long a takedown takes to be in force on every worker: takedown.py HOST:PORT DATA PATH COUNT.

Holds connections that are dealt to all workers in turn, takes the page down and restores it COUNT times, and asks on
each connection until it answers 410. Prints a line for each: milliseconds from the start of `attimo takedown`, and
from its return, to the last connection's answer."""
import socket
import subprocess
import sys
import time

CONNECTIONS = 16
PATIENCE_S = 10
address, data, path, count = sys.argv[1:5]
host, port = address.rsplit(":", 1)
request = f"GET {path} HTTP/1.1\r\nHost: bench\r\n\r\n".encode()


def status(connection):
    connection.sendall(request)
    answer = b""
    while b"\r\n\r\n" not in answer:
        answer += connection.recv(65536)
    head, _, body = answer.partition(b"\r\n\r\n")
    length = int(head.lower().split(b"content-length:")[1].split(b"\r\n")[0])
    while len(body) < length:
        body += connection.recv(65536)
    return head.split(b" ")[1]


def until(connections, wanted, began):
    for connection in connections:
        while status(connection) != wanted:
            if time.monotonic() - began > PATIENCE_S:
                sys.exit(f"{path} does not answer {wanted.decode()}")


def run(*words):
    subprocess.run(["build/attimo", *words, "--data", data], check=True, stderr=subprocess.DEVNULL,
                   stdout=subprocess.DEVNULL)


def main():
    connections = [socket.create_connection((host, int(port))) for _ in range(CONNECTIONS)]
    for connection in connections:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    for _ in range(int(count)):
        began = time.monotonic()
        run("takedown", path, "--reason", "bench")
        returned = time.monotonic()
        until(connections, b"410", began)
        ended = time.monotonic()
        print(f"{(ended - began) * 1000:.2f} {(ended - returned) * 1000:.2f}")
        run("restore", path)
        until(connections, b"200", began)


main()
