"""The paper form: every question once, in file order, under a code that stays."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clinic.fhir.questionnaire import questionnaire_from_json, questionnaire_problems
from clinic.library.places import content_dir
from clinic.library.shelf import read_shelf
from clinic.questionnaire.item_codes import SIGNS, item_codes
from clinic.questionnaire.response import unasked
from clinic.questionnaire.speaking import asked_in
from clinic.summary.paper_form import Kind, codes_of, paper_steps
from tests.fhir.corpus import files, name, needs_corpus, read
from tests.make import make_item, make_questionnaire, shipped_questionnaire


@pytest.fixture(scope="module")
def shelf():
    return read_shelf(content_dir())


MOST_BYTES = 40_000


def printed(form, language="en", urgent=()):
    return [line for step in paper_steps(form, language, urgent) for line in step.asked()]


def to_ask(form):
    """Every question that somebody can be asked, in the order of the file."""

    def below(items):
        for item in items:
            if item.hidden:
                continue
            if item.is_question and not unasked(item):
                yield item.link_id
            yield from below(item.items)

    return list(below(form.items))


@pytest.mark.parametrize("language", ["en", "es"])
def test_every_question_is_on_the_paper_once_and_in_order(shelf, language):
    form = shelf.questionnaires.current("low-back-intake")
    lines = printed(form, language)

    assert [line.link_id for line in lines] == to_ask(asked_in(form, language, {}))
    assert len({line.code for line in lines}) == len(lines) > 100
    assert all(line.words for line in lines)


def test_a_scale_without_a_spanish_text_is_on_no_spanish_paper(shelf):
    form = shelf.questionnaires.current("low-back-intake")
    left = {line.link_id for line in printed(form)} - {line.link_id for line in printed(form, "es")}

    assert {"peg-pain", "peg-enjoyment", "peg-activity", "rmdq", "phq4-down"} <= left
    assert not left & shelf.rules.emergency_questions


def test_every_question_of_an_emergency_carries_the_mark(shelf):
    form = shelf.questionnaires.current("low-back-intake")
    lines = printed(form, "en", shelf.rules.emergency_questions)
    asked = {line.link_id for line in lines}

    marked = {line.link_id for line in lines if line.urgent}
    assert marked == asked & shelf.rules.emergency_questions
    assert {"saddle-numb", "saddle-touch", "saddle-numb-course", "heavy-bleeding"} <= marked
    for step in paper_steps(form, "en", shelf.rules.emergency_questions):
        assert step.urgent == any(line.urgent for line in step.asked())


def test_a_question_that_a_screen_hides_says_in_words_when_it_is_asked():
    lines = {line.link_id: line for line in printed(shipped_questionnaire())}
    codes = codes_of(shipped_questionnaire())

    assert lines["tearing"].only_if == (
        f"Only if you ticked “Yes” or “Not sure” at {codes['sudden-severe']}."
    )
    assert lines["limp"].only_if == "Only if you are younger than 18."
    for place in shipped_questionnaire().walk():
        if place.link_id in lines:
            assert bool(place.enable_when) == bool(lines[place.link_id].only_if)


PUBLISHED = [
    path
    for path in files("questionnaires/*/*.json")
    if path.stat().st_size < MOST_BYTES and not questionnaire_problems(read(path))
]


@needs_corpus
@pytest.mark.parametrize("path", PUBLISHED, ids=name)
def test_every_question_of_a_published_form_is_on_paper_once_and_in_order(path):
    form = questionnaire_from_json(read(path))
    lines = printed(form, form.language)

    assert [line.link_id for line in lines] == to_ask(form)
    assert len({line.code for line in lines}) == len(lines)


def test_the_kinds_of_room_for_an_answer():
    form = make_questionnaire(
        make_item("flag", "boolean"),
        make_item("day", "date"),
        make_item("words", "text"),
        make_item("names", "string", repeats=True),
        make_item("one", "choice", options=["a", "b"]),
        make_item("any", "choice", options=["a", "b"], repeats=True),
        make_item("open", "open-choice", options=["a"]),
        make_item("rows", "group", make_item("what"), make_item("when"), repeats=True),
        make_item("blocks", "group", make_item("which", "choice", options=["a"]), repeats=True),
    )
    (step,) = paper_steps(form, "en")
    kinds = {line.link_id: (line.kind, line.copies) for line in step.lines}

    assert kinds["flag"] == (Kind.ONE, 1)
    assert kinds["day"] == (Kind.DATE, 1)
    assert kinds["names"] == (Kind.LINE, 3)
    assert kinds["any"] == (Kind.MANY, 1)
    assert kinds["rows"] == (Kind.ROWS, 6)
    assert kinds["blocks"] == (Kind.BLOCKS, 3)
    assert step.lines[6].other == "Another answer"


names = st.lists(st.text("abcdefgh-", min_size=1, max_size=8), unique=True, max_size=40)


@settings(max_examples=60, deadline=None)
@given(names, st.text("xyz/.", min_size=1, max_size=9), st.integers(0, 40))
def test_a_question_that_is_added_changes_no_other_code(link_ids, added, place):
    before = item_codes(link_ids)
    after = item_codes([*link_ids[:place], added, *link_ids[place:]])

    assert len(set(after.values())) == len(after)
    assert {link_id: after[link_id] for link_id in before} == before
    assert all(set(code) <= set(SIGNS) for code in after.values())


def test_a_code_hangs_on_the_link_id_alone():
    form = shipped_questionnaire()
    turned = replace(form, items=form.items[::-1])

    assert codes_of(turned) == codes_of(form)
    assert codes_of(asked_in(form, "es", {})) == codes_of(form)
