"""Commands about answers and records: assess, summary, intakes."""

import argparse
import json
from pathlib import Path
from typing import Any

from clinic.actions.printing import paper_of_response
from clinic.cli.files import day, read_response
from clinic.config import load_settings, utc_now
from clinic.errors import BadInput
from clinic.fhir.assessment import assessment_to_json
from clinic.library.overlays import languages
from clinic.library.places import content_dir
from clinic.library.rulebook import read_rulebook
from clinic.library.shelf import read_shelf
from clinic.pdf.render import Edition
from clinic.store import intakes
from clinic.store.database import open_database
from clinic.triage.assess import assess
from clinic.triage.guidance import guidance
from clinic.web.visit import details_of


def add_commands(commands: Any) -> None:
    """Add these commands to the parser."""
    assessing = commands.add_parser(
        "assess", help="assess a QuestionnaireResponse (JSON); prints JSON"
    )
    assessing.add_argument("file", type=Path, metavar="FILE")
    assessing.add_argument(
        "--today", type=day, help="the day to count ages from, such as 2026-11-23"
    )
    assessing.set_defaults(run=run_assess)

    summary = commands.add_parser("summary", help="make the PDF of a QuestionnaireResponse")
    summary.add_argument("file", type=Path, metavar="FILE")
    summary.add_argument("-o", "--output", type=Path, required=True, metavar="OUT.pdf")
    summary.add_argument("--edition", choices=("patient", "clinic"), default="patient")
    summary.add_argument(
        "--lang",
        default="en",
        choices=languages(content_dir()),
        help="language of the patient's pages (default: en)",
    )
    summary.add_argument("--paper", choices=("letter", "a4"), default=None)
    summary.add_argument("--large", action="store_true", help="large print")
    summary.set_defaults(run=run_summary)

    listing = commands.add_parser("intakes", help="list intakes, without patient data")
    listing.add_argument("--json", action="store_true", help="as JSON, one array")
    listing.set_defaults(run=run_intakes)


def run_assess(given: argparse.Namespace) -> int:
    """Print the assessment of a response as JSON."""
    questionnaire, response = read_response(given.file)
    sent = response.authored.date() if response.authored else None
    today = given.today or sent or load_settings().today(utc_now())
    book = read_rulebook(content_dir())
    assessment = assess(book.red_flags, questionnaire, response, today=today)
    guided = guidance(book, questionnaire, response, assessment, today=today)
    print(json.dumps(assessment_to_json(questionnaire, assessment, guided), indent=2))
    return 0


def run_summary(given: argparse.Namespace) -> int:
    """Write the PDF of a response; no server and no database."""
    questionnaire, response = read_response(given.file)
    settings = load_settings()
    pdf = paper_of_response(
        questionnaire,
        response,
        shelf=read_shelf(content_dir(), settings.content),
        clinic=details_of(settings),
        zone=settings.zone,
        edition=Edition(given.edition),
        language=given.lang,
        paper=given.paper or settings.paper,
        large=given.large,
        now=utc_now(),
    )
    try:
        given.output.write_bytes(pdf)
    except OSError as error:
        why = f"{given.output} cannot be written: {error.strerror}. Name another file after -o."
        raise BadInput(why) from None
    print(f"{given.output}: {len(pdf)} bytes")
    return 0


def run_intakes(given: argparse.Namespace) -> int:
    """List id, reference, state, urgency and times of every intake, oldest first."""
    rows: list[dict[str, Any]] = []
    with open_database(load_settings(), must_exist=True) as database, database.reading() as tx:
        after = None
        while page := intakes.listing(tx, after=after):
            rows += [_row(facts) for facts in page]
            after = page[-1].id
    if given.json:
        print(json.dumps(rows, indent=2))
    else:
        for row in rows:
            print(f"{row['reference']}  {row['state']:10} {row['urgency'] or '-':14} {row['id']}")
    return 0


def _row(facts: intakes.Facts) -> dict[str, Any]:
    times = ("created_at", "updated_at", "submitted_at", "act_by", "reviewed_at")
    return {
        "id": str(facts.id),
        "reference": facts.reference,
        "state": facts.state,
        "urgency": facts.urgency,
        "incomplete": facts.incomplete,
        "emergency_open": facts.emergency_open,
        "questionnaire": f"{facts.questionnaire_id}|{facts.questionnaire_version}",
        **{name: _time(getattr(facts, name)) for name in times},
    }


def _time(moment: Any) -> str | None:
    return moment.isoformat() if moment else None
