"""PDFs: made once, sealed, found by what they say."""

import pytest
import sqlalchemy as sa

from clinic.errors import Damaged
from clinic.store import documents
from clinic.store.tables import document as table
from tests.make import NOW
from tests.store.kept import send
from tests.store.threads import in_threads

PAPER = {"kind": "summary", "edition": "patient", "language": "en", "content_hash": "abc"}
PDF = b"%PDF-1.7 canary" + bytes(5000)


def put(tx, intake, pdf=PDF, **more):
    return documents.put(tx, intake.id, **{**PAPER, **more}, version=2, pdf=pdf, now=NOW)


def test_a_pdf_is_given_back_byte_for_byte(database):
    with database.writing() as tx:
        intake = send(tx)
        row_id = put(tx, intake)
        found = documents.find(tx, intake.id, **PAPER)

    assert found.pdf == PDF
    assert (found.id, found.version, found.made_at) == (row_id, 2, NOW)


@pytest.mark.parametrize("other", ["kind", "edition", "language", "content_hash"])
def test_another_paper_is_not_found(database, other):
    with database.writing() as tx:
        intake = send(tx)
        put(tx, intake)

        assert documents.find(tx, intake.id, **{**PAPER, other: "x"}) is None
        assert documents.find(tx, send(tx).id, **PAPER) is None


def test_of_one_content_the_first_pdf_stays(database):
    with database.writing() as tx:
        intake = send(tx)
        first = put(tx, intake)

        assert put(tx, intake, b"%PDF another") == first
        assert documents.find(tx, intake.id, **PAPER).pdf == PDF


def test_two_who_make_one_pdf_at_once_get_the_same(database):
    with database.writing() as tx:
        intake = send(tx)

    def make(place):
        with database.writing() as tx:
            return put(tx, intake, f"%PDF {place}".encode())

    assert len(set(in_threads(make, 4))) == 1


def test_a_pdf_and_its_content_hash_are_not_readable(database):
    with database.writing() as tx:
        put(tx, send(tx), content_hash="canary-hash")
        row = tx.execute(sa.select(table)).one()

    assert b"canary" not in bytes(row.sealed_pdf) + bytes(row.content_hash)


def test_a_pdf_moved_to_another_intake_does_not_open(database):
    with database.writing() as tx:
        one, other = send(tx), send(tx)
        put(tx, one)
        put(tx, other)
        taken = tx.scalar(sa.select(table.c.sealed_pdf).where(table.c.intake_id == one.id))
        tx.execute(sa.update(table).where(table.c.intake_id == other.id).values(sealed_pdf=taken))

        with pytest.raises(Damaged):
            documents.find(tx, other.id, **PAPER)
