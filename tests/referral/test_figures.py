"""The figures of the loop."""

from datetime import timedelta
from uuid import UUID

import pytest

from clinic.referral.figures import Story, figures, figures_of_all
from clinic.referral.model import Said
from clinic.referral.states import Act, By, State
from tests.referral.make import NOW, make_referral, make_signature

NOTHING = Said()


def story(number, *, seen_after=None, closed=False, due=None):
    referral = make_referral(
        id=UUID(int=number), signature=make_signature(), act_by=NOW + timedelta(days=10)
    )
    events = []

    def step(act, by, said=NOTHING, after=0):
        nonlocal referral
        referral, event = referral.moved(act, by, said, now=NOW + timedelta(days=after))
        events.append(event)

    step(Act.SEND, By.CLINICIAN)
    if seen_after is not None:
        seen = Said(visit_at=NOW + timedelta(days=seen_after))
        step(Act.REPORT_SEEN, By.RECEIVER, seen, after=seen_after)
    if closed:
        step(Act.REPORT, By.RECEIVER, Said(has_report=True), after=seen_after)
        step(Act.CLOSE, By.CLINICIAN, Said(words="Told by phone."), after=seen_after)
    return Story(referral, tuple(events), due)


def test_a_service_has_its_counts_and_the_median_of_days():
    (found,) = figures(
        [story(1, seen_after=2, closed=True), story(2, seen_after=11), story(3, due=NOW)], NOW
    )

    assert (found.sent, found.closed, found.seen, found.seen_in_time) == (3, 1, 2, 1)
    assert (found.overdue, found.median_days_to_seen) == (1, 6.5)


def test_the_boundary_of_in_time_is_the_moment_itself():
    (found,) = figures([story(1, seen_after=10)], NOW)

    assert found.seen_in_time == 1


def test_a_reason_that_is_missing_is_counted():
    sent = story(1)
    declined, event = sent.referral.moved(Act.DECLINE, By.RECEIVER, Said(words="No room."), now=NOW)
    bare = Story(declined, (*sent.events, type(event)(**{**_fields(event), "words": ""})))

    assert figures([bare], NOW)[0].reasons_missing == 1
    assert figures([Story(declined, (*sent.events, event))], NOW)[0].reasons_missing == 0


def test_open_ended_and_closed_make_up_what_was_sent():
    called_off, event = story(2).referral.moved(
        Act.PATIENT_DECLINES, By.CLINICIAN, Said(words="Feels well."), now=NOW
    )
    off = Story(called_off, (*story(2).events, event))
    all_three = [story(1, seen_after=1, closed=True), off, story(3)]

    (found,) = figures(all_three, NOW)

    assert (found.sent, found.closed, found.ended, found.open) == (3, 1, 1, 1)
    assert (found.reasons_asked, found.reasons_missing) == (1, 0)


@pytest.mark.parametrize(
    ("after", "late", "yet"),
    [
        (timedelta(days=10, seconds=-1), 0, 1),
        (timedelta(days=10), 1, 0),
        (timedelta(days=11), 1, 0),
    ],
)
def test_who_is_not_seen_is_late_from_the_moment_itself(after, late, yet):
    (found,) = figures([story(1)], NOW + after)

    assert (found.not_seen_late, found.not_seen_yet) == (late, yet)


def test_what_was_entered_in_error_is_left_out():
    wrong, event = story(1).referral.moved(
        Act.MARK_ERROR, By.CLINICIAN, Said(words="Wrong patient."), now=NOW
    )
    stories = [Story(wrong, (*story(1).events, event)), story(2)]

    assert figures(stories, NOW)[0].sent == 1
    assert figures_of_all(stories, NOW).sent == 1


def test_all_services_together_have_a_median_of_their_own():
    found = figures_of_all([story(1, seen_after=1), story(2, seen_after=3), story(3)], NOW)

    assert (found.service, found.sent, found.median_days_to_seen) == ("", 3, 2.0)
    assert found.median_days_allowed == 10.0


def test_nothing_sent_gives_no_figures():
    assert figures([Story(make_referral(state=State.DRAFT), ())], NOW) == ()


def _fields(event):
    return {name: getattr(event, name) for name in type(event).__dataclass_fields__}
