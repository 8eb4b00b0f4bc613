"""Sessions: how long they live, and what is kept of them."""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from clinic.errors import Damaged
from clinic.store import sessions
from clinic.store.database import open_database
from clinic.store.sessions import PATIENT_IDLE, PATIENT_LIFE, STAFF_IDLE, STAFF_LIFE
from clinic.store.tables import session as table
from tests.make import NOW
from tests.store.kept import hire

SECOND = timedelta(seconds=1)
DATA = {"intake": "0195", "seen": [1, 2], "deep": {"a": None, "b": True}, "text": "Canarybird"}


def test_a_session_gives_back_what_was_put_in(database):
    with database.writing() as tx:
        token = sessions.open_session(tx, now=NOW, data=DATA)
        found = sessions.load(tx, token, NOW)
        assert (found.data, found.staff, found.created_at) == (DATA, None, NOW)

        sessions.save(tx, token, {"other": 1}, NOW + SECOND)
        found = sessions.load(tx, token, NOW + SECOND)
        assert (found.data, found.seen_at) == ({"other": 1}, NOW + SECOND)


def test_a_session_of_staff_knows_whose_it_is(database):
    with database.writing() as tx:
        nina = hire(tx)
        token = sessions.open_session(tx, now=NOW, data={}, staff_id=nina.id)

        assert sessions.load(tx, token, NOW).staff == nina


@pytest.mark.parametrize("token", ["", "x", "\x00", "\ud800" * 400])
def test_a_token_that_nobody_was_given_opens_nothing(database, token):
    with database.reading() as tx:
        assert sessions.load(tx, token, NOW) is None


@pytest.mark.parametrize(("staff", "idle"), [(True, STAFF_IDLE), (False, PATIENT_IDLE)])
def test_a_session_ends_when_it_sits_idle(database, staff, idle):
    with database.writing() as tx:
        staff_id = hire(tx).id if staff else None
        token = sessions.open_session(tx, now=NOW, data={}, staff_id=staff_id)
        seen = NOW + idle - SECOND

        assert sessions.load(tx, token, seen) is not None
        assert sessions.load(tx, token, NOW + idle) is None
        sessions.touch(tx, token, seen)
        assert sessions.load(tx, token, seen + idle - SECOND) is not None
        assert sessions.load(tx, token, seen + idle) is None


@pytest.mark.parametrize(("staff", "life"), [(True, STAFF_LIFE), (False, PATIENT_LIFE)])
def test_a_session_ends_however_busy_it_is(database, staff, life):
    with database.writing() as tx:
        staff_id = hire(tx).id if staff else None
        token = sessions.open_session(tx, now=NOW, data={}, staff_id=staff_id)
        sessions.touch(tx, token, NOW + life - SECOND)

        assert sessions.load(tx, token, NOW + life - SECOND) is not None
        assert sessions.load(tx, token, NOW + life) is None


def test_staff_have_fifteen_minutes_and_twelve_hours():
    assert timedelta(minutes=15) == STAFF_IDLE
    assert timedelta(hours=12) == STAFF_LIFE


def test_a_session_that_ended_stays_ended(database):
    with database.writing() as tx:
        token = sessions.open_session(tx, now=NOW, data=DATA)
        sessions.end(tx, token)
        sessions.save(tx, token, DATA, NOW)
        sessions.touch(tx, token, NOW)

        assert sessions.load(tx, token, NOW) is None


def test_all_sessions_of_somebody_end_but_the_one_at_hand(database):
    with database.writing() as tx:
        nina = hire(tx)
        here, there = (sessions.open_session(tx, now=NOW, data={}, staff_id=nina.id) for _ in "ab")

        assert sessions.end_all_of(tx, nina.id, except_token=here) == 1
        assert sessions.load(tx, here, NOW) is not None
        assert sessions.load(tx, there, NOW) is None
        assert sessions.end_all_of(tx, nina.id) == 1


def test_a_session_outlives_a_restart(settings):
    with open_database(settings) as database, database.writing() as tx:
        token = sessions.open_session(tx, now=NOW, data=DATA)
    with open_database(settings) as database, database.reading() as tx:
        assert sessions.load(tx, token, NOW).data == DATA


def test_neither_the_token_nor_the_data_is_readable_in_the_table(database):
    with database.writing() as tx:
        token = sessions.open_session(tx, now=NOW, data=DATA)
        row = tx.execute(sa.select(table)).one()

    assert token.encode() not in bytes(row.token_hash) + bytes(row.sealed_data)
    assert b"Canary" not in bytes(row.sealed_data)


def test_the_data_of_one_session_does_not_open_in_another(database):
    with database.writing() as tx:
        tokens = [sessions.open_session(tx, now=NOW, data={}) for _ in "ab"]
        rows = tx.execute(sa.select(table)).all()
        tx.execute(
            sa.update(table)
            .where(table.c.token_hash == rows[0].token_hash)
            .values(sealed_data=rows[1].sealed_data)
        )

        found = []
        for token in tokens:
            try:
                found.append(sessions.load(tx, token, NOW) is not None)
            except Damaged:
                found.append("damaged")
    assert sorted(found, key=str) == [True, "damaged"]


def test_sweeping_takes_what_nobody_can_use_and_nothing_else(database):
    with database.writing() as tx:
        nina = hire(tx)
        old = NOW - PATIENT_IDLE
        sessions.open_session(tx, now=old, data={})
        sessions.open_session(tx, now=NOW - STAFF_IDLE, data={}, staff_id=nina.id)
        kept = [
            sessions.open_session(tx, now=NOW - STAFF_IDLE, data={}),
            sessions.open_session(tx, now=NOW, data={}, staff_id=nina.id),
        ]

        assert sessions.sweep(tx, NOW) == 2
        assert all(sessions.load(tx, token, NOW) for token in kept)


@pytest.mark.parametrize(
    ("staff", "idle", "life"),
    [(False, PATIENT_IDLE, PATIENT_LIFE), (True, STAFF_IDLE, STAFF_LIFE)],
)
def test_a_clock_that_is_set_back_ends_no_session_and_lets_none_live_longer(
    database, staff, idle, life
):
    back = NOW - timedelta(days=400)
    with database.writing() as tx:
        staff_id = hire(tx).id if staff else None
        token = sessions.open_session(tx, now=NOW, data=DATA, staff_id=staff_id)
        sessions.touch(tx, token, NOW + idle / 2)

        assert sessions.load(tx, token, back).data == DATA
        sessions.sweep(tx, back)
        assert sessions.load(tx, token, back + idle - SECOND).data == DATA
        assert sessions.load(tx, token, back + idle) is None
        sessions.touch(tx, token, back + life - idle / 2 - SECOND)
        assert sessions.load(tx, token, back + life - idle / 2 - SECOND) is not None
        assert sessions.load(tx, token, back + life - idle / 2) is None


def test_clocks_that_differ_by_seconds_move_no_session(database):
    with database.writing() as tx:
        token = sessions.open_session(tx, now=NOW, data=DATA)
        sessions.sweep(tx, NOW - timedelta(seconds=59))

        assert sessions.load(tx, token, NOW).seen_at == NOW
