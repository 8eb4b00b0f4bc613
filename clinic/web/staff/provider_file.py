"""The directory as a CSV file: out, and in after a dry run that lists every fault."""

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as WebResponse

from clinic.actions import provider_import
from clinic.actions.provider_csv import COLUMNS, MOST_BYTES, MOST_ROWS, text_of
from clinic.actions.provider_import import Plan
from clinic.errors import BadInput, Conflict
from clinic.web.security import Audience, open_to
from clinic.web.staff.again import fresh_first
from clinic.web.staff.doors import reader
from clinic.web.staff.providers import EDITORS, READERS, Page
from clinic.web.visit import database, destinations, now, today

blueprint = Blueprint("provider_file", __name__, url_prefix="/providers")

MARK = "\ufeff"
"""Without it Excel takes the file for Windows-1252, and breaks accents."""
NO_FILE = "Choose a CSV file first."
NOTHING_TO_DO = "Nothing to do: everything in this file stands in the directory already."


@blueprint.route("/providers.csv")
@fresh_first(reading=True)
@open_to(*READERS)
def csv_out() -> WebResponse:
    """Give every listed entry as CSV."""
    text = provider_import.export(database(), by=reader().member, now=now())
    response = Response(MARK + text, mimetype="text/csv")
    response.headers["Content-Disposition"] = 'attachment; filename="providers.csv"'
    return response


@blueprint.route("/import", methods=["GET", "POST"])
@open_to(*EDITORS)
def csv_in() -> Page:
    """Take a file and say what it would do; nothing is done."""
    if request.method == "GET":
        return _page()
    upload = request.files.get("file")
    if upload is None or not upload.filename:
        return _page(error=NO_FILE), 422
    return _dry_run(upload.read(MOST_BYTES + 1))


@blueprint.route("/import/do", methods=["GET", "POST"])
@open_to(Audience.CLINICIAN, Audience.ADMIN)
def csv_do() -> Page:
    """Do what the dry run showed, all of it or nothing."""
    if request.method == "GET":
        return redirect(url_for("staff.provider_file.csv_in"), code=303)
    # A browser posts two characters for each line end, which could make the file too large.
    data = request.form.get("sheet", "").replace("\r\n", "\n").encode()
    try:
        plan = provider_import.carry_out(
            database(),
            data,
            request.form.get("digest", ""),
            destinations().services,
            by=reader().member,
            now=now(),
            today=today(),
        )
    except (BadInput, Conflict) as refused:
        return _dry_run(data, refused)
    flash(_done_words(plan), "success")
    return redirect(url_for("staff.providers.directory"), code=303)


def _dry_run(data: bytes, refused: BadInput | Conflict | None = None) -> Page:
    try:
        plan = provider_import.dry_run(database(), data, destinations().services, today())
    except BadInput as fault:
        return _page(error=str(fault)), 422
    page = _page(plan=plan, sheet=text_of(data), refused=str(refused or ""))
    if plan.faults:
        return page, 422
    return (page, 409) if refused else page


def _page(*, plan: Plan | None = None, sheet: str = "", error: str = "", refused: str = "") -> str:
    return render_template(
        "staff/provider_file.html",
        plan=plan,
        sheet=sheet,
        errors=[("file", error)] if error else [],
        refused=refused,
        columns=COLUMNS,
        most_rows=MOST_ROWS,
        most_kb=MOST_BYTES // 1000,
        table=destinations(),
        nothing=NOTHING_TO_DO,
    )


def _done_words(plan: Plan) -> str:
    if not plan.steps:
        return NOTHING_TO_DO
    return f"{len(plan.adds)} added, {len(plan.changes)} changed, {plan.same} as they were."
