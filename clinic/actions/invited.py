"""A form that was begun with an invitation: the visit it is for, and the answers of last time."""

from dataclasses import dataclass
from datetime import date, datetime

from clinic.actions.returning import start_from
from clinic.intake import Intake
from clinic.store import audit, intakes, invitations
from clinic.store.database import Transaction
from clinic.store.invitations import Permit
from clinic.store.records import Card
from clinic.summary.words import long_date


@dataclass(frozen=True, slots=True)
class Invited:
    """What a form is begun with: the permit that pressing Start gave."""

    permit: Permit
    library: intakes.Library
    today: date


def begun_with(tx: Transaction, draft: Intake, invited: Invited, *, now: datetime) -> Intake:
    """Tie a new draft to its invitation. Raises Refused when another one was begun with it."""
    invitation = invitations.begin(tx, invited.permit, draft.id)
    audit.record(
        tx,
        actor=audit.PATIENT,
        action="invitation.begin",
        subject=("invitation", invitation.id),
        now=now,
        detail=str(draft.id),
    )
    if invitation.patient_id is not None:
        draft = start_from(
            tx, invited.library, draft, invitation.patient_id, now=now, today=invited.today
        )
    if invitation.appointment_on is None:
        return draft
    visit = invitation.appointment_on
    card = Card(name="", appointment=long_date(visit, "en"), visit_on=visit)
    return intakes.save(tx, draft, card=card, now=now)
