"""Commands about content: check, approval, words, paths, questionnaire check."""

import argparse
import difflib
import json
import sys
from collections.abc import Iterable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from clinic.cli.files import day, read_response
from clinic.cli.tables import table
from clinic.config import load_settings, utc_now
from clinic.errors import BadInput, UnknownRecord
from clinic.library.articles import Articles, read_articles
from clinic.library.check import content_faults, unfinished
from clinic.library.claims import claims, due_lines, unsigned_lines, words_of_languages
from clinic.library.overlay_files import english_overlay
from clinic.library.overlays import languages
from clinic.library.own_folder import OwnFolder, read_own_folder
from clinic.library.places import content_dir
from clinic.library.questionnaires import Questionnaires, check_questionnaire
from clinic.library.rulebook import read_rulebook
from clinic.questionnaire.model import Questionnaire
from clinic.questionnaire.paths import Path as FormPath
from clinic.questionnaire.paths import longest_path, path

YEAR = timedelta(days=365)
PLAIN = Path("examples") / "plain-back-pain.json"


def add_commands(commands: Any) -> None:
    """Add these commands to the parser."""
    check = commands.add_parser("check", help="check every file of content/")
    check.add_argument(
        "--own", type=Path, metavar="FOLDER", help="the clinic's own folder (CLINIC_CONTENT)"
    )
    check.set_defaults(run=run_check)

    approval = commands.add_parser("approval", help="the entry that approves a shipped text")
    approval.add_argument("file", help="the text, such as en/pages/privacy.md")
    approval.add_argument("--by", required=True, metavar="NAME", help="who approves it")
    approval.add_argument("--on", type=day, metavar="DAY", help="when (today)")
    approval.add_argument(
        "--review-by", type=day, metavar="DAY", help="when it is read again (in a year)"
    )
    approval.set_defaults(run=run_approval)

    words = commands.add_parser("words", help="the English words of a file that a language gives")
    words.add_argument("file", help="the file within content/, such as rules/stretches.yaml")
    words.set_defaults(run=run_words)

    paths = commands.add_parser("paths", help="how long a questionnaire is")
    paths.add_argument("questionnaire", nargs="?", default="low-back-intake", metavar="ID")
    paths.set_defaults(run=run_paths)

    form = commands.add_parser("questionnaire", help="about FHIR R4 questionnaires")
    acts = form.add_subparsers(title="what to do", metavar="ACT", required=True)
    judged = acts.add_parser("check", help="is this a Questionnaire that is rendered whole?")
    judged.add_argument("files", nargs="+", type=Path, metavar="FILE")
    judged.set_defaults(run=run_questionnaire_check)


def run_check(given: argparse.Namespace) -> int:
    """Print every fault as `path:line: message`, 1 when there is one; and, apart, what is due."""
    own = _own_folder(given.own)
    faults = content_faults(content_dir(), own)
    for fault in faults:
        print(fault)
    _tell("To translate, shown in English meanwhile", unfinished(content_dir(), own))
    if not faults:
        articles = read_articles(content_dir(), own)
        _tell("Waiting for approval", map(str, articles.waiting))
        _tell("Shown with a mark, until somebody approves it", unsigned_lines(articles))
        _tell("To look at again", _due(articles))
    checked = content_dir() if own is None else f"{content_dir()} and {own.root}"
    print(
        f"{len(faults)} {'fault' if len(faults) == 1 else 'faults'} in {checked}", file=sys.stderr
    )
    return 1 if faults else 0


def run_approval(given: argparse.Namespace) -> int:
    """Print the entry that approves a shipped text as it stands, to be put into approvals.yaml."""
    articles = read_articles(content_dir(), _own_folder(None))
    found = {each.file: each for each in articles if not each.own}
    if given.file not in found:
        near = difflib.get_close_matches(given.file, found, n=1)
        mend = f"Did you mean {near[0]}?" if near else "`clinic check` lists all of them."
        raise BadInput(f"There is no shipped text {given.file} that is shown. {mend}")
    on = given.on or _today()
    until = given.review_by or on + YEAR
    if until <= on:
        raise BadInput("--review-by must name a day after the day of the approval.")
    print(f"{given.file}:")
    print(f"  text: {found[given.file].digest}")
    print(f"  reviewed_by: {json.dumps(given.by, ensure_ascii=False)}")
    print(f"  reviewed_on: {on}")
    print(f"  review_by: {until}")
    return 0


def _own_folder(named: Path | None) -> OwnFolder | None:
    """Read the clinic's own folder: the one that is named, else that of the settings."""
    root = named or load_settings().content
    return read_own_folder(root, languages(content_dir())) if root else None


def _tell(heading: str, lines: Iterable[str]) -> None:
    """Print a section of what is no fault; nothing where there is nothing to tell."""
    told = list(lines)
    if told:
        print(f"\n{heading} ({len(told)}):", file=sys.stderr)
    for line in told:
        print(f"  {line}", file=sys.stderr)


def run_words(given: argparse.Namespace) -> int:
    """Print the English of a file in the shape of an overlay, to be put into another language."""
    print(english_overlay(content_dir(), given.file), end="")
    return 0


def _due(articles: Articles) -> list[str]:
    """Everything that is overdue for a review, or due soon; no fault of a file."""
    found = claims(articles, read_rulebook(content_dir()), words_of_languages(content_dir()))
    return list(due_lines(found, _today()))


def _today() -> date:
    """The day it is at the clinic, which is not the machine's day in the evening."""
    return utc_now().astimezone(load_settings().zone).date()


def run_paths(given: argparse.Namespace) -> int:
    """Print steps, legends and minutes of the shortest, plain and longest path."""
    questionnaire = _questionnaire(given.questionnaire)
    found = [path(questionnaire, "shortest", {})]
    example = content_dir() / PLAIN
    if questionnaire.id == "low-back-intake" and example.is_file():
        plain = read_response(example)[1]
        found.append(path(questionnaire, "plain back pain", plain.answers))
    found.append(longest_path(questionnaire))
    print(table(("path", "steps", "legends", "minutes"), [_length(each) for each in found]))
    for step in found[1].steps:
        print(f"  {step.step_id}: {step.questions} legends, {step.seconds} s ({found[1].name})")
    return 0


def _questionnaire(questionnaire_id: str) -> Questionnaire:
    """Give a questionnaire by id. Raises BadInput that names the ids there are."""
    every = Questionnaires(content_dir())
    try:
        return every.current(questionnaire_id)
    except UnknownRecord:
        known = ", ".join(sorted({each.id for each in every}))
        why = f"There is no questionnaire {questionnaire_id!r}. There is: {known}."
        raise BadInput(why) from None


def _length(found: FormPath) -> tuple[str, ...]:
    return found.name, str(len(found.steps)), str(found.questions), f"{found.minutes:.1f}"


def run_questionnaire_check(given: argparse.Namespace) -> int:
    """Say of each file that it is rendered whole, or name what is not supported."""
    bad = 0
    for file in given.files:
        questionnaire, faults = check_questionnaire(file)
        if questionnaire is not None and not faults:
            print(f"{file}: rendered whole, {len(questionnaire.steps)} steps")
            continue
        bad += 1
        for fault in faults:
            print(fault)
    return 1 if bad else 0
