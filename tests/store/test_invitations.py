"""Invitations in the store: sealed, found by their link, begun once, listed by key."""

import threading
from datetime import date, timedelta
from uuid import UUID, uuid4

import pytest
import sqlalchemy as sa

from clinic.errors import Refused, UnknownRecord
from clinic.store import invitations
from clinic.store.invitations import Channel, New, Permit, Shown, State
from clinic.store.patients import Person
from clinic.store.referral_tables import invitation as table
from clinic.store.sessions import PATIENT_IDLE
from clinic.store.verify import verify
from tests.make import NOW
from tests.store.kept import begin, hire, send

PERSON = Person("Zephyrine Quill", date(1971, 4, 23), "555-555-0171", "zq@example.org")
WEEK = timedelta(days=7)


@pytest.fixture
def maker(database):
    """Somebody at the desk who makes invitations, each later than the one before."""
    return Maker(database)


class Maker:
    def __init__(self, database):
        self.database = database
        with database.writing() as tx:
            self.by = hire(tx).id
        self.made = 0

    def invites(self, **more):
        self.made += 1
        values = {"person": PERSON, "channel": Channel.SLIP, "expires_at": NOW + WEEK, **more}
        new = New(id=uuid4(), made_by=self.by, **values)
        with self.database.writing() as tx:
            assert invitations.add(tx, new, now=NOW + timedelta(seconds=self.made))
        return self.sees(new.id)

    def sees(self, invitation_id):
        with self.database.reading() as tx:
            return invitations.get(tx, invitation_id)

    def starts(self, invitation, now=NOW):
        with self.database.writing() as tx:
            return invitations.spend(tx, invitation.token, now=now)

    def begins(self, permit):
        with self.database.writing() as tx:
            intake = begin(tx).intake
            invitations.begin(tx, permit, intake.id)
        return intake.id

    def lists(self, shown, now=NOW, **more):
        with self.database.reading() as tx:
            return [each.id for each in invitations.listing(tx, shown=shown, now=now, **more)]


def test_an_invitation_reads_back_as_it_was_made(maker):
    made = maker.invites(appointment_on=date(2026, 4, 1), remind_at=NOW + timedelta(days=1))

    assert made.person == PERSON
    assert made.appointment_on == date(2026, 4, 1)
    assert made.remind_at == NOW + timedelta(days=1)
    assert made.state(NOW) is State.MADE
    assert len(made.token) >= 32


def test_neither_person_nor_token_stands_in_the_database_in_plain(maker, database):
    made = maker.invites()

    with database.reading() as tx:
        row = tx.execute(sa.select(table)).one()
    # Four digits of a number that is given by lot, such as an id, may be hers by chance.
    told = [value for value in row if not isinstance(value, UUID)]
    kept = b" ".join(value if isinstance(value, bytes) else str(value).encode() for value in told)
    for words in (made.token, "Quill", "zq@example.org", "0171", "1971"):
        assert words.encode() not in kept


def test_two_presses_on_make_give_one_invitation(maker, database):
    made = maker.invites()

    again = New(
        id=made.id, person=PERSON, channel=Channel.SLIP, made_by=maker.by, expires_at=NOW + WEEK
    )
    with database.writing() as tx:
        assert not invitations.add(tx, again, now=NOW)

    assert maker.sees(made.id).token == made.token


def test_a_link_is_found_by_its_token_and_by_no_other(maker, database):
    made = maker.invites()

    with database.reading() as tx:
        assert invitations.by_token(tx, made.token) == made
        assert invitations.by_token(tx, made.token[:-1]) is None
        assert invitations.by_token(tx, made.token + "x" * 4000) is None
        assert invitations.by_token(tx, "") is None


def test_a_link_is_found_as_people_type_it(maker, database):
    made = maker.invites()

    typed = made.token.replace("-", "").replace("0", "o").replace("1", "l").upper()
    with database.reading() as tx:
        assert invitations.by_token(tx, typed) == made


def test_a_link_starts_once(maker):
    made = maker.invites()

    permit = maker.starts(made)

    assert permit == Permit(made.id, NOW)
    assert maker.starts(made, NOW + timedelta(minutes=1)) is None
    assert maker.sees(made.id).state(NOW) is State.OPENED


@pytest.mark.parametrize("presses", [2, 6])
def test_of_many_who_press_start_at_one_moment_one_is_let_in(maker, presses):
    made, together, found = maker.invites(), threading.Barrier(presses), []

    def one():
        together.wait()
        found.append(maker.starts(made))

    crowd = [threading.Thread(target=one) for _ in range(presses)]
    for each in crowd:
        each.start()
    for each in crowd:
        each.join()

    assert len(found) == presses
    assert [permit for permit in found if permit] == [Permit(made.id, NOW)]


def test_a_link_that_was_started_and_never_begun_opens_again_when_that_visit_is_over(maker):
    made = maker.invites()
    first = maker.starts(made)

    later = NOW + PATIENT_IDLE
    assert maker.starts(made, later - timedelta(seconds=1)) is None
    second = maker.starts(made, later)

    assert second == Permit(made.id, later)
    assert maker.sees(made.id).opened_at == NOW
    with pytest.raises(Refused):
        maker.begins(first)
    maker.begins(second)


def test_a_form_is_begun_once_and_the_link_never_starts_again(maker):
    made = maker.invites(remind_at=NOW + timedelta(days=1))
    permit = maker.starts(made)

    intake_id = maker.begins(permit)

    kept = maker.sees(made.id)
    assert (kept.intake_id, kept.state(NOW), kept.remind_at) == (intake_id, State.SPENT, None)
    assert maker.starts(made, NOW + timedelta(days=2)) is None
    with pytest.raises(Refused):
        maker.begins(permit)


def test_an_expired_link_does_not_start(maker):
    made = maker.invites()

    assert maker.starts(made, NOW + WEEK) is None
    assert made.state(NOW + WEEK) is State.EXPIRED
    assert maker.starts(made, NOW + WEEK - timedelta(seconds=1))


def test_a_revoked_link_neither_starts_nor_begins(maker, database):
    made = maker.invites(remind_at=NOW)
    permit = maker.starts(made)

    with database.writing() as tx:
        assert invitations.revoke(tx, made.id, now=NOW)
        assert not invitations.revoke(tx, made.id, now=NOW)

    kept = maker.sees(made.id)
    assert (kept.state(NOW), kept.remind_at) == (State.REVOKED, None)
    assert maker.starts(made, NOW + timedelta(hours=2)) is None
    with pytest.raises(Refused):
        maker.begins(permit)


def test_what_was_begun_cannot_be_revoked(maker, database):
    made = maker.invites()
    maker.begins(maker.starts(made))

    with pytest.raises(Refused), database.writing() as tx:
        invitations.revoke(tx, made.id, now=NOW)


def test_an_invitation_whose_answers_came_is_sent(maker, database):
    made = maker.invites()
    with database.writing() as tx:
        intake_id = send(tx).id
    permit = maker.starts(made)
    with database.writing() as tx:
        invitations.begin(tx, permit, intake_id)

    assert maker.sees(made.id).state(NOW) is State.SENT
    assert maker.lists(Shown.SENT) == [made.id]


def test_the_list_shows_each_invitation_under_one_heading(maker, database):
    waiting, gone, begun = maker.invites(), maker.invites(), maker.invites()
    late = maker.invites(expires_at=NOW)
    with database.writing() as tx:
        invitations.revoke(tx, gone.id, now=NOW)
    maker.begins(maker.starts(begun))

    assert maker.lists(Shown.OPEN) == [waiting.id]
    assert maker.lists(Shown.BEGUN) == [begun.id]
    assert maker.lists(Shown.OVER) == [late.id, gone.id]
    assert maker.lists(Shown.SENT) == []
    assert maker.lists(Shown.ALL) == [late.id, begun.id, gone.id, waiting.id]


def test_pages_of_the_list_add_up_without_gap_or_double(maker):
    made = [maker.invites().id for _ in range(7)]

    pages, after = [], None
    while page := maker.lists(Shown.ALL, after=after, limit=3):
        pages += page
        after = page[-1]

    assert pages == made[::-1]
    with pytest.raises(UnknownRecord):
        maker.lists(Shown.ALL, after=uuid4())


def test_an_invitation_that_was_changed_by_hand_fails_its_proof(maker, database, tmp_path):
    first, second = maker.invites(), maker.invites()
    assert not [
        fault for fault in verify(database, tmp_path / "head").faults if "invitation" in fault
    ]

    with database.writing() as tx:
        other = sa.select(table.c.sealed_person).where(table.c.id == second.id).scalar_subquery()
        tx.execute(sa.update(table).where(table.c.id == first.id).values(sealed_person=other))

    assert f"invitation {first.id}" in "".join(verify(database, tmp_path / "head").faults)


def test_only_due_reminders_are_taken_the_oldest_first(maker, database):
    later = maker.invites(remind_at=NOW + timedelta(hours=1))
    second, first = maker.invites(remind_at=NOW), maker.invites(remind_at=NOW - timedelta(days=1))
    maker.invites()

    with database.writing() as tx:
        assert [each.id for each in invitations.due(tx, NOW)] == [first.id, second.id]
        invitations.reminded(tx, first.id, told=True, next_at=None)
        invitations.reminded(tx, second.id, told=False, next_at=NOW + timedelta(days=6))

    assert (maker.sees(first.id).reminders, maker.sees(second.id).reminders) == (1, 0)
    assert maker.sees(second.id).remind_at == NOW + timedelta(days=6)
    assert maker.sees(later.id).remind_at == NOW + timedelta(hours=1)


def test_the_first_mail_counts(maker, database):
    made = maker.invites(channel=Channel.MAIL)
    for hours in (1, 2):
        with database.writing() as tx:
            invitations.mailed(tx, made.id, now=NOW + timedelta(hours=hours))

    assert maker.sees(made.id).mailed_at == NOW + timedelta(hours=1)
    assert maker.sees(made.id).state(NOW) is State.MAILED


def test_a_press_from_before_the_clock_was_set_back_shuts_nobody_out(maker):
    made = maker.invites()
    first = maker.starts(made, now=NOW)
    back = NOW - timedelta(hours=5)
    assert maker.starts(made, now=NOW - timedelta(seconds=30)) is None

    assert invitations.can_start(maker.sees(made.id), back)
    second = maker.starts(made, now=back)
    maker.begins(second)

    assert maker.starts(made, now=back - WEEK) is None
    with pytest.raises(Refused):
        maker.begins(first)


def test_staff_hand_a_link_over_although_start_was_pressed_elsewhere_just_now(maker, database):
    made = maker.invites()
    elsewhere = maker.starts(made)
    later = NOW + timedelta(minutes=1)
    assert maker.starts(made, later) is None

    with database.writing() as tx:
        handed = invitations.hand_over(tx, made.id, now=later)

    with pytest.raises(Refused):
        maker.begins(elsewhere)
    maker.begins(handed)
    with database.writing() as tx:
        assert invitations.hand_over(tx, made.id, now=later) is None


def test_a_link_that_was_taken_back_is_handed_over_to_nobody(maker, database):
    made = maker.invites()
    with database.writing() as tx:
        invitations.revoke(tx, made.id, now=NOW)

        assert invitations.hand_over(tx, made.id, now=NOW) is None
