"""A patient who comes back starts from the last answers: stable facts alone, to look over again.

Safety questions, symptoms and scores are always asked anew, and so is all that a rule reads. Of
the activities that the patient named, the names come back and are rated anew (instruments.md, 4).
"""

from dataclasses import replace
from datetime import date, datetime
from uuid import UUID

from clinic.intake import Intake
from clinic.questionnaire.model import Item, ItemType, Questionnaire, Step
from clinic.questionnaire.response import Answer, Response
from clinic.store import audit, intakes, same_person
from clinic.store.database import Transaction
from clinic.store.intakes import Library

STABLE = frozenset(
    {
        *("full-name", "birth-date"),
        *("phone", "email", "preferred-contact", "emergency-name", "emergency-phone"),
        *("address-street", "address-city", "address-state", "address-zip"),
        *("primary-care", "insurance", "language", "interpreter", "access-needs", "job"),
        *("takes-medicines", "medicine-name", "medicine-dose"),
        *("allergies", "allergy-details", "other-conditions"),
        *("had-surgery", "surgery-what", "surgery-year", "implants", "implant-details"),
        *("past-scans", "scan-details"),
        *("activity-name",),
    }
)
"""The questions of `low-back-intake` whose last answer still holds for most people.

Awaiting clinical review.
"""


def start_from(
    tx: Transaction,
    library: Library,
    draft: Intake,
    patient_id: UUID,
    *,
    now: datetime,
    today: date,
) -> Intake:
    """Put the stable facts of the last sent intake of a confirmed person into a new draft.

    Only for somebody who holds an invitation to this patient (DESIGN, section 7). Raises
    UnknownRecord, AlreadySubmitted and Conflict.
    """
    sent = same_person.intakes_of_person(tx, patient_id)
    last = next((facts.id for facts in sent if facts.submitted_at and facts.id != draft.id), None)
    if last is None:
        return draft
    earlier = intakes.load(tx, last, library)
    audit.record(
        tx,
        actor=audit.PATIENT,
        action="intake.start_from",
        subject=("intake", last),
        now=now,
        detail=str(draft.id),
    )
    return intakes.save(tx, started_from(draft, earlier, today), now=now)


def started_from(draft: Intake, earlier: Intake, today: date) -> Intake:
    """Give a draft with the stable facts of an earlier intake.

    They are no answers of today: they have no entry in the history, and no page was left. Each
    of these pages is shown before the form can be sent.
    """
    kept = carried_over(draft.questionnaire, earlier.shown)
    filled = draft.recorded(kept, offered=(), now=draft.created_at, today=today)
    return replace(filled, history=draft.history)


def carried_over(questionnaire: Questionnaire, earlier: Response) -> dict[str, Answer]:
    """Give the answers of an earlier response that a new form may begin with, by key."""
    known = questionnaire.by_link_id
    found: dict[str, Answer] = {}
    for key, answer in earlier.answers.items():
        link_id = key.rpartition(".")[2]
        item = known.get(link_id)
        if link_id in STABLE and item is not None and _still_offers(item, answer):
            found[key] = answer
    return found


def from_last_time(intake: Intake, step: Step) -> bool:
    """True when a page shows answers of an earlier intake that the patient has not looked over."""
    answered = intake.response.answers
    return any(
        key in answered and not intake.entries(key)
        for key in intake.not_offered(step)
        if key.rpartition(".")[2] in STABLE
    )


def _still_offers(item: Item, answer: Answer) -> bool:
    """False of a choice that the form does not offer any more."""
    offered = {option.value for option in item.options}
    if not offered or item.type is ItemType.OPEN_CHOICE:
        return True
    return all(value in offered for value in answer)
