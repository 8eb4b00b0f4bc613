"""Days as people at work type them."""

from datetime import date, timedelta, timezone

import pytest

from clinic.errors import BadInput
from clinic.referral.typed_day import FAR_AHEAD, FAR_BACK, NO_SUCH_DAY, check_year, moment_of

TODAY = date(2026, 3, 17)


@pytest.mark.parametrize(
    ("day", "hours"), [("12/31/9999", -5), ("9999-12-31", -5), ("1/1/0001", 5)]
)
def test_a_moment_beyond_the_calendar_is_no_day(day, hours):
    with pytest.raises(BadInput, match=NO_SUCH_DAY):
        moment_of(day, "11:59 pm" if hours < 0 else "0:01", timezone(timedelta(hours=hours)))


@pytest.mark.parametrize(
    ("day", "words"),
    [(date(2206, 3, 17), FAR_AHEAD), (date(1, 1, 1), FAR_BACK), (date(2025, 3, 1), FAR_BACK)],
)
def test_a_slip_in_the_year_is_told(day, words):
    with pytest.raises(BadInput, match=words):
        check_year(day, TODAY)


@pytest.mark.parametrize("day", [date(2025, 3, 17), TODAY, date(2028, 3, 17)])
def test_a_day_within_reach_is_taken(day):
    check_year(day, TODAY)
