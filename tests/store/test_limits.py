"""Guess limits: counted for all workers, kept over a restart, over when they are over."""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from clinic.store import limits
from clinic.store.database import open_database
from clinic.store.limits import Limit
from clinic.store.tables import counter
from tests.make import NOW
from tests.store.threads import in_threads

LIMIT = Limit("guesses", 5, timedelta(minutes=15))
OTHER = Limit("others", 5, timedelta(minutes=15))


def hits(tx, number, now=NOW, key="nina|10.0.0.1"):
    return [limits.hit(tx, LIMIT, key, now) for _ in range(number)]


def test_five_tries_are_allowed_and_the_sixth_waits(database):
    with database.writing() as tx:
        assert hits(tx, 6) == [None] * 5 + [900]


def test_the_wait_grows_shorter_and_ends_with_the_window(database):
    with database.writing() as tx:
        hits(tx, 5)
        later = NOW + LIMIT.window

        assert limits.wait(tx, LIMIT, "nina|10.0.0.1", later - timedelta(seconds=10)) == 10
        assert hits(tx, 1, later - timedelta(milliseconds=1)) == [1]
        assert hits(tx, 6, later) == [None] * 5 + [900]


def test_trying_on_does_not_make_the_wait_longer(database):
    with database.writing() as tx:
        hits(tx, 5)

        assert hits(tx, 1, NOW + timedelta(minutes=14)) == [60]


def test_another_key_and_another_limit_are_counted_apart(database):
    with database.writing() as tx:
        hits(tx, 6)

        assert hits(tx, 1, key="nina|10.0.0.2") == [None]
        assert limits.hit(tx, OTHER, "nina|10.0.0.1", NOW) is None


def test_looking_counts_nothing(database):
    with database.writing() as tx:
        hits(tx, 4)
        for _ in range(3):
            assert limits.wait(tx, LIMIT, "nina|10.0.0.1", NOW) is None
        assert hits(tx, 2) == [None, 900]
        assert limits.wait(tx, LIMIT, "nina|10.0.0.1", NOW) == 900


def test_a_right_guess_begins_anew(database):
    with database.writing() as tx:
        hits(tx, 5)
        limits.forget(tx, LIMIT, "nina|10.0.0.1")

        assert hits(tx, 6) == [None] * 5 + [900]


def test_a_limit_outlives_a_restart(settings):
    with open_database(settings) as database, database.writing() as tx:
        hits(tx, 5)
    with open_database(settings) as database, database.writing() as tx:
        assert hits(tx, 1) == [900]


def test_guesses_at_one_moment_are_counted_one_by_one(database):
    def guess(_):
        with database.writing() as tx:
            return limits.hit(tx, LIMIT, "nina", NOW)

    found = in_threads(guess, 8)

    assert found.count(None) == 5
    assert found.count(900) == 3


def test_the_key_is_not_readable_in_the_table(database):
    with database.writing() as tx:
        hits(tx, 1)
        row = tx.execute(sa.select(counter)).one()

    assert b"nina" not in bytes(row.key_hash)


def test_sweeping_takes_the_windows_that_are_over(database):
    with database.writing() as tx:
        hits(tx, 5)
        limits.hit(tx, LIMIT, "omar", NOW + timedelta(seconds=1))

        assert limits.sweep(tx, NOW + LIMIT.window) == 1
        assert tx.scalar(sa.select(sa.func.count()).select_from(counter)) == 1


@pytest.mark.parametrize(
    ("limit", "most"), [(limits.SIGN_IN_ACCOUNT, 5), (limits.SIGN_IN_ADDRESS, 60)]
)
def test_signing_in_has_the_limits_of_the_design(limit, most):
    assert (limit.most, limit.window) == (most, timedelta(minutes=15))
