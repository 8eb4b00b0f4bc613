"""What the other side types: a code, or one answer."""

from datetime import UTC, datetime, time, tzinfo

from flask_babel import gettext, lazy_gettext
from werkzeug.datastructures import FileStorage, MultiDict

from clinic.errors import BadInput
from clinic.marked import marked
from clinic.referral.attachment import MOST_BYTES, AttachedFile, attached_file
from clinic.referral.model import Said
from clinic.referral.states import Act
from clinic.referral.typed_day import check_year, day_of, moment_of
from clinic.web.referral.words import ACTS, OPTIONAL, ActWords

LONGEST_WORDS = 10_000
LONGEST_SHORT = 40
MOST_VERSION_DIGITS = 9
NOON = time(12)

TYPE_CODE = marked("Type the code that stands on the letter, such as 3K7Q9-M2RXD.")
WRITE_IT = marked("Write this in a few words.")
WRITE_OR_ATTACH = marked("Write the report, or attach it.")
SHORTEN = lazy_gettext(marked("Shorten this to %(limit)s characters."), limit=f"{LONGEST_WORDS:,}")
IS_PAST = marked("This time is past. Write a day and a time that are still to come.")
IS_TO_COME = marked("This day is still to come. Report the visit once it was.")
OPEN_AGAIN = marked("Open the page again, then try once more.")


def plain_text(text: str) -> str:
    """Give typed text with one kind of line end, and without characters that print nothing."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n")
    return "".join(each for each in lines if each in "\n\t" or each.isprintable()).strip()


class AnswerForm:
    """One answer as it was typed; after `validate` it is said, or has errors."""

    def __init__(self, act: Act, posted: MultiDict[str, str] | None = None) -> None:
        given = posted if posted is not None else MultiDict[str, str]()
        self.act = act
        self.typed_words = plain_text(given.get("words", ""))
        self.typed_day = plain_text(given.get("day", ""))[:LONGEST_SHORT]
        self.typed_clock = plain_text(given.get("clock", ""))[:LONGEST_SHORT]
        self.is_typed = posted is not None
        self.errors: dict[str, str] = {}
        self.said = Said()
        self.file: AttachedFile | None = None

    @property
    def all_typed(self) -> str:
        """What was written, with the day and the time, to be given back."""
        visit = " ".join(filter(None, (self.typed_day, self.typed_clock)))
        return "\n".join(filter(None, (self.typed_words, visit)))

    @property
    def words(self) -> ActWords:
        """How it is offered."""
        return ACTS[self.act]

    @property
    def words_are_optional(self) -> bool:
        """True when nothing has to be written."""
        return self.act in OPTIONAL

    @property
    def errors_in_order(self) -> list[tuple[str, str]]:
        """Each thing to mend, with the id of its place."""
        names = ("words", "day", "clock", "file")
        return [(f"{self.act}-{name}", self.errors[name]) for name in names if name in self.errors]

    def validate(self, upload: FileStorage | None, *, now: datetime, zone: tzinfo) -> bool:
        """Read what was typed and attached; True when it can be said."""
        self._read_file(upload)
        self._check_words()
        visit_at = self._visit(now, zone) if self.words.day else None
        self.said = Said(
            words=self.typed_words, visit_at=visit_at, has_report=self.file is not None
        )
        return not self.errors

    def _read_file(self, upload: FileStorage | None) -> None:
        if upload is None or not upload.filename or not self.words.file:
            return
        try:
            self.file = attached_file(upload.filename, upload.stream.read(MOST_BYTES + 1))
        except BadInput as fault:
            self.errors["file"] = gettext(str(fault))

    def _check_words(self) -> None:
        if len(self.typed_words) > LONGEST_WORDS:
            self.errors["words"] = str(SHORTEN)
        elif self.act is Act.REPORT:
            if not (self.typed_words or self.file or self.errors):
                self.errors["words"] = gettext(WRITE_OR_ATTACH)
        elif self.words.words and not (self.typed_words or self.words_are_optional):
            self.errors["words"] = gettext(WRITE_IT)

    def _visit(self, now: datetime, zone: tzinfo) -> datetime | None:
        """Give the moment of a visit to come, or of one that was; a day alone means its noon."""
        try:
            day = day_of(self.typed_day)
            check_year(day, now.astimezone(zone).date())
        except BadInput as fault:
            self.errors["day"] = gettext(str(fault))
            return None
        if not self.words.clock:
            if day > now.astimezone(zone).date():
                self.errors["day"] = gettext(IS_TO_COME)
            return min(now, datetime.combine(day, NOON, tzinfo=zone).astimezone(UTC))
        try:
            at = moment_of(self.typed_day, self.typed_clock, zone)
        except BadInput as fault:
            self.errors["clock"] = gettext(str(fault))
            return None
        if at <= now:
            self.errors["day"] = gettext(IS_PAST)
        return at


def seen_version(posted: MultiDict[str, str]) -> int:
    """Give the version that the page showed. Raises BadInput."""
    text = posted.get("version", "")
    if not (text.isascii() and text.isdecimal() and len(text) <= MOST_VERSION_DIGITS):
        raise BadInput(OPEN_AGAIN)
    return int(text)
