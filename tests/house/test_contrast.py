"""Colours that can be told apart: WCAG 2.2, 1.4.3 and 1.4.11, in every dress of a page."""

import re

import pytest

from clinic.library.places import PACKAGE

CSS = PACKAGE / "static" / "css"
DARK = "@media (prefers-color-scheme: dark)"
INKS = ("ink", "ink-soft", "brand", "brand-dark", "navy", "red", "amber", "green")
GROUNDS = ("paper", "panel", "chosen", "red-soft", "amber-soft", "green-soft", "blue-soft")
AA, AAA, NO_TEXT = 4.5, 7.0, 3.0


def named(css: str) -> dict[str, str]:
    """The colours that a part of a sheet gives names to."""
    found = re.findall(r"--([\w-]+): #([0-9a-f]{3,6});", css)
    return {name: code if len(code) == 6 else "".join(c * 2 for c in code) for name, code in found}


def sheet(name: str) -> str:
    return (CSS / f"{name}.css").read_text(encoding="utf-8")


def colours(*, dark: bool, large: bool) -> dict[str, str]:
    """Every named colour as the last sheet leaves it."""
    light_large, _, dark_large = sheet("large").partition(DARK)
    known = named(sheet("clinic"))
    if dark:
        known |= named(sheet("dark"))
    if large:
        known |= named(light_large) | (named(dark_large) if dark else {})
    return known


def luminance(code: str) -> float:
    parts = [int(code[at : at + 2], 16) / 255 for at in (0, 2, 4)]
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    dim, bright = sorted((luminance(one), luminance(other)))
    return (bright + 0.05) / (dim + 0.05)


every_dress = pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])


@every_dress
@pytest.mark.parametrize("large", [False, True], ids=["plain", "large"])
def test_every_ink_is_read_on_every_ground(dark: bool, large: bool) -> None:
    known = colours(dark=dark, large=large)

    faint = {
        (ink, ground): round(contrast(known[ink], known[ground]), 2)
        for ink in INKS
        for ground in GROUNDS
        if contrast(known[ink], known[ground]) < (AAA if large else AA)
    }
    assert not faint


@every_dress
@pytest.mark.parametrize("large", [False, True], ids=["plain", "large"])
def test_the_edge_of_a_box_and_the_line_of_the_focus_are_seen(dark: bool, large: bool) -> None:
    known = colours(dark=dark, large=large)

    for line in ("line", "navy"):
        assert contrast(known[line], known["paper"]) >= NO_TEXT, line


def test_dark_pages_name_every_colour_anew() -> None:
    assert set(named(sheet("dark"))) == set(named(sheet("clinic")))
