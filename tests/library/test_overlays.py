"""Words of another language lie over the English files, and what they lack is told."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from clinic.library.articles import Articles
from clinic.library.laying import in_language
from clinic.library.lined_yaml import read_mapping
from clinic.library.marked_yaml import LinedMap
from clinic.library.overlay_files import english_overlay, overlay_text
from clinic.library.overlays import check_overlay
from clinic.library.places import content_dir
from clinic.library.questionnaires import Questionnaires
from clinic.library.rulebook import read_rulebook
from clinic.library.translations import (
    overlay_faults,
    questions_of_safety,
    unsafe_languages,
)
from clinic.library.wordings import WORDINGS, every_word, words_of
from clinic.questionnaire.model import Questionnaire

RED_FLAGS = "rules/red-flags.yaml"
FORM = "questionnaires/low-back-intake.yaml"
SCALES = ("rmdq-intro", "rmdq", "phq4")
BOOK = read_rulebook(content_dir())
ENGLISH = Questionnaires(content_dir()).current("low-back-intake")


def accented(words: str) -> str:
    return f"«{words}»"


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The English content, and one language more that is complete."""
    folder = tmp_path_factory.mktemp("made") / "content"
    for part in ("questionnaires", "rules", "summary"):
        shutil.copytree(content_dir() / part, folder / part)
    for name in (FORM, *WORDINGS):
        left_out = SCALES if name == FORM else ()
        path = folder / "xx" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(overlay_text(folder, name, accented, left_out), encoding="utf-8")
    return folder


@pytest.fixture
def content(made: Path, tmp_path: Path) -> Path:
    """A copy, to be broken."""
    return Path(shutil.copytree(made, tmp_path / "content"))


def change(content: Path, name: str, old: str, new: str) -> None:
    path = content / name
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def faults(content: Path) -> list[str]:
    return [str(each) for each in overlay_faults(content, ENGLISH, BOOK.red_flags)]


def form_in(content: Path) -> Questionnaire:
    return Questionnaires(content).current("low-back-intake")


def english_of(content: Path, name: str) -> LinedMap:
    mapping = read_mapping((content / name).read_text(encoding="utf-8"), name, [])
    assert mapping is not None
    return mapping


def test_a_language_that_has_every_word_has_no_fault(content: Path) -> None:
    assert faults(content) == []


@pytest.mark.parametrize("name", WORDINGS)
def test_every_word_for_patients_is_laid_over_and_no_other(content: Path, name: str) -> None:
    english = english_of(content, name)
    laid = in_language(content, "xx", Path(name), english)

    assert list(every_word(words_of(name, laid))) == [
        accented(words) for words in every_word(words_of(name, english))
    ]
    assert laid != english
    assert _without_accents(laid) == english


def _without_accents(value: object) -> object:
    if isinstance(value, dict):
        return {key: _without_accents(each) for key, each in value.items()}
    if isinstance(value, list):
        return [_without_accents(each) for each in value]
    return value.removeprefix("«").removesuffix("»") if isinstance(value, str) else value


def test_a_form_carries_its_words_in_every_language(content: Path) -> None:
    form = form_in(content)
    bones = form.by_link_id["bone-facts"]

    assert bones.label("xx") == "«Bones.» «Do any of these fit you?»"
    assert bones.label() == "Bones. Do any of these fit you?"
    assert bones.options[0].text.within("xx") == accented(bones.options[0].text.words)
    assert form.by_link_id["first-age"].unit_text.within("xx") == "«years»"
    assert form.title.within("xx") == accented(form.title.words)


def test_the_rules_of_another_language_are_the_same_rules(content: Path) -> None:
    other = read_rulebook(content, "xx").red_flags
    here = BOOK.red_flags

    assert other.hash == here.hash
    assert [(rule.id, rule.when, rule.staff) for rule in other.rules] == [
        (rule.id, rule.when, rule.staff) for rule in here.rules
    ]
    assert other.rules[0].about == accented(here.rules[0].about)


@pytest.mark.parametrize(
    ("name", "old", "new", "told"),
    [
        (RED_FLAGS, '"CES-1":', '"CES-99":', "'CES-99' is unknown: take it out"),
        (RED_FLAGS, '"CES-1":', '"CES-99":', "no words for 'CES-1' (about)"),
        ("rules/stretches.yaml", '"suitable":', '"sutable":', "did you mean 'suitable'?"),
        ("rules/stretches.yaml", "      - {words:", "      # {words:", "must be a list of"),
        ("rules/scores.yaml", "status: awaiting", "status: not awaiting", "'status' must be one"),
        (FORM, "{id: rmdq,", "{id: rmdk,", "there is no question 'rmdk'; did you mean 'rmdq'?"),
        (FORM, "{id: rmdq,", "{id: leg-weak,", "'leg-weak' is a question of safety"),
        (FORM, "{id: rmdq,", "{id: feeling,", "'saddle-numb' is a question of safety"),
    ],
)
def test_what_is_wrong_in_an_overlay_is_told(
    content: Path, name: str, old: str, new: str, told: str
) -> None:
    change(content, f"xx/{name}", old, new)

    found = [each for each in faults(content) if told in each]
    assert found
    assert found[0].startswith(f"content/xx/{name}:")


@pytest.mark.parametrize(
    ("spoil", "is_unfinished"),
    [
        (lambda folder: change(folder, RED_FLAGS, "about: >-", "about: >-\n      New."), False),
        (lambda folder: change(folder, FORM, "Who fills this in?", "Who are you?"), False),
        (lambda folder: change(folder, "rules/regenerative.yaml", "breast.", "breast now."), True),
        (lambda folder: (folder / "xx" / RED_FLAGS).unlink(), False),
        (lambda folder: (folder / "xx" / FORM).unlink(), False),
        (lambda folder: (folder / "xx/rules/scores.yaml").unlink(), True),
        (lambda folder: change(folder, f"xx/{FORM}", '"saddle-numb":', '"x":'), False),
        (lambda folder: change(folder, f"xx/{FORM}", '"worries":', '"x":'), True),
    ],
)
def test_missing_and_old_words_are_faults_where_safety_rests_on_them(
    content: Path, spoil: Callable[[Path], object], is_unfinished: bool
) -> None:
    spoil(content)

    found = list(overlay_faults(content, ENGLISH, BOOK.red_flags))
    lacking = [each for each in found if "unknown" not in each.message]
    assert [each.unfinished for each in lacking] == [is_unfinished]


def test_a_language_is_unsafe_once_a_text_of_safety_lacks(content: Path) -> None:
    articles = Articles({})
    assert unsafe_languages(content, articles, Questionnaires(content), BOOK.red_flags) == {}

    (content / "xx" / RED_FLAGS).unlink()
    unsafe = unsafe_languages(content, articles, Questionnaires(content), BOOK.red_flags)
    assert list(unsafe) == ["xx"]
    assert unsafe["xx"].startswith(f"content/xx/{RED_FLAGS}:1: this file is missing")


def test_words_that_lack_are_shown_in_english(content: Path) -> None:
    change(content, f"xx/{FORM}", '"worries":', '"x":')
    item = form_in(content).by_link_id["worries"]

    assert item.label("xx") == item.label()
    assert not item.text.speaks("xx")


def test_the_words_that_a_file_needs_are_printed_as_an_overlay(content: Path) -> None:
    name = "rules/stretches.yaml"
    (content / "xx" / name).write_text(english_overlay(content, name), encoding="utf-8")

    assert check_overlay(content, "xx", name, english_of(content, name))[1] == []


def test_every_question_of_an_urgent_rule_is_asked_in_every_language() -> None:
    asked = questions_of_safety(BOOK.red_flags)

    assert "saddle-numb" in asked
    assert not asked & set(SCALES)
