"""Members of staff and their passwords."""

import statistics
import time
from uuid import uuid4

import pytest
import sqlalchemy as sa

from clinic.errors import BadInput, UnknownRecord
from clinic.store import passwords, sessions, staff
from clinic.store.staff import Role
from clinic.store.tables import staff as table
from tests.make import NOW
from tests.store.kept import PASSWORD, hire


def test_somebody_signs_in_with_the_right_password_alone(database):
    with database.writing() as tx:
        nina = hire(tx)

    assert staff.check_password(database, "nina", PASSWORD) == nina
    for wrong in ("", PASSWORD + "x", PASSWORD[:-1], PASSWORD.upper(), PASSWORD + "\x00"):
        assert staff.check_password(database, "nina", wrong) is None


def test_nobody_signs_in_under_a_name_that_is_not_there(database):
    assert staff.check_password(database, "nobody", "a password that belongs to nobody") is None
    assert staff.check_password(database, "", "") is None


@pytest.mark.parametrize("typed", ["ni\x00na", "\x00", "\ud800", "nina\u202e", "x" * 20_000])
def test_a_strange_user_name_is_nobodys(database, typed):
    with database.writing() as tx:
        hire(tx)

    assert staff.check_password(database, typed, PASSWORD) is None
    assert staff.check_password(database, "nina", typed) is None


@pytest.mark.parametrize("typed", ["NINA", " nina ", "Nina"])
def test_a_user_name_is_read_however_it_is_capitalised(database, typed):
    with database.writing() as tx:
        hire(tx)

    assert staff.check_password(database, typed, PASSWORD) is not None


def test_a_password_is_the_same_from_two_keyboards(database):
    composed, decomposed = "caf\u00e9 au lait is good", "cafe\u0301 au lait is good"
    with database.writing() as tx:
        nina = hire(tx)
        staff.set_password(tx, nina.id, composed, now=NOW)

    assert staff.check_password(database, "nina", decomposed) is not None


def test_a_disabled_member_does_not_sign_in_until_enabled(database):
    with database.writing() as tx:
        nina = hire(tx)
        staff.disable(tx, nina.id, now=NOW)
        assert staff.get(tx, nina.id).disabled
    assert staff.check_password(database, "nina", PASSWORD) is None

    with database.writing() as tx:
        staff.enable(tx, nina.id)
    assert staff.check_password(database, "nina", PASSWORD) is not None


def test_somebody_unknown_takes_as_long_as_somebody_known(database):
    with database.writing() as tx:
        hire(tx)
    staff.check_password(database, "nobody", PASSWORD)

    def median(username):
        times = []
        for _ in range(5):
            start = time.process_time()
            staff.check_password(database, username, "wrong " * 5)
            times.append(time.process_time() - start)
        return statistics.median(times)

    assert median("nobody") > median("nina") / 3


@pytest.mark.parametrize(
    ("length", "good"), [(0, False), (14, False), (15, True), (128, True), (129, False)]
)
def test_a_password_has_fifteen_to_a_hundred_and_twenty_eight_characters(length, good):
    if good:
        assert passwords.is_right(passwords.hash_of("x" * length), "x" * length)
    else:
        with pytest.raises(BadInput, match="15 to 128"):
            passwords.hash_of("x" * length)


def test_a_password_is_kept_as_argon2id(database):
    with database.writing() as tx:
        hire(tx)
        kept = tx.scalar(sa.select(table.c.password_hash))

    assert kept.startswith("$argon2id$")
    assert PASSWORD not in kept


@pytest.mark.parametrize("username", ["nina", "Nina "])
def test_a_user_name_is_given_once(database, username):
    with database.writing() as tx:
        hire(tx)
        with pytest.raises(BadInput, match="already"):
            hire(tx, username)


@pytest.mark.parametrize(
    ("username", "name"),
    [("", "Nina"), ("nina", " "), ("n" * 81, "N"), ("n\x00", "N"), ("n", "\u202eN")],
)
def test_a_member_needs_two_short_names(database, username, name):
    with database.writing() as tx, pytest.raises(BadInput):
        staff.add(tx, username=username, name=name, role=Role.ADMIN, password=PASSWORD, now=NOW)


def test_everyone_is_listed_by_user_name(database):
    with database.writing() as tx:
        hire(tx, "omar", Role.ADMIN)
        hire(tx, "nina", Role.FRONT_DESK)

        assert [(m.username, m.role) for m in staff.everyone(tx)] == [
            ("nina", Role.FRONT_DESK),
            ("omar", Role.ADMIN),
        ]


def test_a_member_who_is_not_there_is_an_unknown_record(database):
    with database.writing() as tx:
        for act in (
            lambda: staff.get(tx, uuid4()),
            lambda: staff.disable(tx, uuid4(), now=NOW),
            lambda: staff.set_role(tx, uuid4(), Role.ADMIN),
        ):
            with pytest.raises(UnknownRecord):
                act()


@pytest.mark.parametrize(
    "change",
    [
        lambda tx, who: staff.disable(tx, who, now=NOW),
        lambda tx, who: staff.set_role(tx, who, Role.ADMIN),
        lambda tx, who: staff.set_password(tx, who, PASSWORD + "!", now=NOW),
    ],
)
def test_a_change_to_somebody_ends_all_their_sessions_and_no_others(database, change):
    with database.writing() as tx:
        nina, omar = hire(tx), hire(tx, "omar")
        of_nina = [sessions.open_session(tx, now=NOW, data={}, staff_id=nina.id) for _ in "ab"]
        others = [
            sessions.open_session(tx, now=NOW, data={}, staff_id=omar.id),
            sessions.open_session(tx, now=NOW, data={}),
        ]
        change(tx, nina.id)

        assert [sessions.load(tx, token, NOW) for token in of_nina] == [None, None]
        assert all(sessions.load(tx, token, NOW) for token in others)


def test_a_first_password_has_to_be_changed(database):
    with database.writing() as tx:
        nina = staff.add(
            tx,
            username="nina",
            name="Nina",
            role=Role.ADMIN,
            password=PASSWORD,
            now=NOW,
            must_change=True,
        )
        assert nina.must_change_password
        staff.set_password(tx, nina.id, PASSWORD + "!", now=NOW)
        assert not staff.get(tx, nina.id).must_change_password
