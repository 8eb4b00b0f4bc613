"""The letter: filled from a summary, changed by staff, and never more than is needed."""

from dataclasses import replace

import pytest

from clinic.errors import NotFound
from clinic.referral.destinations import Service, shared_with
from clinic.referral.draft import draft_letter, taken_out
from clinic.referral.letter import Part, Request
from clinic.referral.topics import ACTED_ON, QUESTIONS_OF, Topic, topics_in_play
from clinic.summary.model import AdditionWords, Correction, FindingWords, Piece
from clinic.triage.assess import FlagState
from clinic.triage.rules import Urgency
from clinic.triage.sensitive import SENSITIVE
from tests.summary.patients import EMERGENCY, PLAIN, summary_of

REQUEST = Request(
    question="Please assess the leg pain.",
    kind_words="Consult only",
    service="Spine clinic",
    act_by="within 2 weeks",
    told_patient="What to do if it gets worse, on November 23",
    meanwhile="We go on with exercise.",
    responsible="Dr. Amira Lee",
    call_back="555-555-0100, ask for Dr. Lee",
    written_by="Dr. Amira Lee",
)


def letter_of(answers, shared=()):
    return draft_letter(summary_of(answers), REQUEST, shared)


def lines_of(letter):
    return [line for block in letter.blocks for line in block.lines]


def text_of(letter):
    return "\n".join(f"{line.label}: {line.text}" for line in lines_of(letter))


def test_the_letter_has_the_four_parts_in_order():
    assert [block.part for block in letter_of(PLAIN).blocks] == list(Part)


def test_the_question_comes_first_and_is_signed_by_who_wrote_it():
    first = letter_of(PLAIN).block(Part.SITUATION).lines[0]

    assert (first.label, first.text, first.by) == (
        "Question",
        "Please assess the leg pain.",
        "Dr. Amira Lee",
    )


@pytest.mark.parametrize("answers", [PLAIN, EMERGENCY])
def test_every_line_of_an_answer_names_its_question_and_every_other_its_writer(answers):
    summary = summary_of(answers)
    asked = {said.key for said in summary.said()}
    of_the_rules = {"Flags present", "Asked and denied", "Not sure or not answered", "Also noted"}
    of_the_rules |= {"Not answered", "Stretches, by the rules"}
    of_the_rules |= {each.urgency_word for each in summary.findings}

    for line in lines_of(draft_letter(summary, REQUEST, ())):
        assert set(line.keys) <= asked
        assert line.keys or line.by or line.label in of_the_rules, line


def test_no_answer_of_a_finding_is_told_twice():
    lines = letter_of(EMERGENCY).block(Part.SITUATION).lines
    said = [
        piece
        for line in lines
        for piece in line.text.partition(" The patient said: ")[2].split("; ")
    ]

    assert len([each for each in said if each.startswith("one weak leg")]) <= 2
    assert any(line.text.endswith("worse in the last few days.") for line in lines)


@pytest.mark.parametrize("part", [Part.SITUATION, Part.ASSESSMENT])
def test_every_finding_and_every_flag_that_is_present_leads_to_its_answers(part):
    lines = letter_of(EMERGENCY, list(Topic)).block(part).lines
    of_the_rules = {"Emergency now", "Same day", "Within 2 weeks", "Also noted", "Flags present"}

    found = [line for line in lines if line.label in of_the_rules]
    assert found
    for line in found:
        assert line.keys, line


def test_a_flag_is_no_diagnosis():
    line = next(line for line in lines_of(letter_of(EMERGENCY)) if line.label == "Flags present")

    assert line.text.endswith(". Signs to look into, no diagnosis.")


def test_a_finding_that_stands_after_its_answer_was_changed_says_so():
    summary = summary_of(EMERGENCY)
    finding = summary.findings[0]
    key = finding.answers[0].key
    correction = Correction(
        key=key,
        question="Is one leg weak?",
        before="Yes",
        before_at="8:42 am",
        after="No",
        after_at="8:43 am",
        text="Yes at 8:42 am, changed to No at 8:43 am",
        safety=True,
    )
    held = replace(finding, held=True, because=())
    summary = replace(summary, findings=(held,), corrections=(correction,))

    line = draft_letter(summary, REQUEST, ()).block(Part.SITUATION).lines[2]

    assert line.text == (
        f"{finding.staff} The answers were changed since; it stands. "
        "“Is one leg weak?” Yes at 8:42 am, changed to No at 8:43 am."
    )
    assert line.keys == (key,)


def test_the_background_begins_with_who_it_is_and_how_to_reach_the_patient():
    labels = [line.label for line in letter_of(PLAIN).block(Part.BACKGROUND).lines]

    assert labels[:4] == ["Sex", "Reach", "Address", "Language"]


def test_the_patient_s_story_and_what_was_added_later_are_quoted():
    told = {**PLAIN, "pain-story": "It began on the stairs."}
    added = AdditionWords("I forgot: I take warfarin.", "November 24, 8:10 am")
    summary = replace(summary_of(told), additions=(added,))

    first, second = draft_letter(summary, REQUEST, ()).block(Part.ASSESSMENT).lines[:2]

    assert (first.text, first.quoted) == ("It began on the stairs.", True)
    assert (second.label, second.text, second.quoted) == (
        "Added on November 24, 8:10 am",
        "I forgot: I take warfarin.",
        True,
    )


def test_the_checklist_goes_with_a_regenerative_consult_alone():
    told = {**PLAIN, "regen-interest": "yes", "smoke-ever": "now", "regen-wait": ["none"]}

    consult, other = text_of(letter_of(told, [Topic.REGENERATIVE])), text_of(letter_of(told))

    assert "Caution, reported: Smokes" in consult
    assert "Not now, denied: Fever" in consult
    assert "Breast feeding" in consult
    assert "The safety screen" not in consult
    assert "Not now" not in other


def test_the_checklist_tells_of_a_pregnancy_only_where_that_plays_a_part():
    told = {**PLAIN, "regen-interest": "yes"}

    closed = text_of(letter_of(told, [Topic.REGENERATIVE]))
    opened = text_of(letter_of(told, [Topic.REGENERATIVE, Topic.PREGNANCY]))

    assert "Pregnant, could be, or not said" not in closed
    assert "Pregnant, could be, or not said" in opened


def test_what_sets_no_pace_is_noted_in_one_line():
    labels = [line.label for line in letter_of(EMERGENCY).block(Part.SITUATION).lines]

    assert "Routine" not in labels
    assert labels[-1] == "Also noted"


def test_lines_without_anything_to_tell_are_named_in_one():
    lines = letter_of(EMERGENCY).block(Part.BACKGROUND).lines

    assert [line.label for line in lines][-2:] == ["None reported", "Not answered"]
    assert not [line for line in lines if line.text in ("None of these", "Not answered")]


def test_the_story_is_told_in_the_order_of_opqrst():
    labels = [line.label for line in letter_of(PLAIN).block(Part.ASSESSMENT).lines]
    story = ["Onset", "Worse with", "Better with", "Feels like", "Where", "Down the leg"]

    assert [label for label in labels if label in story] == [
        label for label in story if label in labels
    ]


def test_a_number_never_stands_without_its_range():
    summary = summary_of(PLAIN)
    text = text_of(draft_letter(summary, REQUEST, list(Topic)))

    scored = [score for score in summary.scores if score.scored and score.range]
    assert scored
    for score in scored:
        assert f"{score.name}: {score.value} ({score.range})" in text


def test_of_mood_only_the_band_is_told_unless_mood_is_what_is_asked():
    told = {**PLAIN, "phq4-interest": "nearly-every-day"}

    closed, opened = text_of(letter_of(told)), text_of(letter_of(told, [Topic.MOOD]))

    assert "PHQ-2" not in closed
    assert "PHQ-2" in opened


def test_private_answers_stay_out_unless_they_are_needed():
    pregnant = {**PLAIN, "pregnant": "yes", "sex-change": "yes", "infection-risk": ["injects"]}

    closed = letter_of(pregnant)
    opened = letter_of(pregnant, list(Topic))

    assert not SENSITIVE & {key for line in lines_of(closed) for key in line.keys}
    shown = {key for line in lines_of(opened) for key in line.keys} & SENSITIVE
    assert "pregnant" in shown
    assert "infection-risk" not in shown
    assert "inject" not in text_of(opened).lower()


def test_no_topic_holds_how_somebody_came_by_a_risk_for_infection():
    assert not {"infection-risk", "tb-contact"} & frozenset().union(*QUESTIONS_OF.values())


def test_a_changed_line_no_longer_claims_to_be_an_answer():
    letter = letter_of(PLAIN)
    block = letter.block(Part.BACKGROUND)
    number = next(n for n, line in enumerate(block.lines) if line.keys)

    changed = letter.edited(Part.BACKGROUND, number, "  Seen by us\nin May. ", by="Dana Ortiz")

    line = changed.block(Part.BACKGROUND).lines[number]
    assert (line.text, line.keys, line.quoted, line.by) == (
        "Seen by us in May.",
        (),
        False,
        "Dana Ortiz",
    )
    assert changed.hash != letter.hash


def test_a_line_that_was_left_as_it_is_keeps_its_answers_and_the_hash():
    letter = letter_of(PLAIN)
    line = letter.block(Part.BACKGROUND).lines[0]

    assert letter.edited(Part.BACKGROUND, 0, f" {line.text} ", by="Dana Ortiz") == letter


def test_a_blank_line_is_taken_out_and_a_new_one_is_staff_s():
    letter = letter_of(PLAIN)
    lines = letter.block(Part.ASSESSMENT).lines

    shorter = letter.edited(Part.ASSESSMENT, 0, " ", by="Dana Ortiz")
    longer = letter.added(Part.ASSESSMENT, "Straight leg raise 40 degrees.", by="Dr. Lee")

    assert shorter.block(Part.ASSESSMENT).lines == lines[1:]
    added = longer.block(Part.ASSESSMENT).lines[-1]
    assert (added.label, added.by) == ("Staff found", "Dr. Lee")


def test_a_line_that_is_gone_is_told():
    with pytest.raises(NotFound, match="not there any more"):
        letter_of(PLAIN).edited(Part.REQUEST, 99, "Words", by="Dana Ortiz")


def test_one_letter_has_one_hash():
    assert letter_of(PLAIN).hash == letter_of(PLAIN).hash


def test_a_finding_on_private_answers_is_told_of_without_its_words():
    pregnant = {**PLAIN, "pregnant": "yes", "minor-fall": "yes"}

    closed, opened = text_of(letter_of(pregnant)), text_of(letter_of(pregnant, [Topic.PREGNANCY]))

    assert "regnan" not in closed
    assert "A finding on private answers" in closed
    assert "Pregnant with a fall" in opened
    assert "A finding on private answers" not in opened


def test_another_request_changes_what_is_asked_and_nothing_else():
    before = letter_of(PLAIN).added(Part.REQUEST, "Walks with a stick.", by="Dr. Lee")
    other = replace(REQUEST, question="Please take over.", financial_tie="We own a share of it.")

    after = before.asking(other)

    assert after.block(Part.SITUATION).lines[0].text == "Please take over."
    assert after.says("We own a  share of it.")
    assert after.block(Part.REQUEST).lines[-1].text == "Walks with a stick."
    assert not after.says(REQUEST.question)
    assert after.block(Part.BACKGROUND) == before.block(Part.BACKGROUND)
    assert after.block(Part.SITUATION).lines[2:] == before.block(Part.SITUATION).lines[2:]


def test_a_letter_that_is_filled_again_keeps_what_staff_found():
    before = letter_of(PLAIN).added(Part.ASSESSMENT, "Left ankle jerk is gone.", by="Dr. Lee")

    kept = letter_of(PLAIN).keeping(before).block(Part.ASSESSMENT).lines[-1]

    assert (kept.text, kept.by, kept.label) == (
        "Left ankle jerk is gone.",
        "Dr. Lee",
        "Staff found",
    )


def test_a_routine_finding_on_private_answers_is_told_of_once_without_its_words():
    summary = summary_of(PLAIN)
    private = FindingWords(
        rule_id="X-1",
        urgency=Urgency.ROUTINE,
        urgency_word="Routine",
        staff="Gave birth within a year.",
        flags=(),
        answers=(),
        because=(Piece(key="birth-recent", text="gave birth within a year"),),
    )
    summary = replace(summary, findings=(*summary.findings, private, private))

    closed = draft_letter(summary, REQUEST, ())
    opened = draft_letter(summary, REQUEST, [Topic.PREGNANCY])

    assert text_of(closed).count("A finding on private answers") == 1
    assert not closed.says("Gave birth")
    assert opened.says("Gave birth within a year.")
    assert not opened.says("A finding on private answers")


def test_a_finding_that_staff_took_out_or_reworded_is_told_to_the_signer():
    summary = summary_of(EMERGENCY)
    letter = draft_letter(summary, REQUEST, ())
    lines = letter.block(Part.SITUATION).lines
    paces = {each.urgency_word for each in summary.findings if each.urgency in ACTED_ON}
    number = next(n for n, line in enumerate(lines) if line.label in paces)

    blanked = letter.edited(Part.SITUATION, number, "", by="Dana Ortiz")
    reworded = letter.edited(Part.SITUATION, number, "Some weakness.", by="Dana Ortiz")
    longer = letter.edited(
        Part.SITUATION, number, f"{lines[number].text} Seen by us.", by="Dana Ortiz"
    )

    assert taken_out(letter, summary, ()) == ()
    assert taken_out(blanked, summary, ()) == (lines[number],)
    assert taken_out(reworded, summary, ()) == (lines[number],)
    assert taken_out(longer, summary, ()) == ()


def test_of_two_lines_with_the_same_words_one_that_is_gone_is_told():
    summary = summary_of({**PLAIN, "pregnant": "yes", "minor-fall": "yes"})
    private = next(each for each in summary.findings if "pregnancy_danger" in each.flags)
    summary = replace(summary, findings=(private, private))
    letter = draft_letter(summary, REQUEST, ())
    number = next(
        n
        for n, line in enumerate(letter.block(Part.SITUATION).lines)
        if line.text.startswith("A finding on private answers")
    )

    shorter = letter.edited(Part.SITUATION, number, "", by="Dana Ortiz")

    assert len(taken_out(shorter, summary, ())) == 1


def test_what_sets_no_pace_may_be_left_out_without_a_word():
    summary = summary_of(EMERGENCY)
    letter = draft_letter(summary, REQUEST, ())
    last = len(letter.block(Part.SITUATION).lines) - 1

    shorter = letter.edited(Part.SITUATION, last, "", by="Dana Ortiz")

    assert shorter != letter
    assert taken_out(shorter, summary, ()) == ()


@pytest.mark.parametrize(
    ("answers", "topics"),
    [
        ({}, set()),
        ({"pregnant": "yes"}, {Topic.PREGNANCY}),
        ({"pregnant": "yes", "minor-fall": "yes"}, {Topic.PREGNANCY}),
        ({"sex-change": "yes"}, {Topic.NERVES}),
        ({"saddle-numb": "yes"}, {Topic.NERVES}),
        ({"phq4-interest": "nearly-every-day", "regen-interest": "yes"}, set()),
    ],
)
def test_a_private_topic_plays_a_part_only_when_something_found_rests_on_it(answers, topics):
    assert set(topics_in_play(summary_of({**PLAIN, **answers}))) == topics


def test_a_letter_to_emergency_care_tells_no_topic_that_plays_no_part():
    emergency = Service("er", "Emergency", share=(Topic.NERVES, Topic.PREGNANCY, Topic.MOOD))
    counselor = Service("talk", "Counselor", about=(Topic.MOOD,))

    assert shared_with(emergency, summary_of(PLAIN)) == ()
    assert shared_with(emergency, summary_of({**PLAIN, "sex-change": "yes"})) == (Topic.NERVES,)
    assert shared_with(counselor, summary_of({**PLAIN, "sex-change": "yes"})) == (Topic.MOOD,)


def test_thoughts_of_self_harm_are_told_where_they_are_the_emergency():
    summary = summary_of(PLAIN)
    flags = tuple(
        replace(flag, state=FlagState.PRESENT) if flag.id == "mood_safety" else flag
        for flag in summary.flags
    )
    assert "mood_safety" in {flag.id for flag in flags}

    assert set(topics_in_play(replace(summary, flags=flags))) == {Topic.MOOD}
