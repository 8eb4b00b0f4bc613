"""The words of the receiving page: what can be answered, and what was."""

from collections.abc import Mapping
from dataclasses import dataclass

from clinic.marked import marked
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
        heading=marked("Confirm that you have it"),
        button=marked("We have it"),
        done=marked("Thank you. We noted that you have it."),
        hint=marked("You can accept or decline later."),
    ),
    Act.ACCEPT: ActWords(
        heading=marked("Accept"),
        button=marked("Accept this referral"),
        done=marked("Thank you. We noted that you accept."),
        hint=marked("You will see this patient. The visit can be booked later."),
    ),
    Act.BOOK: ActWords(
        heading=marked("Book a visit"),
        button=marked("Save the visit"),
        done=marked("Thank you. The visit is noted, and we tell the patient."),
        day=marked("Day of the visit"),
        clock=marked("Time of the visit"),
    ),
    Act.ASK: ActWords(
        heading=marked("Ask us something"),
        button=marked("Send the question"),
        done=marked("Thank you. We noted your question and will answer."),
        words=marked("Your question"),
    ),
    Act.REPORT_SEEN: ActWords(
        heading=marked("Report the patient as seen"),
        button=marked("Report as seen"),
        done=marked("Thank you. We noted that the patient was seen."),
        hint=marked("The report itself can follow."),
        day=marked("Day of the visit"),
    ),
    Act.REPORT: ActWords(
        heading=marked("Report back"),
        button=marked("Send the report"),
        done=marked("Thank you. We have your report."),
        hint=marked("Write the report, or attach it, or both. After this the page shows no more."),
        words=marked("Your report"),
        file=marked("A file: a PDF or a plain text, 10 MB at most"),
    ),
    Act.RESCHEDULE: ActWords(
        heading=marked("Move the visit"),
        button=marked("Take the visit back"),
        done=marked(
            "We noted that the visit has to be moved. Book the new one here when it is known."
        ),
        words=marked("Why it has to be moved"),
    ),
    Act.MISS: ActWords(
        heading=marked("Report a missed visit"),
        button=marked("The patient did not come"),
        done=marked("Thank you. We noted that the patient did not come."),
        words=marked("Anything we should know"),
    ),
    Act.DECLINE: ActWords(
        heading=marked("Decline"),
        button=marked("Decline this referral"),
        done=marked("Thank you. We noted that you decline, and ask elsewhere."),
        words=marked("The reason"),
    ),
}
OPTIONAL = frozenset({Act.MISS, Act.REPORT})
"""Acts whose words may be left out: a missed visit, and a report that is attached."""

STANDS: Mapping[State, str] = {
    State.SENT: marked("You have not answered yet."),
    State.RECEIVED: marked("You have it, and have not accepted or declined yet."),
    State.NEEDS_INFO: marked("You asked us something. We will answer here."),
    State.ACCEPTED: marked("You accepted. No visit is booked yet."),
    State.SCHEDULED: marked("A visit is booked."),
    State.PATIENT_NOTIFIED: marked("A visit is booked, and the patient knows."),
    State.RESCHEDULED: marked("The visit has to be booked again."),
    State.NO_SHOW: marked("The patient did not come. The visit has to be booked again."),
    State.SEEN: marked("The patient was seen. Your report has still to come."),
    State.CANCEL_REQUESTED: marked(
        "It was asked to cancel this referral. We will decide and tell you."
    ),
    State.DECLINED: marked("You declined this referral. We ask elsewhere."),
    State.REPORT_RECEIVED: marked(
        "We have your report. A clinician reads it and tells the patient."
    ),
}
"""How it stands, to the other side."""

HAPPENED: Mapping[Act, str] = {
    Act.SEND: marked("Sent"),
    Act.ACKNOWLEDGE: marked("Receipt confirmed"),
    Act.ASK: marked("Question"),
    Act.ANSWER: marked("Our answer"),
    Act.ACCEPT: marked("Accepted"),
    Act.BOOK: marked("Visit booked"),
    Act.DECLINE: marked("Declined"),
    Act.RESCHEDULE: marked("Visit taken back"),
    Act.MISS: marked("Patient did not come"),
    Act.REPORT_SEEN: marked("Reported as seen"),
    Act.REPORT: marked("Report sent"),
}

TOO_LATE = marked("This is after the day by which the patient has to be seen. Call us about that.")
