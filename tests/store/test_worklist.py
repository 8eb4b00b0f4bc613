"""The worklist: who stands on it, in what order, and page by page."""

from datetime import timedelta
from uuid import uuid4

import pytest
import sqlalchemy as sa

from clinic.errors import BadInput
from clinic.referral.emergency import EmergencyStep
from clinic.store import alerts, emergency_steps, intakes, outcomes, worklist
from clinic.store.outcomes import OutcomeKind
from clinic.store.records import Card
from clinic.store.tables import intake as table
from clinic.store.worklist import Count, Queue, Scope, Speaks
from clinic.triage.rules import Urgency
from tests.make import NOW
from tests.store.kept import alarmed_draft, begin, hire, send

HOUR = timedelta(hours=1)


def listed(tx, **more):
    page = worklist.worklist(tx, scope=Scope.ALL, owner_id=None, **more)
    return [row.facts.id for row in page.rows]


def fill(tx):
    """One intake for each heading, the least urgent first; the late one is late at NOW + 2 h."""
    late = NOW + HOUR
    made = {
        Queue.SELF_CARE: send(tx, Urgency.SELF_CARE, act_by=None),
        Queue.ROUTINE: send(tx, Urgency.ROUTINE),
        Queue.URGENT: send(tx, Urgency.URGENT_2WK),
        Queue.OVERDUE: send(tx, Urgency.ROUTINE, act_by=late),
        Queue.INCOMPLETE: send(tx, Urgency.ROUTINE, incomplete=True),
        Queue.SAME_DAY: send(tx, Urgency.SAME_DAY),
        Queue.EMERGENCY: alarmed_draft(tx),
    }
    worklist.mark_overdue(tx, NOW + 2 * HOUR)
    return {queue: intake.id for queue, intake in made.items()}


def test_the_order_is_the_one_of_the_design(database):
    with database.writing() as tx:
        made = fill(tx)
        page = worklist.worklist(tx, scope=Scope.ALL, owner_id=None)

    assert [row.queue for row in page.rows] == list(Queue)
    assert [row.facts.id for row in page.rows] == [made[queue] for queue in Queue]
    assert page.next is None


def test_under_one_heading_the_oldest_stands_first(database):
    with database.writing() as tx:
        younger = send(tx, now=NOW + HOUR).id
        older = send(tx, now=NOW).id

        assert listed(tx) == [older, younger]


def test_a_draft_without_an_emergency_is_not_on_the_list(database):
    with database.writing() as tx:
        begin(tx)

        assert listed(tx) == []


def test_a_row_carries_its_card(database):
    with database.writing() as tx:
        send(tx, name="Bo Reed")
        (row,) = worklist.worklist(tx, scope=Scope.ALL, owner_id=None).rows

    assert row.card.name == "Bo Reed"
    assert row.since == NOW


def test_an_incomplete_screen_never_stands_below_its_heading(database):
    with database.writing() as tx:
        send(tx, Urgency.SELF_CARE, incomplete=True)
        send(tx, Urgency.SAME_DAY, incomplete=True)
        page = worklist.worklist(tx, scope=Scope.ALL, owner_id=None)

    assert [row.queue for row in page.rows] == [Queue.SAME_DAY, Queue.INCOMPLETE]


@pytest.mark.parametrize("size", [1, 2, 3, 7])
def test_pages_by_key_give_every_row_once(database, size):
    with database.writing() as tx:
        fill(tx)
        for minute in (0, 0, 0, 1):
            send(tx, now=NOW + timedelta(minutes=minute))
        whole = listed(tx)
        found, place = [], None
        while True:
            page = worklist.worklist(tx, scope=Scope.ALL, owner_id=None, after=place, limit=size)
            found += [row.facts.id for row in page.rows]
            if (place := page.next) is None:
                break

    assert len(whole) == 11
    assert found == whole


def test_one_heading_can_be_read_alone(database):
    with database.writing() as tx:
        made = fill(tx)

        assert listed(tx, queue=Queue.URGENT) == [made[Queue.URGENT]]


def test_mine_is_what_i_own_and_what_nobody_owns_in_one_order(database):
    with database.writing() as tx:
        me, other = hire(tx).id, hire(tx, "omar").id
        mine = send(tx, now=NOW + HOUR)
        theirs = send(tx, now=NOW)
        free = [send(tx, now=NOW + 2 * HOUR).id, send(tx, Urgency.SAME_DAY).id]
        intakes.take(tx, mine.id, owner_id=me, version=mine.version, now=NOW)
        intakes.take(tx, theirs.id, owner_id=other, version=theirs.version, now=NOW)

        def of(owner, **more):
            page = worklist.worklist(tx, scope=Scope.MINE, owner_id=owner, **more)
            return [row.facts.id for row in page.rows], page.next

        assert of(me)[0] == [free[1], mine.id, free[0]]
        assert of(other)[0] == [free[1], theirs.id, free[0]]
        first, place = of(me, limit=2)
        assert first == [free[1], mine.id]
        assert of(me, limit=2, after=place)[0] == [free[0]]
        assert len(listed(tx)) == 4
        mine_counted = worklist.counts(tx, scope=Scope.MINE, owner_id=me)
        assert mine_counted[Queue.ROUTINE] == Count(2, more=False)


ID = "0195a3c0-0000-7000-8000-000000000001"


@pytest.mark.parametrize(
    "place",
    [
        "x",
        "~~",
        "1~2~3",
        f"1~{NOW.isoformat()}~z",
        f"7~{NOW.isoformat()}~{ID}",
        f"{10**30}~{NOW.isoformat()}~{ID}",
        f"1~0001-01-01T00:00:00+14:00~{ID}",
        "\x00~\ud800~",
    ],
)
def test_a_strange_place_is_bad_input(database, place):
    with database.reading() as tx, pytest.raises(BadInput):
        worklist.worklist(tx, scope=Scope.ALL, owner_id=None, after=place)


def test_counts_are_exact_to_a_hundred_and_then_say_more(database):
    with database.writing() as tx:
        for _ in range(3):
            send(tx, Urgency.SAME_DAY)
        one = send(tx)
        row = dict(tx.execute(sa.select(table).where(table.c.id == one.id)).one()._mapping)
        copies = [
            {**row, "id": uuid4(), "reference": str(n), "idempotency_key": str(n)}
            for n in range(99)
        ]
        tx.execute(table.insert(), copies)
        counted = worklist.counts(tx, scope=Scope.ALL, owner_id=None)
        tx.execute(table.insert(), {**row, "id": uuid4(), "reference": "n", "idempotency_key": "n"})
        more = worklist.counts(tx, scope=Scope.ALL, owner_id=None)

    assert str(counted[Queue.SAME_DAY]) == "3"
    assert str(counted[Queue.EMERGENCY]) == "0"
    assert str(counted[Queue.ROUTINE]) == "100"
    assert str(more[Queue.ROUTINE]) == "more than 100"


@pytest.mark.parametrize(("seconds", "moved"), [(-1, 0), (0, 1), (1, 1)])
def test_an_intake_is_overdue_from_the_moment_to_act_by(database, seconds, moved):
    with database.writing() as tx:
        send(tx, act_by=NOW + HOUR)

        assert worklist.mark_overdue(tx, NOW + HOUR + timedelta(seconds=seconds)) == moved


def test_an_emergency_and_a_call_of_the_day_are_never_merely_overdue(database):
    with database.writing() as tx:
        send(tx, Urgency.SAME_DAY, act_by=NOW)
        send(tx, Urgency.EMERGENCY_NOW, act_by=NOW)
        send(tx, Urgency.ROUTINE, incomplete=True, act_by=NOW)

        assert worklist.mark_overdue(tx, NOW + HOUR) == 0
        page = worklist.worklist(tx, scope=Scope.ALL, owner_id=None)
        assert [row.queue for row in page.rows] == [
            Queue.EMERGENCY,
            Queue.SAME_DAY,
            Queue.INCOMPLETE,
        ]


def test_an_overdue_intake_leaves_the_list_when_it_was_reviewed(database):
    with database.writing() as tx:
        intake = send(tx, act_by=NOW)
        worklist.mark_overdue(tx, NOW + HOUR)
        intakes.mark_reviewed(tx, intake.id, version=intake.version, now=NOW)

        assert listed(tx) == []


def test_an_emergency_stays_on_the_list_until_an_outcome_even_when_it_was_read(database):
    with database.writing() as tx:
        nina = hire(tx)
        intake = send(tx, Urgency.EMERGENCY_NOW)
        facts = intakes.mark_reviewed(tx, intake.id, version=intake.version, now=NOW)
        assert facts.queue is Queue.EMERGENCY
        outcomes.record(tx, intake.id, OutcomeKind.CALLED, by=nina.id, now=NOW)

        assert listed(tx) == []


def test_the_list_is_read_from_its_index_and_never_sorted(sqlite_database):
    with sqlite_database.reading() as tx:
        for scope in Scope:
            for owner in worklist._owners(scope, uuid4()):
                statement = worklist._rows(owner, (1, NOW, uuid4()), None).limit(50)
                sql = statement.compile(tx.connection, compile_kwargs={"literal_binds": True})
                plan = tx.execute(sa.text(f"EXPLAIN QUERY PLAN {sql}")).all()
                words = " ".join(row.detail for row in plan)
                assert "worklist" in words
                assert "TEMP B-TREE" not in words


@pytest.mark.parametrize("most_opened", [200, 3, 1])
def test_rows_of_one_language_go_on_page_by_page_and_give_each_once(database, most_opened):
    with database.writing() as tx:
        wanted = []
        for minute in range(9):
            one = send(tx, now=NOW + timedelta(minutes=minute))
            if minute % 2 == 0:
                card = Card(name="Li", interpreter="Spanish, interpreter needed")
                intakes.keep_card(tx, one.id, card, version=one.version, now=NOW)
                wanted.append(one.id)
        found, place = [], None
        while True:
            page = worklist.worklist(
                tx,
                scope=Scope.ALL,
                owner_id=None,
                after=place,
                limit=2,
                speaks=Speaks.INTERPRETER,
                most_opened=most_opened,
            )
            assert len(page.rows) <= min(2, most_opened)
            found += [row.facts.id for row in page.rows]
            if (place := page.next) is None:
                break

    assert found == wanted


def test_what_changed_is_noted_on_a_card_without_a_new_version(database):
    with database.writing() as tx:
        one = send(tx, name="Bo Reed")
        before = intakes.facts(tx, one.id)
        intakes.note_last_time(
            tx, one.id, last_on=NOW.date(), changed="Pain 4 to 7 of 10", worse=True
        )
        card = intakes.card(tx, one.id)

        assert intakes.facts(tx, one.id).version == before.version
        assert (card.name, card.last_on, card.changed) == (
            "Bo Reed",
            NOW.date(),
            "Pain 4 to 7 of 10",
        )


def test_a_card_of_before_is_still_read():
    old = Card(name="Ada").to_bytes().replace(b',"last_on":null,"changed":"","worse":false', b"")

    assert b"last_on" not in old
    assert Card.from_bytes(old) == Card(name="Ada")


def test_the_late_step_of_an_emergency_is_told_until_the_next_one_is_recorded(database):
    with database.writing() as tx:
        nina = hire(tx)
        intake = alarmed_draft(tx)
        alerts.raise_alert(tx, intake.id, now=NOW)
        step = {"words": "", "by": nina.id, "now": NOW}
        emergency_steps.add(
            tx, intake.id, EmergencyStep.ADVISED, number=1, due_at=NOW + HOUR, **step
        )

        assert emergency_steps.late(tx, NOW + HOUR - timedelta(seconds=1)) == []
        assert emergency_steps.late(tx, NOW + HOUR) == [intake.id]
        assert emergency_steps.late(tx, NOW + HOUR + emergency_steps.LOOKED_BACK) == []
        emergency_steps.add(tx, intake.id, EmergencyStep.ARRIVED, number=2, due_at=None, **step)
        assert emergency_steps.late(tx, NOW + HOUR) == []
