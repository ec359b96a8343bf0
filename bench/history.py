"""The history of the benchmarks: history.csv with one line for each run, whatever it measured, and history.svg."""
import csv

import picture

# A title, and what is drawn: a column and what it is called. Ratios: attimo's figure over another's.
PANELS = [
    ("Instructions per request, attimo ÷", {"counted_to_limit": "limit", "counted_to_nginx": "nginx", "counted_to_h2o": "h2o"}),
    ("CPU per request, attimo ÷", {"cpu_us_to_limit": "limit", "cpu_us_to_nginx": "nginx", "cpu_us_to_h2o": "h2o"}),
]


def read(path):
    if not path.exists():
        return []
    with path.open(newline="") as file:
        return list(csv.DictReader(file))


def add(directory, line):
    """Adds a line to the table, and draws it anew. Columns that it does not have yet come behind the others."""
    path = directory / "history.csv"
    rows = read(path)
    rows.append({k: "" if v is None else round(v, 3) if isinstance(v, float) else v for k, v in line.items()})
    columns = list(dict.fromkeys(name for row in rows for name in row))
    with path.open("w", newline="") as file:
        writer = csv.DictWriter(file, columns, lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    # A run without logs measures something else: it is in the table, and not in the picture.
    drawn = [row for row in read(path) if row.get("logs") != "off"]
    (directory / "history.svg").write_text(picture.draw_history(drawn, PANELS))
