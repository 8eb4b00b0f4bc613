"""The figures of the loop as pictures, tables and CSV: counts of referrals, and no name."""

import csv
import io
from collections.abc import Iterator
from datetime import date, timedelta

from flask import Blueprint, Response, render_template, request
from werkzeug.wrappers import Response as WebResponse

from clinic.actions.referral_figures import Days, Figures, open_figures
from clinic.referral.figures import ServiceFigures
from clinic.web.security import Audience, open_to
from clinic.web.staff.again import fresh_first
from clinic.web.staff.doors import reader
from clinic.web.staff.figure_charts import charts, name_of
from clinic.web.visit import database, now, today, zone

blueprint = Blueprint("figures", __name__, url_prefix="/referrals")

READERS = (Audience.CLINICIAN, Audience.ADMIN)
USUAL_DAYS = 90
MOST_DAYS = 366
MARK = "\ufeff"
"""Without it Excel takes the file for Windows-1252."""
NO_DAY = "Write the day such as 2026-03-17."
LATER_FIRST = "The first day comes after the last."
TOO_LONG = f"Choose {MOST_DAYS} days at most."
COLUMNS = (
    *("service_id", "service", "first_day", "last_day", "sent", "closed", "open", "ended"),
    *("overdue", "seen", "seen_in_time", "seen_late", "not_seen_late", "not_seen_yet"),
    *("median_days_to_seen", "median_days_allowed", "reasons_asked", "reasons_missing"),
)


class DaysForm:
    """The days that were asked for; the last 90 when nothing was typed."""

    def __init__(self) -> None:
        self.errors: dict[str, str] = {}
        self.first = request.args.get("first", "").strip()[:20]
        self.last = request.args.get("last", "").strip()[:20]
        last = self._day("last", self.last) or today()
        first = self._day("first", self.first) or last - timedelta(days=USUAL_DAYS - 1)
        if not self.errors and first > last:
            self.errors["first"] = LATER_FIRST
        elif not self.errors and (last - first).days >= MOST_DAYS:
            self.errors["first"] = TOO_LONG
        self.days = Days(first, last)
        if not self.errors:
            self.first, self.last = first.isoformat(), last.isoformat()

    def _day(self, name: str, text: str) -> date | None:
        if not text:
            return None
        try:
            found = date.fromisoformat(text)
        except ValueError:
            found = date.min
        if not date(2000, 1, 1) <= found <= date(2200, 1, 1):
            self.errors[name] = NO_DAY
            return None
        return found


@blueprint.route("/figures")
@open_to(*READERS)
def page() -> str | tuple[str, int]:
    """Show the figures of some days."""
    form = DaysForm()
    found = None if form.errors else _found(form.days, "figures.view")
    shown = render_template(
        "referral/figures.html",
        form=form,
        errors=list(form.errors.items()),
        all=found.all if found else None,
        charts=charts(found) if found else (),
    )
    return (shown, 422) if form.errors else shown


@blueprint.route("/figures.csv")
@fresh_first(reading=True)
@open_to(*READERS)
def csv_out() -> WebResponse | tuple[str, int]:
    """Give the same figures as CSV."""
    form = DaysForm()
    if form.errors:
        errors = list(form.errors.items())
        return render_template(
            "referral/figures.html", form=form, errors=errors, all=None, charts=()
        ), 422
    found = _found(form.days, "figures.export")
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(COLUMNS)
    writer.writerows(_line(each, form.days) for each in _lines(found))
    response = Response(MARK + text.getvalue(), mimetype="text/csv")
    response.headers["Content-Disposition"] = 'attachment; filename="referral-figures.csv"'
    return response


def _found(days: Days, action: str) -> Figures:
    return open_figures(database(), days, zone=zone(), by=reader().member, now=now(), action=action)


def _lines(found: Figures) -> Iterator[ServiceFigures]:
    yield from found.services
    yield found.all


def _line(each: ServiceFigures, days: Days) -> list[object]:
    """One line; a median that there is none of stays empty."""
    known = {
        "service_id": each.service or "all",
        "service": name_of(each),
        "first_day": days.first,
        "last_day": days.last,
    }
    return [known[name] if name in known else getattr(each, name) for name in COLUMNS]
