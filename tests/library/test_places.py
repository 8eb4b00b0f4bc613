"""Pages and content are found wherever the program is started."""

import os
import subprocess
import sys
from pathlib import Path

from clinic.library.places import _folder, content_dir

CHECKOUT = Path(__file__).resolve().parents[2]


def test_a_checkout_holds_content_beside_the_package():
    assert content_dir() == CHECKOUT / "content"


def test_a_wheel_carries_content_inside_the_package(tmp_path):
    carried = tmp_path / "clinic" / "_site" / "content"
    carried.mkdir(parents=True)

    assert _folder("content", tmp_path / "clinic") == carried


def test_the_current_folder_is_never_looked_at(tmp_path):
    (tmp_path / "content").mkdir()
    (tmp_path / "_site" / "content").mkdir(parents=True)
    asked = "from clinic.library.places import content_dir; print(content_dir())"

    told = subprocess.run(
        [sys.executable, "-P", "-c", asked],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": ""},
        check=True,
        capture_output=True,
        text=True,
    )

    assert told.stdout.strip() == str(CHECKOUT / "content")
