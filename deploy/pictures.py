"""Makes the pictures of the README: the worklist, and the first page of the clinic's PDF.

Run as `make pictures`. It serves the demo from a folder of its own and looks at it in Chromium.
"""

import os
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

CHECKOUT = Path(__file__).resolve().parents[1]
PICTURES = CHECKOUT / "docs" / "pictures"
START_SECONDS = 120
SIGN_IN = re.compile(r"^\s*clinician\s+sign in as '([^']+)' with password '([^']+)'", re.MULTILINE)


def main() -> None:
    """Make both pictures."""
    PICTURES.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder, served_demo(Path(folder)) as (address, log):
        username, password = SIGN_IN.search(log.read_text()).groups()
        with signed_in(address, username, password) as page:
            page.screenshot(path=PICTURES / "worklist.png")
            patient = page.locator("a[href*='/staff/intakes/']").first.get_attribute("href")
            pdf = Path(folder) / "summary.pdf"
            pdf.write_bytes(page.request.get(f"{address}{patient}/summary.pdf").body())
        first_page = ["pdftoppm", "-png", "-singlefile", "-r", "80", pdf, PICTURES / "summary"]
        subprocess.run(first_page, check=True)
    print("Made", *sorted(str(made.relative_to(CHECKOUT)) for made in PICTURES.glob("*.png")))


@contextmanager
def served_demo(folder: Path) -> Iterator[tuple[str, Path]]:
    """The demo on a free port, ended by its own pid: its address and what it printed."""
    log = folder / "log"
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    settings = {
        "CLINIC_DATA": str(folder / "data"),
        "CLINIC_KEY_FILE": str(folder / "keys" / "clinic.key"),
        "PORT": str(port),
        "PYTHONUNBUFFERED": "1",
    }
    command = [Path(sys.executable).parent / "clinic", "run", "--demo"]
    with log.open("wb") as told:
        server = subprocess.Popen(
            command, env={**os.environ, **settings}, stdout=told, stderr=told, cwd=folder
        )
    try:
        wait_for(f"http://127.0.0.1:{port}/readyz", server, log)
        yield f"http://127.0.0.1:{port}", log
    finally:
        server.terminate()
        server.wait(timeout=60)


def wait_for(address: str, server: subprocess.Popen[bytes], log: Path) -> None:
    """Return once the address answers; stop with the server's words when it never does."""
    give_up = time.monotonic() + START_SECONDS
    while server.poll() is None and time.monotonic() < give_up:
        try:
            urllib.request.urlopen(address, timeout=5).close()  # nosec B310  ours, on loopback
        except OSError:
            time.sleep(0.5)
        else:
            return
    sys.exit(f"The demo did not start: {log.read_text()}")


@contextmanager
def signed_in(address: str, username: str, password: str) -> Iterator[Page]:
    """The worklist in a browser."""
    with sync_playwright() as tools:
        browser = tools.chromium.launch(
            executable_path=shutil.which("chromium-headless-shell") or shutil.which("chromium"),
            args=["--no-sandbox"],
        )
        page = browser.new_page(viewport={"width": 1280, "height": 900})
        page.goto(f"{address}/staff/sign-in")
        page.fill("[name=username]", username)
        page.fill("[name=password]", password)
        page.press("[name=password]", "Enter")
        page.wait_for_url(f"{address}/staff/")
        yield page
        browser.close()


if __name__ == "__main__":
    main()
