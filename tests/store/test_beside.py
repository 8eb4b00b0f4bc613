"""What stands beside intakes: each kind is read where there is some, and of that intake alone."""

from datetime import timedelta
from decimal import Decimal

import pytest

from clinic.referral.emergency import EmergencyStep
from clinic.store import (
    amendments,
    case_access,
    emergency_steps,
    levels,
    notes,
    outcomes,
    staff_facts,
    typed_totals,
)
from clinic.store.beside import KINDS, Beside
from clinic.store.case_access import AccessReason
from clinic.store.outcomes import OutcomeKind
from clinic.triage.rules import Urgency
from tests.make import NOW
from tests.store.kept import hire, send


def put_all(tx, intake_id, by):
    """One of every kind."""
    who = {"by": by, "now": NOW}
    amendments.add(tx, intake_id, "I forgot.", once="1", now=NOW)
    emergency_steps.add(
        tx, intake_id, EmergencyStep.ADVISED, number=1, words="", due_at=None, **who
    )
    levels.add(
        tx, intake_id, computed=Urgency.ROUTINE, level=Urgency.SAME_DAY, reason="Seen.", **who
    )
    notes.add(tx, intake_id, "Called.", author_id=by, now=NOW)
    outcomes.record(tx, intake_id, OutcomeKind.CALLED, **who)
    staff_facts.add(tx, intake_id, "self-harm", (False,), words="Asked.", **who)
    typed_totals.add(tx, intake_id, "odi", {"odi": Decimal(30)}, taken_on=NOW.date(), **who)
    case_access.open_for(tx, intake_id, by, reason=AccessReason.WORSE, words="", now=NOW)


@pytest.mark.parametrize("reader", KINDS, ids=lambda reader: reader.__module__)
def test_each_kind_is_read_where_there_is_some(database, reader):
    with database.writing() as tx:
        busy, quiet = send(tx), send(tx, now=NOW + timedelta(minutes=1))
        put_all(tx, busy.id, hire(tx).id)

        beside = Beside(tx, [busy.id, quiet.id])

        assert beside.read(reader, busy.id) == tuple(reader(tx, busy.id)) != ()
        assert beside.read(reader, quiet.id) == ()
