"""all_live.py HOST:PORT PATHS-FILE TEXT: asks for every path until its answer holds TEXT, and prints how long it took.

Exit 1 if an answer is no 200, or after ten seconds.
"""
import http.client
import sys
import time

began = time.monotonic()
connection = http.client.HTTPConnection(sys.argv[1])
for path in open(sys.argv[2]).read().split():
    while True:
        connection.request("GET", path)
        answer = connection.getresponse()
        body = answer.read()
        if answer.status != 200 or time.monotonic() - began > 10:
            sys.exit(f"{path}: {answer.status} after {time.monotonic() - began:.1f} s")
        if sys.argv[3].encode() in body:
            break
        time.sleep(0.005)
print(f"{time.monotonic() - began:.2f} s")
