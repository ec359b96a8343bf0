"""How often a second a file in a folder can be appended to and synced: `syncs.py FOLDER SECONDS`. The folder's disk sets
the bound for whoever promises that events survive a power cut."""
import os
import sys
import time

path = os.path.join(sys.argv[1], "syncs")
seconds = float(sys.argv[2])
line = b"x" * 300 + b"\n"
fd = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
count = 0
began = time.monotonic()
while time.monotonic() - began < seconds:
    os.write(fd, line)
    os.fdatasync(fd)
    count += 1
print(round(count / (time.monotonic() - began)))
os.close(fd)
os.unlink(path)
