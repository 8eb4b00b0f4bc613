"""A step page and its post through waitress, 8 patients at once, while PDFs are being made.

    .venv/bin/python bench/web.py [--port 8190] [--seconds 15] [--patients 8]

Each patient is a thread with its own connection and session; it gets the step "right now", posts
it, and does so again. One more patient asks for its PDF over and over. The figures are taken in
this process, the program runs in its own.
"""

import argparse
import html
import http.client
import re
import statistics
import sys
import threading
import time
import urllib.parse
from pathlib import Path

from bs4 import BeautifulSoup

sys.path.insert(0, str(Path(__file__).parent.parent))
from bench.served import Served, memory_mib, served

STEP = "/intake/right-now"
ANSWERS = {
    "chest-now": "no",
    "arm-jaw": "no",
    "sudden-severe": "no",
    "faint": "no",
    "very-ill": "none",
    "walk-now": "yes",
}
ABOUT = {
    "who-answers": "me",
    "full-name": "Bench Patient",
    "birth-date-year": "1981",
    "birth-date-month": "3",
    "birth-date-day": "17",
    "sex-at-birth": "male",
}


HIDDEN = re.compile(r'<input[^>]*type="hidden"[^>]*>')
NAME = re.compile(r'name="([^"]*)"')
VALUE = re.compile(r'value="([^"]*)"')


class Patient:
    """One browser: a connection, cookies, forms."""

    def __init__(self, base: str) -> None:
        parts = urllib.parse.urlsplit(base)
        self.connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=60)
        self.cookies: dict[str, str] = {}

    def ask(self, method: str, path: str, fields: dict[str, str] | None = None) -> tuple[int, str]:
        """Give status and body; a redirect is not followed, its place is the body."""
        headers = {"Cookie": "; ".join(f"{k}={v}" for k, v in self.cookies.items())}
        body = None
        if fields is not None:
            body = urllib.parse.urlencode(fields)
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        self.connection.request(method, path, body, headers)
        answer = self.connection.getresponse()
        content = answer.read()
        for cookie in answer.headers.get_all("Set-Cookie") or []:
            name, _, value = cookie.split(";", 1)[0].partition("=")
            self.cookies[name] = value
        if answer.status in (302, 303):
            return answer.status, answer.headers["Location"]
        return answer.status, content.decode("utf-8", "replace")

    def form(self, page: str) -> dict[str, str]:
        """The hidden fields of the posted form in the main part of a page."""
        main = page[page.index("<main") :]
        return {
            NAME.search(tag)[1]: html.unescape(VALUE.search(tag)[1])
            for tag in HIDDEN.findall(main[: main.index("</form>")])
        }

    def begins(self) -> None:
        """Agree, say who it is, and stand before the step that is measured."""
        fields = self.form(self.ask("GET", "/intake/")[1])
        soup = BeautifulSoup(self.ask("GET", "/intake/")[1], "html.parser")
        for box in soup.select("main input[type=checkbox]"):
            fields[box["name"]] = box.get("value", "yes")
        for text in soup.select("main input[type=text]"):
            fields[text["name"]] = "Bench Patient"
        status, _ = self.ask("POST", "/intake/", fields)
        assert status == 303, status
        fields = self.form(self.ask("GET", "/intake/about-you")[1])
        status, _ = self.ask("POST", "/intake/about-you", {**fields, **ABOUT})
        assert status == 303, status


def measured(base: str, seconds: float, patients: int) -> dict[str, list[float]]:
    """Milliseconds of every get and post of the step."""
    took: dict[str, list[float]] = {"get": [], "post": []}
    until = time.perf_counter() + seconds
    begun = [Patient(base) for _ in range(patients)]
    for patient in begun:
        patient.begins()

    def go(patient: Patient) -> None:
        while time.perf_counter() < until:
            began = time.perf_counter()
            status, page = patient.ask("GET", STEP)
            took["get"].append((time.perf_counter() - began) * 1000)
            assert status == 200, status
            fields = {**patient.form(page), **ANSWERS}
            began = time.perf_counter()
            status, _ = patient.ask("POST", STEP, fields)
            took["post"].append((time.perf_counter() - began) * 1000)
            assert status == 303, status

    threads = [threading.Thread(target=go, args=(patient,)) for patient in begun]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return took


def makes_papers(program: Served, stop: threading.Event, made: list[int]) -> None:
    """A clinician opens the paper of one patient after the other, each made for the first time."""
    clinician = Patient(program.base)
    username, password = program.sign_in("clinician")
    fields = clinician.form(clinician.ask("GET", "/staff/sign-in")[1])
    sign_in = {**fields, "username": username, "password": password}
    status, _ = clinician.ask("POST", "/staff/sign-in", sign_in)
    assert status == 303, status
    worklist = clinician.ask("GET", "/staff/?scope=all")[1]
    for path in dict.fromkeys(re.findall(r'href="(/staff/intakes/[0-9a-f-]+)', worklist)):
        if stop.is_set():
            return
        status, _ = clinician.ask("GET", f"{path}/summary.pdf")
        made.append(status)


def line(name: str, values: list[float]) -> str:
    """One row of figures."""
    ordered = sorted(values)
    p95 = ordered[int(len(ordered) * 0.95)]
    return (
        f"{name:28} n {len(values):6}  p50 {statistics.median(values):7.1f} ms"
        f"  p95 {p95:7.1f} ms  max {ordered[-1]:7.1f} ms"
    )


def main() -> None:
    """Serve, measure, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, default=8190)
    parser.add_argument("--seconds", type=float, default=15)
    parser.add_argument("--patients", type=int, default=8)
    given = parser.parse_args()
    with served(given.port) as program:
        time.sleep(3)
        print(f"start, new data with demo      {program.first_start:6.2f} s")
        print(f"start, data kept               {program.second_start:6.2f} s")
        print(f"memory idle, PSS of all        {memory_mib(program.process.pid):6.0f} MiB")
        for name, took in measured(program.base, given.seconds, given.patients).items():
            print(line(f"{name}, {given.patients} patients", took))
        stop, made = threading.Event(), []
        papers = threading.Thread(target=makes_papers, args=(program, stop, made))
        papers.start()
        for name, took in measured(program.base, given.seconds, given.patients).items():
            print(line(f"{name}, PDFs being made", took))
        stop.set()
        papers.join()
        print(f"PDFs asked for meanwhile       {len(made)} ({sorted(set(made))})")
        print(f"memory after, PSS of all       {memory_mib(program.process.pid):6.0f} MiB")


if __name__ == "__main__":
    main()
