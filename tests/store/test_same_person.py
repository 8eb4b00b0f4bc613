"""Who is the same person: proposed, confirmed, parted and undone, with nothing destroyed."""

from datetime import date, timedelta

import pytest

from clinic.errors import Conflict, IllegalMove, UnknownRecord
from clinic.store import intakes, patients, same_person
from clinic.store.ids import new_id
from clinic.store.patients import Person
from clinic.store.same_person import Match
from tests.make import NOW
from tests.store.kept import hire, send
from tests.store.threads import in_threads

ADA = Person("Ada Stone", date(1980, 3, 17), "555-555-0142")


@pytest.fixture
def people(database):
    """Four records that gave the same name, birth date and phone, and one of staff."""
    with database.writing() as tx:
        ids = [patients.add(tx, ADA, now=NOW) for _ in range(4)]
        return ids, hire(tx).id


def groups(tx, ids):
    return [{ids.index(each) for each in same_person.group_of(tx, one)} for one in ids]


def join(tx, one, other, by):
    return same_person.confirm(tx, one, other, by=by, now=NOW)


def test_records_of_the_same_name_birth_date_and_phone_are_proposed_and_not_joined(
    database, people
):
    ids, _ = people
    with database.writing() as tx:
        patients.add(tx, Person("Ada Stone", date(1980, 3, 17), "555-555-0199"), now=NOW)
        found = same_person.proposed(tx, ids[0])

        assert {each.id for each in found} == set(ids[1:])
        assert groups(tx, ids) == [{0}, {1}, {2}, {3}]


def test_confirmed_records_are_one_person_from_every_side(database, people):
    ids, by = people
    with database.writing() as tx:
        join(tx, ids[0], ids[1], by)
        join(tx, ids[2], ids[3], by)
        assert groups(tx, ids) == [{0, 1}, {0, 1}, {2, 3}, {2, 3}]

        join(tx, ids[1], ids[2], by)
        assert groups(tx, ids) == [{0, 1, 2, 3}] * 4
        assert same_person.proposed(tx, ids[0]) == []


def test_a_record_that_is_parted_leaves_the_others_together(database, people):
    ids, by = people
    with database.writing() as tx:
        join(tx, ids[0], ids[1], by)
        join(tx, ids[1], ids[2], by)
        same_person.part(tx, ids[1], ids[0], by=by, now=NOW)

        assert groups(tx, ids) == [{0, 2}, {1}, {0, 2}, {3}]
        assert same_person.matches_of(tx, ids[1]) == {
            ids[0]: Match.DIFFERENT,
            ids[2]: Match.DIFFERENT,
        }


def test_a_proposed_record_that_is_not_the_same_is_proposed_no_more(database, people):
    ids, by = people
    with database.writing() as tx:
        same_person.part(tx, ids[0], ids[1], by=by, now=NOW)

        assert {each.id for each in same_person.proposed(tx, ids[0])} == set(ids[2:])
        assert {each.id for each in same_person.proposed(tx, ids[1])} == set(ids[2:])


@pytest.mark.parametrize("what", [same_person.confirm, same_person.part])
def test_an_undone_decision_leaves_all_as_it_was_before(database, people, what):
    ids, by = people
    with database.writing() as tx:
        join(tx, ids[0], ids[1], by)
        before = groups(tx, ids)
        act = what(tx, ids[1], ids[2], by=by, now=NOW)
        assert same_person.last_act(tx, ids[0]) == act or what is same_person.part

        same_person.undo(tx, ids[1], act, by=by, now=NOW)

        assert groups(tx, ids) == before
        assert {each.id for each in same_person.proposed(tx, ids[1])} == set(ids[2:])
        assert [each.undoes for each in same_person.decisions(tx, ids[1])] == [None, None, act]


def test_a_parted_group_comes_back_whole_when_that_is_undone(database, people):
    ids, by = people
    with database.writing() as tx:
        join(tx, ids[0], ids[1], by)
        join(tx, ids[1], ids[2], by)
        act = same_person.part(tx, ids[1], ids[0], by=by, now=NOW)
        same_person.undo(tx, ids[1], act, by=by, now=NOW)

        assert groups(tx, ids)[:3] == [{0, 1, 2}] * 3


def test_only_the_last_decision_can_be_undone(database, people):
    ids, by = people
    with database.writing() as tx:
        first = join(tx, ids[0], ids[1], by)
        second = join(tx, ids[1], ids[2], by)
        with pytest.raises(Conflict):
            same_person.undo(tx, ids[0], first, by=by, now=NOW)
        assert same_person.last_act(tx, ids[0]) == second

        same_person.undo(tx, ids[0], second, by=by, now=NOW)
        with pytest.raises(Conflict):
            same_person.undo(tx, ids[0], second, by=by, now=NOW)
        assert same_person.last_act(tx, ids[0]) is None


def test_an_act_of_others_cannot_be_undone_from_here(database, people):
    ids, by = people
    with database.writing() as tx:
        act = join(tx, ids[2], ids[3], by)
        with pytest.raises(Conflict):
            same_person.undo(tx, ids[0], act, by=by, now=NOW)
        with pytest.raises(Conflict):
            same_person.undo(tx, ids[0], new_id(), by=by, now=NOW)


def test_what_was_said_to_be_another_is_not_joined_by_a_detour(database, people):
    ids, by = people
    with database.writing() as tx:
        same_person.part(tx, ids[0], ids[2], by=by, now=NOW)
        join(tx, ids[0], ids[1], by)
        with pytest.raises(IllegalMove, match="somebody else's"):
            join(tx, ids[1], ids[2], by)


def test_a_decision_is_made_once(database, people):
    ids, by = people
    with database.writing() as tx:
        join(tx, ids[0], ids[1], by)
        for again in (same_person.confirm,):
            with pytest.raises(Conflict):
                again(tx, ids[1], ids[0], by=by, now=NOW)
        same_person.part(tx, ids[2], ids[3], by=by, now=NOW)
        with pytest.raises(Conflict):
            same_person.part(tx, ids[3], ids[2], by=by, now=NOW)
        with pytest.raises(Conflict):
            join(tx, ids[0], ids[0], by)
        with pytest.raises(UnknownRecord):
            join(tx, ids[0], new_id(), by)


def test_of_two_who_decide_at_once_the_second_meets_a_conflict(database, people):
    ids, by = people
    acts = [same_person.confirm, same_person.part]

    def decide(place):
        with database.writing() as tx:
            return acts[place](tx, ids[place], ids[1 - place], by=by, now=NOW)

    found = in_threads(decide, 2)

    # A confirmation that comes first may be parted after it, by one who saw it or not.
    with database.reading() as tx:
        numbers = len(same_person.decisions(tx, ids[0]))
    assert numbers + sum(isinstance(each, Conflict) for each in found) == 2


def test_earlier_intakes_are_those_of_the_same_confirmed_person(database):
    with database.writing() as tx:
        by = hire(tx).id
        sent = [send(tx, now=NOW + timedelta(days=days)) for days in (0, 7, 14)]
        rows = [intakes.facts(tx, each.id) for each in sent]
        assert same_person.earlier_intakes(tx, rows[2]) == []

        join(tx, rows[2].patient_id, rows[0].patient_id, by)
        join(tx, rows[2].patient_id, rows[1].patient_id, by)

        assert [each.id for each in same_person.earlier_intakes(tx, rows[2])] == [
            sent[1].id,
            sent[0].id,
        ]
        assert same_person.earlier_intakes(tx, rows[0]) == []
        assert len(same_person.intakes_of_person(tx, rows[0].patient_id)) == 3
