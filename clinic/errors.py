"""Every error raised on purpose, in one tree.

ClinicError
├── NotFound                what was asked for is not there
│   ├── UnknownStep         no such step, or the answers have switched it off
│   ├── UnknownRecord       no intake, patient, note or document with this id
│   └── ShutDoor            a link or code of a referral that opens nothing
├── Refused                 the act is understood and not allowed now
│   ├── AlreadySubmitted    sent answers can no longer be changed
│   ├── Conflict            somebody else changed the record meanwhile
│   ├── NotAllowed          this person's role does not cover the act
│   ├── TooManyAttempts     a guess limit was reached; says how long to wait
│   └── IllegalMove         the state the record is in does not lead there
├── BadInput                what was given cannot be read; says how to mend it
│   ├── WrongEntry                an entry of the directory that is to be mended; names each field
│   ├── UnreadableQuestionnaire   not FHIR R4, or not rendered whole; names each problem
│   ├── UnreadableResponse        not a QuestionnaireResponse for this questionnaire
│   └── ContentFault              a file of content/ is wrong; names file and line
├── Damaged                 what was stored fails its seal: changed, moved, or another key's
├── Misconfigured           a setting, key file or database stops the start
├── Unavailable             something we need is away for now; trying again helps
│   └── NotTaken            the mail server took not this mail, and may take others
└── Undeliverable           a mail that no later try would deliver
"""

from collections.abc import Sequence


class ClinicError(Exception):
    """The root: an error raised on purpose, with words fit to be shown."""


class NotFound(ClinicError):
    """What was asked for is not there."""


class UnknownStep(NotFound):
    """The questionnaire has no such step, or its answers have switched it off."""

    def __init__(self, step_id: str) -> None:
        super().__init__(f"The questionnaire has no step {step_id!r}.")
        self.step_id = step_id


class UnknownRecord(NotFound):
    """No record of this kind has the given id. Never carries patient data."""

    def __init__(self, kind: str) -> None:
        super().__init__(f"There is no such {kind}.")
        self.kind = kind


class ShutDoor(NotFound):
    """A link or a code opens no referral. Only of one that ended is it told why."""

    def __init__(self, *, ended: bool = False) -> None:
        super().__init__("This referral has ended." if ended else "This opens nothing.")
        self.ended = ended


class Refused(ClinicError):
    """The act is understood and not allowed now."""


class AlreadySubmitted(Refused):
    """Sent answers can no longer be changed."""


class Conflict(Refused):
    """Somebody else changed the record since it was read."""


class NotAllowed(Refused):
    """The role of this person does not cover the act."""


class TooManyAttempts(Refused):
    """A guess limit was reached."""

    def __init__(self, wait_seconds: int) -> None:
        super().__init__("Too many tries. Wait a while, then try again.")
        self.wait_seconds = wait_seconds


class IllegalMove(Refused):
    """The state that the record is in does not lead to the one asked for."""


class BadInput(ClinicError):
    """What was given cannot be read; the words say how to mend it."""


class WrongEntry(BadInput):
    """An entry of the directory is to be mended: each problem is a field and a sentence."""

    def __init__(self, problems: Sequence[tuple[str, str]]) -> None:
        super().__init__("\n".join(words for _, words in problems))
        self.problems = tuple(problems)


class UnreadableQuestionnaire(BadInput):
    """Not a FHIR R4 Questionnaire, or one that would not be rendered whole."""

    def __init__(self, problems: Sequence[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = tuple(problems)


class UnreadableResponse(BadInput):
    """Not a QuestionnaireResponse that answers this questionnaire."""

    def __init__(self, problems: Sequence[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = tuple(problems)


class ContentFault(BadInput):
    """A file of content/ is wrong: each fault is `path:line: message`."""

    def __init__(self, faults: Sequence[str]) -> None:
        super().__init__("\n".join(faults))
        self.faults = tuple(faults)


class Damaged(ClinicError):
    """What was stored fails its seal: it was changed or moved, or another key sealed it."""


class Misconfigured(ClinicError):
    """A setting, a key file or the database stops the start; the sentence names it."""


class Unavailable(ClinicError):
    """Something we need is away for now; trying again later helps."""


class NotTaken(Unavailable):
    """The mail server did not take this mail, or it could not be made; others may go out."""


class Undeliverable(ClinicError):
    """A mail that no later try would deliver: nobody is there to get it, or it was refused."""
