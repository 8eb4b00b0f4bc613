"""The words that staff pages use for referrals: states, moves, what to do next."""

from collections.abc import Mapping

from clinic.referral.model import KIND_WORDS, Channel, Kind
from clinic.referral.states import Act, By, State

STATES: Mapping[State, str] = {
    State.DRAFT: "Draft",
    State.READY_FOR_SIGNOFF: "Complete, not sent",
    State.SENT: "Sent, no answer yet",
    State.RECEIVED: "Received",
    State.NEEDS_INFO: "They ask for something",
    State.ACCEPTED: "Accepted, no visit booked yet",
    State.DECLINED: "Declined",
    State.SCHEDULED: "Booked, patient not told yet",
    State.PATIENT_NOTIFIED: "Booked, patient told",
    State.RESCHEDULED: "Has to be booked again",
    State.NO_SHOW: "Visit was missed",
    State.SEEN: "Seen, no report yet",
    State.REPORT_RECEIVED: "Report is here, not reviewed yet",
    State.REVIEWED_AND_PATIENT_TOLD: "Closed: reviewed, and the patient told",
    State.CANCEL_REQUESTED: "Asked to be cancelled",
    State.CANCELLED: "Cancelled",
    State.PATIENT_DECLINED: "The patient does not want it",
    State.FAILED: "Did not get through",
    State.ENTERED_IN_ERROR: "Entered in error",
}

NEXT: Mapping[State, str] = {
    State.DRAFT: "Finish the letter",
    State.READY_FOR_SIGNOFF: "Sign and send",
    State.SENT: "Ask whether it arrived",
    State.RECEIVED: "Ask whether they accept",
    State.NEEDS_INFO: "Answer them",
    State.ACCEPTED: "Ask for a visit",
    State.DECLINED: "Send elsewhere, and tell the patient",
    State.SCHEDULED: "Tell the patient when and where",
    State.PATIENT_NOTIFIED: "Ask whether the patient was seen",
    State.RESCHEDULED: "Call, and book again",
    State.NO_SHOW: "Call the patient",
    State.SEEN: "Ask for the report",
    State.REPORT_RECEIVED: "Review it, and tell the patient",
    State.CANCEL_REQUESTED: "Cancel it, or keep it",
    State.FAILED: "Send again, or elsewhere",
}
"""The one thing to do next; an end state has none."""

KINDS: Mapping[Kind, str] = KIND_WORDS

CHANNELS: Mapping[Channel, str] = {
    Channel.PRINT: "Print the letter and hand it over",
    Channel.FAX: "Fax the letter with a cover sheet",
    Channel.MAIL: "Mail a link; nothing about the patient stands in the mail",
}
SENT_BY: Mapping[Channel, str] = {
    Channel.PRINT: "on paper",
    Channel.FAX: "by fax",
    Channel.MAIL: "by mail with a link",
}

BUTTONS: Mapping[Act, str] = {
    Act.COMPLETE: "Mark the letter as complete",
    Act.REVISE: "Bring back to a draft",
    Act.ACKNOWLEDGE: "They have it",
    Act.ASK: "They ask for something",
    Act.ANSWER: "We answered them",
    Act.ACCEPT: "They accept",
    Act.DECLINE: "They decline",
    Act.BOOK: "A visit is booked",
    Act.TELL_PATIENT: "The patient was told",
    Act.RESCHEDULE: "The visit has to be moved",
    Act.MISS: "The patient did not come",
    Act.REPORT_SEEN: "The patient was seen",
    Act.REPORT: "Their report is here",
    Act.CLOSE: "Reviewed, and the patient told",
    Act.REROUTE: "Send elsewhere",
    Act.REQUEST_CANCEL: "Somebody asks to cancel",
    Act.KEEP: "Keep it after all",
    Act.CANCEL: "Cancel it",
    Act.PATIENT_DECLINES: "The patient does not want it",
    Act.FAIL: "It did not get through",
    Act.RETRY: "Try to send it again",
    Act.MARK_ERROR: "Entered in error",
}

ASK: Mapping[Act, str] = {
    Act.ASK: "What they ask",
    Act.ANSWER: "What we answered",
    Act.CLOSE: "The plan, and what the patient was told",
    Act.REPORT: "What the report says",
    Act.PATIENT_DECLINES: "Why, and what the patient was told to watch for",
}
"""What the words beside a move are; a reason, where nothing stands here."""

DONE: Mapping[Act, str] = {
    Act.COMPLETE: "marked the letter as complete",
    Act.REVISE: "brought it back to a draft",
    Act.SIGN: "signed the letter",
    Act.SEND: "sent it",
    Act.ACKNOWLEDGE: "noted that it arrived",
    Act.ASK: "asked for something",
    Act.ANSWER: "answered",
    Act.ACCEPT: "accepted",
    Act.DECLINE: "declined",
    Act.BOOK: "booked a visit",
    Act.TELL_PATIENT: "told the patient",
    Act.RESCHEDULE: "said that the visit has to be moved",
    Act.MISS: "said that the patient did not come",
    Act.REPORT_SEEN: "reported the patient as seen",
    Act.REPORT: "gave a report",
    Act.CLOSE: "reviewed the report and told the patient",
    Act.REROUTE: "sent it elsewhere",
    Act.REQUEST_CANCEL: "asked to cancel",
    Act.KEEP: "kept it",
    Act.CANCEL: "cancelled it",
    Act.PATIENT_DECLINES: "noted that the patient does not want it",
    Act.FAIL: "noted that it did not get through",
    Act.RETRY: "will try again",
    Act.MARK_ERROR: "marked it as entered in error",
}
"""What somebody did, to stand behind the name."""

WHO: Mapping[By, str] = {By.RECEIVER: "The other side", By.SYSTEM: "The program"}
"""Who acted where it was no member of staff."""

HOW_AGREED = {
    "said": "The patient said so",
    "signed": "The patient signed a paper",
    "form": "It stands in the form the patient sent",
}
SCOPE = "What is asked, and the letter as it will be sent"
