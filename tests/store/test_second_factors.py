"""Second factors at the same moment, on both databases: each is good once, and one always stays."""

import math
from datetime import timedelta

import pyotp
import pytest

from clinic.actions import second_step
from clinic.errors import Refused
from clinic.store import limits, passkeys, recovery_codes, staff, totp
from clinic.store.resume_codes import CROCKFORD
from tests.make import NOW
from tests.store.kept import hire
from tests.store.threads import in_threads

SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
CODE = pyotp.TOTP(SECRET).at(NOW)
EARLIER = NOW - timedelta(hours=1)


@pytest.fixture
def nina(database):
    with database.writing() as tx:
        member = hire(tx)
    code = pyotp.TOTP(SECRET).at(EARLIER)
    assert second_step.set_up_app(database, member, SECRET, code, now=EARLIER)
    with database.reading() as tx:
        return staff.get(tx, member.id)


@pytest.mark.parametrize("kind", ["app", "recovery"])
def test_of_many_at_the_same_moment_one_is_let_in(nina, database, kind):
    with database.writing() as tx:
        recovery = recovery_codes.make(tx, nina.id, now=NOW)[0]
    code = CODE if kind == "app" else recovery

    def give(place):
        address = f"192.0.2.{place}"
        return second_step.pass_with_code(
            database, nina.id, nina.mark, code, address=address, now=NOW
        )

    assert sum(found is not None for found in in_threads(give, 5)) == 1


def test_a_recovery_code_has_112_bits_or_more(nina, database):
    with database.writing() as tx:
        codes = recovery_codes.make(tx, nina.id, now=NOW)

    letters = [code.replace("-", "") for code in codes]
    assert {math.log2(len(CROCKFORD)) * len(each) for each in letters} == {120}
    assert {letter for each in letters for letter in each} <= set(CROCKFORD)


def test_a_challenge_counts_once_at_the_same_moment(database):
    def take(_place):
        with database.writing() as tx:
            return limits.hit(tx, limits.PASSKEY_CHALLENGE, "challenge", NOW) is None

    assert sorted(in_threads(take, 4)) == [False, False, False, True]


def test_two_that_are_removed_at_the_same_moment_leave_one(nina, database):
    with database.writing() as tx:
        passkeys.add(
            tx, nina.id, credential_id=b"i", public_key=b"k", sign_count=0, name="x", now=NOW
        )
        (key,) = passkeys.all_of(tx, nina.id)

    def remove(place):
        if place:
            return second_step.remove_app(database, nina, now=NOW)
        return second_step.remove_passkey(database, nina, key.id, now=NOW)

    found = in_threads(remove, 2)

    assert [each for each in found if each is True] == [True]
    assert [type(each) for each in found if each is not True] == [Refused]
    left = second_step.factors_of(database, nina.id)
    assert (left.app_since is None) is (len(left.passkeys) == 1)


def test_an_app_that_is_set_up_twice_at_the_same_moment_is_one(nina, database):
    def set_up(_place):
        return second_step.set_up_app(database, nina, SECRET, CODE, now=NOW)

    assert in_threads(set_up, 3) == [True, True, True]
    with database.writing() as tx:
        assert not totp.take(tx, nina.id, CODE, now=NOW)
        assert totp.take(tx, nina.id, pyotp.TOTP(SECRET).at(NOW + timedelta(seconds=30)), now=NOW)
