"""A served clinic for measuring: its own data folder and key, ended by its own process id."""

import os
import re
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

BOOT_SECONDS = 120


@dataclass(frozen=True)
class Served:
    """A running program: where it answers, its process, its folder, how long the start took."""

    base: str
    process: subprocess.Popen[bytes]
    folder: Path
    first_start: float
    second_start: float

    def sign_in(self, role: str) -> tuple[str, str]:
        """The demo user name and password of a role, as the program printed them."""
        printed = (self.folder / "log.txt").read_text(encoding="utf-8")
        found = re.search(rf"{role}\s+sign in as '([^']+)' with password '([^']+)'", printed)
        if found is None:
            raise SystemExit(f"the program printed no sign-in for {role}")
        return found[1], found[2]


@contextmanager
def served(port: int, *, demo: bool = True, twice: bool = True) -> Iterator[Served]:
    """Start (twice: with new data, then with the same data), and serve until the block ends."""
    with tempfile.TemporaryDirectory(prefix="clinic-bench-") as name:
        folder = Path(name)
        process, first = _started(port, folder, demo)
        second = first
        if twice:
            _ended(process)
            process, second = _started(port, folder, demo)
        try:
            yield Served(f"http://127.0.0.1:{port}", process, folder, first, second)
        finally:
            _ended(process)


def _started(port: int, folder: Path, demo: bool) -> tuple[subprocess.Popen[bytes], float]:
    environment = {
        **os.environ,
        "PORT": str(port),
        "CLINIC_DATA": str(folder / "data"),
        "CLINIC_KEY_FILE": str(folder / "keys" / "bench.key"),
    }
    command = [str(Path(sys.executable).with_name("clinic")), "run", *(["--demo"] if demo else [])]
    began = time.perf_counter()
    with (folder / "log.txt").open("ab") as log:
        process = subprocess.Popen(command, env=environment, stdout=log, stderr=log)
    while time.perf_counter() - began < BOOT_SECONDS:
        if process.poll() is not None:
            raise SystemExit(f"the program ended at once: {(folder / 'log.txt').read_text()}")
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=2).read()
            return process, time.perf_counter() - began
        except (urllib.error.URLError, OSError):
            time.sleep(0.05)
    _ended(process)
    raise SystemExit("the program did not answer in time")


def _ended(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(timeout=15)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def memory_mib(process_id: int) -> float:
    """Proportional set size of a process and everything below it, in MiB."""
    total = _pss_kib(process_id)
    for child in _children(process_id):
        total += memory_mib(child) * 1024
    return total / 1024


def _pss_kib(process_id: int) -> float:
    try:
        lines = Path(f"/proc/{process_id}/smaps_rollup").read_text().splitlines()
    except OSError:
        return 0.0
    return next((float(line.split()[1]) for line in lines if line.startswith("Pss:")), 0.0)


def _children(process_id: int) -> list[int]:
    found = []
    for task in Path(f"/proc/{process_id}/task").iterdir():
        try:
            found += [int(each) for each in (task / "children").read_text().split()]
        except OSError:
            continue
    return found
