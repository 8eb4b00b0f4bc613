"""What staff type about a referral: a request, a consent, a reason, a day, the letter's lines."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from werkzeug.datastructures import MultiDict
from wtforms import Field, RadioField, SelectField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import DataRequired, Length, ValidationError

from clinic.errors import BadInput
from clinic.referral.letter import Letter, Part
from clinic.referral.model import Channel, Kind
from clinic.referral.provider import Provider
from clinic.referral.states import Act, Move, Needs
from clinic.referral.typed_day import check_year
from clinic.triage.rules import Urgency
from clinic.web.staff.forms import LONGEST_NOTE, ActForm, plain_text
from clinic.web.staff.referral_words import ASK, CHANNELS, HOW_AGREED, KINDS, SCOPE
from clinic.web.staff.words import LEVEL_WORDS

LEVELS = tuple(level for level in Urgency if level is not Urgency.SELF_CARE)
"""Nobody is referred for self-care."""

LAST_MINUTE = time(23, 59)
NO_DAY = "Give the day."
NO_TIME = "Give the time."
TO_COME = "This day is still to come."
PAST = "This day is past."
TOO_FAR = "This day is too late for how soon it has to be. Choose an earlier day."
MOST_DAYS = {
    Urgency.EMERGENCY_NOW.value: 0,
    Urgency.SAME_DAY.value: 1,
    Urgency.URGENT_2WK.value: 14,
}
"""So many days off may a visit be asked for (referral.md, section 2: now, 24 hours, 14 days)."""


def _too_long(most: int) -> Length:
    return Length(max=most, message=f"Shorten this to {most:,} characters.")


def _day(text: str | None) -> date | None:
    """Read a day as a browser posts it; None for anything else."""
    try:
        return date.fromisoformat(text or "")
    except ValueError:
        return None


def _check_year(day: date, today: date) -> None:
    try:
        check_year(day, today)
    except BadInput as fault:
        raise ValidationError(str(fault)) from None


def _time(text: str | None) -> time | None:
    try:
        return time.fromisoformat(text or "").replace(tzinfo=None)
    except ValueError:
        return None


class ConsentForm(ActForm):
    """That the patient agrees to share, how it was said, and what it covers."""

    typed_in = "scope"
    how = RadioField(
        "How the patient agreed",
        choices=[SelectChoice(code, words) for code, words in HOW_AGREED.items()],
        validators=[DataRequired("Choose how the patient agreed.")],
        validate_choice=False,
    )
    scope = TextAreaField(
        "What it covers",
        default=SCOPE,
        validators=[DataRequired("Write what it covers."), _too_long(500)],
        filters=[plain_text],
    )

    def validate_how(self, field: Field) -> None:
        """Take none but ours."""
        if field.data not in HOW_AGREED:
            raise ValidationError("Choose how the patient agreed.")


class RequestForm(ActForm):
    """What is asked, of whom, and by when."""

    typed_in = "question"
    provider = SelectField("Who receives it", validate_choice=False)
    kind = RadioField(
        "What you ask for",
        choices=[SelectChoice(kind.value, words) for kind, words in KINDS.items()],
        validators=[DataRequired("Choose what you ask for.")],
        validate_choice=False,
    )
    question = TextAreaField(
        "One question for them",
        validators=[_too_long(500)],
        filters=[plain_text],
    )
    urgency = SelectField(
        "How soon",
        choices=[SelectChoice(level.value, LEVEL_WORDS[level]) for level in LEVELS],
        validators=[DataRequired("Choose how soon.")],
        validate_choice=False,
    )
    act_by = StringField("To be seen by", validators=[DataRequired(NO_DAY)])
    meanwhile = TextAreaField(
        "What we do until then", validators=[_too_long(500)], filters=[plain_text]
    )
    today: date
    at_least: Urgency | None = None
    listed: frozenset[str] = frozenset()
    stands = ""
    """The question that a blank one leaves as it is."""
    meanwhile_stands = ""
    """What a reader who does not see it leaves as it is."""

    def offering(self, providers: Sequence[Provider]) -> "RequestForm":
        """Give the form with these to choose from, in the order of the alphabet."""
        self.listed = frozenset(str(each.id) for each in providers)
        self.provider.choices = [
            SelectChoice(str(each.id), each.name + (f", {each.address}" if each.address else ""))
            for each in providers
        ]
        return self

    def limited(self, today: date, at_least: Urgency | None) -> "RequestForm":
        """Give the form with the day, and the level below which this reader may not go."""
        self.today, self.at_least = today, at_least
        return self

    @property
    def asked(self) -> str:
        """The question that was typed, or the one that stands."""
        return str(self.question.data or self.stands)

    @property
    def until_then(self) -> str:
        """What was typed of the time until then, or what stands unseen."""
        return str(self.meanwhile.data or self.meanwhile_stands)

    def validate_question(self, field: Field) -> None:
        """Ask for one, unless one stands."""
        if not field.data and not self.stands:
            raise ValidationError("Write the question.")

    def validate_provider(self, field: Field) -> None:
        """Take one who is listed for this service, or nobody yet."""
        if field.data and field.data not in self.listed:
            raise ValidationError("Choose somebody who is listed for this service.")

    def validate_kind(self, field: Field) -> None:
        """Take none but ours."""
        if field.data not in list(Kind):
            raise ValidationError("Choose what you ask for.")

    def validate_urgency(self, field: Field) -> None:
        """Take none but ours, and from the front desk none that is lower than the level."""
        if field.data not in LEVELS:
            raise ValidationError("Choose how soon.")
        order = list(Urgency)
        if self.at_least and order.index(Urgency(field.data)) > order.index(self.at_least):
            raise ValidationError("Only a clinician may ask for less than the level that stands.")

    def validate_act_by(self, field: Field) -> None:
        """Take a day from today on, and none that comes too late for how soon it has to be."""
        day = _day(field.data)
        if day is None:
            raise ValidationError(NO_DAY)
        if day < self.today:
            raise ValidationError(PAST)
        _check_year(day, self.today)
        most = MOST_DAYS.get(str(self.urgency.data))
        if most is not None and day > self.today + timedelta(days=most):
            raise ValidationError(TOO_FAR)

    def act_by_moment(self, zone: ZoneInfo) -> datetime:
        """Give the last minute of the day that was chosen."""
        day = _day(self.act_by.data) or self.today
        return datetime.combine(day, LAST_MINUTE, tzinfo=zone)


class ReasonForm(ActForm):
    """A clinician's reason for going on."""

    typed_in = "reason"
    reason = TextAreaField(
        "Reason",
        validators=[DataRequired("Type the reason."), _too_long(LONGEST_NOTE)],
        filters=[plain_text],
    )


def seen_added(posted: MultiDict[str, str]) -> int:
    """Give how many additions of the patient the page showed; none where it does not say."""
    text = posted.get("added", "")
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 6 else 0


class SendForm(ActForm):
    """How the letter leaves."""

    channel = RadioField(
        "How to send it",
        choices=[SelectChoice(channel.value, words) for channel, words in CHANNELS.items()],
        validators=[DataRequired("Choose how to send it.")],
        validate_choice=False,
    )

    def validate_channel(self, field: Field) -> None:
        """Take none but ours."""
        if field.data not in list(Channel):
            raise ValidationError("Choose how to send it.")


class MoveForm(ActForm):
    """One move, with what has to be said. Each field has an id of its own on the page."""

    typed_in = "words"
    words = TextAreaField("Reason", validators=[_too_long(LONGEST_NOTE)], filters=[plain_text])
    day = StringField("Day")
    time = StringField("Time")

    def __init__(
        self, move: Move, posted: MultiDict[str, str] | None = None, today: date | None = None
    ) -> None:
        super().__init__(posted)
        self.move, self.today = move, today
        self.words.label.text = ASK.get(move.act, "Reason")
        for field in self:
            field.id = f"{move.act.value}-{field.name}"

    @property
    def all_typed(self) -> str:
        """What was written, with the day and the time, to be kept whatever becomes of it."""
        visit = " ".join(filter(None, (self.day.data, self.time.data)))
        return "\n".join(filter(None, (self.typed, visit)))

    @property
    def asks_words(self) -> bool:
        """True when something has to be written."""
        return bool({Needs.REASON, Needs.WORDS, Needs.REPORT} & set(self.move.needs))

    @property
    def asks_day(self) -> bool:
        """True when a day has to be given; for a visit to come its time as well."""
        return Needs.DATE in self.move.needs

    @property
    def asks_time(self) -> bool:
        """True of a visit that is booked."""
        return self.move.act is Act.BOOK

    def validate_words(self, field: Field) -> None:
        """Ask for what the move needs."""
        if self.asks_words and not field.data:
            raise ValidationError("Write it first.")

    def validate_day(self, field: Field) -> None:
        """Take a day to come for a booking, and none to come for a visit that was."""
        if not self.asks_day:
            return
        day = _day(field.data)
        if day is None:
            raise ValidationError(NO_DAY)
        if self.today and self.asks_time and day < self.today:
            raise ValidationError(PAST)
        if self.today and not self.asks_time and day > self.today:
            raise ValidationError(TO_COME)
        if self.today:
            _check_year(day, self.today)

    def validate_time(self, field: Field) -> None:
        """Take a time of day where one is asked."""
        if self.asks_time and _time(field.data) is None:
            raise ValidationError(NO_TIME)

    def visit_at(self, zone: ZoneInfo, now: datetime) -> datetime | None:
        """Give the moment of the visit; of one that was, noon, or now when that comes first."""
        day = _day(self.day.data) if self.asks_day else None
        if day is None:
            return None
        if self.asks_time:
            return datetime.combine(day, _time(self.time.data) or time(), tzinfo=zone)
        return min(datetime.combine(day, time(12), tzinfo=zone), now)


LONGEST_LETTER = 20_000
"""All lines of a letter together. Many times of what a page holds keeps the printing busy."""
LINE_TOO_LONG = (
    f"Nothing was saved. Shorten each line of the letter to {LONGEST_NOTE:,} characters."
)
LETTER_TOO_LONG = f"Nothing was saved. Shorten the letter to {LONGEST_LETTER:,} characters in all."


class LetterForm(ActForm):
    """Every line of a letter as a text to change, and room for what staff found."""

    def __init__(self, posted: MultiDict[str, str]) -> None:
        super().__init__()
        self.posted = posted

    def changed(self, letter: Letter, by: str) -> Letter:
        """Give the letter as it was typed. Raises BadInput for a text that is too long."""
        texts = [plain_text(text) for text in self._posted_texts()]
        if max(map(len, texts), default=0) > LONGEST_NOTE:
            raise BadInput(LINE_TOO_LONG)
        if sum(map(len, texts)) > LONGEST_LETTER:
            raise BadInput(LETTER_TOO_LONG)
        for part, number, text in reversed(list(self._lines(letter))):
            letter = letter.edited(part, number, text, by=by)
        for part in Part:
            more = plain_text(self.posted.get(f"more-{part.value}"))
            letter = letter.added(part, more, by=by) if more else letter
        return letter

    def typed_beside(self, letter: Letter) -> str:
        """Give what was typed and does not stand in the letter."""
        news = (" ".join(plain_text(text).split()) for text in self._posted_texts())
        return "\n".join(text for text in news if text and not letter.says(text))

    def _posted_texts(self) -> Iterator[str]:
        return (text for name, text in self.posted.items() if name.startswith(("line-", "more-")))

    def _lines(self, letter: Letter) -> Iterator[tuple[Part, int, str]]:
        for block in letter.blocks:
            for number in range(len(block.lines)):
                name = f"line-{block.part.value}-{number}"
                if name in self.posted:
                    yield block.part, number, plain_text(self.posted[name])
