"""Deletion by policy: what is old enough goes whole, and what somebody still needs stays."""

from datetime import timedelta
from uuid import uuid4

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from clinic.actions.retention import INVITATION_DAYS, Deleted, Policy, delete_some, to_delete
from clinic.config import utc_now
from clinic.errors import Refused, UnknownRecord
from clinic.referral.model import Said
from clinic.referral.states import Act
from clinic.store import (
    amendments,
    audit,
    case_access,
    from_paper,
    holds,
    intakes,
    invitations,
    outbox,
    outcomes,
    patients,
    retention,
    review,
)
from clinic.store.case_access import AccessReason
from clinic.store.columns import metadata
from clinic.store.invitations import Channel, New
from clinic.store.outcomes import OutcomeKind
from clinic.store.patients import Person
from clinic.store.referral_tables import invitation as invitation_table
from clinic.store.referral_tables import referral as referral_table
from clinic.store.retention_tables import legal_hold, tombstone
from clinic.store.sessions import PATIENT_IDLE, PATIENT_LIFE
from clinic.store.staff import Role
from clinic.store.tables import audit_row, intake, patient_search
from tests.make import NOW
from tests.store.kept import alarmed_draft, begin, hire, send
from tests.store.test_referrals import Loop

UNSENT = Policy(unsent_days=14, settled_days=None)
YEAR = Policy(unsent_days=14, settled_days=365)
DAY = timedelta(days=1)
SECOND = timedelta(seconds=1)
LONG_AFTER = NOW + 400 * DAY


def left(database):
    with database.reading() as tx:
        return tx.execute(sa.select(intake.c.id).order_by(intake.c.id)).scalars().all()


def reviewed(tx, **more):
    sent = send(tx, **more)
    version = intakes.facts(tx, sent.id).version
    review.mark_reviewed(tx, sent.id, version=version, now=NOW)
    return sent.id


def test_a_form_that_was_never_sent_goes_when_no_code_opens_it(database):
    with database.writing() as tx:
        draft_id = begin(tx).intake.id
        intakes.issue_code(tx, draft_id, now=NOW, days=14)
    over = NOW + 14 * DAY + PATIENT_LIFE

    assert delete_some(database, UNSENT, over - SECOND) == Deleted()
    assert to_delete(database, UNSENT, over) == Deleted(unsent=1)
    assert delete_some(database, UNSENT, over) == Deleted(unsent=1)

    assert left(database) == []
    with database.reading() as tx:
        (row,) = audit.trail(tx, subject=("intake", draft_id))
    assert (row.action, row.actor, row.detail) == ("intake.delete", audit.SYSTEM, "never sent")


def test_what_is_deleted_leaves_a_tombstone_and_nothing_that_was_said(database):
    with database.writing() as tx:
        intake_id = reviewed(tx)
        person = intakes.facts(tx, intake_id).patient_id
        draft_id = begin(tx).intake.id
        unused = invites(tx).id

    delete_some(database, YEAR, LONG_AFTER)

    with database.reading() as tx:
        stones = tx.execute(sa.select(tombstone)).all()
    assert {(each.id, each.kind, each.policy) for each in stones} == {
        (intake_id, "intake", "by age, 365 days"),
        (person, "patient", "by age, 365 days"),
        (draft_id, "intake", "never sent, 14 days"),
        (unused, "invitation", "not used, 30 days"),
    }
    assert {each.deleted_at for each in stones} == {LONG_AFTER}


def test_what_is_held_is_kept_until_the_hold_is_lifted(database):
    with database.writing() as tx:
        admin = hire(tx, "ada", Role.ADMIN).id
        held, draft = reviewed(tx), begin(tx).intake.id
        on_intake = holds.hold(tx, held, "Court of Springfield.", by=admin, now=NOW)
        holds.hold(tx, draft, "The same.", by=admin, now=NOW)
        with pytest.raises(Refused, match="held already"):
            holds.hold(tx, held, "Again.", by=admin, now=NOW)
    assert to_delete(database, YEAR, LONG_AFTER) == delete_some(database, YEAR, LONG_AFTER)
    assert left(database) == sorted([held, draft])

    with database.writing() as tx:
        holds.lift(tx, on_intake, "The court is done.", by=admin, now=LONG_AFTER)
        with pytest.raises(Refused, match="lifted already"):
            holds.lift(tx, on_intake, "Again.", by=admin, now=LONG_AFTER)
        assert [each.intake_id for each in holds.standing(tx)] == [draft]

    assert delete_some(database, YEAR, LONG_AFTER) == Deleted(settled=1)
    assert left(database) == [draft]


def test_the_database_itself_refuses_to_delete_what_is_held(database):
    with database.writing() as tx:
        held = reviewed(tx)
        holds.hold(tx, held, "A reason.", by=hire(tx).id, now=NOW)

    with pytest.raises(IntegrityError), database.writing() as tx:
        retention.delete_intake(tx, held, policy="by mistake", now=NOW)

    assert left(database) == [held]


def test_a_reason_to_hold_is_sealed_and_read_by_nobody_but_us(database):
    with database.writing() as tx:
        holds.hold(tx, reviewed(tx), "Ada Stone sues.", by=hire(tx).id, now=NOW)
        sealed = tx.scalar(sa.select(legal_hold.c.sealed_reason))
        (stands,) = holds.standing(tx)

    assert b"Stone" not in sealed
    assert (stands.reason, stands.set_by) == ("Ada Stone sues.", "Nina")


def test_a_deleted_data_key_is_overwritten_in_the_file(sqlite_database):
    with sqlite_database.reading() as tx:
        assert tx.scalar(sa.text("PRAGMA secure_delete")) == 1


def test_a_form_stays_while_a_later_code_opens_it(database):
    with database.writing() as tx:
        draft_id = begin(tx).intake.id
        intakes.issue_code(tx, draft_id, now=NOW, days=14)
        intakes.issue_code(tx, draft_id, now=NOW + 10 * DAY, days=14)

    assert delete_some(database, UNSENT, NOW + 20 * DAY) == Deleted()


def test_what_an_emergency_brought_to_staff_is_no_form_that_was_never_sent(database):
    with database.writing() as tx:
        alarmed = alarmed_draft(tx).id
    assert delete_some(database, YEAR, LONG_AFTER) == Deleted()

    with database.writing() as tx:
        outcomes.record(tx, alarmed, OutcomeKind.CALLED, by=hire(tx).id, now=NOW)
        tx.execute(sa.update(intake).values(queue=None))

    assert delete_some(database, UNSENT, LONG_AFTER) == Deleted()
    assert delete_some(database, YEAR, LONG_AFTER) == Deleted(settled=1)


def test_what_staff_type_in_from_paper_is_no_form_that_was_never_sent(database):
    with database.writing() as tx:
        from_paper.note(tx, begin(tx).intake.id, by=hire(tx).id, now=NOW)

    assert delete_some(database, UNSENT, LONG_AFTER) == Deleted()
    assert delete_some(database, YEAR, LONG_AFTER) == Deleted(settled=1)


def test_sent_answers_are_kept_unless_the_clinic_says_for_how_long(database):
    with database.writing() as tx:
        reviewed(tx)

    assert delete_some(database, UNSENT, NOW + 4000 * DAY) == Deleted()
    assert delete_some(database, YEAR, NOW + 365 * DAY - SECOND) == Deleted()
    assert delete_some(database, YEAR, NOW + 365 * DAY) == Deleted(settled=1)


def test_what_nobody_reviewed_is_never_old(database):
    with database.writing() as tx:
        send(tx)

    assert delete_some(database, YEAR, NOW + 4000 * DAY) == Deleted()


def add_unread(tx, intake_id):
    amendments.add(tx, intake_id, "I forgot.", once="1", now=NOW)


def open_without_a_look(tx, intake_id):
    nina = hire(tx, "desk")
    case_access.open_for(
        tx, intake_id, nina.id, reason=AccessReason.WORSE, words="She is worse.", now=NOW
    )


@pytest.mark.parametrize("holds", [add_unread, open_without_a_look])
def test_what_somebody_has_still_to_look_at_stays(database, holds):
    with database.writing() as tx:
        intake_id = reviewed(tx)
        holds(tx, intake_id)

    assert delete_some(database, YEAR, LONG_AFTER) == Deleted()


def test_a_referral_under_way_holds_its_intake_and_one_that_ended_goes_with_it(database):
    loop = Loop(database)
    with database.writing() as tx:
        version = intakes.facts(tx, loop.intake_id).version
        review.mark_reviewed(tx, loop.intake_id, version=version, now=NOW)
    assert delete_some(database, YEAR, LONG_AFTER) == Deleted()

    loop.does(Act.CANCEL, Said(words="Well again."), now=NOW + 100 * DAY)
    with database.writing() as tx:  # their ids carry the time of the test, and not of the story
        tx.execute(audit_row.delete())

    assert delete_some(database, YEAR, LONG_AFTER) == Deleted()
    assert delete_some(database, YEAR, NOW + 466 * DAY) == Deleted(settled=1)
    with database.reading() as tx:
        assert tx.execute(sa.select(referral_table.c.id)).all() == []


def test_a_patient_goes_with_the_last_intake_and_cannot_be_found_any_more(database):
    with database.writing() as tx:
        first, second = reviewed(tx), send(tx, now=NOW + 300 * DAY)
        person = intakes.facts(tx, first).patient_id
        tx.execute(sa.update(intake).where(intake.c.id == second.id).values(patient_id=person))
    assert delete_some(database, YEAR, LONG_AFTER) == Deleted(settled=1)
    with database.writing() as tx:
        assert patients.get(tx, person).person.name == "Ada Stone"
        version = intakes.facts(tx, second.id).version
        review.mark_reviewed(tx, second.id, version=version, now=NOW)

    assert delete_some(database, YEAR, LONG_AFTER) == Deleted(settled=1)

    with database.reading() as tx:
        with pytest.raises(UnknownRecord):
            patients.get(tx, person)
        found = sa.select(patient_search).where(patient_search.c.patient_id == person)
        assert tx.execute(found).all() == []


def invites(tx, **more):
    new = New(
        id=uuid4(),
        person=Person("Ada Stone"),
        channel=Channel.SLIP,
        made_by=hire(tx).id,
        expires_at=NOW + 60 * DAY,
        **more,
    )
    invitations.add(tx, new, now=NOW)
    return invitations.get(tx, new.id)


def test_an_invitation_that_was_not_used_goes_a_month_after_it_is_over(database):
    with database.writing() as tx:
        invites(tx)
    over = NOW + (60 + INVITATION_DAYS) * DAY

    assert delete_some(database, UNSENT, over - SECOND) == Deleted()
    assert delete_some(database, UNSENT, over) == Deleted(invitations=1)

    with database.reading() as tx:
        assert tx.execute(sa.select(invitation_table)).all() == []


def test_a_link_whose_form_was_deleted_begins_another_while_it_opens(database):
    with database.writing() as tx:
        made = invites(tx)
        draft = begin(tx)
        invitations.begin(tx, invitations.spend(tx, made.token, now=NOW), draft.intake.id)
    assert delete_some(database, UNSENT, NOW + 20 * DAY) == Deleted(unsent=1)

    with database.writing() as tx:
        assert invitations.spend(tx, made.token, now=NOW + 20 * DAY + PATIENT_IDLE)


def test_old_mails_go_and_those_that_wait_stay(database):
    with database.writing() as tx:
        sent, given_up, _ = (outbox.enqueue(tx, kind="mail", payload={}, now=NOW) for _ in range(3))
        outbox.sent(tx, sent, NOW)
        outbox.failed(tx, given_up, NOW, "gone", for_good=True)
    old = NOW + retention.MAIL_KEPT

    assert delete_some(database, UNSENT, old - SECOND) == Deleted()
    assert delete_some(database, UNSENT, old) == Deleted(mails=2)
    with database.reading() as tx:
        assert outbox.waiting(tx) == 1


def test_a_clock_that_jumps_ahead_by_years_deletes_nothing(database):
    now = utc_now()
    with database.writing() as tx:
        audit.record(tx, actor=audit.PATIENT, action="intake.start", subject=None, now=now)
        intakes.issue_code(tx, begin(tx, now=now).intake.id, now=now, days=14)

    assert delete_some(database, UNSENT, now + 3650 * DAY) == Deleted()

    with database.reading() as tx:
        assert retention.believed(tx, now + 5 * DAY) == now + 5 * DAY
        assert retention.believed(tx, now + 3650 * DAY) == now + retention.SILENCE
        assert tx.scalar(sa.select(sa.func.count()).select_from(audit_row)) == 1


@pytest.mark.parametrize(
    ("of", "by_hand"),
    [
        ("intake", {"referral", "invitation", "legal_hold"}),
        ("patient", {"intake", "referral", "invitation"}),
        ("referral", {"referral"}),
        ("invitation", set()),
    ],
)
def test_every_row_of_what_is_deleted_goes_with_it_or_is_deleted_by_hand(of, by_hand):
    """A new table that names an intake has to be thought of here."""
    left_over = {
        key.parent.table.name
        for table in metadata.sorted_tables
        for key in table.foreign_keys
        if key.column.table.name == of and key.ondelete != "CASCADE"
    }
    assert left_over == by_hand
