"""The words of the receiving page: what can be answered, and what was."""

from collections.abc import Mapping
from dataclasses import dataclass

from clinic.referral.states import Act, State


@dataclass(frozen=True, slots=True, kw_only=True)
class ActWords:
    """How an answer is offered. A label is "" where nothing of that sort is asked."""

    heading: str
    button: str
    done: str
    hint: str = ""
    words: str = ""
    day: str = ""
    clock: str = ""
    file: str = ""


ACTS: Mapping[Act, ActWords] = {
    Act.ACKNOWLEDGE: ActWords(
        heading="Confirm that you have it",
        button="We have it",
        done="Thank you. We noted that you have it.",
        hint="You can accept or decline later.",
    ),
    Act.ACCEPT: ActWords(
        heading="Accept",
        button="Accept this referral",
        done="Thank you. We noted that you accept.",
        hint="You will see this patient. The visit can be booked later.",
    ),
    Act.BOOK: ActWords(
        heading="Book a visit",
        button="Save the visit",
        done="Thank you. The visit is noted, and we tell the patient.",
        day="Day of the visit",
        clock="Time of the visit",
    ),
    Act.ASK: ActWords(
        heading="Ask us something",
        button="Send the question",
        done="Thank you. We noted your question and will answer.",
        words="Your question",
    ),
    Act.REPORT_SEEN: ActWords(
        heading="Report the patient as seen",
        button="Report as seen",
        done="Thank you. We noted that the patient was seen.",
        hint="The report itself can follow.",
        day="Day of the visit",
    ),
    Act.REPORT: ActWords(
        heading="Report back",
        button="Send the report",
        done="Thank you. We have your report.",
        hint="Write the report, or attach it, or both. After this the page shows no more.",
        words="Your report",
        file="A file: a PDF or a plain text, 10 MB at most",
    ),
    Act.RESCHEDULE: ActWords(
        heading="Move the visit",
        button="Take the visit back",
        done="We noted that the visit has to be moved. Book the new one here when it is known.",
        words="Why it has to be moved",
    ),
    Act.MISS: ActWords(
        heading="Report a missed visit",
        button="The patient did not come",
        done="Thank you. We noted that the patient did not come.",
        words="Anything we should know",
    ),
    Act.DECLINE: ActWords(
        heading="Decline",
        button="Decline this referral",
        done="Thank you. We noted that you decline, and ask elsewhere.",
        words="The reason",
    ),
}
OPTIONAL = frozenset({Act.MISS, Act.REPORT})
"""Acts whose words may be left out: a missed visit, and a report that is attached."""

STANDS: Mapping[State, str] = {
    State.SENT: "You have not answered yet.",
    State.RECEIVED: "You have it, and have not accepted or declined yet.",
    State.NEEDS_INFO: "You asked us something. We will answer here.",
    State.ACCEPTED: "You accepted. No visit is booked yet.",
    State.SCHEDULED: "A visit is booked.",
    State.PATIENT_NOTIFIED: "A visit is booked, and the patient knows.",
    State.RESCHEDULED: "The visit has to be booked again.",
    State.NO_SHOW: "The patient did not come. The visit has to be booked again.",
    State.SEEN: "The patient was seen. Your report has still to come.",
    State.CANCEL_REQUESTED: "It was asked to cancel this referral. We will decide and tell you.",
    State.DECLINED: "You declined this referral. We ask elsewhere.",
    State.REPORT_RECEIVED: "We have your report. A clinician reads it and tells the patient.",
}
"""How it stands, to the other side."""

HAPPENED: Mapping[Act, str] = {
    Act.SEND: "Sent",
    Act.ACKNOWLEDGE: "Receipt confirmed",
    Act.ASK: "Question",
    Act.ANSWER: "Our answer",
    Act.ACCEPT: "Accepted",
    Act.BOOK: "Visit booked",
    Act.DECLINE: "Declined",
    Act.RESCHEDULE: "Visit taken back",
    Act.MISS: "Patient did not come",
    Act.REPORT_SEEN: "Reported as seen",
    Act.REPORT: "Report sent",
}

TOO_LATE = "This is after the day by which the patient has to be seen. Call us about that."
