"""The dress keeps its promises: small, ours alone, nothing inline, every region painted."""

import gzip
import json
import re
from pathlib import Path

import pytest

from clinic.library.places import PACKAGE, content_dir, templates_dir

STATIC = PACKAGE / "static"
SHEETS = sorted((STATIC / "css").glob("*.css"))
TEMPLATES = [
    path
    for path in sorted(templates_dir().rglob("*.html"))
    if "pdf" not in path.relative_to(templates_dir()).parts
]
FOR_PATIENTS_ALONE = {"reading", "tablet", "large"}
FOR_STAFF_ALONE = {"staff", "dark_staff", "figures", "people", "invitations", "directory"}

every_template = pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.stem)
every_sheet = pytest.mark.parametrize("path", SHEETS, ids=lambda path: path.stem)


@pytest.mark.parametrize(
    ("of_others", "most_bytes"), [(FOR_STAFF_ALONE, 12_000), (FOR_PATIENTS_ALONE, 14_000)]
)
def test_all_style_sheets_of_one_reader_stay_small(of_others: set[str], most_bytes: int) -> None:
    together = b"".join(path.read_bytes() for path in SHEETS if path.stem not in of_others)

    assert len(gzip.compress(together, 9)) < most_bytes


@every_sheet
def test_everything_that_a_style_sheet_names_is_beside_it(path: Path) -> None:
    for address in re.findall(r'url\("?([^")]+)"?\)', path.read_text(encoding="utf-8")):
        assert not re.match(r"[a-z]+:|//", address)
        assert (path.parent / address).is_file(), address


@every_template
def test_a_template_holds_no_style_no_script_and_no_handler(path: Path) -> None:
    words = path.read_text(encoding="utf-8")

    assert not re.search(r"<style|\sstyle=|\son[a-z]+=|javascript:", words)
    assert not re.search(r"<script(?![^>]*\bsrc=)", words)


@every_template
def test_every_class_of_the_design_system_that_a_template_uses_was_kept(path: Path) -> None:
    kept = (STATIC / "css" / "uswds.css").read_text(encoding="utf-8")
    words = path.read_text(encoding="utf-8")

    whole = re.findall(r"(?<![\w-])usa-[a-z_-]*[a-z](?![\w{-])", words)
    for name in {one for one in whole if one not in ("usa-radio", "usa-checkbox")}:
        assert f".{name}" in kept, name


def test_every_region_of_the_body_is_painted_when_its_box_is_ticked() -> None:
    sheet = (STATIC / "css" / "clinic.css").read_text(encoding="utf-8")
    regions = json.loads((content_dir() / "figures" / "body_regions.json").read_text("utf-8"))

    assert len(regions) == 50
    for region in regions:
        name = region["id"]
        assert f'[value="{name}"]:checked) [data-region="{name}"] path' in sheet, name


def test_a_component_is_one_macro_named_as_its_file() -> None:
    for path in sorted((templates_dir() / "components").glob("*.html")):
        macros = re.findall(r"\{%-? macro (\w+)\(", path.read_text(encoding="utf-8"))

        assert macros == [path.stem]
