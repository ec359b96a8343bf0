"""The picture of a run: CPU per request as bars, open-loop latency as points on a logarithmic scale. Plain SVG."""
import math

WIDTH, ROW, LEFT, RIGHT = 720, 34, 80, 660
STYLE = """text { font: 13px system-ui, sans-serif; fill: #222 } .small { font-size: 11px; fill: #666 }
.user { fill: #0b6bcb } .kernel { fill: #9cc7f0 } .p50 { fill: #0b6bcb } .p99 { fill: #e08a00 } .p999 { fill: #c0392b }
line { stroke: #ccc } @media (prefers-color-scheme: dark) { text { fill: #ddd } .small { fill: #999 } line { stroke: #444 } }"""


def text(x, y, words, extra=""):
    return f'<text x="{x:.0f}" y="{y:.0f}" {extra}>{words}</text>'


def bars(values, top):
    out = [text(0, top, "CPU per request, µs"), text(RIGHT, top, "dark: user, light: kernel", 'class="small" text-anchor="end"')]
    scale = (RIGHT - LEFT - 50) / max(v["cpu_us"] for v in values.values())
    for i, (server, v) in enumerate(values.items()):
        y = top + 14 + i * ROW
        user, kernel = v["cpu_user_us"] * scale, v["cpu_kernel_us"] * scale
        out.append(text(0, y + 15, server))
        out.append(f'<rect class="user" x="{LEFT}" y="{y}" width="{user:.1f}" height="20"/>')
        out.append(f'<rect class="kernel" x="{LEFT + user:.1f}" y="{y}" width="{kernel:.1f}" height="20"/>')
        out.append(text(LEFT + user + kernel + 6, y + 15, f'{v["cpu_us"]:.1f}', 'class="small"'))
    return out


def points(values, top):
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


def draw(values):
    half = 40 + len(values) * ROW
    parts = bars(values, 20) + points(values, 20 + half)
    height = 2 * half + 20
    return (f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="-10 0 {WIDTH} {height}" role="img">\n'
            f"<title>CPU per request and open-loop latency of {', '.join(values)}</title>\n<style>{STYLE}</style>\n"
            + "\n".join(parts) + "\n</svg>\n")
