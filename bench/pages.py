"""Made-up pages that compress as real ones do: words of a seeded generator, some far more frequent than others.

    pages.py DIR COUNT BYTES        writes COUNT Markdown pages of about BYTES each
    pages.py DIR sizes              writes one HTML page for each of many sizes, named by it

The same arguments give the same bytes.
"""
import pathlib
import random
import sys

ONSETS = "b c d f g l m n p r s t v z ch gr pr st tr".split()
ENDINGS = "a e i o u are ente ione etto ina ale oso are ura".split()
SHORT = "di il la che per in con un una e a da non si del al".split()


def vocabulary(rng, size=2500):
    words = {"".join(rng.choice(ONSETS) + rng.choice("aeiou") for _ in range(rng.randint(1, 3)))
             + rng.choice("lnrst") + rng.choice(ENDINGS) for _ in range(size)}
    return SHORT + sorted(words, key=lambda _: rng.random())


RNG = random.Random(2)
WORDS = vocabulary(RNG)
# Zipf: the n-th word is as frequent as 1/n.
WEIGHTS = [1 / (n + 3) for n in range(len(WORDS))]


def sentence(rng):
    words = rng.choices(WORDS, WEIGHTS, k=rng.randint(6, 18))
    return " ".join(words).capitalize() + "."


def block(rng):
    kind = rng.random()
    if kind < 0.12:
        return "## " + " ".join(rng.choices(WORDS, WEIGHTS, k=4)).capitalize()
    if kind < 0.24:
        return "\n".join("- " + sentence(rng) for _ in range(rng.randint(3, 6)))
    return " ".join(sentence(rng) for _ in range(rng.randint(2, 6)))


def page(seed, size):
    rng = random.Random(seed)
    front = f"""---
title: {" ".join(rng.choices(WORDS, WEIGHTS, k=4)).capitalize()}
description: {sentence(rng)}
intent: buy
cta:
  - link: Ordina online
    to: https://shop.example/{seed}
---
"""
    text = ""
    while len(front) + len(text) < size:
        text += block(rng) + "\n\n"
    return front + text[: max(size - len(front), 0)].rstrip("-# \n") + "\n"


def html(seed, size):
    """The same as an author's own HTML, which attimo serves as it is: its size does not follow attimo's theme."""
    rng = random.Random(seed)
    title = " ".join(rng.choices(WORDS, WEIGHTS, k=4)).capitalize()
    text = ""
    while len(text) < size:
        text += f"<p>{sentence(rng)} {sentence(rng)} {sentence(rng)}</p>\n"
    return f"""<!DOCTYPE html>
<html lang="it">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<meta name="description" content="{sentence(rng)}">
<style>body {{ font: 1rem/1.5 system-ui, sans-serif; max-width: 40rem; margin: auto; padding: 1rem }}</style>
</head>
<body>
<h1>{title}</h1>
{text}<a href="https://shop.example/ordina" data-cta="ordina">Ordina online</a>
</body>
</html>
"""


def write(directory, name, text):
    file = pathlib.Path(directory) / name
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text)


def main(directory, count, size=None):
    if count == "sizes":
        for n in range(0, 6000, 100):
            write(directory, f"n{n}.html", html(1, n))
        return
    for n in range(int(count)):
        write(directory, f"p{n // 100}/n{n}.md", page(n, int(size)))


if __name__ == "__main__":
    main(*sys.argv[1:])
