"""Invitations by mail: the link and two reminders, without a word about health, sent once."""

import email
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from email import policy
from uuid import uuid4

import pytest

from clinic import delivery, work
from clinic.actions import alerts as alert_actions
from clinic.actions import invitations as actions
from clinic.actions import reminders
from clinic.config import Settings, load_settings
from clinic.errors import Misconfigured
from clinic.mail.smtp import send
from clinic.store import invitations, outbox
from clinic.store.database import Database, open_database
from clinic.store.invitations import Channel, State
from clinic.store.outbox import LEASE
from clinic.store.patients import Person
from tests.mail.server import Inbox, mail_server
from tests.prepared import lay_database
from tests.store.kept import begin, hire
from tests.web.invited import OF_HER, TERMS, VISIT, ZEPHYRINE, invite, kept

MADE = datetime(2026, 3, 17, 14, 30, tzinfo=UTC)
NINE_A_WEEK_BEFORE = datetime(2026, 3, 25, 13, tzinfo=UTC)
NINE_A_DAY_BEFORE = datetime(2026, 3, 31, 13, tzinfo=UTC)
SECOND = timedelta(seconds=1)


@pytest.fixture
def inbox() -> Iterator[Inbox]:
    with mail_server() as opened:
        yield opened


@pytest.fixture
def settings(tmp_path, inbox) -> Settings:
    return Settings(
        data=tmp_path / "data",
        key_file=tmp_path / "keys" / "clinic.key",
        smtp_url=inbox.url,
        public_url="https://intake.clinic.example",
    )


@pytest.fixture
def database(settings) -> Iterator[Database]:
    lay_database(settings)
    with open_database(settings) as database:
        yield database


@pytest.fixture
def nina(database):
    with database.writing() as tx:
        return hire(tx)


@pytest.fixture
def mailed(database, nina):
    """Somebody who is invited by mail on March 17 for April 1."""
    return invite(database, nina, now=MADE, channel=Channel.MAIL)


def at(settings, database, *moments) -> None:
    for moment in moments:
        work.work_once(settings, database, moment)


def read(mail: str):
    return email.message_from_string(mail, policy=policy.default)


def test_the_mail_brings_the_link_and_no_word_of_the_person_or_of_health(
    settings, database, inbox, mailed
):
    at(settings, database, MADE)

    (text,) = inbox.mails
    mail = read(text)
    words = mail.get_content()
    assert mail["To"] == "zq@example.org"
    assert mail["From"] == "Example Spine Clinic <no-reply@intake.clinic.example>"
    assert f"https://intake.clinic.example/i/{mailed.token}" in words
    assert "before your visit on April 1, 2026" in words
    assert "555-555-0100" in words
    assert not mail.is_multipart()
    for private in ("Zephyrine", "Quill", str(mailed.id)):
        assert private not in text
    assert not OF_HER.search(text)
    told = (words + mail["Subject"]).replace("Example Spine Clinic", "").casefold()
    for health in ("pain", "back pain", "spine", "symptom", "medic", "health", "doctor"):
        assert health not in told
    assert kept(database, mailed.id).state(MADE) is State.MAILED


def test_an_invitation_by_slip_mails_nothing(settings, database, inbox, nina):
    invite(database, nina, now=MADE)

    at(settings, database, MADE, NINE_A_WEEK_BEFORE, NINE_A_DAY_BEFORE)

    assert inbox.mails == []


def test_reminders_come_a_week_and_a_day_before_at_nine(settings, database, inbox, mailed):
    at(settings, database, MADE, NINE_A_WEEK_BEFORE - SECOND)
    assert len(inbox.mails) == 1
    at(settings, database, NINE_A_WEEK_BEFORE, NINE_A_WEEK_BEFORE + SECOND)
    assert len(inbox.mails) == 2
    at(settings, database, NINE_A_DAY_BEFORE - SECOND, NINE_A_DAY_BEFORE)
    at(settings, database, NINE_A_DAY_BEFORE + timedelta(hours=20))

    assert len(inbox.mails) == 3
    subjects = [read(text)["Subject"] for text in inbox.mails]
    assert subjects[1:] == ["Example Spine Clinic: your visit is coming up"] * 2
    assert all(f"/i/{mailed.token}" in text for text in inbox.mails)
    assert kept(database, mailed.id).reminders == 2


def test_the_days_of_the_reminders_are_a_setting(settings, database, inbox, nina):
    terms = reminders.Terms(zone=TERMS.zone, open_days=30, remind_before=(3,), mail_gap="")
    invite(database, nina, now=MADE, channel=Channel.MAIL, terms=terms)
    other = settings.model_copy(update={"reminder_days": "3"})

    at(other, database, MADE, NINE_A_WEEK_BEFORE, NINE_A_DAY_BEFORE - timedelta(days=2))
    at(other, database, NINE_A_DAY_BEFORE)

    assert len(inbox.mails) == 2


@pytest.mark.parametrize(("text", "days"), [("7 1", (7, 1)), ("1,14", (14, 1)), ("none", ())])
def test_days_before_are_read(text, days):
    assert load_settings({"CLINIC_REMINDER_DAYS": text}).remind_before == days


@pytest.mark.parametrize("text", ["soon", "-1", "7;1", "100"])
def test_strange_days_stop_the_start(text):
    with pytest.raises(Misconfigured, match="CLINIC_REMINDER_DAYS"):
        load_settings({"CLINIC_REMINDER_DAYS": text})


def test_whoever_is_invited_late_gets_no_reminder_in_the_past_or_at_once(
    settings, database, inbox, nina
):
    late = NINE_A_DAY_BEFORE - timedelta(hours=23)
    invite(database, nina, now=late, channel=Channel.MAIL)

    at(settings, database, late, NINE_A_DAY_BEFORE, NINE_A_DAY_BEFORE + timedelta(days=3))

    assert len(inbox.mails) == 1


def test_after_a_week_without_a_worker_one_reminder_comes_and_after_the_visit_none(
    settings, database, inbox, mailed, nina
):
    over = invite(database, nina, now=MADE, channel=Channel.MAIL, appointment_on=date(2026, 3, 30))
    at(settings, database, MADE)
    assert len(inbox.mails) == 2

    at(settings, database, NINE_A_DAY_BEFORE + timedelta(hours=2))

    assert len(inbox.mails) == 3
    assert kept(database, over.id).remind_at is None


def begins(database, invitation, now) -> None:
    with database.writing() as tx:
        permit = invitations.spend(tx, invitation.token, now=now)
        invitations.begin(tx, permit, begin(tx).intake.id)


@pytest.mark.parametrize("end", ["begun", "revoked"])
def test_nobody_is_reminded_after_the_form_was_begun_or_the_link_taken_back(
    settings, database, inbox, mailed, nina, end
):
    at(settings, database, MADE)
    if end == "begun":
        begins(database, mailed, MADE + SECOND)
    else:
        actions.revoke(database, mailed.id, by=nina, now=MADE + SECOND)

    at(settings, database, NINE_A_WEEK_BEFORE, NINE_A_DAY_BEFORE)

    assert len(inbox.mails) == 1


def test_a_mail_that_waits_is_dropped_when_the_link_is_taken_back(
    settings, database, inbox, mailed, nina
):
    actions.revoke(database, mailed.id, by=nina, now=MADE)

    at(settings, database, MADE)

    assert inbox.mails == []


def test_a_new_link_is_mailed_and_the_old_one_reminds_of_nothing(
    settings, database, inbox, mailed, nina
):
    at(settings, database, MADE)
    new = actions.renew(database, mailed.id, uuid4(), by=nina, now=MADE, terms=TERMS)

    at(settings, database, MADE, NINE_A_WEEK_BEFORE)

    assert [mailed.token in text for text in inbox.mails] == [True, False, False]
    assert all(kept(database, new).token in text for text in inbox.mails[1:])


def test_a_clock_that_is_set_back_sends_none_twice(settings, database, inbox, mailed):
    at(settings, database, MADE, NINE_A_WEEK_BEFORE)
    assert len(inbox.mails) == 2

    at(settings, database, MADE, NINE_A_WEEK_BEFORE - timedelta(hours=1), NINE_A_WEEK_BEFORE)
    assert len(inbox.mails) == 2
    with database.writing() as tx:
        invitations.reminded(tx, mailed.id, told=False, next_at=NINE_A_WEEK_BEFORE)
    at(settings, database, NINE_A_WEEK_BEFORE)

    assert len(inbox.mails) == 2


class Died(Exception):
    """The process ended here."""


def test_who_dies_before_a_reminder_is_committed_loses_none(settings, database, inbox, mailed):
    at(settings, database, MADE)

    def half_a_round() -> None:
        with database.writing() as tx:
            assert reminders.write_reminders(tx, NINE_A_WEEK_BEFORE, TERMS) == 1
            raise Died

    for _ in range(2):
        with pytest.raises(Died):
            half_a_round()
    at(settings, database, NINE_A_WEEK_BEFORE)

    assert len(inbox.mails) == 2


def test_who_dies_between_writing_and_sending_loses_none_and_doubles_none(
    settings, database, inbox, mailed
):
    at(settings, database, MADE)
    for _ in range(2):
        work.write_reminders(settings, database, NINE_A_WEEK_BEFORE)

    at(settings, database, NINE_A_WEEK_BEFORE, NINE_A_WEEK_BEFORE + SECOND)

    assert len(inbox.mails) == 2


def test_who_dies_after_sending_sends_the_same_mail_again_under_the_same_id(
    settings, database, inbox, mailed
):
    with database.writing() as tx:
        (message,) = outbox.claim(tx, MADE, limit=1)
    with database.reading() as tx:
        send(inbox.url, delivery.mail_of(settings, tx, message, MADE))

    at(settings, database, MADE)
    assert len(inbox.mails) == 1
    at(settings, database, MADE + LEASE)

    assert len({read(text)["Message-ID"] for text in inbox.mails}) == 1
    assert len(inbox.mails) == 2


@pytest.mark.parametrize("lacks", ["smtp_url", "public_url"])
def test_a_setting_that_goes_missing_holds_the_mail_back_and_loses_nothing(
    settings, database, inbox, mailed, lacks
):
    at(settings.model_copy(update={lacks: ""}), database, MADE)
    assert inbox.mails == []
    assert kept(database, mailed.id).state(MADE) is State.MADE

    at(settings, database, MADE + timedelta(minutes=5))

    assert len(inbox.mails) == 1


def test_a_wrong_address_is_told_on_the_list_and_raises_no_alarm_about_the_mail_server(
    settings, database, mailed, nina
):
    with mail_server(refuses="@") as refusing:
        at(settings.model_copy(update={"smtp_url": refusing.url}), database, MADE)

    listed = actions.open_invitation(database, mailed.id, by=nina, now=MADE)
    assert listed.faults == {mailed.id: True}
    with database.reading() as tx:
        assert alert_actions.mail_trouble(tx, MADE, gap="") is None


@pytest.mark.parametrize(
    "address",
    [
        "a@b",
        "a b@example.org",
        "a@example.org, b@example.org",
        "a@example.org\nBcc: b@example.org",
        "ä@example.org",
        "Zephyrine <a@example.org>",
        f"{'a' * 200}@example.org",
    ],
)
def test_no_address_but_one_plain_one_is_taken(database, nina, address):
    with pytest.raises(actions.WrongEntry):
        invite(database, nina, now=MADE, person=Person("Z", email=address), channel=Channel.MAIL)


def test_mail_without_a_server_is_refused_when_it_is_asked_for(database, nina):
    gap = reminders.Terms(zone=TERMS.zone, open_days=30, remind_before=(), mail_gap="none is set")

    with pytest.raises(actions.WrongEntry, match="none is set"):
        invite(database, nina, now=MADE, channel=Channel.MAIL, terms=gap)
    assert invite(database, nina, now=MADE, terms=gap).channel is Channel.SLIP


@pytest.mark.parametrize(
    ("visit", "good"),
    [
        (date(2026, 3, 16), False),
        (date(2026, 3, 17), True),
        (date(2027, 3, 17), True),
        (date(2027, 3, 18), False),
    ],
)
def test_the_visit_is_from_today_to_a_year_away(database, nina, visit, good):
    if good:
        assert invite(database, nina, now=MADE, appointment_on=visit).appointment_on == visit
        return
    with pytest.raises(actions.WrongEntry):
        invite(database, nina, now=MADE, appointment_on=visit)


def test_a_link_opens_until_the_end_of_the_day_of_the_visit(database, nina):
    made = invite(database, nina, now=MADE)
    assert made.expires_at == datetime(2026, 4, 2, 4, tzinfo=UTC)
    assert date(2026, 4, 1) == VISIT

    without = invite(database, nina, now=MADE, appointment_on=None)
    assert without.expires_at == MADE + timedelta(days=30)
    assert without.person == ZEPHYRINE
