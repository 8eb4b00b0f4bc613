"""The figures of the loop."""

from datetime import timedelta
from uuid import UUID

from clinic.referral.figures import Story, figures
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


def test_nothing_sent_gives_no_figures():
    assert figures([Story(make_referral(state=State.DRAFT), ())], NOW) == ()


def _fields(event):
    return {name: getattr(event, name) for name in type(event).__dataclass_fields__}
