"""Killed at any moment, in any act: what was said to be done is there, whole, and only once.

KILL_ROUNDS says how many rounds the proofs run for each act; each round kills one process that
does the act, and one that sends intakes beside it.
"""

import os
import random
import subprocess
import sys
import time
from contextlib import ExitStack

import pytest
import sqlalchemy as sa

from clinic.config import Settings
from clinic.store import audit, audit_chain, backup_folder, intakes, key_use
from clinic.store.audit_chain import anchor_file
from clinic.store.backup_make import file_key
from clinic.store.backup_postgres import FILE, check_dump
from clinic.store.backup_restore import proved, restore
from clinic.store.database import open_database
from clinic.store.key_sources import keys_at
from clinic.store.keys import Keyring, keyring_from
from clinic.store.opening import data_key_of
from clinic.store.retention_tables import tombstone
from clinic.store.tables import intake as intake_table
from clinic.store.verify import verify
from tests.make import NOW
from tests.store.acting import ACTS, RESTORED, backups_of, old_place
from tests.store.conftest import laid_in, settings_in

ROUNDS = int(os.environ.get("KILL_ROUNDS", "4"))
LONGEST_SECONDS = 1.0
"""A process is killed so long after its first word, at most."""


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def settings(request, tmp_path) -> Settings:
    """A clinic of either kind, with a key file of its own: its keys are rotated."""
    if request.param == "sqlite":
        return laid_in(tmp_path)
    return settings_in(tmp_path, request.getfixturevalue("postgres_url"))


def begun(act: str, settings: Settings) -> subprocess.Popen[str]:
    """A process that does an act until it is killed."""
    given = [settings.data, settings.key_file, settings.database_url]
    command = [sys.executable, "-m", "tests.store.acting", act]
    command += [str(each) for each in given if each]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True)


def said_until_killed(
    settings: Settings, acts: list[str], draw: random.Random
) -> dict[str, list[str]]:
    """Let some acts go on at once, kill all at a moment by chance, and give what each had said."""
    with ExitStack() as stack:
        running = {act: stack.enter_context(begun(act, settings)) for act in acts}
        said = {act: [running[act].stdout.readline()] for act in acts}
        time.sleep(draw.uniform(0, LONGEST_SECONDS))
        for process in running.values():
            process.kill()
        for act, process in running.items():
            said[act] += process.stdout.readlines()
    return {act: [line.strip() for line in said[act] if line.endswith("\n")] for act in acts}


def all_keys(settings: Settings) -> Keyring:
    """The keys of the key file, and those that were retired from it, for the backups of before."""
    retired = settings.key_file.parent.glob(f"{settings.key_file.name}.retired-*")
    older = [key for path in retired for key in keyring_from(path.read_text(), path).keys]
    return Keyring((*keys_at(settings).keys, *older))


def check_submit(settings: Settings, said: set[str], tmp_path) -> None:
    with open_database(settings) as database, database.reading() as tx:
        kept = {str(facts.id) for facts in intakes.listing(tx, limit=100_000)}
        acts = [
            str(row.subject[1])
            for row in audit.trail(tx, limit=100_000)
            if row.action == "intake.send"
        ]
    assert said <= kept
    assert len(acts) == len(set(acts))
    assert said <= set(acts)


def check_backup(settings: Settings, said: set[str], tmp_path) -> None:
    ring, made = all_keys(settings), backup_folder.all_in(backups_of(settings))
    assert said <= {path.name for path, _ in made}
    for path, _ in made[:5]:  # also one that was named, and not yet spoken of
        proved(path, ring)
    newest, manifest = made[0]
    if settings.database_url:
        key = next(key for key in ring.keys if key.id == manifest.key)
        rows = check_dump(newest / FILE, file_key(key, manifest.id), ring)
        assert rows.get("intake", 0) == manifest.counts["intake"]
    else:
        place = settings.model_copy(update={"data": tmp_path / f"restored-{len(made)}"})
        restore(newest, place, ring, now=NOW, tell=lambda _: None)


def check_rotate(settings: Settings, said: set[str], tmp_path) -> None:
    have = {key.id for key in keys_at(settings).keys}
    with open_database(settings) as database, database.reading() as tx:
        wrapping = key_use.total(key_use.counts(tx))
        names = {key_use.name_of(tx.vault.keyring, each) for each in wrapping}
        for facts in intakes.listing(tx, limit=100_000):
            data_key_of(tx, facts.id)  # it opens
    assert names <= have


def check_retain(settings: Settings, said: set[str], tmp_path) -> None:
    with open_database(settings) as database, database.reading() as tx:
        buried = {str(each) for each in tx.execute(sa.select(tombstone.c.id)).scalars()}
        there = {str(each) for each in tx.execute(sa.select(intake_table.c.id)).scalars()}
        deleted = [
            str(row.subject[1])
            for row in audit.trail(tx, limit=100_000)
            if row.action == "intake.delete"
        ]
    assert said <= buried
    assert not buried & there
    assert sorted(deleted) == sorted(buried)


def check_put_back(settings: Settings, said: set[str], tmp_path) -> None:
    """What was restored is whole; what was not to the end has no database, and nobody's name."""
    for folder in (settings.data.parent / RESTORED).iterdir():
        place = settings.model_copy(update={"data": folder})
        name, _, number = folder.name.rpartition("-")
        assert place.database_path.exists() or f"{name} {number}" not in said
        if place.database_path.exists():
            with open_database(place) as database, database.reading() as tx:
                assert verify(database, anchor_file(place)).ok
                assert audit.trail(tx, limit=1)[0].action == "backup.restore"


def check_migrate(settings: Settings, said: set[str], tmp_path) -> None:
    number = max(map(int, said)) + 1  # the one in whose midst it was killed
    for each in {0, number - 1, number}:
        place = old_place(settings, each)
        if settings.database_url or place.database_path.exists():
            with open_database(place) as database:
                assert verify(database, tmp_path / "none").ok


CHECKS = {
    "submit": check_submit,
    "backup": check_backup,
    "rotate": check_rotate,
    "retain": check_retain,
    "put_back": check_put_back,
    "migrate": check_migrate,
}


def kill_in_rounds(settings: Settings, acts: list[str], rounds: int, tmp_path) -> None:
    """Kill some acts in the midst, again and again; after each round everything holds."""
    draw = random.Random(20261129)  # noqa: S311
    said: dict[str, set[str]] = {act: set() for act in acts}
    for _ in range(rounds):
        for act, lines in said_until_killed(settings, acts, draw).items():
            assert lines, f"{act} said nothing"
            said[act] |= set(lines)
            CHECKS[act](settings, said[act], tmp_path)
        with open_database(settings) as database:
            while audit_chain.seal(database, anchor_file(settings)):
                pass
            report = verify(database, anchor_file(settings))
        assert report.faults == ()


def test_what_a_killed_process_said_is_kept_with_its_audit(settings, tmp_path):
    kill_in_rounds(settings, ["submit"], 1, tmp_path)


@pytest.mark.proof
@pytest.mark.parametrize("act", ["submit", "backup", "rotate", "retain"])
def test_nothing_acknowledged_is_lost_or_doubled_however_often_it_is_killed(
    settings, tmp_path, act
):
    kill_in_rounds(settings, list(dict.fromkeys(["submit", act])), ROUNDS, tmp_path)


@pytest.mark.proof
def test_a_restore_that_is_killed_leaves_a_whole_database_or_none(tmp_path):
    kill_in_rounds(laid_in(tmp_path), ["put_back"], ROUNDS, tmp_path)


@pytest.mark.proof
def test_a_migration_that_is_killed_is_done_whole_by_the_next_start(settings, tmp_path):
    kill_in_rounds(settings, ["migrate"], ROUNDS, tmp_path)


def test_every_act_has_a_check():
    assert set(CHECKS) == set(ACTS)
