"""What a patient's own answers say of the stretches and options, and to whom it is shown."""

import re

import pytest

from clinic.store import intakes
from clinic.store.staff import Role
from tests.web.browser import Browser
from tests.web.patient import Patient
from tests.web.staff import Worker, hire

STRETCHES = ("childs-pose", "knee-to-chest", "sphinx")
WANTS_TO_ASK = {
    "regen_interest": "yes",
    "regen_wait": ["none"],
    "regen_caution": ["nsaid"],
    "care_tried": ["exercise"],
}
FOR_YOU = "For you, from your answers"
STAFF_ONLY = (
    "Osteoporosis: no end-range", "ask_first", "urgent_2wk", "same_day", "Talk first", "Hard stop",
)  # fmt: skip


def advice_on(page, stretch):
    """The words of the advice on a stretch, from the page of the list."""
    card = next(
        card for card in page.select(".card") if card.select_one(f"a[href='/stretches/{stretch}']")
    )
    return " ".join(card.select_one(".stretch_advice").text.split())


def verdicts(page):
    """The kind of box around each piece of advice."""
    return [tag["class"][2].removeprefix("alert--") for tag in page.select(".stretch_advice")]


def steps_of(page):
    return page.select("#steps, .hold_timer, main table.diary")


# --- who may see it ---


@pytest.mark.parametrize("path", ["/stretches/", "/stretches/sphinx", "/stretches/sphinx/sheet"])
def test_whoever_has_answered_nothing_sees_the_general_cautions(patient, path):
    strangers = Browser(patient.browser.app).get(path)
    patient.agrees()
    begun = patient.browser.get(path)
    patient.answers_step("about-you")
    answered = patient.browser.get(path)

    for page in (strangers, begun):
        assert FOR_YOU not in page.text
        assert not page.has(".stretch_advice")
    assert answered.has(".stretch_advice")


@pytest.mark.parametrize("path", ["/stretches/", "/stretches/sphinx", "/stretches/sphinx/sheet"])
def test_advice_is_kept_out_of_every_cache(patient, path):
    patient.answers_everything()
    patient.sends()

    assert patient.browser.get(path).headers["Cache-Control"] == "no-store"


def test_advice_is_for_the_browser_that_holds_the_answers_alone(patient):
    patient.answers_everything(bone_facts=["osteoporosis"])
    patient.sends()
    same_name = Patient(Browser(patient.browser.app))
    same_name.agrees("Pat Sample")

    assert patient.browser.get("/stretches/").has(".stretch_advice")
    assert not same_name.browser.get("/stretches/").has(".stretch_advice")


def test_advice_is_gone_once_the_device_is_cleared(patient):
    patient.answers_everything()
    patient.sends()
    patient.browser.get("/intake/leave")
    patient.browser.submit({})

    assert not patient.browser.get("/stretches/").has(".stretch_advice")


def test_advice_is_gone_once_nothing_was_pressed_for_long(patient, clock):
    patient.answers_everything()
    patient.sends()
    clock.forward(hours=13)

    assert not patient.browser.get("/stretches/sphinx").has(".stretch_advice")


def test_the_draft_with_its_code_brings_the_advice_back(patient):
    patient.answers_everything(bone_facts=["osteoporosis"])
    other = Browser(patient.browser.app)
    other.get("/intake/resume")
    other.submit(patient.code_and_birth_date())

    assert "weak bones" in advice_on(other.get("/stretches/"), "childs-pose")


# --- what it says ---


def test_a_well_patient_may_try_all_three(patient):
    patient.answers_everything()
    page = patient.sends()

    assert verdicts(page) == ["success"] * 3
    assert page.text.count("You may try this stretch.") == 3
    assert "Hold for 30 seconds to 1 minute." in page.text
    assert "Stop and call 911 if you get:" in page.text
    assert len(steps_of(patient.browser.get("/stretches/sphinx"))) == 2


def test_what_was_left_out_says_which_answer_left_it_out(patient):
    patient.answers_everything(bone_facts=["osteoporosis"])
    page = patient.sends()
    listed = patient.browser.get("/stretches/")

    assert verdicts(page) == verdicts(listed) == ["error", "error", "info"]
    left_out = "Left out because you told us that you have weak bones."
    assert page.text.count(left_out) == 2
    for stretch in STRETCHES[:2]:
        assert left_out in advice_on(listed, stretch)
    changed = advice_on(listed, "sphinx")
    assert "You may try this stretch in an easier way." in changed
    assert "Stay low, on your forearms. Lift just a little." in changed
    assert "Hold for up to 30 seconds." in changed


@pytest.mark.parametrize("path", ["/stretches/childs-pose", "/stretches/childs-pose/sheet"])
def test_the_steps_of_what_was_left_out_are_not_shown(patient, path):
    patient.answers_everything(bone_facts=["osteoporosis"])
    page = patient.browser.get(path)

    assert "Left out because you told us that you have weak bones." in page.text
    assert not steps_of(page)
    assert "Get on your hands and knees" not in page.text


def test_the_form_and_the_hold_are_those_of_the_patient(patient):
    patient.answers_everything(bone_facts=["osteoporosis"])
    page = patient.browser.get("/stretches/sphinx")

    shown = page.select_one(".stretch_advice img")
    assert "/figures/sphinx_easier.svg" in shown["src"]
    assert shown["alt"]
    assert page.select_one(".hold_timer")["data-seconds"] == "30"
    assert "30 seconds to 1 minute" not in page.select_one("#dose").parent.text
    assert "go by the words for you. Hold for up to 30 seconds." in page.text


def test_a_draft_with_open_questions_is_told_to_finish_them(patient):
    patient.agrees()
    patient.answers_step("about-you")
    page = patient.browser.get("/stretches/")

    assert verdicts(page) == ["warning"] * 3
    assert "Finish the questions first." in advice_on(page, "sphinx")
    assert "No stretch here until you have talked with a provider." in page.text


@pytest.mark.parametrize(
    "answers", [{"walk_now": "no-legs"}, {"leg_weak": "yes", "weak_kind": "cant-lift"}]
)
def test_nothing_may_be_done_while_somebody_must_be_seen(patient, answers):
    patient.answers_everything(**answers)
    pages = [patient.sends(), patient.browser.get("/stretches/")]

    for page in pages:
        assert verdicts(page) == ["error"] * 3
        assert "No stretch here until you have talked with a provider." in page.text
        assert "Short walks are fine" not in page.text
        assert "Hold for" not in page.text
        assert not page.select(".stretch_advice img")
    for stretch in STRETCHES:
        page = patient.browser.get(f"/stretches/{stretch}")
        assert not steps_of(page)
        told = (
            "Call 911 or go" if "walk_now" in answers else "You need to talk to a clinician today."
        )
        assert told in page.text


def test_what_is_asked_about_first_is_never_told_as_leave_to_do_it(patient):
    patient.answers_everything(bone_facts=["osteopenia"], move_limits=["knee"])
    page = patient.browser.get("/stretches/childs-pose")

    advice = page.select_one(".stretch_advice").text
    assert "Ask your provider before you try this stretch." in advice
    assert "Ask first because you told us that your bones are a bit thin." in advice
    assert "It needs care too because" in advice
    assert "Made easier" not in advice
    assert "Do it this way" not in advice
    assert not steps_of(page)


def test_a_private_answer_is_never_named(patient):
    patient.answers_everything(pregnant="yes", pregnancy_weeks="13-or-less", sex_at_birth="female")
    page = patient.browser.get("/stretches/")

    said = advice_on(page, "childs-pose")
    assert "one of your private answers calls for care" in said
    assert not re.search("pregnan", said)


def test_words_for_staff_never_reach_the_patient(patient):
    patient.answers_everything(bone_facts=["osteoporosis"], **WANTS_TO_ASK)
    for page in (patient.sends(), *(patient.browser.get(f"/stretches/{s}") for s in STRETCHES)):
        advice = " ".join(tag.text for tag in page.select(".stretch_advice, #options ~ p"))
        for words in STAFF_ONLY:
            assert words not in advice


def the_intake_of(database):
    """The one intake that there is."""
    with database.reading() as tx:
        (facts,) = intakes.listing(tx)
    return facts.id


def test_a_level_that_a_clinician_raised_closes_the_stretches_without_a_name(
    patient, app, database
):
    patient.answers_everything(**WANTS_TO_ASK)
    patient.sends()
    clinician = Worker(app, hire(database, "clinician", Role.CLINICIAN, "Dr. Lee")).signs_in()
    clinician.opens(the_intake_of(database))
    clinician.does("level", urgency="same_day", reason="Sounds ill on the phone.")
    page = patient.browser.get("/intake/done")

    assert verdicts(page) == ["error"] * 3
    assert "You need to talk to a clinician today." in page.text
    assert "First the question about your safety has to be settled." in page.text
    assert "Dr. Lee" not in page.text
    assert "Sounds ill" not in page.text


def test_a_level_that_a_clinician_lowered_opens_no_stretch(patient, app, database):
    patient.answers_everything(leg_weak="yes", weak_kind="cant-lift")
    patient.sends()
    clinician = Worker(app, hire(database, "clinician", Role.CLINICIAN, "Dr. Lee")).signs_in()
    clinician.opens(the_intake_of(database))
    clinician.does("level", urgency="routine", reason="Old, and seen last week.")

    assert verdicts(patient.browser.get("/stretches/")) == ["error"] * 3


def test_an_emergency_that_staff_meet_after_a_lowered_level_is_told(patient, app, database):
    patient.answers_everything(leg_weak="yes", weak_kind="cant-lift")
    patient.sends()
    clinician = Worker(app, hire(database, "clinician", Role.CLINICIAN, "Dr. Lee")).signs_in()
    clinician.opens(the_intake_of(database))
    clinician.does("level", urgency="routine", reason="Old, and seen last week.")
    assert "It can be a normal visit." in patient.browser.get("/intake/done").text
    clinician.browser.follow()
    clinician.opens(the_intake_of(database))
    clinician.does("staff-question", harm="yes", harm_words="")

    page = patient.browser.get("/intake/done")

    assert page.heading == "Call 911 or go to the emergency room now"
    assert "It can be a normal visit." not in page.text


# --- the last page: the paper's words, on the screen ---


def test_the_gate_says_its_sentence_to_whoever_wants_to_ask(patient):
    patient.answers_everything(**WANTS_TO_ASK)
    page = patient.sends()

    told = page.select_one("#options ~ p strong").text
    assert told == "Talk with your provider first; this may not be safe for you right now."
    assert "ibuprofen" not in page.select_one("#options").parent.text


@pytest.mark.parametrize(
    "path", ["/options/", "/options/stem-cell-therapy", "/options/choosing-a-facility"]
)
def test_the_pages_on_options_say_it_to_whoever_wants_to_ask_and_to_nobody_else(patient, path):
    sentence = "Talk with your provider first; this may not be safe for you right now."
    before = patient.browser.get(path).text
    patient.answers_everything(**WANTS_TO_ASK)

    assert sentence in patient.browser.get(path).text
    assert sentence not in before
    assert sentence not in Browser(patient.browser.app).get(path).text


def test_the_gate_is_silent_to_whoever_does_not_want_to_hear(patient):
    patient.answers_everything(regen_interest="no")
    page = patient.sends()

    assert "Other options being studied" in page.text
    assert "You can ask a provider about this." not in page.text
    assert "Talk with your provider first;" not in page.text


def test_an_open_sign_is_settled_before_any_option(patient):
    patient.answers_everything(leg_weak="yes", weak_kind="cant-lift", **WANTS_TO_ASK)

    assert "First the question about your safety has to be settled." in patient.sends().text


def test_the_screen_holds_what_the_paper_holds(patient):
    patient.answers_everything()
    page = patient.sends()

    for words in (
        "Signs that cannot wait", "What happens next", "What we do not know", "Red lights",
        "Have I had a fair try of exercise", "2 of 136 people had a serious harm", "Get your paper",
    ):  # fmt: skip
        assert words in page.text, words
