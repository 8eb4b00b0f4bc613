"""What a clinic sets stands nowhere but in its settings: its name, and every number to call."""

import re
from collections.abc import Iterator
from pathlib import Path

from clinic.config import Settings

ROOT = Path(__file__).parents[2]
SETTINGS = ROOT / "clinic" / "config.py"
MADE_UP = ("content/demo/", "content/examples/")
KINDS = {".md", ".yaml", ".html", ".py", ".po", ".js", ".json"}
DEFAULTS = {
    name: str(Settings.model_fields[name].default)
    for name in (
        *("clinic_name", "clinic_phone", "emergency_number"),
        *("crisis_line", "safe_home_line"),
    )
}
SET_HERE = re.compile(
    "|".join(rf"(?<![\w.\-]){re.escape(value)}(?![\w\-])" for value in DEFAULTS.values())
    + r"|(?<![\w\-])1-?8(?:00|33|44|55|66|77|88)-?\d{3}-?\d{4}"
)
"""The shipped value of any of these settings, or any toll-free number."""


def shipped() -> Iterator[Path]:
    for folder in ("clinic", "content", "templates"):
        for path in sorted((ROOT / folder).rglob("*")):
            name = path.relative_to(ROOT).as_posix()
            if path.suffix in KINDS and path != SETTINGS and not name.startswith(MADE_UP):
                yield path


def set_in(text: str) -> list[str]:
    return [found[0] for found in SET_HERE.finditer(text)]


def test_no_shipped_file_holds_what_a_clinic_sets():
    files = list(shipped())
    held = {path.relative_to(ROOT).as_posix(): set_in(path.read_text("utf-8")) for path in files}

    assert {name: found for name, found in held.items() if found} == {}
    assert len(files) > 300, "the search has lost its files"


def test_the_search_sees_what_it_looks_for():
    assert all(DEFAULTS.values())
    for value in (*DEFAULTS.values(), "1-800-273-8255"):
        assert set_in(f"Call {value}.") == [value]
        assert set_in(f'href="tel:{value}"') == [value]
    assert sorted(set_in(SETTINGS.read_text("utf-8"))) == sorted(DEFAULTS.values())
    assert set_in("1988-12-12 #911fff 19110 sha988 0.988") == []
