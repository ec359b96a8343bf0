"""Pictures as plain SVG. Of a run: CPU per request as bars, open-loop latency as points on a logarithmic scale. Of the
history: ratios as lines, run after run."""
import math

WIDTH, ROW, LEFT, RIGHT = 720, 34, 80, 660
STYLE = """text { font: 13px system-ui, sans-serif; fill: #222 } .small { font-size: 11px; fill: #666 }
.user { fill: #0b6bcb } .kernel { fill: #9cc7f0 } .p50 { fill: #0b6bcb } .p99 { fill: #e08a00 } .p999 { fill: #c0392b }
.limit { --c: #666 } .nginx { --c: #0b6bcb } .h2o { --c: #e08a00 } polyline { fill: none; stroke: var(--c); stroke-width: 2 }
.limit circle, .nginx circle, .h2o circle { fill: var(--c) } line { stroke: #ccc } @media (prefers-color-scheme: dark) { text { fill: #ddd } .small { fill: #999 } line { stroke: #444 } }"""


def text(x, y, words, extra=""):
    return f'<text x="{x:.0f}" y="{y:.0f}" {extra}>{words}</text>'


def bars(values, top):
    out = [text(0, top, "CPU per request, µs"), text(RIGHT, top, "dark: user, light: kernel, ⋯: cut off", 'class="small" text-anchor="end"')]
    # One that takes many times as long would leave nothing to see of the others: its bar is cut off.
    bound = 4 * min(v["cpu_us"] for v in values.values())
    longest = max(v["cpu_us"] for v in values.values() if v["cpu_us"] <= bound)
    for i, (server, v) in enumerate(values.items()):
        y = top + 14 + i * ROW
        cut = v["cpu_us"] > bound
        scale = (RIGHT - LEFT - 50) / (v["cpu_us"] if cut else longest)
        user, kernel = v["cpu_user_us"] * scale, v["cpu_kernel_us"] * scale
        out.append(text(0, y + 15, server))
        out.append(f'<rect class="user" x="{LEFT}" y="{y}" width="{user:.1f}" height="20"/>')
        out.append(f'<rect class="kernel" x="{LEFT + user:.1f}" y="{y}" width="{kernel:.1f}" height="20"/>')
        out.append(text(LEFT + user + kernel + 6, y + 15, f'{v["cpu_us"]:.1f}{" ⋯" if cut else ""}', 'class="small"'))
    return out


def points(values, top):
    values = {server: v for server, v in values.items() if v["open_p50"] is not None}
    shown = ("open_p50", "open_p99", "open_p999")
    out = [text(0, top, "Open loop: p50, p99, p99.9, µs"),
           text(RIGHT, top, "logarithmic", 'class="small" text-anchor="end"')]
    least = min(v["open_p50"] for v in values.values())
    first = 10 ** math.floor(math.log10(least))
    greatest = max(v["open_p999"] for v in values.values())
    decades = max(math.ceil(math.log10(greatest / first)), 1)

    def at(us):
        return LEFT + (RIGHT - LEFT) * math.log10(max(us, first) / first) / decades

    bottom = top + 14 + len(values) * ROW
    for d in range(decades + 1):
        x = at(first * 10**d)
        out.append(f'<line x1="{x:.0f}" x2="{x:.0f}" y1="{top + 10}" y2="{bottom}"/>')
        out.append(text(x, bottom + 14, f"{first * 10**d:,.0f}".replace(",", " "), 'class="small" text-anchor="middle"'))
    for i, (server, v) in enumerate(values.items()):
        y = top + 14 + i * ROW + 10
        out.append(text(0, y + 5, server))
        out.append(f'<line x1="{at(v["open_p50"]):.1f}" x2="{at(v["open_p999"]):.1f}" y1="{y}" y2="{y}"/>')
        for key in shown:
            out.append(f'<circle class="{key[5:]}" cx="{at(v[key]):.1f}" cy="{y}" r="5"><title>{v[key]:.1f} µs</title></circle>')
    return out


def svg(title, height, parts):
    return (f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="-10 0 {WIDTH} {height}" role="img">\n'
            f"<title>{title}</title>\n<style>{STYLE}</style>\n" + "\n".join(parts) + "\n</svg>\n")


def draw(values):
    half = 40 + len(values) * ROW
    parts = bars(values, 20) + points(values, 20 + half)
    return svg(f"CPU per request and open-loop latency of {', '.join(values)}", 2 * half + 20, parts)


PANEL = 150


def panel(rows, title, columns, top):
    """Lines over the runs that have these columns; the dashed line is where attimo and the other are equal."""
    rows = [row for row in rows if any(row.get(column) for column in columns)]
    if not rows:
        return [text(0, top, f"{title}: not measured yet", 'class="small"')]
    greatest = max(1.1, *(float(row[c]) for row in rows for c in columns if row.get(c)))
    bottom = top + PANEL - 30

    def place(i, value):
        return LEFT + (RIGHT - LEFT - 60) * (i / (len(rows) - 1) if len(rows) > 1 else 1), bottom - (bottom - top - 14) * value / greatest

    out = [text(0, top, title), text(RIGHT, top, f"{rows[0]['date'][:10]} to {rows[-1]['date'][:10]}", 'class="small" text-anchor="end"')]
    for value in (0, 0.5, 1):
        y = place(0, value)[1]
        dashes = ' stroke-dasharray="4"' if value == 1 else ""
        out.append(f'<line x1="{LEFT}" x2="{RIGHT - 50}" y1="{y:.1f}" y2="{y:.1f}"{dashes}/>')
        out.append(text(LEFT - 8, y + 4, f"{value:g}", 'class="small" text-anchor="end"'))
    ends = []
    for column, name in columns.items():
        dots = [(*place(i, float(row[column])), row) for i, row in enumerate(rows) if row.get(column)]
        if not dots:
            continue
        line = " ".join(f"{x:.1f},{y:.1f}" for x, y, _ in dots)
        circles = "".join(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="4"><title>{row["commit"]}: {row[column]}</title></circle>'
                          for x, y, row in dots)
        out.append(f'<g class="{name}"><polyline points="{line}"/>{circles}</g>')
        ends.append((dots[-1][1], f"{name} {float(dots[-1][2][column]):.2f}"))
    below = top
    for y, words in sorted(ends):
        below = max(y, below + 13)
        out.append(text(RIGHT - 45, below + 4, words, 'class="small"'))
    return out


def draw_history(rows, panels):
    parts = [part for i, (title, columns) in enumerate(panels) for part in panel(rows, title, columns, 20 + i * PANEL)]
    return svg("attimo against the others, run after run", len(panels) * PANEL + 10, parts)
