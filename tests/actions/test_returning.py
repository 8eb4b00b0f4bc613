"""A patient who comes back: what is filled in from last time, and what never is."""

from clinic.actions.returning import STABLE, carried_over, from_last_time, started_from
from clinic.library.places import content_dir
from clinic.library.rulebook import read_rulebook
from clinic.triage.derived import questions_read
from tests.make import TODAY, make_intake, make_item, make_questionnaire, shipped_questionnaire

LAST_TIME = {
    "full-name": "Alex Rivera",
    "birth-date": "1984-06-17",
    "phone": "555-555-0142",
    "takes-medicines": "yes",
    "medicines.0.medicine-name": "Ibuprofen",
    "medicines.0.medicine-dose": "200 mg",
    "allergies": ["latex"],
    "fever": "yes",
    "pain-now": 8,
    "pain-story": "The piano.",
    "peg-pain": 7,
    "activities.0.activity-name": "Drive for an hour",
    "activities.0.activity-score": 3,
    "pain-where": ["low-back"],
}


def test_stable_facts_come_back_and_nothing_of_how_it_was_then():
    kept = carried_over(shipped_questionnaire(), make_intake(LAST_TIME).shown)

    assert set(kept) == {
        "full-name",
        "birth-date",
        "phone",
        "takes-medicines",
        "medicines.0.medicine-name",
        "medicines.0.medicine-dose",
        "allergies",
        "activities.0.activity-name",
    }


def test_every_stable_fact_is_a_question_of_the_shipped_form():
    assert set(shipped_questionnaire().by_link_id) >= STABLE


def test_nothing_that_a_rule_reads_is_filled_in_but_the_birth_date():
    book = read_rulebook(content_dir())
    read = frozenset().union(*(rule.reads for rule in book.red_flags.rules))
    read |= questions_read(row.when for row in book.stretches.rules if row.when)
    read |= {name for score in book.scores.scores for name in score.questions}

    # The name of an activity is read beside its rating, which is asked anew.
    assert STABLE & read == {"birth-date", "activity-name"}


def test_a_choice_that_is_offered_no_more_is_asked_anew():
    old = make_questionnaire(make_item("language", "choice", options=["en", "fr"]))
    new = make_questionnaire(make_item("language", "choice", options=["en", "es"]))
    earlier = make_intake({"language": "fr"}, questionnaire=old)

    assert carried_over(new, earlier.shown) == {}


def test_what_is_filled_in_is_no_answer_of_today_until_its_page_is_left():
    form = shipped_questionnaire()
    draft = make_intake({}, offered=())
    filled = started_from(draft, make_intake(LAST_TIME), TODAY)
    step = form.step_of("phone")

    assert filled.history == ()
    assert from_last_time(filled, step)
    assert not from_last_time(filled, form.step_of("fever"))
    left = filled.recorded(
        {}, offered=tuple(filled.questions(step)), now=filled.created_at, today=TODAY
    )
    assert not from_last_time(left, step)
    assert left.entries("phone") == ()


def test_the_age_is_counted_from_today():
    draft = make_intake({}, offered=())
    filled = started_from(draft, make_intake(LAST_TIME), TODAY.replace(year=2031))

    assert filled.response.answers["age-years"] == (46,)
