"""Rotation: all data keys are wrapped anew, whenever it is stopped, and no needed key is lost."""

from uuid import uuid4

import pytest
import sqlalchemy as sa

from clinic.errors import Conflict, Damaged, Misconfigured, Refused, UnknownRecord
from clinic.store import (
    audit,
    audit_chain,
    intakes,
    invitations,
    key_claims,
    key_rotation,
    key_use,
    patients,
)
from clinic.store.columns import metadata
from clinic.store.database import open_database
from clinic.store.engines import wrapped_key_file
from clinic.store.invitations import Channel, New
from clinic.store.key_rotation import retire, rotate
from clinic.store.key_sources import add_key, keys_at
from clinic.store.keys import text_of
from clinic.store.patients import Person
from clinic.store.sealing import wrapping_id
from clinic.store.tables import intake as intake_table
from clinic.store.tables import meta
from clinic.store.verify import verify
from tests.make import NOW
from tests.store.conftest import laid_in, settings_in
from tests.store.kept import begin, hire, send

SENT = 7


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def settings(request, tmp_path):
    """Settings of a clinic of either kind, with a key file of its own."""
    if request.param == "sqlite":
        return laid_in(tmp_path)
    return settings_in(tmp_path, request.getfixturevalue("postgres_url"))


@pytest.fixture
def embedded(tmp_path):
    """Settings of an embedded database alone."""
    return laid_in(tmp_path)


def fill(settings):
    with open_database(settings) as database, database.writing() as tx:
        nina = hire(tx)
        for _ in range(SENT):
            send(tx)
        new = New(
            id=uuid4(),
            person=Person("Ada Stone"),
            channel=Channel.SLIP,
            made_by=nina.id,
            expires_at=NOW,
        )
        invitations.add(tx, new, now=NOW)
    return keys_at(settings).current


def left(database):
    with database.reading() as tx:
        return key_use.total(key_use.counts(tx))


def opens_all(settings, tmp_path):
    with open_database(settings, must_exist=True) as database:
        while audit_chain.seal(database, tmp_path / "audit.head"):
            pass
        return verify(database, tmp_path / "audit.head").ok


def test_rotation_wraps_everything_anew_and_the_old_key_is_dispensable(settings, tmp_path):
    old = fill(settings)
    new = add_key(settings)
    seen = []
    with open_database(settings) as database:
        done = rotate(database, settings, now=NOW, told=lambda *far: seen.append(far), at_once=3)

        assert (done.number, done.let_go, done.done) == (2 * SENT + 1, (old.id,), True)
        assert left(database) == {wrapping_id(new): 2 * SENT + 2}
        assert ("intake", 3) in seen
        with database.reading() as tx:
            assert audit.trail(tx, limit=1)[0].action == "keys.rotate"
        kept = retire(database, settings, old.id, now=NOW)

    assert keys_at(settings).keys == (new,)
    assert text_of(old) in kept.read_text()
    assert opens_all(settings, tmp_path)


def test_a_process_that_serves_goes_on_while_keys_are_added_and_rotated(settings):
    old = fill(settings)
    with open_database(settings) as serving:
        new = add_key(settings)
        with serving.writing() as tx:
            between = begin(tx).intake.id
        with open_database(settings) as other:
            rotate(other, settings, now=NOW)
            retire(other, settings, old.id, now=NOW)
        with serving.writing() as tx:
            after = begin(tx).intake.id
            assert {between, after} <= {each.id for each in intakes.listing(tx)}
            assert patients.search(tx, "Ada Stone")
        assert set(left(serving)) == {wrapping_id(new)}


def test_rotation_that_is_stopped_goes_on_where_it_was(embedded):
    old = fill(embedded)
    add_key(embedded)
    asked = iter([False, False, True])
    with open_database(embedded) as database:
        first = rotate(database, embedded, now=NOW, stop=lambda: next(asked), at_once=2)
        assert (first.number, first.done) == (4, False)
        with pytest.raises(Refused, match="still needed"):
            retire(database, embedded, old.id, now=NOW)

        second = rotate(database, embedded, now=NOW)

        assert (second.number, second.let_go) == (2 * SENT + 1 - 4, (old.id,))


def test_rotation_with_nothing_to_do_does_nothing(embedded):
    fill(embedded)
    with open_database(embedded) as database:
        assert rotate(database, embedded, now=NOW).number == 0


def test_a_key_that_is_in_use_or_unknown_is_not_retired(embedded):
    current = fill(embedded)
    with open_database(embedded) as database:
        with pytest.raises(Refused, match="the one in use"):
            retire(database, embedded, current.id, now=NOW)
        with pytest.raises(UnknownRecord):
            retire(database, embedded, "0" * 16, now=NOW)


def test_the_start_is_refused_without_a_key_that_is_needed(embedded):
    old = fill(embedded)
    new = add_key(embedded)
    with open_database(embedded) as database, database.writing() as tx:
        begin(tx)
        tx.execute(sa.delete(intake_table).where(intake_table.c.id == uuid4()))
    both = embedded.key_file.read_text()
    with open_database(embedded) as database:
        asked = iter([True] * 9)
        rotate(database, embedded, now=NOW, stop=lambda: next(asked))  # the root key alone

    embedded.key_file.write_text(both.replace(text_of(old) + "\n", ""))
    with pytest.raises(Misconfigured, match=f"only with the key {old.id}"):
        open_database(embedded)

    embedded.key_file.write_text(both)
    with open_database(embedded) as database:
        assert wrapping_id(new) in left(database)


def test_a_database_of_before_claims_the_keys_that_are_at_hand(embedded):
    old = fill(embedded)
    new = add_key(embedded)
    with open_database(embedded) as database, database.writing() as tx:
        tx.execute(sa.delete(meta).where(meta.c.name.startswith(key_claims.CLAIM)))

    with open_database(embedded) as database, database.reading() as tx:
        assert key_claims.needed(tx.connection) == sorted([old.id, new.id])


def test_a_key_that_was_used_again_is_not_let_go_of(settings):
    """A process that has not seen the new key yet wraps with the old one, and says so."""
    old = fill(settings)
    add_key(settings)
    with open_database(settings) as database:
        with database.writing() as tx:
            mark = key_claims.mark_leaving(tx.connection, old.id)
        with database.writing() as tx:
            key_claims.claim(tx.connection, old)
        with database.writing() as tx:
            assert not key_claims.let_go(tx.connection, old.id, mark)
            assert old.id in key_claims.needed(tx.connection)


def test_rotation_says_when_another_process_goes_on_with_the_old_key(embedded, monkeypatch):
    monkeypatch.setattr(key_rotation, "MOST_PASSES", 1)
    old = fill(embedded)
    late = open_database(embedded.model_copy(update={"keys": text_of(old)}))
    add_key(embedded)

    def begin_another(table, _number):
        if table == "invitation":
            with late.writing() as tx:
                begin(tx)

    with late, open_database(embedded) as database:
        with pytest.raises(Conflict, match="older key"):
            rotate(database, embedded, now=NOW, told=begin_another)
        with pytest.raises(Refused, match="still needed"):
            retire(database, embedded, old.id, now=NOW)


def test_rotation_stops_at_a_data_key_that_does_not_open(embedded):
    fill(embedded)
    add_key(embedded)
    with open_database(embedded) as database:
        with database.writing() as tx:
            tx.execute(sa.update(intake_table).values(data_key=bytes([1]) + bytes(80)))
        with pytest.raises(Damaged):
            rotate(database, embedded, now=NOW)


def test_the_key_of_the_file_is_kept_wrapped_once_its_own_key_is_retired(embedded, tmp_path):
    old = fill(embedded)
    add_key(embedded)
    with open_database(embedded) as database:
        rotate(database, embedded, now=NOW)
        retire(database, embedded, old.id, now=NOW)
    beside = wrapped_key_file(embedded.database_path)
    assert beside.stat().st_mode & 0o077 == 0
    assert opens_all(embedded, tmp_path)

    whole = beside.read_bytes()
    beside.write_bytes(whole[:-9] + b"AAAAAAAA" + whole[-1:])
    with pytest.raises(Misconfigured, match="wrapped-key was changed"):
        open_database(embedded)


def test_every_table_with_data_keys_of_its_own_is_rotated():
    with_keys = {table.name for table in metadata.sorted_tables if "data_key" in table.c}

    assert with_keys == {table.name for table in key_use.DATA_KEYS}
