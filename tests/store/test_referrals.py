"""Referrals in the store, and the acts that move them."""

from dataclasses import replace
from datetime import timedelta
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

import pytest

from clinic.actions import referrals as acts
from clinic.actions import sharing as consents
from clinic.errors import BadInput, Conflict, IllegalMove, NotAllowed, UnknownRecord
from clinic.referral.clocks import Clocks
from clinic.referral.letter import Block, Letter, LetterLine, Part
from clinic.referral.model import Channel, Kind, Said
from clinic.referral.provider import Provider
from clinic.referral.states import Act, State
from clinic.store import amendments, doors, intakes, outbox, providers, referrals, sharing
from clinic.store.staff import Role
from clinic.triage.regenerative import GateResult
from clinic.triage.rules import Urgency
from tests.make import NOW
from tests.referral.make import make_gate
from tests.store.kept import begin, hire, send
from tests.store.threads import in_threads

TERMS = acts.Terms(Clocks(), ZoneInfo("America/New_York"), door_days=90)
LETTER = Letter(
    tuple(
        Block(part, part.value.title(), (LetterLine(label="Words", text="Ada's own", keys=("a",)),))
        for part in Part
    )
)
WORDS = Said(words="The patient asked for it.")


@pytest.fixture
def loop(database):
    """A draft to physical therapy, with a provider, by a clinician."""
    return Loop(database)


class Loop:
    """What people do with one referral, each at the version they would see."""

    def __init__(self, database):
        self.database = database
        with database.writing() as tx:
            self.clinician = hire(tx, "lee", Role.CLINICIAN)
            self.desk = hire(tx, "ortiz", Role.FRONT_DESK)
            self.intake_id = send(tx).id
            self.provider = Provider(id=uuid4(), name="Mill Road Therapy", service="therapy")
            providers.add(tx, self.provider, now=NOW)
        self.id = self.start()

    def start(self, service="therapy", **more):
        wanted = acts.Wanted(
            service=service,
            provider_id=self.provider.id,
            kind=Kind.CONSULT,
            question="Please teach Ada the exercises.",
            urgency=Urgency.ROUTINE,
            act_by=NOW + timedelta(days=42),
        )
        return acts.start(
            self.database,
            self.intake_id,
            wanted,
            LETTER,
            by=self.clinician,
            now=NOW,
            terms=TERMS,
            **more,
        )

    @property
    def kept(self):
        with self.database.reading() as tx:
            return referrals.get(tx, self.id)

    def does(self, act, said=Said(), *, by=None, version=None, now=NOW):  # noqa: B008
        return acts.move(
            self.database,
            self.id,
            act,
            said,
            by=by or self.clinician,
            version=version or self.kept.referral.version,
            now=now,
            terms=TERMS,
        )

    def agrees(self, service="therapy"):
        with self.database.writing() as tx:
            sharing.add(
                tx,
                self.intake_id,
                service=service,
                scope="this letter",
                how="said",
                by=self.desk.id,
                now=NOW,
            )

    def signs(self, by=None, added=0):
        acts.sign(
            self.database,
            self.id,
            by=by or self.clinician,
            version=self.kept.referral.version,
            added=added,
            now=NOW,
            terms=TERMS,
        )

    @property
    def intake_version(self):
        with self.database.reading() as tx:
            return intakes.facts(tx, self.intake_id).version

    def sends(self, channel=Channel.PRINT, gate=None, by=None, version=None, seen=None):
        return acts.send(
            self.database,
            self.id,
            channel,
            gate or make_gate(),
            by=by or self.clinician,
            version=version or self.kept.referral.version,
            intake_version=seen or self.intake_version,
            now=NOW,
            terms=TERMS,
        )

    def is_sent(self):
        self.agrees()
        self.does(Act.COMPLETE)
        self.signs()
        return self.sends()

    def answers(self, act, said=Said(), now=NOW):  # noqa: B008
        with self.database.writing() as tx:
            return acts.answer(tx, self.id, act, said, now=now, terms=TERMS)


def test_a_referral_is_read_back_as_it_was_written(loop):
    kept = loop.kept

    assert kept.letter == LETTER
    assert kept.referral.question == "Please teach Ada the exercises."
    assert (kept.referral.state, kept.referral.owner_id) == (State.DRAFT, loop.clinician.id)
    assert kept.due_at is not None


def test_neither_the_question_nor_the_letter_is_stored_in_plain_words(loop):
    with loop.database.reading() as tx:
        row = tx.execute(referrals.table.select()).one()

    assert not [value for value in row if b"teach Ada" in str(value).encode()]
    assert b"Ada's own" not in row.sealed_letter


def test_nothing_leaves_without_consent_completion_and_signature(loop):
    with pytest.raises(IllegalMove) as refused:
        loop.sends()

    told = str(refused.value)
    assert "agrees to share" in told
    assert "complete" in told
    assert "sign" in told
    assert loop.kept.referral.state is State.DRAFT


def test_a_signed_letter_with_consent_is_sent_and_opens_a_door(loop):
    door = loop.is_sent()

    kept = loop.kept
    assert (kept.referral.state, kept.sent_at) == (State.SENT, NOW)
    assert kept.referral.signature.letter_hash == LETTER.hash
    with loop.database.reading() as tx:
        assert doors.opened_by_token(tx, door.token, now=NOW) == loop.id
        assert doors.opened_by_code(tx, door.code.lower(), now=NOW) == loop.id
        assert doors.standing(tx, loop.id, loop.intake_id, now=NOW) == door


def test_the_front_desk_neither_signs_nor_sends(loop):
    loop.agrees()
    loop.does(Act.COMPLETE, by=loop.desk)
    with pytest.raises(NotAllowed):
        loop.signs(by=loop.desk)
    loop.signs()
    with pytest.raises(IllegalMove):
        loop.sends(by=loop.desk)


def test_a_letter_that_was_changed_after_the_signature_has_to_be_signed_again(loop):
    loop.agrees()
    loop.does(Act.COMPLETE)
    loop.signs()
    acts.change_letter(
        loop.database,
        loop.id,
        LETTER.edited(Part.REQUEST, 0, "Other words", by="Dana Ortiz"),
        by=loop.desk,
        version=loop.kept.referral.version,
        now=NOW,
        terms=TERMS,
    )
    with pytest.raises(IllegalMove, match="changed after it was signed"):
        loop.sends()

    loop.signs()
    loop.sends()

    assert loop.kept.referral.state is State.SENT


def test_a_letter_that_was_sent_is_not_changed_any_more(loop):
    loop.is_sent()
    with pytest.raises(IllegalMove):
        acts.change_letter(
            loop.database,
            loop.id,
            LETTER,
            by=loop.clinician,
            version=loop.kept.referral.version,
            now=NOW,
            terms=TERMS,
        )


def test_two_staff_on_one_referral_the_second_is_told(loop):
    version = loop.kept.referral.version
    loop.does(Act.COMPLETE, version=version)

    with pytest.raises(Conflict):
        loop.does(Act.CANCEL, WORDS, by=loop.desk, version=version)
    assert loop.kept.referral.state is State.READY_FOR_SIGNOFF


def test_a_removed_provider_holds_the_letter_back(loop):
    loop.agrees()
    loop.does(Act.COMPLETE)
    loop.signs()
    with loop.database.writing() as tx:
        providers.remove(tx, loop.provider.id, version=1, now=NOW)

    with pytest.raises(IllegalMove, match="no longer listed"):
        loop.sends()


def test_the_gate_has_no_way_round_a_hard_stop(loop):
    loop.id = loop.start("regenerative-consult")
    loop.agrees()
    loop.does(Act.COMPLETE)
    loop.signs()

    with pytest.raises(IllegalMove, match="safety"):
        loop.sends(gate=make_gate(GateResult.HARD_STOP))


def test_a_letter_does_not_leave_by_a_gate_that_was_read_before_the_record_changed(loop):
    loop.agrees()
    loop.does(Act.COMPLETE)
    loop.signs()
    seen = loop.intake_version
    with loop.database.writing() as tx:
        intakes.claim(tx, loop.intake_id, version=seen, now=NOW)

    with pytest.raises(Conflict, match="added to the patient's record"):
        loop.sends(seen=seen)
    assert loop.kept.referral.state is State.READY_FOR_SIGNOFF

    loop.sends(seen=loop.intake_version)
    assert loop.kept.referral.state is State.SENT


def test_a_clinician_may_override_the_other_results_with_a_reason(loop):
    loop.id = loop.start("regenerative-consult")
    loop.agrees("regenerative-consult")
    loop.does(Act.COMPLETE)

    def reason(by):
        acts.give_reasons(
            loop.database,
            loop.id,
            gate_reason="The fever was a cold, and is gone.",
            by=by,
            version=loop.kept.referral.version,
            now=NOW,
            terms=TERMS,
        )

    loop.signs()
    with pytest.raises(IllegalMove, match="checklist"):
        loop.sends(gate=make_gate(GateResult.NOT_NOW))
    with pytest.raises(NotAllowed):
        reason(loop.desk)
    reason(loop.clinician)
    loop.sends(gate=make_gate(GateResult.NOT_NOW))

    assert loop.kept.referral.state is State.SENT


def test_a_reason_for_one_receiver_opens_nothing_for_the_next(loop):
    loop.id = loop.start("regenerative-consult")
    acts.give_reasons(
        loop.database,
        loop.id,
        gate_reason="The fever was a cold, and is gone.",
        by=loop.clinician,
        version=loop.kept.referral.version,
        now=NOW,
        terms=TERMS,
    )
    before = loop.kept.referral
    acts.choose(
        loop.database,
        loop.id,
        acts.Wanted(
            service=before.service,
            provider_id=None,
            kind=before.kind,
            question=before.question,
            urgency=before.urgency,
            act_by=before.act_by,
        ),
        LETTER,
        by=loop.clinician,
        version=before.version,
        now=NOW,
        terms=TERMS,
    )

    assert (before.gate_reason, loop.kept.referral.gate_reason) != ("", before.gate_reason)
    assert loop.kept.referral.gate_reason == ""


def test_a_second_letter_to_the_same_service_needs_a_reason(loop):
    loop.is_sent()
    loop.id = loop.start()
    loop.does(Act.COMPLETE)
    loop.signs()

    with pytest.raises(IllegalMove, match="within 30 days"):
        loop.sends()
    acts.give_reasons(
        loop.database,
        loop.id,
        doubled_reason="The first place closed.",
        by=loop.clinician,
        version=loop.kept.referral.version,
        now=NOW,
        terms=TERMS,
    )
    loop.sends()

    assert loop.kept.referral.state is State.SENT


def test_the_loop_closes_only_when_it_was_read_and_told(loop):
    loop.is_sent()
    visit = NOW + timedelta(days=5)
    loop.answers(Act.ACCEPT)
    loop.answers(Act.BOOK, Said(visit_at=visit))
    loop.does(Act.TELL_PATIENT, by=loop.desk)
    loop.answers(Act.REPORT_SEEN, Said(visit_at=visit), now=visit)
    loop.answers(Act.REPORT, Said(words="Goes on with exercise."), now=visit)
    with pytest.raises(BadInput):
        loop.does(Act.CLOSE)
    loop.does(Act.CLOSE, Said(words="Told by telephone."), now=visit)

    kept = loop.kept
    assert (kept.referral.state, kept.due_at, kept.seen_at) == (
        State.REVIEWED_AND_PATIENT_TOLD,
        None,
        visit,
    )
    with loop.database.reading() as tx:
        history = referrals.history(tx, kept.referral)
        assert doors.standing(tx, loop.id, loop.intake_id, now=visit) is None
    assert [event.target for event in history][-1] is State.REVIEWED_AND_PATIENT_TOLD
    assert [event.words for event in history if event.words] == [
        f"Hash {kept.letter.hash[:16]}",
        "Goes on with exercise.",
        "Told by telephone.",
    ]


def test_a_reply_after_the_cancellation_changes_nothing(loop):
    door = loop.is_sent()
    loop.does(Act.REROUTE, WORDS)

    with pytest.raises(IllegalMove):
        loop.answers(Act.ACCEPT)
    with loop.database.reading() as tx:
        assert doors.opened_by_token(tx, door.token, now=NOW) is None
    assert loop.kept.referral.state is State.CANCELLED


def test_a_door_opens_one_referral_and_expires(loop):
    door = loop.is_sent()
    late = NOW + timedelta(days=90)
    with loop.database.reading() as tx:
        assert doors.opened_by_token(tx, door.token, now=late - timedelta(seconds=1)) == loop.id
        assert doors.opened_by_token(tx, door.token, now=late) is None
        assert doors.opened_by_code(tx, "22222-22222", now=NOW) is None
        assert doors.opened_by_code(tx, "no code", now=NOW) is None


def test_another_door_shuts_the_one_before(loop):
    first = loop.is_sent()
    second = acts.new_door(loop.database, loop.id, by=loop.desk, now=NOW, terms=TERMS)
    with loop.database.reading() as tx:
        assert doors.opened_by_token(tx, first.token, now=NOW) is None
        assert doors.opened_by_token(tx, second.token, now=NOW) == loop.id

    acts.shut_door(loop.database, loop.id, by=loop.desk, now=NOW)
    with loop.database.reading() as tx:
        assert doors.opened_by_token(tx, second.token, now=NOW) is None


def test_a_letter_by_mail_goes_through_the_outbox_once(loop):
    loop.agrees()
    loop.does(Act.COMPLETE)
    loop.signs()
    version = loop.kept.referral.version
    loop.sends(Channel.MAIL)
    with pytest.raises((Conflict, IllegalMove)):
        loop.sends(Channel.MAIL, version=version)

    with loop.database.writing() as tx:
        messages = [m for m in outbox.claim(tx, NOW) if m.kind == acts.LINK_MESSAGE]
    assert [message.payload for message in messages] == [
        {"referral": str(loop.id), "sent": NOW.isoformat()}
    ]


def test_those_due_soonest_come_first_page_by_page(loop):
    ids = [loop.id, *(loop.start(f"service-{number}") for number in range(4))]
    loop.does(Act.COMPLETE)
    found = []
    after = None
    with loop.database.reading() as tx:
        while page := referrals.waiting(tx, after=after, limit=2):
            found += page
            after = (page[-1].due_at, page[-1].referral.id)

    assert sorted(kept.referral.id for kept in found) == sorted(ids)
    assert [kept.due_at for kept in found] == sorted(kept.due_at for kept in found)


def test_what_is_overdue_is_told_higher_up_once(loop):
    due = loop.kept.due_at
    with loop.database.writing() as tx:
        assert referrals.overdue_count(tx, due - timedelta(seconds=1)) == 0
        assert referrals.overdue_count(tx, due) == 1
        assert referrals.to_escalate(tx, due, [Urgency.SAME_DAY]) == []
        (late,) = referrals.to_escalate(tx, due, [Urgency.ROUTINE])
        assert (late.id, late.due_at) == (loop.id, due)
        referrals.escalated(tx, [loop.id], due)
        assert referrals.to_escalate(tx, due, [Urgency.ROUTINE]) == []

    loop.does(Act.COMPLETE)

    assert loop.kept.escalated_at is None


def test_a_referral_that_is_not_there_is_told(database):
    with database.reading() as tx, pytest.raises(UnknownRecord):
        referrals.get(tx, UUID(int=1))


def test_a_draft_of_answers_has_no_referral(loop):
    with loop.database.writing() as tx:
        loop.intake_id = begin(tx).intake.id

    with pytest.raises(IllegalMove, match="answers that were sent"):
        loop.start()


def test_one_request_pressed_four_times_at_once_makes_one_draft(loop):
    found = in_threads(lambda _: loop.start("imaging"), 4)

    assert len(set(found)) == 1
    assert loop.start("oncology") not in found
    (loop.id,) = set(found)
    loop.does(Act.CANCEL, WORDS)
    assert loop.start("imaging") not in found


def test_a_consent_pressed_four_times_at_once_is_recorded_once(loop):
    def agrees(scope: str) -> None:
        consents.agree(
            loop.database,
            loop.intake_id,
            service="therapy",
            scope=scope,
            how="said",
            by=loop.desk,
            now=NOW,
        )

    assert in_threads(lambda _: agrees("This letter"), 4) == [None] * 4
    agrees("Every letter")
    with loop.database.reading() as tx:
        stand = [each.scope for each in sharing.all_of(tx, loop.intake_id)]
    assert stand == ["This letter", "Every letter"]


def test_consent_that_was_taken_back_holds_the_next_letter(loop):
    loop.agrees()
    with loop.database.writing() as tx:
        assert sharing.stands(tx, loop.intake_id, "therapy")
        assert not sharing.stands(tx, loop.intake_id, "imaging")
        assert sharing.withdraw(tx, loop.intake_id, "imaging", now=NOW) == 0
        assert sharing.withdraw(tx, loop.intake_id, "therapy", now=NOW) == 1
        assert not sharing.stands(tx, loop.intake_id, "therapy")
        (consent,) = sharing.all_of(tx, loop.intake_id)

    assert (consent.scope, consent.how, consent.withdrawn_at) == ("this letter", "said", NOW)


def test_the_directory_is_found_by_words_service_and_language(database):
    def entry(name, **more):
        return Provider(id=uuid4(), name=name, **{"service": "therapy", **more})

    with database.writing() as tx:
        for one in (
            entry("Mill Road Therapy", languages="English, Spanish"),
            entry("Ana Méndez", service="surgery", npi="1234567893"),
            entry("Millbrook Spine"),
        ):
            providers.add(tx, one, now=NOW)

        def names(**wanted):
            return [each.name for each in providers.search(tx, **wanted)]

        assert names() == ["Ana Méndez", "Mill Road Therapy", "Millbrook Spine"]
        assert names(text="mil") == ["Mill Road Therapy", "Millbrook Spine"]
        assert names(text="mendez") == ["Ana Méndez"]
        assert names(service="surgery") == ["Ana Méndez"]
        assert names(language="spanish") == ["Mill Road Therapy"]
        assert names(text="mil", limit=1) == ["Mill Road Therapy"]
        assert names(text="zzz") == []


def test_one_npi_stands_once(database):
    one = Provider(id=uuid4(), name="Ana Méndez", service="surgery", npi="1234567893")
    with database.writing() as tx:
        providers.add(tx, one, now=NOW)
        with pytest.raises(Conflict, match="NPI"):
            providers.add(tx, replace(one, id=uuid4()), now=NOW)


def test_an_entry_is_changed_over_the_version_that_was_seen(database):
    one = Provider(id=uuid4(), name="Ana Méndez", service="surgery")
    with database.writing() as tx:
        providers.add(tx, one, now=NOW)
        providers.save(tx, replace(one, name="Ana Soto"), version=1, now=NOW)
        with pytest.raises(Conflict):
            providers.save(tx, one, version=1, now=NOW)
        assert [each.name for each in providers.search(tx, text="soto")] == ["Ana Soto"]
        assert providers.search(tx, text="mendez") == []
        providers.remove(tx, one.id, version=2, now=NOW)
        assert providers.search(tx, text="soto") == []
        assert providers.get(tx, one.id).removed_at == NOW
        providers.bring_back(tx, one.id, version=3, now=NOW)
        assert len(providers.search(tx, text="soto")) == 1


def test_one_that_is_sent_elsewhere_is_cancelled_and_its_letter_goes_on_as_a_draft(loop):
    door = loop.is_sent()
    reason = "They never answered."

    fresh_id = acts.reroute(
        loop.database,
        loop.id,
        reason,
        by=loop.desk,
        version=loop.kept.referral.version,
        now=NOW,
        terms=TERMS,
    )

    old = loop.kept.referral
    with loop.database.reading() as tx:
        fresh = referrals.get(tx, fresh_id)
        assert doors.opened_by_token(tx, door.token, now=NOW) is None
        assert referrals.history(tx, old)[-1].words == reason
    assert old.state is State.CANCELLED
    assert (fresh.referral.state, fresh.referral.provider_id) == (State.DRAFT, None)
    assert (fresh.referral.replaces, fresh.letter) == (loop.id, LETTER)
    assert fresh.referral.signature is None
    assert fresh.referral.reference != old.reference


def test_sending_elsewhere_needs_a_reason_and_leaves_everything_without_one(loop):
    loop.is_sent()
    version = loop.kept.referral.version

    with pytest.raises(BadInput):
        acts.reroute(
            loop.database, loop.id, " ", by=loop.desk, version=version, now=NOW, terms=TERMS
        )

    with loop.database.reading() as tx:
        assert len(referrals.of_intake(tx, loop.intake_id)) == 1
    assert loop.kept.referral.state is State.SENT


def test_the_list_is_narrowed_by_service_and_owner_and_counted(loop):
    loop.start(service="spine-clinic")
    with loop.database.reading() as tx:
        found = referrals.waiting(tx, service="therapy", owner_id=loop.clinician.id)
        assert [each.referral.id for each in found] == [loop.id]
        assert referrals.waiting_count(tx) == 2
        assert referrals.waiting_count(tx, service="therapy") == 1
        assert referrals.waiting_count(tx, owner_id=loop.desk.id) == 0


def test_a_consent_is_recorded_and_taken_back_by_name(loop):
    consents.agree(
        loop.database,
        loop.intake_id,
        service="therapy",
        scope="the letter",
        how="said",
        by=loop.desk,
        now=NOW,
    )
    with loop.database.reading() as tx:
        assert sharing.stands(tx, loop.intake_id, "therapy")
    back = {"service": "therapy", "by": loop.clinician, "now": NOW}

    consents.withdraw(loop.database, loop.intake_id, **back)

    with loop.database.reading() as tx:
        assert not sharing.stands(tx, loop.intake_id, "therapy")
    with pytest.raises(IllegalMove):
        consents.withdraw(loop.database, loop.intake_id, **back)


def test_a_consent_that_is_given_again_opens_no_door_of_before(loop):
    loop.agrees()
    loop.agrees("imaging")
    loop.does(Act.COMPLETE)
    loop.signs()
    door = loop.sends()

    def opens():
        with loop.database.reading() as tx:
            return doors.opened_by_code(tx, door.code, now=NOW)

    back = {"by": loop.clinician, "now": NOW}
    consents.withdraw(loop.database, loop.intake_id, service="imaging", **back)
    assert opens() == loop.id
    consents.withdraw(loop.database, loop.intake_id, service="therapy", **back)
    loop.agrees()

    assert opens() is None


def test_a_consent_opens_no_door_that_one_taken_back_before_services_were_named_left(loop):
    loop.agrees()
    loop.does(Act.COMPLETE)
    loop.signs()
    door = loop.sends()
    with loop.database.writing() as tx:
        tx.execute(sharing.table.delete())
    loop.agrees("")
    with loop.database.writing() as tx:
        sharing.withdraw(tx, loop.intake_id, "", now=NOW)
        assert doors.opened_by_code(tx, door.code, now=NOW) == loop.id

    said = {"scope": "this letter", "how": "said", "by": loop.clinician, "now": NOW}
    consents.agree(loop.database, loop.intake_id, service="therapy", **said)

    with loop.database.reading() as tx:
        assert sharing.stands(tx, loop.intake_id, "therapy")
        assert doors.opened_by_code(tx, door.code, now=NOW) is None


# --- what the patient adds once a letter is signed -----------------------------------------


def add(loop, words, now=NOW):
    with loop.database.writing() as tx:
        amendments.add(tx, loop.intake_id, words, once=words, now=now)


def held(loop):
    with loop.database.reading() as tx:
        return [each.id for each in acts.in_the_way(tx, loop.kept, make_gate())]


def test_a_signed_letter_waits_once_the_patient_adds_something(loop):
    loop.agrees()
    add(loop, "My foot is weak now.")
    loop.does(Act.COMPLETE)
    with pytest.raises(Conflict, match="added something just now"):
        loop.signs()
    loop.signs(added=1)
    assert held(loop) == []
    add(loop, "I fell.")
    assert held(loop) == ["added"]

    def stands(added):
        acts.give_reasons(
            loop.database,
            loop.id,
            added_reason="Asked on the phone: old fall.",
            added=added,
            by=loop.clinician,
            version=loop.kept.referral.version,
            now=NOW,
            terms=TERMS,
        )

    with pytest.raises(Conflict):
        stands(1)
    stands(2)
    assert held(loop) == []
    add(loop, "And again.")
    assert held(loop) == ["added"]
    loop.does(Act.REVISE)
    loop.does(Act.COMPLETE)
    loop.signs(added=3)
    assert held(loop) == []


# --- the day on which the patient was seen --------------------------------------------------


@pytest.mark.parametrize(
    ("days", "words"), [(-1, "before the letter was sent"), (1, "still to come")]
)
def test_a_visit_that_was_is_neither_before_the_letter_nor_to_come(loop, days, words):
    loop.agrees()
    loop.does(Act.COMPLETE)
    loop.signs()
    loop.sends()
    loop.does(Act.ACCEPT)

    with pytest.raises(IllegalMove, match=words):
        loop.does(Act.REPORT_SEEN, Said(visit_at=NOW + timedelta(days=days)))
    loop.does(Act.REPORT_SEEN, Said(visit_at=NOW - timedelta(hours=5)))

    assert loop.kept.referral.state is State.SEEN
