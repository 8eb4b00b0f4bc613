"""The proof: it passes on what is whole, and names what is not."""

from uuid import uuid4

import pytest
import sqlalchemy as sa

from clinic.store import (
    assessments,
    audit,
    audit_chain,
    documents,
    notes,
    outbox,
    outcomes,
    sessions,
)
from clinic.store.columns import metadata
from clinic.store.outcomes import OutcomeKind
from clinic.store.retention_tables import tombstone
from clinic.store.tables import audit_row, patient
from clinic.store.tables import intake as intake_table
from clinic.store.tables import note as note_table
from clinic.store.tables import outbox as outbox_table
from clinic.store.tables import session as session_table
from clinic.store.verify import OF_A_REFERRAL, OF_THE_ROOT, OWN_KEY, SEALED, verify
from tests.make import NOW
from tests.store.kept import hire, make_assessment, send


@pytest.fixture
def anchor(tmp_path):
    return tmp_path / "audit.head"


@pytest.fixture
def filled(database, anchor):
    """A database with a row of each kind, sealed."""
    with database.writing() as tx:
        nina = hire(tx)
        for _ in range(3):
            intake = send(tx)
            assessments.insert(tx, intake.id, make_assessment(), now=NOW)
            notes.add(tx, intake.id, "A note.", author_id=nina.id, now=NOW)
            outcomes.record(tx, intake.id, OutcomeKind.CALLED, by=nina.id, now=NOW)
            documents.put(
                tx,
                intake.id,
                kind="summary",
                edition="patient",
                language="en",
                version=1,
                content_hash="a",
                pdf=b"%PDF",
                now=NOW,
            )
            subject = ("intake", intake.id)
            audit.record(tx, actor=audit.SYSTEM, action="test", subject=subject, now=NOW)
    audit_chain.seal(database, anchor)
    return database


def spoil(database, table, **values):
    with database.writing() as tx:
        first = tx.scalar(sa.select(table.c.id).order_by(table.c.id).limit(1))
        tx.execute(sa.update(table).where(table.c.id == first).values(**values))
    return first


def test_a_whole_database_is_good_and_counted(filled, anchor):
    told = []

    report = verify(filled, anchor, progress=told.append)

    assert report.ok
    assert report.faults == ()
    assert (report.counts["intake"], report.counts["note"], report.counts["staff"]) == (3, 3, 1)
    assert len(told) == len(report.lines) == 4


def test_every_sealed_column_is_opened_by_the_proof():
    """A new sealed column has to be thought of here: how it is sealed, and with which key."""
    by_intake = {**SEALED, **OF_A_REFERRAL}
    known = {(table.name, column) for table, columns in by_intake.items() for column in columns}
    known |= {(table.name, column) for table, (column, _) in OF_THE_ROOT.items()}
    known |= {(table.name, "sealed_person") for table in OWN_KEY}

    assert known == {
        (table.name, column.name)
        for table in metadata.sorted_tables
        for column in table.c
        if column.name.startswith("sealed_")
    }


def test_sessions_and_mails_are_opened_too(filled, anchor):
    with filled.writing() as tx:
        sessions.open_session(tx, now=NOW, data={})
        outbox.enqueue(tx, kind="mail", payload={}, now=NOW)
    assert verify(filled, anchor).ok

    with filled.writing() as tx:
        tx.execute(sa.update(session_table).values(sealed_data=bytes(80)))
        tx.execute(sa.update(outbox_table).values(sealed_payload=bytes(80)))

    kinds = {fault.partition(" ")[0] for fault in verify(filled, anchor).faults}
    assert kinds == {"session", "outbox"}


def test_an_empty_database_is_good(database, anchor):
    assert verify(database, anchor).ok


@pytest.mark.parametrize(
    ("table", "column"),
    [
        (intake_table, "sealed_response"),
        (intake_table, "sealed_card"),
        (intake_table, "data_key"),
        (note_table, "sealed_text"),
        (patient, "sealed_person"),
        (patient, "data_key"),
    ],
)
def test_a_spoilt_value_is_found_with_its_table_and_row(filled, anchor, table, column):
    row_id = spoil(filled, table, **{column: bytes(80)})

    report = verify(filled, anchor)

    assert not report.ok
    assert any(fault.startswith(f"{table.name} {row_id}: ") for fault in report.faults)


def test_a_changed_audit_is_found(filled, anchor):
    spoil(filled, audit_row, action="something else")

    assert verify(filled, anchor).faults == ("Audit row 1 was changed after it was sealed.",)


def test_a_row_that_was_deleted_and_is_there_again_is_found(filled, anchor):
    with filled.writing() as tx:
        back = tx.scalar(sa.select(intake_table.c.id).limit(1))
        stone = {"id": back, "kind": "intake", "deleted_at": NOW, "policy": "by age, 365 days"}
        tx.execute(tombstone.insert(), stone)

    assert verify(filled, anchor).faults == (f"intake {back} is there, though it was deleted.",)


def test_few_samples_still_look_at_the_newest_and_the_oldest(filled, anchor):
    spoil(filled, note_table, sealed_text=bytes(80))

    assert not verify(filled, anchor, samples=2).ok


def test_a_broken_page_of_the_file_is_found(sqlite_database, sqlite_settings, anchor):
    with sqlite_database.writing() as tx:
        for _ in range(5):
            send(tx)
    with sqlite_database.reading() as tx:
        tx.execute(sa.text("PRAGMA wal_checkpoint(TRUNCATE)"))
    path = sqlite_settings.database_path
    content = bytearray(path.read_bytes())
    content[-2000] ^= 1
    path.write_bytes(content)

    report = verify(sqlite_database, anchor)

    assert any("integrity_check" in fault for fault in report.faults)


def test_a_row_that_names_a_missing_row_is_found(sqlite_database, anchor):
    with sqlite_database.reading() as tx:  # SQLite changes this outside of transactions alone
        raw = tx.connection.connection.driver_connection
        raw.execute("COMMIT")
        raw.execute("PRAGMA foreign_keys=OFF")
        raw.execute("BEGIN")
        raw.execute(
            "INSERT INTO resume_code VALUES (x'00', ?, '2026-01-01', '2026-01-01')",
            [uuid4().hex],
        )
        raw.execute("COMMIT")
        raw.execute("PRAGMA foreign_keys=ON")
        raw.execute("BEGIN")

    assert any("names a missing row" in fault for fault in verify(sqlite_database, anchor).faults)
