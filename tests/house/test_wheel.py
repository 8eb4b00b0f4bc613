"""A built wheel carries the whole program, and finds it from an empty folder."""

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

CHECKOUT = Path(__file__).resolve().parents[2]


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
