"""Resume codes: forgiving to fingers, useless without the birth date, dead when they should be."""

from datetime import date, timedelta

import pytest
import sqlalchemy as sa

from clinic.store import intakes
from clinic.store.resume_codes import CROCKFORD, plain_code, written_code
from clinic.store.tables import resume_code
from tests.make import NOW
from tests.store.kept import BORN, answered, begin, make_assessment

BIRTHDAY = date.fromisoformat(BORN)
DAYS = 14


def coded(tx, born=BORN):
    draft = begin(tx)
    code = intakes.issue_code(tx, draft.intake.id, now=NOW, days=DAYS)
    intake = intakes.save(tx, answered(draft.intake, birth_date=born), now=NOW)
    return draft, intake, code


def test_a_code_is_three_groups_of_four_letters_that_are_not_misread(database):
    with database.writing() as tx:
        code = coded(tx)[2]

    assert [len(group) for group in code.split("-")] == [4, 4, 4]
    assert set(code) - {"-"} <= set(CROCKFORD)
    assert not set("ILOU") & set(CROCKFORD)


def test_a_code_with_the_birth_date_opens_its_draft(database):
    with database.writing() as tx:
        _, intake, code = coded(tx)
        coded(tx)

        assert intakes.open_by_code(tx, code, BIRTHDAY, now=NOW) == intake.id
        assert intakes.sent_by_code(tx, code, BIRTHDAY, now=NOW) is None


def test_a_code_is_read_however_it_is_typed(database):
    with database.writing() as tx:
        _, intake, code = coded(tx)
        misread = code.replace("1", "l").replace("0", "o")
        for typed in [
            code.lower(),
            code.replace("-", ""),
            code.replace("-", " "),
            f"  {code}\n",
            misread,
            misread.upper().replace("L", "i"),
            "-".join(code.replace("-", "")),
        ]:
            assert intakes.open_by_code(tx, typed, BIRTHDAY, now=NOW) == intake.id


@pytest.mark.parametrize(
    ("typed", "plain"),
    [
        ("abcd-efgh-jkmn", "ABCDEFGHJKMN"),
        ("OIL0-oil1-2345", "011001112345"),
        ("ABCD EFGH JKM", None),
        ("ABCD EFGH JKMNP", None),
        ("UUUU UUUU UUUU", None),
        ("ＡBCD-EFGH-JKMN", None),
        ("", None),
        ("\x00" * 12, None),
    ],
)
def test_a_code_is_twelve_letters_or_no_code(typed, plain):
    assert plain_code(typed) == plain


@pytest.mark.parametrize("typed", ["abcdefghjkmn", "ABCD EFGH jkmn", "abcd-efgh-jkmn"])
def test_a_code_is_shown_as_it_was_handed_out_however_it_was_typed(typed):
    assert written_code(typed) == "ABCD-EFGH-JKMN"


def test_the_wrong_birth_date_opens_nothing(database):
    with database.writing() as tx:
        code = coded(tx)[2]

        assert intakes.open_by_code(tx, code, BIRTHDAY + timedelta(days=1), now=NOW) is None


def test_a_code_opens_nothing_before_a_birth_date_was_given(database):
    with database.writing() as tx:
        draft = begin(tx)
        code = intakes.issue_code(tx, draft.intake.id, now=NOW, days=DAYS)

        assert intakes.open_by_code(tx, code, BIRTHDAY, now=NOW) is None


def test_an_unknown_code_opens_nothing(database):
    with database.writing() as tx:
        coded(tx)

        assert intakes.open_by_code(tx, "ABCD-EFGH-JKMN", BIRTHDAY, now=NOW) is None


def test_a_code_dies_after_its_days(database):
    with database.writing() as tx:
        _, intake, code = coded(tx)
        last = NOW + timedelta(days=DAYS)

        almost = last - timedelta(seconds=1)
        assert intakes.open_by_code(tx, code, BIRTHDAY, now=almost) == intake.id
        assert intakes.open_by_code(tx, code, BIRTHDAY, now=last) is None


def test_a_code_dies_with_sending_and_then_gives_the_status_alone(database):
    with database.writing() as tx:
        draft, intake, code = coded(tx)
        intakes.submit(
            tx,
            intake.sent(NOW),
            idempotency_key=draft.idempotency_key,
            assessment=make_assessment(),
            card=intakes.Card(name=""),
            act_by=None,
            patient_id=None,
            now=NOW,
        )

        assert intakes.open_by_code(tx, code, BIRTHDAY, now=NOW) is None
        assert intakes.sent_by_code(tx, code, BIRTHDAY, now=NOW) == intake.id


def test_a_corrected_birth_date_is_the_one_that_opens(database):
    with database.writing() as tx:
        _, intake, code = coded(tx)
        intakes.save(tx, answered(intake, birth_date="1981-03-17"), now=NOW)

        assert intakes.open_by_code(tx, code, BIRTHDAY, now=NOW) is None
        assert intakes.open_by_code(tx, code, date(1981, 3, 17), now=NOW) == intake.id


def test_a_second_code_opens_too_and_the_first_stays_good(database):
    with database.writing() as tx:
        _, intake, first = coded(tx)
        second = intakes.issue_code(tx, intake.id, now=NOW, days=DAYS)

        assert first != second
        for code in (first, second):
            assert intakes.open_by_code(tx, code, BIRTHDAY, now=NOW) == intake.id


def test_only_a_hash_of_the_code_is_kept(database):
    with database.writing() as tx:
        code = coded(tx)[2]
        row = tx.execute(sa.select(resume_code)).one()

    assert len(row.code_hash) == 32
    assert code.replace("-", "").encode() not in bytes(row.code_hash)
