"""Killed at any moment: what was said to be kept is there, whole, and only once."""

import subprocess
import sys
from uuid import UUID

import pytest

from clinic.store import audit, audit_chain, intakes
from clinic.store.database import open_database
from clinic.store.verify import verify

SAID_BEFORE_KILL = 40


def said_until_killed(settings):
    """The ids that a writing process had told when it was killed in the midst of its work."""
    given = [settings.data, settings.key_file, settings.database_url]
    command = [sys.executable, "-m", "tests.store.writer", *(str(each) for each in given if each)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as writer:
        said = [writer.stdout.readline() for _ in range(SAID_BEFORE_KILL)]
        writer.kill()
        said += writer.stdout.readlines()
    return {UUID(line.strip()) for line in said if line.endswith("\n")}


@pytest.mark.parametrize("rounds", [1, pytest.param(20, marks=pytest.mark.proof)])
def test_what_a_killed_process_said_is_kept_with_its_audit(settings, tmp_path, rounds):
    said = set()
    for _ in range(rounds):
        said |= said_until_killed(settings)

    anchor = tmp_path / "audit.head"
    with open_database(settings) as database:
        while audit_chain.seal(database, anchor):
            pass
        with database.reading() as tx:
            kept = {facts.id for facts in intakes.listing(tx, limit=100_000)}
            acts = [row.subject[1] for row in audit.trail(tx, limit=100_000)]
        assert verify(database, anchor).ok

    assert len(said) >= rounds * SAID_BEFORE_KILL
    assert said <= kept
    assert sorted(acts) == sorted(kept)
