"""Alerts: one stands for an emergency, is told again, and ends with a word or an outcome."""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from clinic.errors import BadInput
from clinic.store import alerts, intakes, news, outcomes
from clinic.store.outcomes import OutcomeKind
from clinic.store.tables import alert as table
from clinic.triage.rules import Urgency
from tests.make import NOW
from tests.store.kept import alarmed_draft, hire, send
from tests.store.threads import in_threads

MINUTE = timedelta(minutes=1)
TEN = timedelta(minutes=10)


def emergency(tx):
    """A draft on the list, with its alert."""
    intake = alarmed_draft(tx)
    alerts.raise_alert(tx, intake.id, now=NOW)
    return intake.id


def of(tx, intake_id):
    return alerts.latest_of(tx, [intake_id])[intake_id]


def number_of(tx):
    return tx.scalar(sa.select(sa.func.count()).select_from(table))


def test_a_second_alarm_of_one_patient_is_told_at_once_with_the_first(database):
    with database.writing() as tx:
        intake_id = emergency(tx)
        alerts.told(tx, [of(tx, intake_id)], next_at=NOW + TEN)
        assert alerts.due(tx, NOW + MINUTE) == []

        alerts.raise_alert(tx, intake_id, now=NOW + MINUTE)

        assert [found.intake_id for found in alerts.due(tx, NOW + MINUTE)] == [intake_id]
        assert number_of(tx) == 1
        assert alerts.standing(tx).since == NOW


def test_alarms_at_one_instant_leave_one_alert(database):
    with database.writing() as tx:
        intake_id = alarmed_draft(tx).id

    def alarm(_):
        with database.writing() as tx:
            alerts.raise_alert(tx, intake_id, now=NOW)

    in_threads(alarm, 6)

    with database.reading() as tx:
        assert number_of(tx) == 1


def test_of_those_who_acknowledge_at_one_instant_one_is_the_first(database):
    with database.writing() as tx:
        alert_id = of(tx, emergency(tx)).id
        people = [hire(tx, f"nina{number}") for number in range(6)]

    def press(number):
        with database.writing() as tx:
            return alerts.acknowledge(tx, alert_id, by=people[number].id, now=NOW)

    pressed = in_threads(press, 6)

    assert sorted(pressed) == [False] * 5 + [True]
    with database.reading() as tx:
        first = people[pressed.index(True)]
        assert alerts.get(tx, alert_id).acknowledged_by == first.id


def test_what_comes_after_a_word_is_a_new_alert(database):
    with database.writing() as tx:
        nina, intake_id = hire(tx), emergency(tx)
        seen = of(tx, intake_id)
        alerts.acknowledge(tx, seen.id, by=nina.id, now=NOW)
        alerts.tend(tx, NOW)
        assert alerts.standing(tx).number == 0
        assert alerts.due(tx, NOW + TEN) == []

        alerts.raise_alert(tx, intake_id, now=NOW + MINUTE)

        assert of(tx, intake_id).id != seen.id
        assert alerts.standing(tx).number == 1


def test_an_outcome_ends_the_alert_and_a_word_comes_too_late(database):
    with database.writing() as tx:
        nina, intake_id = hire(tx), emergency(tx)
        outcomes.record(tx, intake_id, OutcomeKind.CALLED, by=nina.id, now=NOW)

        assert alerts.due(tx, NOW + TEN) == []
        assert not alerts.acknowledge(tx, of(tx, intake_id).id, by=nina.id, now=NOW)


def test_an_emergency_that_nobody_raised_an_alert_for_gets_one(database):
    with database.writing() as tx:
        sent = send(tx, Urgency.EMERGENCY_NOW)
        quiet = send(tx, Urgency.SAME_DAY)

        alerts.tend(tx, NOW)
        alerts.tend(tx, NOW)

        assert [found.intake_id for found in alerts.due(tx, NOW)] == [sent.id]
        assert quiet.id not in alerts.latest_of(tx, [quiet.id])


def test_an_alert_whose_patient_left_the_emergencies_is_over(database):
    with database.writing() as tx:
        intake_id = send(tx, Urgency.SAME_DAY).id
        alerts.raise_alert(tx, intake_id, now=NOW)

        alerts.tend(tx, NOW)

        assert not of(tx, intake_id).standing


def test_alerts_go_with_their_intake(database):
    with database.writing() as tx:
        emergency(tx)
        tx.execute(sa.delete(intakes.table))

        assert number_of(tx) == 0


def test_news_counts_what_came_since_the_page(database):
    with database.writing() as tx:
        emergency(tx)
        send(tx)
        place = news.mark(tx, NOW)
        assert news.since(tx, place) == news.News(new=0, emergencies=0, standing=1)

        send(tx, now=NOW + MINUTE)
        alerts.raise_alert(tx, alarmed_draft(tx, now=NOW).id, now=NOW + MINUTE)

        assert news.since(tx, place) == news.News(new=2, emergencies=1, standing=2)


def test_what_was_slow_to_be_committed_counts_as_new(database):
    with database.writing() as tx:
        place = news.mark(tx, NOW)
        send(tx, now=NOW - timedelta(seconds=30))

        assert news.since(tx, place).new == 1


def test_an_emergency_that_somebody_acknowledged_no_longer_rings(database):
    with database.writing() as tx:
        place = news.mark(tx, NOW)
        nina, intake_id = hire(tx), emergency(tx)
        alerts.acknowledge(tx, of(tx, intake_id).id, by=nina.id, now=NOW)

        assert news.since(tx, place) == news.News(new=1, emergencies=0, standing=0)


@pytest.mark.parametrize("place", ["", "x~1~2", "2026-03-17T14:30:00~1", "2026-03-17~x~y"])
def test_a_strange_place_is_refused(database, place):
    with database.reading() as tx, pytest.raises(BadInput):
        news.since(tx, place)
