"""Measures a warm PDF of a believable patient against plain WeasyPrint on the same HTML.

    .venv/bin/python bench/pdf.py [--rounds N]

The baseline is `HTML(string=...).write_pdf()` of the very HTML that we lay out, with its
style sheet in a <style>, its pictures inlined, its fonts by file address and Python's own
garbage thresholds: no tags, no search for the first page's size of type. Ours is the whole
call, tags and all. CPU seconds of this process, the middle of the rounds, in turns.
"""

import argparse
import gc
import re
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from weasyprint import HTML

from clinic.pdf.render import FALLBACK_FONT, GARBAGE_THRESHOLD, Edition, Renderer, warmed
from clinic.pdf.style import written_out
from clinic.summary.model import Summary
from tests.pdf.printing import FONTS, make_renderer
from tests.summary.patients import EMERGENCY, LONG, PLAIN, summary_of

PYTHONS_OWN = gc.get_threshold()
PICTURE = re.compile(r'<img([^>]*) src="(asset:[^"]+)" alt="[^"]*">')


class Watched(Renderer):
    """A renderer that keeps the last HTML that it laid out."""

    last_html = ""

    def layout(self, html, sheet):
        self.last_html = html
        return super().layout(html, sheet)


def plain_html(renderer: Watched, summary: Summary, edition: Edition) -> str:
    """The same document as anybody would write it: everything in one text."""
    style = written_out(renderer.style, large=False) + "@page { size: Letter }"
    for font in FONTS.glob("*.woff2"):
        style = style.replace(f"asset:fonts/{font.name}", font.as_uri())
    style = style.replace(f"asset:fonts/{FALLBACK_FONT.name}", FALLBACK_FONT.as_uri())
    renderer.render_summary(summary, edition)
    html = PICTURE.sub(
        lambda found: f"<div{found[1]}>{drawing(renderer, found[2])}</div>", renderer.last_html
    )
    style += "svg { display: block; width: 100% }"
    return html.replace("</head>", f"<style>{style}</style></head>")


def drawing(renderer: Renderer, address: str) -> str:
    drawn = renderer.assets.fetch(address).read()
    return drawn if isinstance(drawn, str) else drawn.decode()


def cpu_seconds(work: Callable[[], object]) -> float:
    began = time.process_time()
    work()
    return time.process_time() - began


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=5)
    rounds = parser.parse_args().rounds
    renderer = warmed(make_renderer(Watched))
    print(f"{'document':<20}{'pages':>6}{'ours, s':>10}{'plain, s':>10}{'ratio':>8}")
    for name, answers in (("plain", PLAIN), ("emergency", EMERGENCY), ("long", LONG)):
        for edition in Edition:
            measure(renderer, name, summary_of(answers), edition, rounds)


def measure(renderer: Renderer, name: str, summary: Summary, edition: Edition, rounds: int) -> None:
    html = plain_html(renderer, summary, edition)
    pages = len(HTML(string=html).render().pages)
    ours, plain = [], []
    for _ in range(rounds):
        gc.set_threshold(*GARBAGE_THRESHOLD)
        ours.append(cpu_seconds(lambda: renderer.render_summary(summary, edition)))
        gc.set_threshold(*PYTHONS_OWN)
        plain.append(cpu_seconds(lambda: HTML(string=html).write_pdf()))
    mine, theirs = statistics.median(ours), statistics.median(plain)
    title = f"{name}, {edition.value}"
    print(f"{title:<20}{pages:>6}{mine:>10.2f}{theirs:>10.2f}{mine / theirs:>8.2f}")


if __name__ == "__main__":
    main()
