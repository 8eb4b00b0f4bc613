"""What staff pages say of alarms: who acknowledged one, how many stand, what is wrong with mail."""

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from clinic.actions.alerts import MailTrouble, Trouble
from clinic.store.alerts import Alert
from clinic.store.staff import Member
from clinic.web.staff.reader import Reader
from clinic.web.staff.words import moment

NOT_YET = "Nobody has acknowledged this yet."


@dataclass(frozen=True, slots=True)
class AlarmLine:
    """Whether somebody acknowledged an emergency: who and when. `standing`: nobody has."""

    id: UUID
    standing: bool
    words: str


def alarm_line_of(
    alert: Alert | None, people: Mapping[UUID, Member], reader: Reader
) -> AlarmLine | None:
    """Give the line on the newest alert of an intake, or None when there is nothing to say."""
    if alert is None:
        return None
    if alert.standing:
        return AlarmLine(alert.id, True, NOT_YET)
    words = acknowledged_words(alert, people, reader)
    return AlarmLine(alert.id, False, words) if words else None


def acknowledged_words(alert: Alert, people: Mapping[UUID, Member], reader: Reader) -> str:
    """Give who acknowledged an alert and when; nothing when an outcome came first."""
    if alert.acknowledged_at is None or alert.acknowledged_by is None:
        return ""
    at = moment(alert.acknowledged_at, reader.zone, reader.now)
    if alert.acknowledged_by == reader.member.id:
        return f"You acknowledged the emergency, {at}."
    member = people.get(alert.acknowledged_by)
    return f"{member.name if member else 'Somebody'} acknowledged the emergency, {at}."


def mail_words(trouble: MailTrouble | None, gap: str, reader: Reader) -> str:
    """Give why nobody is told by mail, without an address; nothing when mail goes out."""
    if trouble is None:
        return ""
    since = f" since {moment(trouble.since, reader.zone, reader.now)}" if trouble.since else ""
    match trouble.kind:
        case Trouble.NOT_SET:
            return f"Nobody is told by mail: {gap}. Keep this page open."
        case Trouble.FAILING:
            return (
                f"Mail is failing{since}. Nobody is told by mail. Keep this page open, and tell "
                "whoever runs the system."
            )
        case Trouble.STALLED:
            return (
                f"Mail about an emergency is late{since}. Keep this page open, and tell whoever "
                "runs the system."
            )
