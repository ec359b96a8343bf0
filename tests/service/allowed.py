#!/usr/bin/env python3
"""The numbers of the system calls that a unit allows, one a line: allowed.py UNIT < the macros of <sys/syscall.h>.

As systemd.exec(5) has it: the first SystemCallFilter= line makes a list of what is allowed, later ones add to it, or with ~
take away; a name with @ is a set, which `systemd-analyze syscall-filter` spells out.
"""
import re
import subprocess
import sys


def members(name, known={}):
    """The system calls that a name of the unit stands for."""
    if not name.startswith("@"):
        return {name}
    if name not in known:
        out = subprocess.run(["systemd-analyze", "syscall-filter", name], check=True, capture_output=True, text=True)
        lines = [line.strip() for line in out.stdout.splitlines()[1:]]
        known[name] = set().union(*(members(line) for line in lines if line and not line.startswith("#")))
    return known[name]


# What systemd's own start of a service needs is always allowed.
allowed = set(members("@default")) | {"execve"}
for line in open(sys.argv[1], encoding="utf-8"):
    if not line.startswith("SystemCallFilter="):
        continue
    names = line.split("=", 1)[1].strip()
    calls = set().union(*(members(name) for name in names.lstrip("~").split()))
    allowed = allowed - calls if names.startswith("~") else allowed | calls

numbers = dict(re.findall(r"^#define __NR_(\w+) (\d+)$", sys.stdin.read(), re.M))
assert "read" in allowed and "read" in numbers, "the list of system calls was not understood"
print("\n".join(sorted((numbers[name] for name in allowed if name in numbers), key=int)))
