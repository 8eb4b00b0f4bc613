"""Killed at any moment, two workers lose no mail, and double none but the one in their hands."""

import os
import random
import re
import subprocess
import sys
import time
from collections import Counter
from contextlib import ExitStack
from pathlib import Path

import pytest

from clinic import work
from clinic.config import Settings, utc_now
from clinic.store import outbox
from clinic.store.audit_chain import anchor_file
from clinic.store.database import open_database
from clinic.store.invitations import Channel
from clinic.store.keys import new_key_file
from clinic.store.outbox import LEASE
from clinic.store.patients import Person
from clinic.store.verify import verify
from tests.mail.server import mail_server
from tests.store.kept import hire
from tests.web.invited import invite

MAILS_A_ROUND = 12
LINK = re.compile(r"/i/([0-9a-z-]{35})")
MESSAGE_ID = re.compile(r"^Message-ID: (.+?)\r?$", re.MULTILINE)

pytestmark = pytest.mark.proof


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def settings(request, tmp_path) -> Settings:
    new_key_file(tmp_path / "clinic.key")
    url = None if request.param == "sqlite" else request.getfixturevalue("postgres_url")
    return Settings(
        data=tmp_path / "data",
        key_file=tmp_path / "clinic.key",
        database_url=url,
        public_url="https://intake.clinic.example",
    )


def worker(settings: Settings, smtp_url: str) -> subprocess.Popen[bytes]:
    given = {
        "CLINIC_DATA": str(settings.data),
        "CLINIC_KEY_FILE": str(settings.key_file),
        "CLINIC_PUBLIC_URL": settings.public_url,
        "SMTP_URL": smtp_url,
    }
    if settings.database_url:
        given["DATABASE_URL"] = settings.database_url.replace("+psycopg", "")
    command = [Path(sys.executable).with_name("clinic"), "work"]
    return subprocess.Popen(command, env={**os.environ, **given}, stdout=subprocess.DEVNULL)


def invites(database, by, number: int) -> set[str]:
    made = set()
    for _ in range(number):
        person = Person("Zephyrine Quill", email="zq@example.org")
        more = {"channel": Channel.MAIL, "appointment_on": None, "person": person}
        made.add(invite(database, by, now=utc_now(), **more).token)
    return made


def killed_in_the_midst(settings: Settings, inbox, draw: random.Random) -> int:
    """Let two workers send, kill both while they do, and give how many were killed."""
    before = len(inbox.mails)
    with ExitStack() as stack:
        workers = [stack.enter_context(worker(settings, inbox.url)) for _ in range(2)]
        give_up = time.monotonic() + 120
        while len(inbox.mails) == before and time.monotonic() < give_up:
            time.sleep(0.01)
        time.sleep(draw.uniform(0, 0.5))
        for each in workers:
            each.kill()
    return len(workers)


@pytest.mark.parametrize("rounds", [10])
def test_nothing_is_lost_and_only_what_was_in_hand_is_doubled(settings, rounds):
    draw, kills, wanted = random.Random(20261129), 0, set()  # noqa: S311
    with open_database(settings) as database, mail_server(thinks=lambda: time.sleep(0.03)) as inbox:
        with database.writing() as tx:
            nina = hire(tx)
        for _ in range(rounds):
            wanted |= invites(database, nina, MAILS_A_ROUND)
            kills += killed_in_the_midst(settings, inbox, draw)
        last = settings.model_copy(update={"smtp_url": inbox.url})
        for _ in range(rounds):
            work.work_round(last, database, lambda: utc_now() + 2 * LEASE)
        with database.reading() as tx:
            assert (outbox.waiting(tx), outbox.late(tx, utc_now())) == (0, 0)
        assert verify(database, anchor_file(settings)).ok

    sent = Counter(LINK.search(mail)[1] for mail in inbox.mails)
    ids = {(LINK.search(mail)[1], MESSAGE_ID.search(mail)[1]) for mail in inbox.mails}
    doubled = sum(number - 1 for number in sent.values())
    sys.stderr.write(f"{len(wanted)} mails, {kills} kills, {doubled} doubled\n")
    assert set(sent) == wanted
    assert len(ids) == len(wanted), "a mail that is sent twice keeps its Message-ID"
    assert doubled <= kills
