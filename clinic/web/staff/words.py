"""The words that staff pages use for states, levels, outcomes, roles and times."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from clinic.actions.second_step import Way
from clinic.intake import IntakeState
from clinic.referral.emergency import EmergencyStep
from clinic.store.case_access import AccessReason
from clinic.store.outcomes import LastCall, OutcomeKind
from clinic.store.queues import Queue
from clinic.store.records import Facts
from clinic.store.staff import Role
from clinic.store.worklist import Speaks
from clinic.summary.words import clock, long_date, urgency_word
from clinic.triage.rules import Urgency

LEVEL_WORDS: Mapping[Urgency, str] = {level: urgency_word(level, "en") for level in Urgency}

INCOMPLETE_SCREEN = "Incomplete screen"
"""Stands where a level would, while safety questions have no answer: it is not known yet."""

STATE_WORDS: Mapping[IntakeState, str] = {
    IntakeState.DRAFT: "Not sent",
    IntakeState.SUBMITTED: "New",
    IntakeState.IN_REVIEW: "In review",
    IntakeState.REVIEWED: "Reviewed",
    IntakeState.CLOSED: "Closed",
}

QUEUE_WORDS: Mapping[Queue, str] = {
    Queue.EMERGENCY: "Emergency, nothing recorded yet",
    Queue.SAME_DAY: "Call today",
    Queue.INCOMPLETE: "Safety questions not answered",
    Queue.OVERDUE: "Overdue",
    Queue.URGENT: "Within 2 weeks",
    Queue.ROUTINE: "Routine",
    Queue.SELF_CARE: "Self-care",
}

FILTER_WORDS: Mapping[Queue, str] = {
    Queue.EMERGENCY: "Emergency",
    Queue.SAME_DAY: "Call today",
    Queue.INCOMPLETE: "Not complete",
    Queue.OVERDUE: "Overdue",
    Queue.URGENT: "2 weeks",
    Queue.ROUTINE: "Routine",
    Queue.SELF_CARE: "Self-care",
}

SPEAKS_WORDS: Mapping[Speaks, str] = {
    Speaks.SPANISH: "Spanish",
    Speaks.NOT_ENGLISH: "Not English",
    Speaks.INTERPRETER: "Interpreter needed",
}

CALL_TODAY = (Queue.EMERGENCY, Queue.SAME_DAY, Queue.INCOMPLETE)

OUTCOME_WORDS: Mapping[OutcomeKind, str] = {
    OutcomeKind.CALLED: "Called and spoke with the patient",
    OutcomeKind.SENT_TO_EMERGENCY_CARE: "Sent to emergency care",
    OutcomeKind.COULD_NOT_REACH: "Could not reach",
    OutcomeKind.WELFARE_CHECK: "Nobody was reached; a welfare check was asked for",
    OutcomeKind.SEEN_TODAY: "Seen today",
    OutcomeKind.VISIT_WITHIN_2_WEEKS: "Visit within 2 weeks",
    OutcomeKind.NORMAL_VISIT: "Normal visit",
    OutcomeKind.EVERY_TRY_MADE: "Nobody was reached: three calls, a text, the emergency contact",
    OutcomeKind.FINDING_SETTLED: "What came of the findings of 2 weeks",
    OutcomeKind.BOOKING_MISSED: "Called to book a visit, and nobody answered",
}

STEP_WORDS: Mapping[EmergencyStep, str] = {
    EmergencyStep.SPOKEN: "Spoken with; not known yet whether they go",
    EmergencyStep.ADVISED: "Told to get emergency care, and will go",
    EmergencyStep.NOT_REACHED: "Could not reach anybody",
    EmergencyStep.ARRIVED: "Arrived there",
    EmergencyStep.REFUSED: "Will not go; a clinician talked with them",
    EmergencyStep.OUTCOME_KNOWN: "We know what came of it",
}

ROLE_WORDS: Mapping[Role, str] = {
    Role.FRONT_DESK: "Front desk",
    Role.CLINICIAN: "Clinician",
    Role.ADMIN: "Admin",
}

WAY_WORDS: Mapping[Way, str] = {
    Way.APP: "with a code of the app",
    Way.RECOVERY: "with a recovery code",
    Way.PASSKEY: "with a passkey",
}

REASON_WORDS: Mapping[AccessReason, str] = {
    AccessReason.WORSE: "The patient sounds worse, and no clinician can be reached",
    AccessReason.ON_THE_PHONE: "The patient is on the phone about their own answers",
    AccessReason.EMERGENCY_CARE_ASKS: "An ambulance or emergency department asks",
    AccessReason.CLINICIAN_ASKED: "A clinician asked me to read it out",
    AccessReason.OTHER: "Something else",
}


ACT_WORDS: Mapping[str, str] = {
    "audit.export": "Took the audit out as CSV",
    "audit.view": "Looked at the audit",
    "backup.make": "Made a backup",
    "backup.restore": "Restored a backup",
    "figures.export": "Took the figures of referrals out as CSV",
    "figures.view": "Looked at the figures of referrals",
    "hold.lift": "Lifted a legal hold",
    "hold.set": "Set a legal hold",
    "hold.view": "Looked at the legal holds",
    "intake.acknowledge": "Acknowledged the emergency",
    "intake.add": "Added to the answers that were sent",
    "intake.answer": "Answered a page",
    "intake.break_glass": "Opened all answers with a reason (break-glass)",
    "intake.break_glass_seen": "Looked at a use of break-glass",
    "intake.delete": "Deleted it by policy",
    "intake.emergency": "Was shown the emergency page",
    "intake.emergency_step": "Recorded a step of an emergency",
    "intake.compare": "Compared it with a later one",
    "intake.correct_total": "Corrected a score",
    "intake.go_on": "Went on with the form on a clinic tablet",
    "intake.give_back": "Gave it back",
    "intake.note": "Added a note",
    "intake.note_visit": "Noted a visit",
    "intake.outcome": "Recorded what was done",
    "intake.patient_pdf": "Printed the patient's own paper",
    "intake.pdf": "Opened the PDF",
    "intake.remove_visit": "Took a visit off",
    "intake.reopen": "Opened it again",
    "intake.read_added": "Read what was added",
    "intake.resume": "Came back with the code",
    "intake.review": "Marked it reviewed",
    "intake.room_sheet": "Opened the room sheet",
    "intake.send": "Sent the answers",
    "intake.set_level": "Set another level",
    "intake.staff_question": "Answered a question for staff",
    "intake.start": "Began",
    "intake.start_from": "Began a new form from this one",
    "intake.take": "Took it",
    "intake.take_total_back": "Took a score back",
    "intake.type_total": "Typed a score",
    "intake.view": "Opened the patient's page",
    "invitation.begin": "Began the form of an invitation",
    "invitation.delete": "Deleted an invitation by policy",
    "invitation.mail": "Mailed an invitation",
    "invitation.make": "Invited somebody",
    "invitation.open": "Pressed Start behind a link",
    "invitation.renew": "Made a new link",
    "invitation.revoke": "Took an invitation back",
    "invitation.slip": "Printed the slip of an invitation",
    "invitation.view": "Opened an invitation",
    "invitations.view": "Looked at the invitations",
    "keys.retire": "Retired a key",
    "keys.rotate": "Wrapped all data keys with the key in use",
    "paper.begin": "Began to type in a paper form",
    "paper.open": "Opened a paper form to type in",
    "paper.view": "Looked at the paper forms",
    "patient.different": "Said it is another person",
    "patient.same": "Said it is the same person",
    "patient.search": "Looked somebody up",
    "patient.undo_same": "Undid who is the same person",
    "patient.view": "Opened the patient's intakes",
    "people.view": "Looked at the list of staff",
    "provider.add": "Added an entry to the directory",
    "provider.bring_back": "Listed an entry of the directory again",
    "provider.change": "Changed an entry of the directory",
    "provider.export": "Took the directory out as CSV",
    "provider.import": "Read a CSV file into the directory",
    "provider.remove": "Removed an entry of the directory",
    "referral.accept": "Noted that a referral was accepted",
    "referral.acknowledge": "Noted that a referral arrived",
    "referral.answer": "Answered a question about a referral",
    "referral.ask": "Noted a question about a referral",
    "referral.attachment": "Opened a file of a referral",
    "referral.book": "Noted a visit for a referral",
    "referral.cancel": "Cancelled a referral",
    "referral.choose": "Changed what a referral asks",
    "referral.close": "Closed a referral",
    "referral.code": "Opened the door of a referral with the code",
    "referral.complete": "Marked a letter as complete",
    "referral.decline": "Noted that a referral was declined",
    "referral.door": "Made a new link for a referral",
    "referral.escalate": "Was late with its step, and stands on the list",
    "referral.fail": "Noted that a referral did not get through",
    "referral.keep": "Kept a referral",
    "referral.letter": "Changed a letter",
    "referral.mark_error": "Marked a referral as entered in error",
    "referral.miss": "Noted a missed visit",
    "referral.patient_declines": "Noted that a patient does not want a referral",
    "referral.pdf": "Opened a letter",
    "referral.read": "Read the letter",
    "referral.reason": "Gave a reason to go on",
    "referral.report": "Noted a report",
    "referral.report_seen": "Noted that a patient was seen",
    "referral.request_cancel": "Noted a wish to cancel a referral",
    "referral.reroute": "Sent a referral elsewhere",
    "referral.reschedule": "Noted that a visit has to be moved",
    "referral.retry": "Will send a referral again",
    "referral.revise": "Brought a letter back to a draft",
    "referral.send": "Sent a referral",
    "referral.shut_door": "Shut the link of a referral",
    "referral.sign": "Signed a letter",
    "referral.start": "Drafted a referral",
    "referral.take": "Took a referral, or gave it back",
    "referral.tell_patient": "Noted that a patient was told",
    "referral.view": "Opened a referral",
    "referrals.view": "Looked at the referrals",
    "sharing.agree": "Recorded a consent to share",
    "sharing.withdraw": "Recorded that a consent was taken back",
    "staff.add": "Added somebody to staff",
    "staff.change_password": "Changed the password",
    "staff.end_session": "Ended one of their own sessions",
    "staff.end_sessions": "Ended their own other sessions",
    "staff.enable": "Let somebody sign in again",
    "staff.set_role": "Changed somebody's role",
    "staff.disable": "Disabled somebody",
    "staff.reset": "Gave somebody a new first password",
    "staff.view": "Looked at an account of staff",
    "staff.first_step": "Gave the right password, before the second step",
    "staff.second_step": "Second step of signing in",
    "staff.sign_in": "Signed in",
    "staff.sign_in_again": "Signed in again, before an act that asks for it",
    "staff.set_up_app": "Set up an app as second step",
    "staff.remove_app": "Removed the app of the second step",
    "staff.add_passkey": "Added a passkey",
    "staff.remove_passkey": "Removed a passkey",
    "staff.new_codes": "Made new recovery codes",
    "staff.reset_second_step": "Took somebody's second step away",
    "staff.sign_out": "Signed out",
    "tablet.hand": "Handed a tablet to a patient",
    "tablet.take_back": "Took a tablet back from patients",
    "tablet.view": "Looked at whom a tablet can go to",
    "worklist.view": "Looked at the worklist",
}
"""What stands in the audit, in words."""

MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


def level_of(facts: Facts) -> str:
    """Give the level in words, or that the screen is incomplete, which no level may hide."""
    if facts.queue is Queue.INCOMPLETE:
        return INCOMPLETE_SCREEN
    return LEVEL_WORDS[facts.urgency] if facts.urgency else ""


def level_code(facts: Facts) -> str:
    """Give the name of the color that goes with `level_of`."""
    if facts.queue is Queue.INCOMPLETE:
        return "incomplete"
    return facts.urgency.value if facts.urgency else ""


def waiting(since: datetime, now: datetime) -> str:
    """Give how long somebody has waited, such as 12 min, 3 h or 2 days."""
    passed = max(now - since, timedelta())
    if passed < HOUR:
        return f"{passed // MINUTE} min"
    if passed < 2 * DAY:
        return f"{passed // HOUR} h"
    return f"{passed // DAY} days"


def call_words(last: LastCall, zone: ZoneInfo, now: datetime) -> str:
    """Say how the last call ended and when, with how many tries in a row reached nobody."""
    tries = f", {last.tries} tries, the last" if last.tries > 1 else ","
    return f"{OUTCOME_WORDS[last.outcome]}{tries} {moment(last.at, zone, now)}"


def moment(at: datetime, zone: ZoneInfo, now: datetime) -> str:
    """Give a time on the clinic's clock, with the day when it was not today."""
    local, today = at.astimezone(zone), now.astimezone(zone)
    if local.date() == today.date():
        return clock(local)
    return f"{day(at, zone, now)}, {clock(local)}"


def day(at: datetime, zone: ZoneInfo, now: datetime) -> str:
    """Give a day such as November 21, with the year when it is another."""
    return day_words(at.astimezone(zone).date(), zone, now)


def day_words(on: date, zone: ZoneInfo, now: datetime) -> str:
    """Give a day such as November 21, with the year when it is another."""
    words = long_date(on, "en")
    return words.partition(",")[0] if on.year == now.astimezone(zone).year else words
