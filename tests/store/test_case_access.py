"""Break-glass as it is kept: an hour, one person, one intake, a sealed reason."""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from clinic.actions import break_glass, people
from clinic.errors import NotAllowed, UnknownRecord
from clinic.store import case_access, intakes, sessions, staff
from clinic.store.case_access import ACCESS_LIFE, AccessReason
from clinic.store.ids import new_id
from clinic.store.referral_tables import case_access as table
from clinic.store.staff import Role
from tests.make import NOW
from tests.store.kept import begin, hire, send
from tests.store.threads import in_threads

WORDS = "Her sister asks about the fever."


def opened(tx, **changes):
    """A use by Nina on a new intake: the use, and both."""
    nina, intake = hire(tx), begin(tx).intake
    filled = {"reason": AccessReason.WORSE, "words": WORDS, "now": NOW, **changes}
    case_access.open_for(tx, intake.id, nina.id, **filled)
    (kept,) = case_access.all_of(tx, intake.id)
    return kept, nina, intake


def test_it_stands_for_an_hour_and_for_one_person(database):
    with database.writing() as tx:
        kept, nina, _ = opened(tx)
        omar = hire(tx, "omar")

    last = NOW + ACCESS_LIFE - timedelta(microseconds=1)
    assert kept.stands_for(nina.id, NOW)
    assert kept.stands_for(nina.id, last)
    assert not kept.stands_for(nina.id, NOW + ACCESS_LIFE)
    assert not kept.stands_for(nina.id, NOW - timedelta(seconds=1))
    assert not kept.stands_for(omar.id, NOW)


def test_the_reason_is_sealed_with_the_key_of_the_intake(database):
    with database.writing() as tx:
        kept, _, intake = opened(tx)
        sealed = tx.scalar(sa.select(table.c.sealed_reason))
        assert (kept.reason, kept.words) == (AccessReason.WORSE, WORDS)
        assert WORDS.encode() not in sealed
        assert case_access.all_of(tx, begin(tx).intake.id) == []
        with pytest.raises(UnknownRecord):
            case_access.open_for(
                tx, new_id(), kept.staff_id, reason=AccessReason.OTHER, words="x", now=NOW
            )
    assert intake.id == kept.intake_id


def test_a_use_waits_until_one_admin_looked_at_it(database):
    with database.writing() as tx:
        kept, _, intake = opened(tx)
        ada, omar = hire(tx, "ada", Role.ADMIN), hire(tx, "omar", Role.ADMIN)
        assert [each.id for each in case_access.not_looked_at(tx)] == [kept.id]

    assert break_glass.look_at(database, kept.id, by=ada, now=NOW)
    assert not break_glass.look_at(database, kept.id, by=omar, now=NOW)

    with database.reading() as tx:
        assert case_access.not_looked_at(tx) == []
        assert case_access.all_of(tx, intake.id)[0].told_by == ada.id


def test_two_admins_who_disable_each_other_at_one_moment_leave_one(database):
    with database.writing() as tx:
        both = [hire(tx, "ada", Role.ADMIN), hire(tx, "omar", Role.ADMIN)]
        tokens = [sessions.open_session(tx, now=NOW, data={}, staff_id=each.id) for each in both]

    def disables(place: int) -> object:
        by, other = both[place], both[1 - place]
        return people.disable(database, other.id, mark=other.mark, by=by, now=NOW)

    found = in_threads(disables, 2)

    assert {type(each) for each in found} == {int, NotAllowed}
    with database.reading() as tx:
        left = [each for each in staff.everyone(tx) if not each.disabled]
        assert len(left) == 1
        assert sum(sessions.load(tx, token, NOW) is not None for token in tokens) == 1


def test_a_clinician_who_takes_a_patient_while_being_disabled_stops_nobody(database):
    with database.writing() as tx:
        nina, ada = hire(tx), hire(tx, "ada", Role.ADMIN)
        sent = [send(tx) for _ in range(4)]

    def works(place: int) -> object:
        if place == 0:
            return people.disable(database, nina.id, mark=nina.mark, by=ada, now=NOW)
        with database.writing() as tx:
            version = intakes.facts(tx, sent[place - 1].id).version
            intakes.take(tx, sent[place - 1].id, owner_id=nina.id, version=version, now=NOW)
            return None

    found = in_threads(works, 5)

    assert not any(isinstance(each, Exception) for each in found)
    with database.reading() as tx:
        assert staff.get(tx, nina.id).disabled


def test_eight_admins_who_reset_one_account_make_one_password(database):
    with database.writing() as tx:
        nina = hire(tx)
        admins = [hire(tx, f"admin{number}", Role.ADMIN) for number in range(8)]

    def resets(place: int) -> object:
        return people.reset(database, nina.id, mark=nina.mark, by=admins[place], now=NOW)

    found = in_threads(resets, 8)

    (password,) = [each for each in found if isinstance(each, str)]
    assert staff.check_password(database, "nina", password) is not None


def test_the_same_user_name_added_twice_at_one_moment_is_given_once(database):
    with database.writing() as tx:
        admins = [hire(tx, f"admin{number}", Role.ADMIN) for number in range(4)]

    def adds(place: int) -> object:
        who = admins[place]
        return people.add(
            database, username="nina", name="Nina", role=Role.CLINICIAN, by=who, now=NOW
        )

    found = in_threads(adds, 4)

    assert sum(isinstance(each, tuple) for each in found) == 1
    assert {type(each).__name__ for each in found} == {"tuple", "BadInput"}


def test_somebody_sees_and_ends_their_own_sessions_alone(database):
    with database.writing() as tx:
        nina, omar = hire(tx), hire(tx, "omar")
        mine = sessions.open_session(tx, now=NOW, data={}, staff_id=nina.id)
        later = NOW + timedelta(minutes=5)
        other = sessions.open_session(tx, now=later, data={}, staff_id=nina.id)
        sessions.open_session(tx, now=NOW - timedelta(minutes=15), data={}, staff_id=nina.id)
        sessions.open_session(tx, now=NOW, data={}, staff_id=omar.id)

        found = sessions.living_of(tx, nina.id, token=mine, now=later)
        assert [(each.seen_at, each.is_this) for each in found] == [(later, False), (NOW, True)]
        assert not sessions.end_one_of(tx, omar.id, found[0].handle)
        assert sessions.end_one_of(tx, nina.id, found[0].handle)
        assert not sessions.end_one_of(tx, nina.id, found[0].handle)
        assert sessions.load(tx, other, later) is None
        assert sessions.load(tx, mine, later) is not None
