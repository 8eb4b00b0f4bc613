"""Links to letters go out once or are told as failed; what is late is told higher up once."""

import threading
from collections.abc import Iterator
from datetime import timedelta

import pytest
import sqlalchemy as sa

from clinic import delivery, work
from clinic.actions import referral_clocks, sharing
from clinic.config import Settings, load_settings
from clinic.errors import Misconfigured
from clinic.mail.referral_link import REFERRAL_LINK
from clinic.mail.smtp import send
from clinic.referral.model import Channel
from clinic.referral.states import Act, By, State
from clinic.store import audit, outbox, providers, referrals
from clinic.store.database import Database, open_database
from clinic.store.outbox import LEASE, MOST_ATTEMPTS, Message
from clinic.store.tables import outbox as outbox_table
from clinic.triage.rules import Urgency
from tests.mail.server import Inbox, mail_server
from tests.prepared import lay_database, shipped_shelf
from tests.web.loop import LETTER, TERMS, Loop
from tests.web.staff import BEFORE, Patients

SECONDS = timedelta(seconds=5)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


@pytest.fixture
def inbox() -> Iterator[Inbox]:
    with mail_server() as opened:
        yield opened


@pytest.fixture
def settings(tmp_path, inbox) -> Settings:
    return Settings(
        data=tmp_path / "data",
        key_file=tmp_path / "keys" / "clinic.key",
        clinic_name="Example Clinic",
        duty_address="desk@clinic.example",
        public_url="https://clinic.example",
        smtp_url=inbox.url,
    )


@pytest.fixture
def database(settings) -> Iterator[Database]:
    lay_database(settings)
    with open_database(settings) as database:
        yield database


@pytest.fixture
def loop(database) -> Loop:
    patients = Patients(database, shipped_shelf())
    loop = Loop(database, patients.sends({"full-name": "Zephyrine Quill"}), BEFORE)
    with database.writing() as tx:
        tx.execute(outbox_table.delete())
    return loop


def to_provider(inbox: Inbox) -> list[str]:
    return [mail for mail in inbox.mails if "To: desk@mill-road.example" in mail]


def late_notices(inbox: Inbox) -> list[str]:
    return [mail for mail in inbox.mails if "late" in mail]


def claimed(database: Database) -> Message:
    with database.writing() as tx:
        (message,) = outbox.claim(tx, BEFORE, limit=1)
    assert message.kind == REFERRAL_LINK
    return message


def until_given_up(settings: Settings, loop: Loop) -> None:
    for hours in range(0, 60, 3):
        moment = BEFORE + hours * HOUR
        delivery.deliver(settings, loop.database, lambda now=moment: now)


def test_the_link_goes_to_the_provider_and_says_nothing_of_a_patient(
    settings, database, loop, inbox
):
    loop.sends(Channel.MAIL)
    work.work_once(settings, database, BEFORE)

    (mail,) = to_provider(inbox)
    assert "Subject: Example Clinic: a letter for you" in mail
    assert f"https://clinic.example/r/{loop.door.token}" in mail
    referral = loop.kept.referral
    said = [line.text for block in LETTER.blocks for line in block.lines]
    for words in ("Quill", "back", "pain", "patient", referral.reference, str(loop.id), *said):
        assert words not in mail, words
    work.work_once(settings, database, BEFORE + SECONDS)
    assert len(to_provider(inbox)) == 1


def test_a_letter_on_paper_mails_nothing(settings, database, loop, inbox):
    loop.sends(Channel.PRINT)
    work.work_once(settings, database, BEFORE)

    assert to_provider(inbox) == []


def test_a_link_that_nobody_takes_is_given_up_and_stands_as_failed(settings, database, loop):
    loop.sends(Channel.MAIL)
    with mail_server() as gone:
        away = settings.model_copy(update={"smtp_url": gone.url})
    until_given_up(away, loop)

    assert loop.state is State.FAILED
    assert (loop.history[-1].act, loop.history[-1].by) == (Act.FAIL, By.SYSTEM)
    assert loop.history[-1].words == referral_clocks.GIVEN_UP
    with database.reading() as tx:
        assert tx.scalar(sa.select(outbox_table.c.attempts)) == MOST_ATTEMPTS
        assert [kept.referral.id for kept in referrals.waiting(tx)] == [loop.id]
        rows = audit.trail(tx, subject=("referral", loop.id))
    assert [row.actor.kind for row in rows if row.action == "referral.fail"] == ["system"]


def test_giving_up_after_they_have_it_fails_nothing(settings, loop):
    loop.sends(Channel.MAIL)
    loop.does(Act.ACKNOWLEDGE)
    with mail_server() as gone:
        until_given_up(settings.model_copy(update={"smtp_url": gone.url}), loop)

    assert loop.state is State.RECEIVED


def test_a_link_waits_until_the_settings_are_whole(settings, database, loop, inbox):
    loop.sends(Channel.MAIL)
    work.work_once(settings.model_copy(update={"public_url": ""}), database, BEFORE)
    assert (to_provider(inbox), loop.state) == ([], State.SENT)

    work.work_once(settings, database, BEFORE + HOUR)
    assert len(to_provider(inbox)) == 1


@pytest.mark.parametrize(
    ("change", "words"),
    [("removed", referral_clocks.NOT_LISTED), ("no mail", referral_clocks.NO_ADDRESS)],
)
def test_a_provider_who_is_gone_meanwhile_fails_the_letter_at_once(
    settings, database, loop, inbox, change, words
):
    loop.sends(Channel.MAIL)
    with database.writing() as tx:
        if change == "removed":
            providers.remove(tx, loop.provider.id, version=1, now=BEFORE)
        else:
            table = providers.table
            tx.execute(table.update().where(table.c.id == loop.provider.id).values(email=""))
    work.work_once(settings, database, BEFORE)

    assert to_provider(inbox) == []
    assert loop.state is State.FAILED
    assert loop.history[-1].words == words


def test_a_link_of_a_cancelled_referral_is_not_mailed(settings, database, loop, inbox):
    loop.sends(Channel.MAIL)
    loop.does(Act.MARK_ERROR, "The wrong patient.")
    work.work_once(settings, database, BEFORE)

    assert to_provider(inbox) == []


def test_after_a_letter_was_sent_anew_the_first_message_is_dropped(settings, database, loop, inbox):
    loop.sends(Channel.MAIL)
    loop.does(Act.FAIL)
    loop.does(Act.RETRY)
    loop.now += timedelta(minutes=1)
    loop.signs()
    loop.does(Act.REVISE)
    loop.sends(Channel.MAIL)
    work.work_once(settings, database, loop.now)

    (mail,) = to_provider(inbox)
    assert loop.door.token in mail


def test_who_dies_with_the_link_in_hand_leaves_it_to_the_next(settings, database, loop, inbox):
    loop.sends(Channel.MAIL)
    claimed(database)
    work.work_once(settings, database, BEFORE + SECONDS)
    assert to_provider(inbox) == []

    work.work_once(settings, database, BEFORE + LEASE)
    work.work_once(settings, database, BEFORE + LEASE + SECONDS)
    assert len(to_provider(inbox)) == 1


def test_who_dies_after_sending_sends_again_under_the_same_id(settings, database, loop, inbox):
    loop.sends(Channel.MAIL)
    message = claimed(database)
    with database.reading() as tx:
        send(inbox.url, delivery.mail_of(settings, tx, message, BEFORE))
    work.work_once(settings, database, BEFORE + LEASE)

    ids = {line for mail in inbox.mails for line in mail.splitlines() if "Message-ID" in line}
    assert (len(to_provider(inbox)), len(ids)) == (2, 1)


class Died(Exception):
    """The process ended here."""


def test_who_dies_while_giving_up_leaves_both_undone(settings, database, loop):
    loop.sends(Channel.MAIL)
    message = claimed(database)

    def half() -> None:
        with database.writing() as tx:
            outbox.failed(tx, message.id, BEFORE, "away", for_good=True)
            referral_clocks.link_failed(tx, message, "away", BEFORE, TERMS)
            raise Died

    with pytest.raises(Died):
        half()

    assert loop.state is State.SENT
    with database.reading() as tx:
        assert outbox.waiting(tx) == 1


@pytest.mark.parametrize(
    ("urgency", "first"),
    [(Urgency.SAME_DAY, HOUR), (Urgency.URGENT_2WK, DAY), (Urgency.ROUTINE, 3 * DAY)],
)
def test_what_is_too_late_is_told_once_until_it_moves_on(
    settings, database, loop, inbox, urgency, first
):
    loop.does(Act.CANCEL, "Another one is made.")
    loop.id = loop.starts(urgency)
    loop.does(Act.COMPLETE)
    due = loop.kept.due_at  # of the routine one on a Friday, so that Monday counts

    work.work_once(settings, database, due + first - SECONDS)
    assert late_notices(inbox) == []
    for number in range(3):
        work.work_once(settings, database, due + first + number * SECONDS)
    (mail,) = late_notices(inbox)

    assert "late" in mail
    for words in ("Quill", loop.kept.referral.reference, str(loop.id), "physical"):
        assert words not in mail
    loop.now = due + first
    loop.does(Act.REVISE)
    again = loop.kept.due_at + DAY
    work.work_once(settings, database, again + timedelta(days=3))
    assert len(late_notices(inbox)) == 2


def test_several_late_ones_are_told_in_one_mail(settings, database, loop, inbox):
    for wish in ("Teach a lift.", "Teach a fall.", "Teach a walk."):
        loop.starts(question=wish)
    work.work_once(settings, database, BEFORE + timedelta(days=6))

    (mail,) = late_notices(inbox)
    assert "4 referrals are late" in mail


def test_two_workers_in_one_round_tell_of_late_ones_once(settings, database, loop, inbox):
    together = threading.Barrier(2)

    def one() -> None:
        together.wait()
        work.work_once(settings, database, BEFORE + timedelta(days=6))

    workers = [threading.Thread(target=one) for _ in range(2)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()

    assert len(late_notices(inbox)) == 1


def test_who_dies_while_telling_loses_none_and_doubles_none(settings, database, loop, inbox):
    late = BEFORE + timedelta(days=6)

    def half() -> None:
        with database.writing() as tx:
            assert referral_clocks.escalate(tx, late, settings.escalation, settings.zone) == 1
            raise Died

    with pytest.raises(Died):
        half()
    work.work_once(settings, database, late)
    work.work_once(settings, database, late + SECONDS)

    assert len(late_notices(inbox)) == 1


def test_while_nobody_is_named_it_waits_and_is_told_once_somebody_is(
    settings, database, loop, inbox
):
    late = BEFORE + timedelta(days=6)
    work.work_once(settings.model_copy(update={"duty_address": ""}), database, late)
    assert loop.kept.escalated_at is None

    work.work_once(settings, database, late)
    assert loop.kept.escalated_at == late


def test_one_that_moved_on_before_the_mail_went_out_is_not_told(settings, database, loop, inbox):
    late = BEFORE + timedelta(days=6)
    work.escalate(settings, database, late)
    loop.does(Act.CANCEL, "The patient is well again.")
    work.work_once(settings, database, late)

    assert late_notices(inbox) == []


def test_how_many_are_late_is_said_in_a_line(settings, database, loop):
    lines = work.late_lines(settings, database, BEFORE + timedelta(days=6))

    assert "Referrals past their time: 1." in lines
    assert not [line for line in work.late_lines(settings, database, BEFORE) if "Ref" in line]


def test_a_clock_that_was_set_back_tells_nothing_twice_and_loses_nothing(
    settings, database, loop, inbox
):
    late = BEFORE + timedelta(days=6)
    work.work_once(settings, database, late)
    loop.now = late
    loop.sends(Channel.MAIL)
    work.work_once(settings, database, BEFORE - DAY)
    work.work_once(settings, database, late)

    assert len(late_notices(inbox)) == 1
    assert len(to_provider(inbox)) == 1


def test_a_message_in_hand_when_the_clock_was_set_back_is_taken_again(database, loop):
    loop.sends(Channel.MAIL)
    claimed(database)
    with database.writing() as tx:
        assert outbox.claim(tx, BEFORE - DAY) == []  # tried once, so not due before its time
        assert len(outbox.claim(tx, BEFORE + LEASE)) == 1


def test_a_wrong_setting_stops_the_start_with_its_name():
    with pytest.raises(Misconfigured, match="CLINIC_REFERRAL_ESCALATION"):
        load_settings({"CLINIC_REFERRAL_ESCALATION": "soon=1h", "HOME": "/nowhere"})
    given = {"CLINIC_REFERRAL_ESCALATION": "same_day=30m", "HOME": "/nowhere"}
    assert load_settings(given).referral_escalation == "same_day=30m"


def test_no_link_leaves_once_the_patient_took_the_consent_back(settings, database, loop, inbox):
    loop.sends(Channel.MAIL)
    sharing.withdraw(database, loop.intake_id, service="physical-therapy", by=loop.lee, now=BEFORE)
    work.work_once(settings, database, BEFORE)

    assert to_provider(inbox) == []
    assert loop.state is State.FAILED
    assert loop.history[-1].words == referral_clocks.NO_CONSENT
