"""What clinicians add to an intake: levels, typed totals, answers to questions for staff."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from uuid import uuid4

import pytest
import sqlalchemy as sa

from clinic.errors import Conflict, Damaged, UnknownRecord
from clinic.questionnaire.values import Coding
from clinic.store import intakes, levels, outcomes, staff_facts, typed_totals
from clinic.store.intakes import Card
from clinic.store.outcomes import OutcomeKind
from clinic.store.queues import Queue
from clinic.store.tables import set_level, staff_fact, typed_total
from clinic.triage.rules import Urgency
from tests.make import NOW
from tests.store.kept import alarmed_draft, hire, send

LATER = NOW + timedelta(minutes=5)
DAY = date(2026, 3, 14)


@pytest.fixture
def kept(database):
    """A sent intake, and a clinician."""
    with database.writing() as tx:
        return send(tx).id, hire(tx).id


def type_total(tx, intake_id, by, parts, **more):
    numbers = {name: Decimal(number) for name, number in parts.items()}
    return typed_totals.add(
        tx, intake_id, "start-back", numbers, taken_on=DAY, by=by, now=NOW, **more
    )


def test_every_level_that_was_set_is_kept_with_what_the_rules_said_and_why(database, kept):
    intake_id, by = kept
    with database.writing() as tx:
        for level, reason in [(Urgency.SAME_DAY, "Looks ill."), (Urgency.ROUTINE, "Seen: well.")]:
            levels.add(
                tx,
                intake_id,
                computed=Urgency.URGENT_2WK,
                level=level,
                reason=reason,
                by=by,
                now=NOW,
            )
        found = levels.all_of(tx, intake_id)

    assert [(each.computed, each.level, each.reason, each.by, each.at) for each in found] == [
        (Urgency.URGENT_2WK, Urgency.SAME_DAY, "Looks ill.", by, NOW),
        (Urgency.URGENT_2WK, Urgency.ROUTINE, "Seen: well.", by, NOW),
    ]


def test_a_typed_total_comes_back_with_every_part_and_its_day(database, kept):
    intake_id, by = kept
    with database.writing() as tx:
        type_total(tx, intake_id, by, {"total": "6.50", "psych": "3"})
        (found,) = typed_totals.standing(tx, intake_id)

    assert (found.total_id, found.taken_on, found.by, found.at) == ("start-back", DAY, by, NOW)
    assert {name: str(number) for name, number in found.parts.items()} == {
        "total": "6.50",
        "psych": "3",
    }


def test_a_correction_stands_in_place_of_the_wrong_one_which_is_kept(database, kept):
    intake_id, by = kept
    with database.writing() as tx:
        wrong = type_total(tx, intake_id, by, {"total": "9"})
        right = type_total(tx, intake_id, by, {"total": "6"}, replaces=wrong)

        assert [each.id for each in typed_totals.standing(tx, intake_id)] == [right]
        assert [each.id for each in typed_totals.all_of(tx, intake_id)] == [wrong, right]


def test_a_total_that_was_taken_back_stands_no_more_and_is_kept(database, kept):
    intake_id, by = kept
    with database.writing() as tx:
        wrong = type_total(tx, intake_id, by, {"total": "9"})
        type_total(tx, intake_id, by, {}, replaces=wrong)

        assert typed_totals.standing(tx, intake_id) == []
        assert [each.withdrawn for each in typed_totals.all_of(tx, intake_id)] == [False, True]


def test_a_total_is_corrected_once(database, kept):
    intake_id, by = kept
    with database.writing() as tx:
        other = send(tx).id
        wrong = type_total(tx, intake_id, by, {"total": "9"})
        with pytest.raises(Conflict):
            type_total(tx, other, by, {"total": "6"}, replaces=wrong)
        type_total(tx, intake_id, by, {"total": "6"}, replaces=wrong)
        with pytest.raises(Conflict):
            type_total(tx, intake_id, by, {"total": "5"}, replaces=wrong)


def test_the_newest_answer_of_staff_stands_and_all_are_kept(database, kept):
    intake_id, by = kept
    with database.writing() as tx:
        for code in ("yes", "no"):
            staff_facts.add(
                tx,
                intake_id,
                "staff-self-harm",
                (Coding(code),),
                words=f"Said {code}.",
                by=by,
                now=NOW,
            )
        found = staff_facts.all_of(tx, intake_id)

    assert [fact.words for fact in found] == ["Said yes.", "Said no."]
    assert staff_facts.standing(found) == {"staff-self-harm": (Coding("no"),)}


@pytest.mark.parametrize("table", [set_level, typed_total, staff_fact])
def test_nothing_of_it_is_readable_or_can_be_moved_to_another_row(database, kept, table):
    intake_id, by = kept
    with database.writing() as tx:
        for _ in range(2):
            levels.add(
                tx,
                intake_id,
                computed=Urgency.ROUTINE,
                level=Urgency.SAME_DAY,
                reason="self-harm",
                by=by,
                now=NOW,
            )
            type_total(tx, intake_id, by, {"total": "9"})
            staff_facts.add(
                tx, intake_id, "staff-self-harm", (Coding("yes"),), words="", by=by, now=NOW
            )
        (column,) = [each for each in table.columns if each.name.startswith("sealed_")]
        first, second = tx.execute(sa.select(table).order_by(table.c.id)).all()
        assert b"self-harm" not in getattr(first, column.name)
        moved = {column.name: getattr(first, column.name)}
        tx.execute(table.update().where(table.c.id == second.id).values(moved))
        read = {set_level: levels, typed_total: typed_totals, staff_fact: staff_facts}[table]
        with pytest.raises(Damaged):
            read.all_of(tx, intake_id)


def test_nothing_is_kept_for_an_intake_that_is_not_there(database, kept):
    _, by = kept
    with database.writing() as tx:
        with pytest.raises(UnknownRecord):
            type_total(tx, uuid4(), by, {"total": "9"})
        with pytest.raises(UnknownRecord):
            staff_facts.all_of(tx, uuid4())
        with pytest.raises(UnknownRecord):
            levels.all_of(tx, uuid4())


def test_an_emergency_that_staff_raised_is_open_until_its_outcome(database, kept):
    intake_id, by = kept
    with database.writing() as tx:
        seen = intakes.facts(tx, intake_id)
        raised = intakes.raise_emergency(tx, intake_id, version=seen.version, now=LATER)
        assert (raised.urgency, raised.queue) == (Urgency.EMERGENCY_NOW, Queue.EMERGENCY)
        assert (raised.queued_at, raised.raised_at) == (LATER, LATER)

        outcomes.record(tx, intake_id, OutcomeKind.CALLED, by=by, now=LATER)
        settled = intakes.facts(tx, intake_id)
        assert (settled.emergency_open, settled.queue) == (False, Queue.SAME_DAY)

        again = intakes.raise_emergency(
            tx, intake_id, version=settled.version, now=LATER + timedelta(minutes=1)
        )
        assert again.emergency_open


def test_an_emergency_that_staff_raised_on_a_draft_outlives_what_the_patient_saves(database):
    with database.writing() as tx:
        by = hire(tx).id
        draft = alarmed_draft(tx)
        outcomes.record(tx, draft.id, OutcomeKind.CALLED, by=by, now=LATER)
        seen = intakes.facts(tx, draft.id)
        later = LATER + timedelta(minutes=1)
        raised = intakes.raise_emergency(tx, draft.id, version=seen.version, now=later)

        intakes.save(tx, replace(draft, version=raised.version), now=later)

        assert intakes.facts(tx, draft.id).emergency_open


def test_another_card_replaces_the_one_before(database, kept):
    intake_id, _ = kept
    with database.writing() as tx:
        seen = intakes.facts(tx, intake_id)
        intakes.keep_card(
            tx, intake_id, Card(name="Ada Stone", reason=("New.",)), version=seen.version, now=NOW
        )
        assert intakes.card(tx, intake_id).reason == ("New.",)
        with pytest.raises(Conflict):
            intakes.keep_card(tx, intake_id, Card(name="A"), version=seen.version, now=NOW)
