"""When somebody has to have acted, by how urgent it is (red_flags.md, section 1)."""

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from clinic.summary.findings import DAYS_TO_ACT
from clinic.triage.assess import Assessment
from clinic.triage.rules import Urgency


def act_by(assessment: Assessment, now: datetime, zone: ZoneInfo) -> datetime:
    """Give the moment by which staff have to have acted, in UTC.

    An incomplete screen is called on the same day, whatever its level.
    """
    if assessment.urgency is Urgency.EMERGENCY_NOW:
        return now
    if assessment.incomplete or assessment.urgency is Urgency.SAME_DAY:
        return _end_of_day(now, zone)
    days = timedelta(days=DAYS_TO_ACT[assessment.urgency])
    return _end_of_day(now + days, zone)


def _end_of_day(moment: datetime, zone: ZoneInfo) -> datetime:
    """Give the last minute of a day in the clinic."""
    day = moment.astimezone(zone).date()
    return datetime.combine(day, time(23, 59), tzinfo=zone).astimezone(moment.tzinfo)
