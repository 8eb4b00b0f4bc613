"""A visit over a slow line: 400 kbit/s and 400 ms, as Chromium emulates them.

    .venv/bin/python bench/line.py [--port 8193]

A phone with nothing kept opens the first page, then the form, agrees, and answers the first
pages. Told are milliseconds until something is drawn, and until Continue has brought the next page,
with the bytes that came (kept files cost none).
"""

import argparse
import shutil
import sys
import time
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

sys.path.insert(0, str(Path(__file__).parent.parent))
from bench.served import served

BITS, WAIT_MS = 400_000, 400
BROWSERS = ("chromium-headless-shell", "chromium")
FLAGS = ["--no-sandbox", "--disable-gpu"]
DRAWN = "performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? 0"
ANSWERS = {
    "full-name": "Bench Patient",
    "birth-date-month": "3",
    "birth-date-day": "17",
    "birth-date-year": "1981",
}


@dataclass(frozen=True)
class Step:
    """One page of the visit."""

    name: str
    drawn_ms: float
    took_ms: float
    got_bytes: int


class Line:
    """A tab behind the slow line."""

    def __init__(self, tab: Page) -> None:
        self.tab = tab
        self.got = 0
        session = tab.context.new_cdp_session(tab)
        session.send("Network.enable")
        session.send(
            "Network.emulateNetworkConditions",
            {
                "offline": False,
                "latency": WAIT_MS,
                "downloadThroughput": BITS / 8,
                "uploadThroughput": BITS / 8,
            },
        )
        session.on("Network.loadingFinished", self._came)

    def _came(self, event: dict[str, float]) -> None:
        self.got += int(event["encodedDataLength"])

    def step(self, name: str, act: object) -> Step:
        """Do something that brings a page; wait until all of it is there."""
        self.got, began = 0, time.perf_counter()
        act()  # type: ignore[operator]
        self.tab.wait_for_load_state("domcontentloaded")
        took = (time.perf_counter() - began) * 1000
        self.tab.wait_for_load_state("networkidle")
        return Step(name, float(self.tab.evaluate(DRAWN)), took, self.got)


def visit(tab: Page, base: str) -> list[Step]:
    """Open the first page, agree, and send the first page of answers."""
    line = Line(tab)
    tab.set_default_timeout(60_000)
    steps = [line.step("first page", lambda: tab.goto(f"{base}/"))]
    steps.append(line.step("before you start", lambda: tab.goto(f"{base}/intake/")))
    tab.locator("[name=agree]").check()
    tab.locator("[name=name]").fill("Bench Patient")
    steps.append(line.step("agree", lambda: _pressed(tab, "main form button[type=submit]")))
    steps.append(line.step("first questions", lambda: tab.goto(f"{base}/intake/about-you")))
    tab.locator("[name=who-answers][value=me]").check()
    tab.locator("[name=sex-at-birth][value=male]").check()
    for name, value in ANSWERS.items():
        tab.locator(f"[name={name}]").fill(value)
    steps.append(line.step("Continue", lambda: _pressed(tab, "#step button.button[type=submit]")))
    return steps


def _pressed(tab: Page, selector: str) -> None:
    with tab.expect_navigation(wait_until="commit"):
        tab.locator(selector).last.click(no_wait_after=True)


def main() -> None:
    """Serve, visit, and print."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--port", type=int, default=8193)
    given = parser.parse_args()
    path = next(found for name in BROWSERS if (found := shutil.which(name)))
    with served(given.port, demo=False, twice=False) as program, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=FLAGS)
        tab = browser.new_context(viewport={"width": 360, "height": 740}).new_page()
        for step in visit(tab, program.base):
            print(
                f"{step.name:18} drawn after {step.drawn_ms:5.0f} ms,"
                f" there after {step.took_ms:5.0f} ms, {step.got_bytes:6} bytes"
            )
        browser.close()


if __name__ == "__main__":
    main()
