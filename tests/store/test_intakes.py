"""Intakes: begun, saved, sent once, read back equal."""

from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given
from hypothesis import settings as tuned

from clinic.actions.intakes import PRESSED_AGAIN_WITHIN, Press, start_intake
from clinic.errors import AlreadySubmitted, Conflict, Damaged, UnknownRecord
from clinic.intake import Alarm, Consent, IntakeState
from clinic.questionnaire.response import Response
from clinic.store import audit, intakes, patients
from clinic.store.columns import metadata
from clinic.store.database import open_database
from clinic.store.intakes import Card
from clinic.store.patients import Person
from clinic.store.tables import audit_row
from clinic.store.tables import intake as table
from tests.make import NOW, TODAY
from tests.store.conftest import settings_in
from tests.store.kept import (
    BORN,
    QUESTIONNAIRE,
    SHELF,
    agreed,
    alarmed_draft,
    answered,
    begin,
    make_assessment,
    send,
)
from tests.store.threads import in_threads
from tests.strategies import answers_for

LATER = NOW + timedelta(minutes=5)


def test_a_draft_is_read_back_equal(database):
    with database.writing() as tx:
        intake = agreed(begin(tx).intake)
        intake = answered(
            intake, full_name="Ada Stone", birth_date=BORN, worst=["yes", "no"], dose="1.50"
        )
        intake = answered(intake, now=LATER, words="x" * 20_000 + "\x00 \U0001f600 \u202e")
        intake = intake.alarmed(["CES-1"], LATER)
        saved = intakes.save(tx, intake, now=LATER)

    with database.reading() as tx:
        loaded = intakes.load(tx, intake.id, SHELF)

    assert loaded == saved
    assert loaded.version == 2
    assert [entry.key for entry in loaded.history] == [
        "full-name",
        "birth-date",
        "worst",
        "dose",
        "words",
    ]


@given(answers=answers_for(QUESTIONNAIRE))
@tuned(
    max_examples=40,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
def test_any_answers_are_read_back_equal(database, answers):
    with database.writing() as tx:
        intake = begin(tx).intake
        recorded = intake.recorded(answers, offered=tuple(answers), now=NOW, today=TODAY)
        saved = intakes.save(tx, recorded, now=NOW)

    with database.reading() as tx:
        assert intakes.load(tx, intake.id, SHELF) == saved


def test_a_reference_is_eight_letters_that_are_not_misread(database):
    with database.writing() as tx:
        reference = begin(tx).intake.reference

    assert len(reference) == 9
    assert reference[4] == "-"
    assert not set(reference) & set("ILOU")


def test_an_intake_that_is_not_there_is_an_unknown_record(database):
    with database.reading() as tx:
        with pytest.raises(UnknownRecord):
            intakes.load(tx, uuid4(), SHELF)
        with pytest.raises(UnknownRecord):
            intakes.facts(tx, uuid4())


def test_the_second_of_two_windows_meets_a_conflict_and_nothing_is_lost(database):
    with database.writing() as tx:
        intake = begin(tx).intake
        intakes.save(tx, answered(intake, words="first"), now=LATER)

    with pytest.raises(Conflict), database.writing() as tx:
        intakes.save(tx, answered(intake, words="second"), now=LATER)

    with database.reading() as tx:
        assert intakes.load(tx, intake.id, SHELF).response.answers["words"] == ("first",)


def test_of_many_writers_at_once_one_wins(database):
    with database.writing() as tx:
        intake = begin(tx).intake

    def write(number):
        with database.writing() as tx:
            intakes.save(tx, answered(intake, words=f"writer {number}"), now=LATER)
        return number

    found = in_threads(write, 6)

    winners = [each for each in found if isinstance(each, int)]
    assert len(winners) == 1
    assert sum(isinstance(each, Conflict) for each in found) == 5
    with database.reading() as tx:
        kept = intakes.load(tx, intake.id, SHELF)
    assert kept.response.answers["words"] == (f"writer {winners[0]}",)


def test_locking_the_row_lets_many_writers_add_up(database):
    with database.writing() as tx:
        intake_id = begin(tx).intake.id

    def write(number):
        with database.writing() as tx:
            before = intakes.load(tx, intake_id, SHELF, for_update=True)
            words = "".join(before.response.answers.get("words", ())) + str(number)
            intakes.save(tx, answered(before, words=words), now=LATER)

    assert in_threads(write, 6) == [None] * 6

    with database.reading() as tx:
        (words,) = intakes.load(tx, intake_id, SHELF).response.answers["words"]
    assert sorted(words) == list("012345")


def submit(database, draft, key=None):
    with database.writing() as tx:
        intake = intakes.load(tx, draft.intake.id, SHELF, for_update=True)
        ready = intake if intake.submitted else intake.sent(LATER)
        sent = intakes.submit(
            tx,
            ready,
            idempotency_key=key or draft.idempotency_key,
            assessment=make_assessment(),
            card=Card(name="Ada Stone"),
            act_by=None,
            patient_id=None,
            now=LATER,
        )
        if sent.first:
            subject = ("intake", intake.id)
            audit.record(tx, actor=audit.PATIENT, action="intake.send", subject=subject, now=LATER)
    return sent


def test_sending_twice_gives_the_same_intake_once(database):
    with database.writing() as tx:
        draft = begin(tx)

    first, second = submit(database, draft), submit(database, draft)

    assert (first.first, second.first) == (True, False)
    assert first.intake == second.intake
    assert first.intake.state is IntakeState.SUBMITTED
    assert first.intake.submitted_at == LATER


def test_sending_from_many_threads_at_one_moment_sends_once(database):
    with database.writing() as tx:
        draft = begin(tx)

    found = in_threads(lambda _: submit(database, draft), 8)

    assert sorted(sent.first for sent in found) == [False] * 7 + [True]
    assert len({sent.intake.submitted_at for sent in found}) == 1
    with database.reading() as tx:
        assert tx.scalar(sa.select(sa.func.count()).select_from(audit_row)) == 1


def test_beginning_with_one_key_from_many_threads_at_one_moment_begins_once(database):
    consent = Consent("Ada Stone", "3", "sha256:00", NOW)

    def press(_place):
        return start_intake(
            database,
            QUESTIONNAIRE,
            consent,
            now=NOW,
            address="10.0.0.1",
            resume_days=14,
            press=Press("one-page", SHELF),
        )

    found = in_threads(press, 8)

    assert len({begun.intake.id for begun in found}) == 1
    assert len({begun.code for begun in found}) == 8, "each is told a code that opens it"
    with database.reading() as tx:
        assert len(intakes.listing(tx)) == 1


def test_a_key_that_was_used_opens_nothing_to_another_name_later_or_once_there_are_answers(
    database,
):
    def press(name="Ada Stone", now=NOW):
        consent = Consent(name, "3", "sha256:00", now)
        more = {"address": "10.0.0.1", "resume_days": 14, "press": Press("one-page", SHELF)}
        return start_intake(database, QUESTIONNAIRE, consent, now=now, **more).intake.id

    first = press()
    within = NOW + PRESSED_AGAIN_WITHIN
    assert press(now=within) == first
    assert press("Robin Other") != first
    assert press(now=within + timedelta(seconds=1)) != first
    with database.writing() as tx:
        intake = intakes.load(tx, first, SHELF)
        intakes.save(tx, answered(intake, full_name="Ada Stone"), now=NOW)
    assert press() != first


def test_sending_through_two_openings_of_one_database_sends_once(settings):
    with open_database(settings) as one, open_database(settings) as other:
        with one.writing() as tx:
            draft = begin(tx)

        found = in_threads(lambda place: submit([one, other][place % 2], draft), 4)

    assert sorted(sent.first for sent in found) == [False] * 3 + [True]


def test_a_stale_copy_is_not_sent_over_newer_answers(database):
    with database.writing() as tx:
        draft = begin(tx)
        intakes.save(tx, answered(draft.intake, words="newer"), now=LATER)

    with pytest.raises(Conflict), database.writing() as tx:
        intakes.submit(
            tx,
            draft.intake.sent(LATER),
            idempotency_key=draft.idempotency_key,
            assessment=make_assessment(),
            card=Card(name=""),
            act_by=None,
            patient_id=None,
            now=LATER,
        )


def test_the_key_of_another_form_sends_nothing(database):
    with database.writing() as tx:
        draft, other = begin(tx), begin(tx)

    with pytest.raises(AlreadySubmitted):
        submit(database, draft, other.idempotency_key)

    with database.reading() as tx:
        assert intakes.facts(tx, draft.intake.id).state is IntakeState.DRAFT


def test_sent_answers_can_not_be_saved_over(database):
    with database.writing() as tx:
        intake = send(tx)
        stale = replace(intake, state=IntakeState.DRAFT, response=Response())

    with pytest.raises(AlreadySubmitted), database.writing() as tx:
        intakes.save(tx, stale, now=LATER)


def test_the_facts_say_when_and_how_urgent_and_nothing_that_was_said(database):
    with database.writing() as tx:
        intake = send(tx, name="Zebulon Canary")
        facts, card = intakes.facts(tx, intake.id), intakes.card(tx, intake.id)

    assert (facts.reference, facts.urgency, facts.version) == (intake.reference, "routine", 2)
    assert facts.submitted_at == NOW
    assert "Canary" not in repr(facts)
    assert card.name == "Zebulon Canary"
    assert card.reason == ("Fever with new back pain.",)


def test_a_card_is_read_back_equal():
    card = Card(
        name="Ada",
        birth_date=TODAY,
        phone="1",
        email="2",
        preferred_name="3",
        interpreter="4",
        appointment="5",
        areas="6",
        reason=("7", "8"),
    )

    assert Card.from_bytes(card.to_bytes()) == card
    assert Card.from_bytes(Card(name="").to_bytes()) == Card(name="")


def test_all_intakes_are_listed_in_pages_by_age(database):
    with database.writing() as tx:
        made = [begin(tx).intake.id for _ in range(5)]

    with database.reading() as tx:
        first = intakes.listing(tx, limit=3)
        second = intakes.listing(tx, after=first[-1].id, limit=3)

    assert [facts.id for facts in (*first, *second)] == made


def test_an_alarm_on_a_draft_is_kept_with_its_time(database):
    with database.writing() as tx:
        intake = alarmed_draft(tx)
        facts = intakes.facts(tx, intake.id)

        assert intakes.load(tx, intake.id, SHELF).alarms == (Alarm("CES-1", NOW),)
    assert facts.emergency_open
    assert facts.state is IntakeState.DRAFT


@pytest.mark.parametrize("column", ["sealed_response", "sealed_journal", "data_key"])
def test_a_sealed_value_moved_to_another_row_does_not_open(database, column):
    with database.writing() as tx:
        one, other = send(tx), send(tx)
        value = tx.scalar(sa.select(table.c[column]).where(table.c.id == one.id))
        tx.execute(sa.update(table).where(table.c.id == other.id).values({column: value}))

    with database.reading() as tx:
        assert intakes.load(tx, one.id, SHELF) == one
        with pytest.raises(Damaged):
            intakes.load(tx, other.id, SHELF)


def test_a_sealed_value_moved_to_another_column_does_not_open(database):
    with database.writing() as tx:
        one = send(tx)
        tx.execute(sa.update(table).values(sealed_journal=table.c.sealed_response))

    with database.reading() as tx, pytest.raises(Damaged):
        intakes.load(tx, one.id, SHELF)


def test_no_word_of_a_patient_is_readable_in_any_column(database):
    canary = "Canarybird"
    with database.writing() as tx:
        draft = begin(tx)
        intake = answered(draft.intake, full_name=canary, words=f"{canary} sings", birth_date=BORN)
        intake = intakes.save(tx, agreed(intake), card=Card(name=canary), now=NOW)
        patients.add(tx, Person(canary, phone="5550142", email=f"{canary}@x.example"), now=NOW)

    with database.reading() as tx:
        rows = [row for one in metadata.sorted_tables for row in tx.execute(sa.select(one))]

    assert len(rows) > 4
    kept = b"\n".join(bytes_of(value) for row in rows for value in row)
    assert draft.intake.reference.encode() in kept
    for words in (canary, canary.lower(), "5550142", BORN):
        assert words.encode() not in kept


def bytes_of(value):
    return value if isinstance(value, bytes) else str(value).encode()


def test_no_word_of_a_patient_is_readable_in_the_files(tmp_path):
    canary = "Canarybird"
    settings = settings_in(tmp_path)
    with open_database(settings) as database:
        with database.writing() as tx:
            draft = begin(tx)
            intakes.save(tx, answered(draft.intake, words=canary), now=NOW)
        files = {path.name: path.read_bytes() for path in settings.data.iterdir()}

    assert {"clinic.db", "clinic.db-wal"} <= set(files)
    assert sum(map(len, files.values())) > 10_000
    for content in files.values():
        assert canary.encode() not in content
        assert draft.intake.reference.encode() not in content


def test_moments_keep_their_microseconds_and_zone(database):
    moment = NOW.replace(microsecond=123456)
    with database.writing() as tx:
        intake = begin(tx, now=moment).intake

    with database.reading() as tx:
        loaded = intakes.load(tx, intake.id, SHELF)
    assert loaded.created_at == moment
    assert loaded.created_at.utcoffset() == timedelta(0)
