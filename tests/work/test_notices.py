"""Nobody misses an emergency: mail goes out, again and again, whatever dies in between."""

import threading
from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest
import sqlalchemy as sa

from clinic import delivery, work
from clinic.actions import alerts as actions
from clinic.config import Settings
from clinic.mail import messages
from clinic.mail.smtp import send
from clinic.store import alerts, intakes, outbox, outcomes
from clinic.store.database import Database, open_database
from clinic.store.outbox import LEASE, Message
from clinic.store.outcomes import OutcomeKind
from clinic.store.tables import outbox as outbox_table
from tests.mail.server import Inbox, mail_server
from tests.make import NOW
from tests.prepared import lay_database, shipped_shelf
from tests.store.kept import alarmed_draft, hire
from tests.web.staff import BEFORE, EMERGENCY, Patients

TEN = timedelta(minutes=10)
SECONDS = timedelta(seconds=5)


@pytest.fixture
def inbox() -> Iterator[Inbox]:
    with mail_server() as opened:
        yield opened


@pytest.fixture
def settings(tmp_path, inbox) -> Settings:
    return Settings(
        data=tmp_path / "data",
        key_file=tmp_path / "keys" / "clinic.key",
        duty_address="desk@clinic.example",
        smtp_url=inbox.url,
        alert_minutes=10,
    )


@pytest.fixture
def database(settings) -> Iterator[Database]:
    lay_database(settings)
    with open_database(settings) as database:
        yield database


def emergency(database: Database, now: datetime = NOW):
    """A patient who met an emergency, as the action leaves it."""
    with database.writing() as tx:
        intake_id = alarmed_draft(tx, now=now).id
        alerts.raise_alert(tx, intake_id, now=now)
    return intake_id


def rounds(settings: Settings, database: Database, start: datetime, minutes: int) -> None:
    """Half a minute each, for so long."""
    for half in range(2 * minutes):
        work.work_once(settings, database, start + half * timedelta(seconds=30))


def acknowledge(database: Database, intake_id, now: datetime = NOW) -> None:
    with database.writing() as tx:
        nina = hire(tx)
        alert = alerts.latest_of(tx, [intake_id])[intake_id]
    actions.acknowledge(database, intake_id, alert.id, by=nina, now=now)


def test_mail_comes_at_once_and_every_ten_minutes_until_somebody_acknowledges(
    settings, database, inbox
):
    intake_id = emergency(database)

    rounds(settings, database, NOW, 1)
    assert len(inbox.mails) == 1
    rounds(settings, database, NOW + timedelta(minutes=1), 29)
    assert [f"notice {number}." in mail for number, mail in enumerate(inbox.mails, 1)] == [True] * 3

    acknowledge(database, intake_id, NOW + timedelta(minutes=30))
    rounds(settings, database, NOW + timedelta(minutes=30), 60)
    assert len(inbox.mails) == 3
    with database.reading() as tx:
        assert intakes.facts(tx, intake_id).emergency_open


def test_an_outcome_stops_the_mail_too(settings, database, inbox):
    intake_id = emergency(database)
    with database.writing() as tx:
        outcomes.record(tx, intake_id, OutcomeKind.CALLED, by=hire(tx).id, now=NOW)

    rounds(settings, database, NOW, 30)

    assert inbox.mails == []


def test_unless_a_clinic_says_otherwise_the_next_mail_comes_after_five_minutes():
    """referral.md, section 3: re-alert 5 min."""
    assert Settings().alert_minutes == 5


def test_the_minutes_between_two_mails_are_a_setting(settings, database, inbox):
    emergency(database)

    rounds(settings.model_copy(update={"alert_minutes": 3}), database, NOW, 9)

    assert len(inbox.mails) == 3
    assert "every 3 minutes" in inbox.mails[0]


def test_mail_holds_no_word_of_the_patient(settings, database, inbox):
    shelf = shipped_shelf()
    patients = Patients(database, shelf)
    intake_id = patients.sends({**EMERGENCY, "full-name": "Zephyrine Quill"})
    patients.sends({"full-name": "Ottoline Marsh"})
    work.work_once(settings, database, BEFORE + TEN)

    with database.reading() as tx:
        intake = intakes.load(tx, intake_id, shelf.questionnaires)
    told = " ".join(inbox.mails)
    assert len(inbox.mails) == 2
    said = [str(value) for answer in intake.response.answers.values() for value in answer or ()]
    for words in ("Quill", "Marsh", intake.reference, str(intake_id), "saddle", "numb"):
        assert words not in told
    assert [words for words in said if len(words) > 4 and words in told] == []
    assert "/staff/" in told


class Died(Exception):
    """The process ended here."""


def dies(database: Database) -> None:
    """Write what a round writes about alerts, and die before it is committed."""

    def half_a_round() -> None:
        with database.writing() as tx:
            alerts.tend(tx, NOW)
            assert actions.write_notices(tx, NOW, every=TEN) == 1
            raise Died

    with pytest.raises(Died):
        half_a_round()


def claimed(database: Database, now: datetime) -> Message:
    with database.writing() as tx:
        (message,) = outbox.claim(tx, now, limit=1, first=messages.EMERGENCY)
    return message


def test_who_dies_before_the_notice_is_committed_loses_none(settings, database, inbox):
    emergency(database)
    dies(database)
    dies(database)

    work.work_once(settings, database, NOW + SECONDS)

    assert len(inbox.mails) == 1


def test_who_dies_between_notice_and_sending_loses_none_and_doubles_none(settings, database, inbox):
    emergency(database)
    work.write_notices(settings, database, NOW)
    work.write_notices(settings, database, NOW + SECONDS)

    work.work_once(settings, database, NOW + SECONDS)
    work.work_once(settings, database, NOW + 2 * SECONDS)

    assert len(inbox.mails) == 1


def test_who_dies_with_a_message_in_hand_leaves_it_to_the_next(settings, database, inbox):
    emergency(database)
    work.write_notices(settings, database, NOW)
    claimed(database, NOW)

    work.work_once(settings, database, NOW + SECONDS)
    assert inbox.mails == []
    work.work_once(settings, database, NOW + LEASE)
    work.work_once(settings, database, NOW + LEASE + SECONDS)

    assert len(inbox.mails) == 1


def test_who_dies_after_sending_sends_the_same_message_again_under_the_same_id(
    settings, database, inbox
):
    emergency(database)
    work.write_notices(settings, database, NOW)
    message = claimed(database, NOW)
    with database.reading() as tx:
        send(inbox.url, delivery.mail_of(settings, tx, message, NOW))

    work.work_once(settings, database, NOW + LEASE)

    ids = {line for mail in inbox.mails for line in mail.splitlines() if "Message-ID" in line}
    assert len(inbox.mails) == 2
    assert len(ids) == 1


def test_one_mail_a_round_tells_of_all_emergencies_that_wait(settings, database, inbox):
    first = emergency(database)
    work.work_once(settings, database, NOW)
    for _ in range(60):
        emergency(database, NOW + timedelta(minutes=4))

    rounds(settings, database, NOW + timedelta(minutes=4), 9)
    acknowledge(database, first, NOW + timedelta(minutes=13))
    rounds(settings, database, NOW + timedelta(minutes=13), 9)

    assert [
        mail.partition(" wait")[0].rpartition(" emergenc")[0].rpartition(" ")[2]
        for mail in inbox.mails
    ] == ["1", "61", "60"]


def test_two_workers_in_one_round_tell_once(settings, database, inbox):
    for _ in range(3):
        emergency(database)
    together = threading.Barrier(2)

    def one() -> None:
        together.wait()
        work.work_once(settings, database, NOW)

    workers = [threading.Thread(target=one) for _ in range(2)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()

    assert len(inbox.mails) == 1
    assert "3 emergencies wait" in inbox.mails[0]


def test_while_the_server_is_away_it_is_tried_on_and_no_pile_comes_when_it_is_back(
    settings, database, inbox
):
    emergency(database)
    with mail_server() as other:
        away = settings.model_copy(update={"smtp_url": other.url})
    rounds(away, database, NOW, 60)
    with database.reading() as tx:
        tries = tx.scalar(sa.select(sa.func.sum(outbox_table.c.attempts)))
        trouble = actions.mail_trouble(tx, NOW + timedelta(hours=1), gap="")
    assert tries >= 18
    assert trouble.kind is actions.Trouble.FAILING
    assert trouble.since >= NOW

    rounds(settings, database, NOW + timedelta(hours=1), 9)

    assert len(inbox.mails) == 1
    with database.reading() as tx:
        assert actions.mail_trouble(tx, NOW + timedelta(minutes=69), gap="") is None


def test_when_nobody_is_named_the_alert_waits_and_is_told_once_somebody_is(
    settings, database, inbox
):
    emergency(database)
    rounds(settings.model_copy(update={"duty_address": ""}), database, NOW, 30)
    assert inbox.mails == []

    work.work_once(settings, database, NOW + timedelta(minutes=30))

    assert len(inbox.mails) == 1


def test_an_emergency_overtakes_what_waits(settings, database, inbox):
    with database.writing() as tx:
        for _ in range(delivery.MAILS_A_ROUND):
            outbox.enqueue(tx, kind=messages.SUBMITTED, payload={}, now=NOW - TEN)
    emergency(database)

    work.work_once(settings, database, NOW)

    assert "emergency waits" in inbox.mails[0]


def test_notices_that_nobody_writes_are_told_as_late(settings, database):
    emergency(database)

    with database.reading() as tx:
        assert actions.mail_trouble(tx, NOW + timedelta(minutes=1), gap="") is None
        late = actions.mail_trouble(tx, NOW + actions.STALLED_AFTER, gap="")
    assert late.kind is actions.Trouble.STALLED


def test_what_is_late_is_told_in_sentences(settings, database):
    nobody = settings.model_copy(update={"duty_address": ""})
    no_server = settings.model_copy(update={"smtp_url": None})
    assert work.late_lines(settings, database, NOW) == []
    assert work.late_lines(nobody, database, NOW) == [
        "Nobody is told by mail: no duty address is set."
    ]
    assert work.late_lines(no_server, database, NOW) == [
        "Nobody is told by mail: no mail server is set."
    ]

    emergency(database)
    (line,) = work.late_lines(settings, database, NOW)
    assert line.startswith("1 emergency waits unacknowledged since 2026-")


def test_lines_on_what_is_late_are_told_when_they_change(settings, database):
    said: list[str] = []
    nobody = settings.model_copy(update={"duty_address": ""})

    work.work_until(threading.Event(), nobody, database, once=True, tell=said.append)

    assert said == ["Nobody is told by mail: no duty address is set."]


def test_a_patients_bad_address_is_not_taken_for_a_server_that_is_away(settings, database):
    with database.writing() as tx:
        outbox.enqueue(tx, kind="invitation", payload={}, now=NOW)
        (message,) = outbox.claim(tx, NOW)
        outbox.failed(tx, message.id, NOW, "refused")

        assert actions.mail_trouble(tx, NOW, gap="") is None
