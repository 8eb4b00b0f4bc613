"""The outbox: written with the act, taken by one, tried again, given up out loud."""

from datetime import timedelta

import sqlalchemy as sa

from clinic.store import outbox
from clinic.store.outbox import FIRST_WAIT, LATE_AFTER, LEASE, LONGEST_WAIT, MOST_ATTEMPTS
from clinic.store.tables import outbox as table
from tests.make import NOW
from tests.store.threads import in_threads

PAYLOAD = {"to": "canary@x.example", "parts": [1, None]}
SECOND = timedelta(seconds=1)


def put(tx, **more):
    return outbox.enqueue(tx, **{"kind": "mail", "payload": PAYLOAD, "now": NOW, **more})


def test_a_message_is_claimed_as_it_was_written(database):
    with database.writing() as tx:
        row_id = put(tx)
        (message,) = outbox.claim(tx, NOW)

    assert (message.id, message.kind, message.payload) == (row_id, "mail", PAYLOAD)
    assert message.attempts == 1


def test_a_claimed_message_is_nobody_elses_until_the_lease_ends(database):
    with database.writing() as tx:
        put(tx)
        outbox.claim(tx, NOW)

        assert outbox.claim(tx, NOW + LEASE - SECOND) == []
        assert [message.attempts for message in outbox.claim(tx, NOW + LEASE)] == [2]


def test_workers_at_one_moment_share_the_messages_out(database):
    with database.writing() as tx:
        for _ in range(12):
            put(tx)

    def work(_):
        with database.writing() as tx:
            return [message.id for message in outbox.claim(tx, NOW, limit=3)]

    found = [each for ids in in_threads(work, 4) for each in ids]

    assert len(found) == len(set(found)) == 12


def test_a_message_waits_until_it_is_due_and_the_oldest_goes_first(database):
    with database.writing() as tx:
        later = put(tx, due=NOW + timedelta(hours=1))
        first = put(tx)

        assert [message.id for message in outbox.claim(tx, NOW)] == [first]
        assert later in [message.id for message in outbox.claim(tx, NOW + timedelta(hours=1))]


def test_a_message_that_was_sent_is_not_sent_again(database):
    with database.writing() as tx:
        put(tx)
        (message,) = outbox.claim(tx, NOW)
        outbox.sent(tx, message.id, NOW)

        assert outbox.claim(tx, NOW + timedelta(days=1)) == []
        assert outbox.waiting(tx) == 0


def test_a_message_with_a_name_is_written_once(database):
    with database.writing() as tx:
        assert put(tx, once="reminder 1") is not None
        assert put(tx, once="reminder 1") is None
        assert put(tx, once="reminder 2") is not None
        assert outbox.waiting(tx) == 2


def test_a_failed_message_is_tried_again_after_waits_that_double_and_then_given_up(database):
    with database.writing() as tx:
        put(tx)
        now, waits = NOW, []
        while found := outbox.claim(tx, now):
            outbox.failed(tx, found[0].id, now, "ConnectionRefused")
            due = tx.scalar(sa.select(table.c.due_at))
            waits.append(due - now)
            now = due

        assert len(waits) == MOST_ATTEMPTS
        assert waits[0] == 2 * FIRST_WAIT
        assert waits[1] == 2 * waits[0]
        assert max(waits) == LONGEST_WAIT
        assert outbox.waiting(tx) == 0
        assert outbox.late(tx, now) == 1
        assert tx.scalar(sa.select(table.c.fault)) == "ConnectionRefused"


def test_a_message_is_late_a_quarter_of_an_hour_after_it_was_due(database):
    with database.writing() as tx:
        put(tx)

        assert outbox.late(tx, NOW + LATE_AFTER - SECOND) == 0
        assert outbox.late(tx, NOW + LATE_AFTER) == 1


def test_a_long_reason_is_cut(database):
    with database.writing() as tx:
        outbox.failed(tx, put(tx), NOW, "x" * 500)

        assert tx.scalar(sa.select(table.c.fault)) == "x" * 80


def test_the_payload_is_not_readable_in_the_table(database):
    with database.writing() as tx:
        put(tx)
        sealed = tx.scalar(sa.select(table.c.sealed_payload))

    assert b"canary" not in bytes(sealed)
