"""A database of an older version, with what is kept in it, is brought up to date whole."""

import pytest
import sqlalchemy as sa
from alembic import command

from clinic.store import intakes, levels, notes, patients, schema
from clinic.store.audit_chain import anchor_file
from clinic.store.columns import metadata
from clinic.store.database import open_database
from clinic.store.engines import WRITES, postgres_engine, sqlite_engine
from clinic.store.keys import read_key_file
from clinic.store.verify import verify
from clinic.triage.rules import Urgency
from tests.make import NOW
from tests.store.conftest import settings_in
from tests.store.kept import SHELF, hire, send

OLDEST = "0001"


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def old_settings(request, tmp_path):
    """Settings of a database that does not exist yet, with the key of `tmp_path`."""
    if request.param == "sqlite":
        return settings_in(tmp_path).model_copy(update={"data": tmp_path / "old"})
    return settings_in(tmp_path, request.getfixturevalue("postgres_url"))


def kept_rows(settings):
    """Every row of a database of today in which one patient sent answers."""
    with open_database(settings) as database:
        with database.writing() as tx:
            sent = send(tx, Urgency.SAME_DAY)
            nina = hire(tx)
            notes.add(tx, sent.id, "Called, no answer.", author_id=nina.id, now=NOW)
        with database.reading() as tx:
            rows = {
                table.name: [dict(row) for row in tx.execute(sa.select(table)).mappings()]
                for table in metadata.sorted_tables
            }
    return sent, nina, rows


def make_old(settings, rows):
    """The same rows in a database that the first version's migration made."""
    keyring = read_key_file(settings.key_file, settings.data)
    engine = (
        postgres_engine(settings.database_url)
        if settings.database_url
        else sqlite_engine(settings.database_path, keyring)
    )
    with engine.execution_options(**{WRITES: True}).begin() as connection:
        command.upgrade(schema._config(connection), OLDEST)
        known = set(sa.inspect(connection).get_table_names())
        for table in metadata.sorted_tables:
            if table.name not in known:
                assert rows[table.name] == []
                continue
            columns = {each["name"] for each in sa.inspect(connection).get_columns(table.name)}
            old = sa.Table(
                table.name,
                sa.MetaData(),
                *(
                    sa.Column(each.name, each.type)
                    for each in table.columns
                    if each.name in columns
                ),
            )
            for row in rows[table.name]:
                connection.execute(
                    old.insert().values({k: v for k, v in row.items() if k in columns})
                )
    engine.dispose()


def test_a_database_of_the_first_version_opens_with_all_that_it_held(old_settings, tmp_path):
    sent, nina, rows = kept_rows(settings_in(tmp_path))
    make_old(old_settings, rows)

    with open_database(old_settings) as database:
        with database.writing() as tx:
            assert intakes.load(tx, sent.id, SHELF) == sent
            facts = intakes.facts(tx, sent.id)
            assert (facts.urgency, facts.raised_at) == (Urgency.SAME_DAY, None)
            assert [note.text for note in notes.all_of(tx, sent.id)] == ["Called, no answer."]
            assert patients.get(tx, facts.patient_id).person.name == "Ada Stone"
            levels.add(
                tx,
                sent.id,
                computed=Urgency.SAME_DAY,
                level=Urgency.ROUTINE,
                reason="Seen.",
                by=nina.id,
                now=NOW,
            )
        report = verify(database, anchor_file(old_settings))
        assert report.faults == ()
        assert report.counts["set_level"] == 1
