"""A built wheel carries the whole program, and finds it from an empty folder."""

import os
import subprocess
import sys
import time
import urllib.request
import zipfile
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.postgres import free_port

CHECKOUT = Path(__file__).resolve().parents[2]
COMMAND = [sys.executable, "-P", "-c", "from clinic.cli import main; raise SystemExit(main())"]
START_SECONDS = 60


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    """The wheel as `make wheel` builds it."""
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--no-index"]
    command += ["--no-build-isolation", "--wheel-dir", str(folder), str(CHECKOUT)]
    subprocess.run(command, check=True, cwd=folder)
    return next(folder.glob("clinic_intake-*.whl"))


@pytest.fixture(scope="module")
def installed(wheel, tmp_path_factory):
    """A folder with the wheel's files as pip lays them out."""
    folder = tmp_path_factory.mktemp("site")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(folder)
    return folder


def tracked(folder: str) -> list[str]:
    """The files of a folder that are in git and stand in the checkout."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", folder], cwd=CHECKOUT, check=True, capture_output=True, text=True
    ).stdout.split("\0")
    return [name for name in listed if name and (CHECKOUT / name).is_file()]


@pytest.mark.parametrize(
    ("folder", "inside"),
    [("clinic", ""), ("templates", "clinic/_site"), ("content", "clinic/_site")],
)
def test_the_wheel_carries_every_file(installed, folder, inside):
    names = tracked(folder)

    assert names
    assert [name for name in names if not (installed / inside / name).is_file()] == []


def test_the_wheel_finds_its_own_pages_from_an_empty_folder(installed, tmp_path):
    asked = "from clinic.library import places as p; print(p.content_dir(), p.templates_dir())"

    told = subprocess.run(
        [sys.executable, "-P", "-c", asked],
        cwd=tmp_path,
        env={"PYTHONPATH": str(installed)},
        check=True,
        capture_output=True,
        text=True,
    )

    site = installed / "clinic" / "_site"
    assert told.stdout.split() == [str(site / "content"), str(site / "templates")]


@contextmanager
def served(environment: dict[str, str], folder: Path):
    """`clinic run`, started in a folder and ended by its own pid."""
    log = folder / "log"
    with log.open("wb") as told:
        process = subprocess.Popen(
            [*COMMAND, "run"], cwd=folder, env=environment, stdout=told, stderr=told
        )
        try:
            wait_for(f"http://127.0.0.1:{environment['PORT']}/readyz", process, log)
            yield
        finally:
            process.terminate()
            process.wait(timeout=START_SECONDS)


def wait_for(address: str, process: subprocess.Popen[bytes], log: Path) -> None:
    """Return once an address answers; tell the server's own words when it never does."""
    give_up = time.monotonic() + START_SECONDS
    while process.poll() is None and time.monotonic() < give_up:
        try:
            urllib.request.urlopen(address, timeout=5).close()
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise AssertionError(f"The server did not start: {log.read_text()}")


@pytest.mark.proof
def test_the_wheel_serves_from_an_empty_folder(installed, tmp_path):
    """In each run the tests before hold that every file is there, and that they are found."""
    port = free_port()
    environment = {
        "PATH": os.environ["PATH"],
        "HOME": str(tmp_path),
        "PYTHONPATH": str(installed),
        "CLINIC_KEY_FILE": str(tmp_path / "keys" / "clinic.key"),
        "CLINIC_DATA": str(tmp_path / "empty" / "data"),
        "PORT": str(port),
    }
    (tmp_path / "empty").mkdir()
    subprocess.run([*COMMAND, "keys", "new"], env=environment, check=True, capture_output=True)

    with served(environment, tmp_path / "empty"):
        for path in ("/", "/stretches/sphinx", "/intake/", "/staff/sign-in"):
            with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=10) as page:
                assert b"<h1" in page.read()
