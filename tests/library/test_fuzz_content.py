"""Whatever stands in a content file, its reader gives a value, or a fault with file and line."""

import re
import shutil
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clinic.errors import ContentFault
from clinic.library.articles import check_articles
from clinic.library.demo import read_demo
from clinic.library.demo_loop import read_demo_loop
from clinic.library.demo_providers import read_demo_providers
from clinic.library.destinations import check_destinations
from clinic.library.drawings import check_drawings
from clinic.library.places import content_dir
from clinic.library.questionnaires import check_questionnaire
from clinic.library.regenerative import check_regenerative
from clinic.library.rule_examples import check_rule_examples
from clinic.library.rules import check_rules
from clinic.library.scores import check_scores
from clinic.library.sources import check_sources
from clinic.library.stretches import check_stretches
from clinic.library.summaries import read_summary_plan
from clinic.library.translations import overlay_faults
from tests.fuzzing import at_length, spoilt, spoilt_line
from tests.make import shipped_questionnaire
from tests.prepared import shipped_shelf

NAMES_A_LINE = re.compile(r".+:[0-9]+: .+", re.DOTALL)
DAY = date(2026, 1, 1)

Reader = Callable[[Path], Any]

READERS: dict[str, Reader] = {
    "sources.yaml": check_sources,
    "rules/red-flags.yaml": check_rules,
    "rules/scores.yaml": check_scores,
    "rules/stretches.yaml": check_stretches,
    "rules/destinations.yaml": lambda at: check_destinations(at, shipped_shelf().rules),
    "rules/regenerative.yaml": lambda at: check_regenerative(at, shipped_shelf().rules.named),
    "summary/low-back-intake.yaml": read_summary_plan,
    "questionnaires/low-back-intake.yaml": lambda at: check_questionnaire(
        at / "questionnaires" / "low-back-intake.yaml", at
    ),
    "demo/low-back-intake.yaml": lambda at: read_demo(at, shipped_questionnaire()),
    "demo/providers.yaml": lambda at: read_demo_providers(at, {"physical-therapy"}, DAY),
    "demo/loop.yaml": lambda at: read_demo_loop(at, read_demo(at, shipped_questionnaire()), ()),
    "examples/rules.yaml": lambda at: check_rule_examples(
        at, shipped_questionnaire(), shipped_shelf().rules
    ),
    "en/figures.yaml": check_drawings,
    "figures/sphinx.svg": check_drawings,
    "en/stretches/sphinx.md": check_articles,
    "es/options/platelet-rich-plasma.md": check_articles,
    "es/rules/red-flags.yaml": lambda at: list(
        overlay_faults(at, shipped_questionnaire(), shipped_shelf().rules)
    ),
    "es/questionnaires/low-back-intake.yaml": lambda at: check_questionnaire(
        at / "questionnaires" / "low-back-intake.yaml", at
    ),
}


@pytest.fixture(scope="module")
def content(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("spoilt") / "content"
    shutil.copytree(content_dir(), folder)
    return folder


def faults_of(read: Reader, content: Path) -> list[str]:
    """Read, and give what is complained of, in whichever way the reader does."""
    try:
        found = read(content)
    except ContentFault as fault:
        return str(fault).splitlines()
    if isinstance(found, list):
        return [str(each) for each in found]
    return [str(each) for each in found[1]] if isinstance(found, tuple) and len(found) > 1 else []


def spoil(content: Path, name: str, data: st.DataObject) -> None:
    path = content / name
    whole = path.read_bytes()
    path.write_bytes(data.draw(spoilt(whole) | spoilt_line(whole)))
    try:
        faults = faults_of(READERS[name], content)
    finally:
        path.write_bytes(whole)
    if faults and isinstance(faults[0], str):
        assert NAMES_A_LINE.match(faults[0]), faults[0]


@pytest.mark.parametrize("name", READERS)
def test_every_reader_takes_its_file_as_it_is(content, name):
    assert (content / name).is_file()
    assert not [each for each in faults_of(READERS[name], content) if "Fault" in each]


@pytest.mark.proof
@pytest.mark.parametrize("name", READERS)
@settings(parent=at_length)
@given(data=st.data())
def test_a_spoilt_content_file_is_read_or_complained_of(content, name, data):
    spoil(content, name, data)


@pytest.mark.parametrize("name", ["sources.yaml", "rules/scores.yaml", "en/figures.yaml"])
@pytest.mark.parametrize("put", [b"\xff", b"\0", b"[" * 400, b"9" * 5000, b"&a [*a]"])
def test_what_is_no_text_or_no_yaml_is_complained_of(content, name, put):
    path = content / name
    whole = path.read_bytes()
    path.write_bytes(whole + b"\n" + put)
    try:
        faults = faults_of(READERS[name], content)
    finally:
        path.write_bytes(whole)

    assert faults
    assert NAMES_A_LINE.match(faults[0])


@pytest.mark.parametrize("day", ["31 February", "2026-02-31", "﻿1979-02-11", "soon"])
def test_a_day_that_is_none_is_complained_of_in_the_demo(content, day):
    path = content / "demo/low-back-intake.yaml"
    whole = path.read_bytes()
    path.write_bytes(whole.replace(b'"1979-02-11"', f'"{day}"'.encode()))
    try:
        faults = faults_of(READERS["demo/low-back-intake.yaml"], content)
    finally:
        path.write_bytes(whole)

    assert [fault for fault in faults if "'birth-date' does not take" in fault]
