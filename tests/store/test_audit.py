"""The audit: written with the act, sealed in order, and any change after that is found."""

from datetime import timedelta
from uuid import uuid4

import pytest
import sqlalchemy as sa

from clinic.store import audit, audit_chain
from clinic.store.audit import Actor
from clinic.store.tables import audit_row as table
from tests.make import NOW
from tests.store.threads import in_threads

SUBJECT = ("intake", uuid4())


def act(tx, action="intake.view", **more):
    given = {"actor": audit.PATIENT, "subject": SUBJECT, "now": NOW, **more}
    return audit.record(tx, action=action, **given)


@pytest.fixture
def anchor(tmp_path):
    return tmp_path / "audit.head"


def sealed(database, anchor, number=3):
    with database.writing() as tx:
        for place in range(number):
            act(tx, f"act {place}")
    return audit_chain.seal(database, anchor)


def faults(database, anchor):
    with database.reading() as tx:
        return audit_chain.verify_chain(tx, anchor)


def change(database, number, **values):
    with database.writing() as tx:
        tx.execute(sa.update(table).where(table.c.seal_number == number).values(**values))


def test_an_act_is_written_with_who_what_and_when(database):
    nina = uuid4()
    came_by = audit.ORIGIN.set(audit.Origin("ab", "r1"))
    with database.writing() as tx:
        act(tx, "intake.review", actor=Actor("staff", nina), detail="called", result="refused")
        audit.ORIGIN.reset(came_by)
        act(tx)
        later, row = audit.trail(tx)

    assert (later.session, later.request_id) == ("", "")
    assert row.actor == Actor("staff", nina)
    assert (row.action, row.subject, row.at) == ("intake.review", SUBJECT, NOW)
    assert (row.session, row.request_id, row.detail) == ("ab", "r1", "called")
    assert (row.result, row.seal_number) == ("refused", None)


def test_words_that_are_too_long_are_cut_rather_than_lost_with_their_act(database):
    came_by = audit.ORIGIN.set(audit.Origin("s" * 999, "r" * 999))
    with database.writing() as tx:
        act(tx, detail="d" * 999)
        audit.ORIGIN.reset(came_by)
        (row,) = audit.trail(tx)

    assert (len(row.session), len(row.request_id), len(row.detail)) == (40, 60, 300)


def test_the_trail_is_read_newest_first_by_subject_by_person_and_in_pages(database):
    nina = uuid4()
    with database.writing() as tx:
        ids = [act(tx, f"act {place}") for place in range(4)]
        mine = act(tx, actor=Actor("staff", nina), subject=None)

        assert [row.id for row in audit.trail(tx, subject=SUBJECT)] == ids[::-1]
        assert [row.id for row in audit.trail(tx, actor_id=nina)] == [mine]
        page = audit.trail(tx, subject=SUBJECT, limit=3)
        rest = audit.trail(tx, subject=SUBJECT, after=page[-1].id)
        assert [row.id for row in (*page, *rest)] == ids[::-1]


def test_new_rows_are_sealed_in_order_and_hold(database, anchor):
    assert sealed(database, anchor) == 3
    assert audit_chain.seal(database, anchor) == 0
    assert sealed(database, anchor, 2) == 2

    with database.reading() as tx:
        rows = audit.trail(tx)
    assert [row.seal_number for row in rows] == [5, 4, 3, 2, 1]
    assert anchor.read_text().startswith("5 ")
    assert faults(database, anchor) == []


def test_more_rows_than_one_page_hold(database, anchor):
    sealed(database, anchor, audit_chain.AT_ONCE + 3)

    assert audit_chain.seal(database, anchor) == 3
    assert faults(database, anchor) == []


def test_the_anchor_makes_its_folder(database, tmp_path):
    """With PostgreSQL nothing else lies in the data folder."""
    anchor = tmp_path / "not yet" / "audit.head"
    sealed(database, anchor)

    assert faults(database, anchor) == []


def test_an_anchor_that_could_not_be_written_is_written_as_soon_as_it_can(database, anchor):
    anchor.mkdir()
    with pytest.raises(OSError, match="audit"):
        sealed(database, anchor)
    assert list(anchor.parent.glob(".anchor-*")) == []
    anchor.rmdir()

    assert audit_chain.seal(database, anchor) == 0
    assert faults(database, anchor) == []


def test_an_empty_audit_holds(database, anchor):
    assert audit_chain.seal(database, anchor) == 0
    assert faults(database, anchor) == []


def test_sealing_in_two_places_at_once_seals_every_row_once(database, anchor):
    with database.writing() as tx:
        for _ in range(20):
            act(tx)

    found = in_threads(lambda _: audit_chain.seal(database, anchor), 3)

    assert sum(found) == 20
    assert faults(database, anchor) == []


@pytest.mark.parametrize(
    "values",
    [
        {"action": "something else"},
        {"actor_id": uuid4()},
        {"at": NOW + timedelta(microseconds=1)},
        {"subject_id": uuid4()},
        {"result": "refused"},
        {"detail": "x"},
        {"seal": bytes(32)},
    ],
)
def test_a_change_to_a_sealed_row_is_found(database, anchor, values):
    sealed(database, anchor)
    change(database, 2, **values)

    assert any("row 2 was changed" in fault for fault in faults(database, anchor))


def test_a_missing_row_is_found(database, anchor):
    sealed(database, anchor)
    with database.writing() as tx:
        tx.execute(sa.delete(table).where(table.c.seal_number == 2))

    assert faults(database, anchor) == ["Audit rows 2 to 2 are missing."]


def test_two_rows_that_changed_places_are_found(database, anchor):
    sealed(database, anchor)
    change(database, 1, seal_number=9)
    change(database, 2, seal_number=1)
    change(database, 9, seal_number=2)

    assert faults(database, anchor)


def test_a_cut_at_the_end_is_found_by_the_anchor(database, anchor):
    sealed(database, anchor)
    with database.writing() as tx:
        tx.execute(sa.delete(table).where(table.c.seal_number == 3))

    assert faults(database, anchor) == ["The audit ends at row 2, but row 3 was sealed once."]


def test_an_audit_that_was_emptied_is_found(database, anchor):
    sealed(database, anchor)
    with database.writing() as tx:
        tx.execute(sa.delete(table))

    assert faults(database, anchor) == ["The audit ends at row 0, but row 3 was sealed once."]


@pytest.mark.parametrize("content", [None, "", "three abc"])
def test_a_missing_or_strange_anchor_is_found(database, anchor, content):
    sealed(database, anchor)
    anchor.unlink()
    if content is not None:
        anchor.write_text(content)

    assert len(faults(database, anchor)) == 1
    assert "anchor" in faults(database, anchor)[0]


def test_rows_not_sealed_yet_are_no_fault(database, anchor):
    sealed(database, anchor)
    with database.writing() as tx:
        act(tx)

    assert faults(database, anchor) == []
