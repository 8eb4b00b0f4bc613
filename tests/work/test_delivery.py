"""Mail that goes out once: beside a slow server, a refused recipient, and a broken message."""

import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path

import pytest
import sqlalchemy as sa

from clinic import delivery, work
from clinic.actions import reminders
from clinic.config import Settings, utc_now
from clinic.mail import messages
from clinic.store import alerts, case_access, outbox, sessions
from clinic.store.case_access import AccessReason
from clinic.store.database import Database, open_database
from clinic.store.invitations import Channel
from clinic.store.outbox import Message
from clinic.store.patients import Person
from clinic.store.tables import outbox as table
from clinic.store.tables import session as session_table
from tests.mail.server import Inbox, mail_server
from tests.make import NOW
from tests.store.kept import alarmed_draft, hire
from tests.store.kept import send as send_answers
from tests.web.invited import invite

HOUR = timedelta(hours=1)


@pytest.fixture
def inbox() -> Iterator[Inbox]:
    with mail_server(refuses="bad@") as opened:
        yield opened


@pytest.fixture
def settings(tmp_path, inbox) -> Settings:
    return Settings(
        data=tmp_path / "data",
        key_file=tmp_path / "keys" / "clinic.key",
        smtp_url=inbox.url,
        duty_address="desk@clinic.example",
        public_url="https://intake.clinic.example",
    )


@pytest.fixture
def database(settings) -> Iterator[Database]:
    with open_database(settings, demo_key=True) as database:
        yield database


def invited(database, *addresses, now=NOW):
    with database.writing() as tx:
        nina = hire(tx)
    for address in addresses:
        person = Person("Zephyrine Quill", email=address)
        invite(database, nina, now=now, person=person, channel=Channel.MAIL, appointment_on=None)


def waiting(database) -> int:
    with database.reading() as tx:
        return outbox.waiting(tx)


def test_an_address_that_is_refused_is_given_up_out_loud_and_keeps_no_other_waiting(
    settings, database, inbox
):
    invited(database, "bad@example.org", "bad@example.com", "good@example.org")

    delivery.deliver(settings, database, lambda: NOW)

    assert ["To: good@example.org" in mail for mail in inbox.mails] == [True]
    assert waiting(database) == 0
    with database.reading() as tx:
        assert reminders.undelivered(tx, NOW) == 2


def test_a_message_whose_seal_is_broken_is_given_up_out_loud_and_holds_up_no_other(
    settings, database, inbox
):
    invited(database, "good@example.org", "fine@example.org")
    with database.writing() as tx:
        first = sa.select(sa.func.min(table.c.id)).scalar_subquery()
        tx.execute(sa.update(table).where(table.c.id == first).values(sealed_payload=b"x" * 60))

    for _ in range(2):
        delivery.deliver(settings, database, lambda: NOW)

    assert len(inbox.mails) == 1
    assert "Mails that are late or were given up: 1." in work.late_lines(settings, database, NOW)


def test_a_message_of_a_kind_that_only_a_newer_version_knows_is_not_lost(settings, database):
    with database.writing() as tx:
        outbox.enqueue(tx, kind="of tomorrow", payload={}, now=NOW)

    work.work_once(settings, database, NOW)

    assert waiting(database) == 1


def test_a_mail_that_cannot_be_made_is_tried_again_and_holds_up_no_other(settings, database, inbox):
    with database.writing() as tx:
        outbox.enqueue(tx, kind=messages.EMERGENCY, payload={"alert": "no id"}, now=NOW)
    invited(database, "good@example.org")

    delivery.deliver(settings, database, lambda: NOW)

    assert len(inbox.mails) == 1
    assert waiting(database) == 1


def test_a_message_is_held_for_as_long_as_a_slow_server_thinks(settings, database):
    """The clock goes on by half a lease at a time: nobody else may find the message free."""
    invited(database, "a@example.org")
    now, lease, go_on = [NOW], timedelta(seconds=0.4), threading.Event()

    def held_until() -> datetime:
        with database.reading() as tx:
            return tx.scalar(sa.select(table.c.claimed_until))

    with mail_server(thinks=go_on.wait) as slow:
        beside = settings.model_copy(update={"smtp_url": slow.url})
        works = partial(delivery.deliver, beside, database, lambda: now[0], lease=lease)
        first = threading.Thread(target=works)
        first.start()
        while not slow.mails:
            time.sleep(0.01)
        for _ in range(4):
            now[0] += lease / 2
            while held_until() != now[0] + lease:
                time.sleep(0.01)
            works()
        go_on.set()
        first.join()

    assert len(slow.mails) == 1
    assert waiting(database) == 0


def test_a_lease_runs_from_the_moment_a_message_is_taken_and_not_from_the_start_of_a_round(
    settings, database
):
    """Each mail takes more than a lease here: another worker must find none of them free."""
    invited(database, "a@example.org", "b@example.org", "c@example.org")
    now = [NOW]
    taken: list[Message] = []
    with mail_server() as server:
        beside = settings.model_copy(update={"smtp_url": server.url})

        def slow_clock():
            now[0] += 2 * outbox.LEASE
            return now[0]

        delivery.deliver(beside, database, slow_clock)
        with database.writing() as tx:
            taken += outbox.claim(tx, now[0])
            sent = tx.execute(sa.select(table.c.sent_at)).scalars().all()

    assert len(server.mails) == 3
    assert taken == []
    assert len(set(sent)) == 3


def test_asked_to_stop_it_begins_no_further_mail(settings, database, inbox):
    invited(database, "a@example.org")
    stop = threading.Event()
    stop.set()

    delivery.deliver(settings, database, lambda: NOW, stop)

    assert (inbox.mails, waiting(database)) == ([], 1)


def test_a_fault_in_one_part_keeps_no_other_from_its_work(settings, database, inbox):
    """The anchor of the audit cannot be written: a folder stands in its place."""
    (settings.data / "audit.head" / "x").mkdir(parents=True)
    invited(database, "good@example.org")
    with database.writing() as tx:
        sessions.open_session(tx, now=NOW - 2 * HOUR, data={})

    faults = work.work_round(settings, database, lambda: NOW)

    assert list(faults) == ["seal of the audit"]
    assert len(inbox.mails) == 1
    with database.reading() as tx:
        assert tx.execute(sa.select(session_table)).all() == []
    said: list[str] = []
    with pytest.raises(OSError, match="audit"):
        work.work_until(threading.Event(), settings, database, once=True, tell=said.append)
    assert said[0].endswith("is tried again: seal of the audit.")


def test_a_use_of_break_glass_that_no_admin_looked_at_is_told_after_a_day(settings, database):
    with database.writing() as tx:
        nina, intake_id = hire(tx), send_answers(tx).id
        case_access.open_for(
            tx, intake_id, nina.id, reason=AccessReason.WORSE, words="Worse.", now=NOW
        )
    line = "Uses of break-glass that no admin has looked at for a day: 1."

    assert line not in work.late_lines(settings, database, NOW + timedelta(hours=23))
    assert line in work.late_lines(settings, database, NOW + timedelta(hours=24))


# --- a clock that is set back ------------------------------------------------------------


def test_an_emergency_is_told_on_when_the_clock_was_set_back(settings, database, inbox):
    with database.writing() as tx:
        alerts.raise_alert(tx, alarmed_draft(tx, now=NOW).id, now=NOW)
    work.work_once(settings, database, NOW)

    for minutes in (0, 5, 10):
        work.work_once(settings, database, NOW - 5 * HOUR + timedelta(minutes=minutes))

    assert [f"notice {number}." in mail for number, mail in enumerate(inbox.mails, 1)] == [True] * 4


def test_a_failed_mail_is_tried_again_when_the_clock_was_set_back(settings, database, inbox):
    invited(database, "good@example.org")
    with mail_server() as gone:
        away = settings.model_copy(update={"smtp_url": gone.url})
    work.work_once(away, database, NOW)

    work.work_once(settings, database, NOW - 5 * HOUR)

    assert len(inbox.mails) == 1


def test_a_message_in_hand_when_the_clock_was_set_back_is_free_after_one_lease(settings, database):
    invited(database, "good@example.org")
    back = NOW - 5 * HOUR
    with database.writing() as tx:
        (message,) = outbox.claim(tx, NOW)

        assert outbox.claim(tx, back) == []
        outbox.hold(tx, message.id, back + outbox.LEASE / 4)
        assert outbox.claim(tx, back + outbox.LEASE) == []
        assert len(outbox.claim(tx, back + 2 * outbox.LEASE)) == 1


def test_mail_that_fails_is_told_though_the_last_that_went_out_lies_in_the_future(
    settings, database
):
    def notice(now):
        with database.writing() as tx:
            outbox.enqueue(tx, kind=messages.SUBMITTED, payload={}, now=now)

    notice(NOW)
    work.work_once(settings, database, NOW)
    with mail_server() as gone:
        away = settings.model_copy(update={"smtp_url": gone.url})
    back = NOW - 5 * HOUR
    notice(back)
    work.work_once(away, database, back)

    (line,) = work.late_lines(away, database, back)
    assert line.startswith("Mail is failing since")


# --- a process that is asked to stop -----------------------------------------------------


def test_who_is_told_to_stop_while_a_mail_goes_out_notes_it_and_begins_no_other(settings, database):
    invited(database, "a@example.org", "b@example.org", now=utc_now())
    stop = threading.Event()
    with mail_server(thinks=stop.set) as server:
        work.work_until(stop, settings.model_copy(update={"smtp_url": server.url}), database)

    assert len(server.mails) == 1
    assert waiting(database) == 1


@pytest.mark.proof
def test_a_worker_that_is_asked_to_stop_while_it_sends_notes_the_mail_first(settings, database):
    """In each run the test before holds it without a process."""
    invited(database, "a@example.org", now=utc_now())
    with mail_server(thinks=lambda: time.sleep(1.5)) as slow:
        given = {
            "CLINIC_DATA": str(settings.data),
            "CLINIC_KEY_FILE": str(settings.key_file),
            "CLINIC_PUBLIC_URL": settings.public_url,
            "SMTP_URL": slow.url,
        }
        command = [Path(sys.executable).with_name("clinic"), "work"]
        with subprocess.Popen(command, env={**os.environ, **given}) as worker:
            while not slow.mails and worker.poll() is None:
                time.sleep(0.05)
            worker.terminate()
            assert worker.wait(timeout=30) == 0

    assert len(slow.mails) == 1
    assert waiting(database) == 0
