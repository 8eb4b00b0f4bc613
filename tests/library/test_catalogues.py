"""A word for patients that a catalogue lacks is told; one of safety is a fault."""

import shutil
from pathlib import Path

import pytest

from clinic import catalogue
from clinic.library.catalogues import catalogue_faults, patient_templates
from clinic.library.faults import Fault

HELP = 'msgid "Call %(number)s now"\nmsgstr "'
PLAIN = 'msgid "Large print"\nmsgstr "'


@pytest.fixture
def content(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A content folder with a Spanish part, and the shipped catalogue, to be broken."""
    (tmp_path / "content" / "es").mkdir(parents=True)
    monkeypatch.setattr(
        catalogue, "FOLDER", shutil.copytree(catalogue.FOLDER, tmp_path / "translations")
    )
    return tmp_path / "content"


def without(content: Path, words: str) -> list[Fault]:
    path = catalogue.FOLDER / "es" / "LC_MESSAGES" / "messages.po"
    lines = path.read_text(encoding="utf-8")
    start = lines.index(words) + len(words)
    end = lines.index('"\n', start)
    path.write_text(lines[:start] + lines[end:], encoding="utf-8")
    before = {fault.message for fault in SHIPPED}
    return [each for each in catalogue_faults(content) if each.message not in before]


SHIPPED = list(catalogue_faults(Path(__file__).parents[2] / "content"))


def test_no_word_of_safety_lacks_in_spanish():
    assert [fault for fault in SHIPPED if not fault.unfinished] == []


@pytest.mark.parametrize(("words", "is_unfinished"), [(HELP, False), (PLAIN, True)])
def test_a_word_that_lacks_is_told_with_where_it_stands(content, words, is_unfinished):
    (told,) = without(content, words)

    assert told.unfinished is is_unfinished
    assert "is missing (templates/" in told.message


def test_words_of_staff_are_not_asked_for(content):
    assert "templates/staff/worklist.html" not in patient_templates()
    assert not [fault for fault in SHIPPED if "(templates/staff/" in fault.message]


def test_a_language_without_a_catalogue_is_told(content):
    (content / "fr").mkdir()

    missing = [each for each in catalogue_faults(content) if "/fr/" in each.path]
    assert [each.unfinished for each in missing] == [False]
