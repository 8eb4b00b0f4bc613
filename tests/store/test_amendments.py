"""What a patient adds to sent answers, and the steps of an emergency, as they are kept."""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from clinic.errors import Conflict, UnknownRecord
from clinic.referral.emergency import EmergencyStep
from clinic.store import amendments, emergency_steps
from clinic.store.ids import new_id
from clinic.store.referral_tables import amendment, emergency_step
from tests.make import NOW
from tests.store.kept import hire, send
from tests.store.threads import in_threads

LATER = NOW + timedelta(minutes=5)
WORDS = "I forgot: my sister had this too. \u00e9"


@pytest.fixture
def kept(database):
    """A sent intake, and a clinician."""
    with database.writing() as tx:
        return send(tx).id, hire(tx).id


def add(tx, intake_id, once="a", text=WORDS, now=NOW):
    return amendments.add(tx, intake_id, text, once=once, now=now)


def step(tx, kept, number, kind=EmergencyStep.ADVISED, **more):
    intake_id, by = kept
    values = {"words": "", "due_at": None, "now": NOW, **more}
    return emergency_steps.add(tx, intake_id, kind, number=number, by=by, **values)


def test_additions_come_back_in_order_and_are_sealed(database, kept):
    intake_id, _ = kept
    with database.writing() as tx:
        add(tx, intake_id)
        add(tx, intake_id, once="b", text="And the left foot.", now=LATER)
        rows = tx.execute(sa.select(amendment)).all()
        found = amendments.all_of(tx, intake_id)

    assert [(each.number, each.text, each.at) for each in found] == [
        (1, WORDS, NOW),
        (2, "And the left foot.", LATER),
    ]
    assert "sister" not in str(rows)


def test_the_same_page_sent_twice_adds_once(database, kept):
    intake_id, _ = kept
    with database.writing() as tx:
        assert add(tx, intake_id) == amendments.Added(1, first=True)
        assert add(tx, intake_id) == amendments.Added(1, first=False)
        assert amendments.count(tx, intake_id) == 1


def test_one_page_key_adds_to_two_intakes_without_one_telling_of_the_other(database, kept):
    with database.writing() as tx:
        other = send(tx).id
        assert add(tx, kept[0]).first
        assert add(tx, other).first


def test_what_was_added_after_the_page_was_opened_stays_unread(database, kept):
    intake_id, by = kept
    with database.writing() as tx:
        add(tx, intake_id)
        add(tx, intake_id, once="b")
        assert amendments.mark_read(tx, intake_id, up_to=1, by=by, now=LATER) == 1
        assert amendments.mark_read(tx, intake_id, up_to=1, by=by, now=LATER) == 0
        first, second = amendments.all_of(tx, intake_id)
        unread = amendments.unread_of(tx, [intake_id])

    assert (first.read_at, first.read_by) == (LATER, by)
    assert second.read_at is None
    assert unread == {intake_id: 1}


def test_nothing_is_added_to_an_intake_that_is_not_there(database):
    with database.writing() as tx, pytest.raises(UnknownRecord):
        add(tx, new_id())


def test_steps_of_an_emergency_come_back_in_order_and_are_sealed(database, kept):
    with database.writing() as tx:
        step(tx, kept, 1, EmergencyStep.NOT_REACHED, words="Voicemail.", due_at=LATER)
        step(tx, kept, 2, EmergencyStep.ADVISED, words="Her son drives.", now=LATER)
        rows = tx.execute(sa.select(emergency_step)).all()
        found = emergency_steps.all_of(tx, kept[0])
        last = emergency_steps.latest_of(tx, [kept[0], new_id()])

    assert [(each.number, each.step, each.words) for each in found] == [
        (1, EmergencyStep.NOT_REACHED, "Voicemail."),
        (2, EmergencyStep.ADVISED, "Her son drives."),
    ]
    assert last == {kept[0]: emergency_steps.LastStep(EmergencyStep.ADVISED, LATER, None)}
    assert "drives" not in str(rows)


def test_whoever_records_the_same_step_second_is_told(database, kept):
    with database.writing() as tx:
        step(tx, kept, 1)
    with pytest.raises(Conflict), database.writing() as tx:
        step(tx, kept, 1)


def test_only_the_last_step_can_be_late(database, kept):
    with database.writing() as tx:
        step(tx, kept, 1, due_at=NOW)
        assert emergency_steps.overdue(tx, NOW - timedelta(seconds=1)) == []
        assert emergency_steps.overdue(tx, NOW) == [kept[0]]
        step(tx, kept, 2, EmergencyStep.ARRIVED, due_at=LATER)
        assert emergency_steps.overdue(tx, NOW) == []


def test_the_same_page_from_eight_windows_at_once_adds_once(database, kept):
    def one(_place: int) -> bool:
        with database.writing() as tx:
            return add(tx, kept[0]).first

    found = in_threads(one, 8)

    assert sorted(found, key=str) == [False] * 7 + [True]


def test_eight_pages_at_once_add_eight_in_a_row(database, kept):
    def one(place: int) -> int:
        with database.writing() as tx:
            return add(tx, kept[0], once=str(place)).number

    assert sorted(in_threads(one, 8)) == list(range(1, 9))


def test_of_eight_who_record_one_step_at_once_one_does(database, kept):
    def one(_place: int) -> object:
        with database.writing() as tx:
            return step(tx, kept, 1)

    found = in_threads(one, 8)

    assert sum(isinstance(each, Conflict) for each in found) == 7
    with database.reading() as tx:
        assert len(emergency_steps.all_of(tx, kept[0])) == 1
