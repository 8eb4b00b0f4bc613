"""Tablets that are handed to patients: how one is bound, and which forms lay on one."""

from datetime import date, timedelta

import pytest

from clinic.store import intakes, tablets
from clinic.store.skew import CLOCKS_APART
from clinic.store.tables import tablet as table
from clinic.triage.rules import Urgency
from clinic.work import sweep
from tests.make import NOW
from tests.store.kept import BORN, answered, begin, hire, send

SECOND = timedelta(seconds=1)


def test_a_tablet_stays_bound_until_it_is_taken_back(database):
    with database.writing() as tx:
        token = tablets.bind(tx, by=hire(tx).id, now=NOW)
        other = tablets.bind(tx, by=hire(tx, "omar").id, now=NOW)

        assert tablets.is_bound(tx, token)
        assert tablets.unbind(tx, token)
        assert not tablets.is_bound(tx, token)
        assert not tablets.unbind(tx, token)
        assert tablets.is_bound(tx, other)


@pytest.mark.parametrize("token", ["", "x", "\x00", "\ud800" * 400])
def test_a_token_that_no_tablet_was_given_binds_nothing(database, token):
    with database.reading() as tx:
        assert not tablets.is_bound(tx, token)


def test_the_database_holds_no_token_of_a_tablet(database):
    with database.writing() as tx:
        token = tablets.bind(tx, by=hire(tx).id, now=NOW)
        (row,) = tx.execute(table.select()).all()

    assert token.encode() not in row.token_hash
    assert token not in str(row)


def test_the_background_work_forgets_a_tablet_once_no_browser_holds_its_token(database):
    with database.writing() as tx:
        bound_by = hire(tx).id
        lost = tablets.bind(tx, by=bound_by, now=NOW - tablets.MARK_LIFE - CLOCKS_APART)
        held = tablets.bind(tx, by=bound_by, now=NOW - tablets.MARK_LIFE - CLOCKS_APART + SECOND)

    sweep(database, NOW)

    with database.reading() as tx:
        assert [tablets.is_bound(tx, token) for token in (lost, held)] == [False, True]


def on_tablet(tx, at=NOW, **answers):
    """A form that was begun on a tablet."""
    intake = intakes.save(tx, answered(begin(tx, now=at).intake, **answers), now=at)
    tablets.note_form(tx, intake.id, now=at)
    return intake


def test_forms_that_lay_on_a_tablet_and_were_not_sent_are_found_last_first(database):
    with database.writing() as tx:
        first = on_tablet(tx, NOW - SECOND, birth_date=BORN)
        last = on_tablet(tx, NOW, birth_date=BORN)
        on_tablet(tx, NOW - 2 * SECOND, birth_date=BORN)
        on_tablet(tx, NOW)
        intakes.save(tx, answered(begin(tx).intake, birth_date=BORN), now=NOW)
        tablets.note_form(tx, send(tx, Urgency.ROUTINE).id, now=NOW)

        found = tablets.unsent(tx, since=NOW - SECOND)
        every = [facts.id for facts in intakes.listing(tx)]
        handed = {one for one in every if tablets.is_unsent(tx, one, since=NOW - SECOND)}

    assert handed == {last.id, first.id} < set(every)
    assert [each.id for each in found] == [last.id, first.id]
    assert (found[1].reference, found[1].tablet_at) == (first.reference, NOW - SECOND)


def test_a_form_belongs_to_whoever_was_born_on_its_day_until_it_is_sent(database):
    born = date.fromisoformat(BORN)
    with database.writing() as tx:
        draft, blank = on_tablet(tx, birth_date=BORN), on_tablet(tx)
        sent = send(tx, Urgency.ROUTINE)

        assert tablets.is_draft_of(tx, draft.id, born)
        assert not tablets.is_draft_of(tx, draft.id, born + timedelta(days=1))
        assert not tablets.is_draft_of(tx, blank.id, born)
        assert not tablets.is_draft_of(tx, sent.id, born)
