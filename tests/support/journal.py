"""The journal, read with nothing of attimo's own."""
import json
import os
import zlib


def read_journal(data, events=None, torn=0):
    """How often each (pv, n) was clicked; `events` gets all. Anything wrong with a line is a failure, but for so many
    segments at whose end stands a part of one."""
    found = {}
    last = 0
    folder = os.path.join(data, "journal")
    for name in sorted(os.listdir(folder)):
        with open(os.path.join(folder, name), "rb") as f:
            content = f.read()
        if content and not content.endswith(b"\n"):
            torn -= 1
            assert torn >= 0, f"{name}: the last line is cut off"
            content = content[:content.rfind(b"\n") + 1]
        for line in content.splitlines():
            at = line.rfind(b',"crc":"')
            assert line[at:] == b',"crc":"%08x"}' % zlib.crc32(line[:at]), f"{name}: damaged: {line[:200]}"
            event = json.loads(line)
            assert event["seq"] > last, f"{name}: {event['seq']} comes after {last}"
            last = event["seq"]
            if events is not None:
                events.append(event)
            if event["event"] == "click":
                key = (event["pv"], event["n"])
                found[key] = found.get(key, 0) + 1
    assert torn == 0, "no line is cut off"
    return found
