"""One table of rules: whole on the command line and for staff, in plain words for the public."""

import json
import re
from datetime import datetime

import pytest
from bs4 import Tag
from flask import Flask

from clinic.cli import main
from clinic.library.shelf import Shelf
from clinic.store.database import Database
from clinic.store.staff import Role
from clinic.triage.tables import Table, editions
from clinic.web.education.rule_table import anchor, public_tables
from tests.web.browser import Browser, Page
from tests.web.staff import Worker, hire

PUBLIC = "/how-we-decide"
STAFF = "/staff/rules"

CONDITIONS = re.compile(
    r"""\b(?:
    abscess | aneurysm | angina | ankylosing | appendicitis | arteritis | cauda | equina | clots?\b
    | coronary | discitis | dissection | dysreflexia | ectopic | embolism | endocarditis
    | fracture | guillain | ha?ematoma | ha?emorrhage | herniat | infarct | infection
    | inflammatory | ischa?emia | kidney\ stone | malignan | meningitis | metasta | myelo
    | neoplas | neuropath | osteo | pancreatitis | pneumonia | pre-?eclampsia | pyelonephritis
    | radiculopath | rupture | sciatica | sepsis | septic | shingles | spondyl | stenosis
    | stroke | thrombo | tumou?r | uveitis | vascular | visceral
    )\w*""",
    re.IGNORECASE | re.VERBOSE,
)
"""What the rules are there to find: none of it is a word for the public."""

ASKED_BY_NAME = ("a stroke, a brain bleed", "an aneurysm")
"""A fact that the patient told in these words, on the stretch table."""


@pytest.fixture
def worker(app: Flask, database: Database) -> Worker:
    return Worker(app, hire(database, "cleo", Role.CLINICIAN)).signs_in()


def ids_on(page: Page) -> set[str]:
    tables = "|".join(Table)
    return {
        str(tag["id"])
        for tag in page.select("main li[id]")
        if re.match(f"({tables})-", str(tag["id"]))
    }


def test_the_command_the_public_page_and_the_staff_page_show_the_same_rows(
    browser: Browser, worker: Worker, shelf: Shelf, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["rules", "--json"]) == 0
    printed = {
        anchor(Table(table["table"]), row["id"])
        for table in json.loads(capsys.readouterr().out)
        for row in table["rows"]
    }
    every = {anchor(e.table, row.id) for e in editions(shelf.book) for row in e.rows}

    assert printed == every
    assert ids_on(browser.get(PUBLIC)) == every
    assert ids_on(worker.browser.get(STAFF)) == every


def test_each_red_flag_stands_under_its_own_level(browser: Browser, shelf: Shelf) -> None:
    words = {
        "emergency_now": "Call 911 now",
        "same_day": "Talk to a clinician the same day",
        "urgent_2wk": "A visit within 2 weeks",
        "routine": "A normal visit",
        None: "A note for the clinician",
    }
    page = browser.get(PUBLIC)

    for rule in shelf.rules.rules:
        line = page.select_one(f"#{anchor(Table.RED_FLAGS, rule.id)}")
        heading = line.find_previous("h3")
        assert heading is not None
        assert heading.text == words[rule.urgency], rule.id
        assert line.text == rule.about


def test_every_question_that_a_rule_reads_is_told(browser: Browser, shelf: Shelf) -> None:
    told = {line.text for line in browser.get(PUBLIC).select(".rule_list--asked li")}
    form = shelf.questionnaires.current("low-back-intake")
    read = frozenset().union(*(rule.reads for rule in shelf.rules.rules))

    assert told == {
        str(form.by_link_id[link_id].text)
        for link_id in read
        if not form.by_link_id[link_id].hidden
    }


def plain(tag: Tag) -> str:
    return re.sub(r"\s+", " ", tag.text).strip()


def public_words(page: Page, shelf: Shelf) -> str:
    """What the page says of itself: without the questions, whose words the patient meets anyway."""
    for tag in page.select(".rule_list--asked, .source_list, .help_box, nav"):
        tag.decompose()
    return page.select_one("main").get_text(" ")


def test_the_public_page_names_no_condition_and_no_flag(browser: Browser, shelf: Shelf) -> None:
    words = public_words(browser.get(PUBLIC), shelf)
    for told in ASKED_BY_NAME:
        words = words.replace(told, "")
    flags = set(shelf.rules.flags) - {"under_18", "cancer"}

    assert not CONDITIONS.findall(words)
    for flag in flags:
        assert flag not in words.lower()
        assert flag.replace("_", " ") not in words.lower()
    assert not re.search(r"emergency_now|same_day|urgent_2wk|self_care|ask_first|hard_stop", words)


def test_cancer_is_named_only_where_the_patient_was_asked_about_it(shelf: Shelf) -> None:
    for rule in shelf.rules.rules:
        if "cancer" in rule.about.lower():
            assert "cancer-ever" in rule.reads, rule.id
    assert not any("cancer" in subject.title.lower() for subject in shelf.rules.subjects)


def test_the_names_are_known_when_they_are_seen(worker: Worker) -> None:
    words = worker.browser.get(STAFF).text.lower()
    found = {name.lower() for name in CONDITIONS.findall(words)}

    assert {"cauda", "infection", "fracture", "aneurysm", "vascular"} <= found
    assert "cauda_equina" in words


def test_the_source_of_a_public_table_is_told_without_its_title(
    browser: Browser, shelf: Shelf
) -> None:
    told = [line.text for line in browser.get(PUBLIC).select(".source_list li")]

    assert "Getting It Right First Time, NHS England, 2023." in told
    assert not any("cauda" in line.lower() for line in told)


def test_a_table_says_its_version_its_mark_and_that_nobody_has_signed_it(
    browser: Browser, shelf: Shelf
) -> None:
    notes = [plain(note) for note in browser.get(PUBLIC).select(".rule_standing > p")]

    assert len(notes) == len(Table)
    assert "Awaiting clinical review. 0 of 139 lines are signed by a clinician. To be" in notes[0]
    assert f"Version {shelf.rules.version}, mark {shelf.rules.hash[:12]}." in notes[0]


@pytest.mark.parametrize(("day", "overdue"), [("2027-05-01", False), ("2027-05-02", True)])
def test_a_table_past_its_review_date_says_so(browser, clock, day: str, overdue: bool) -> None:
    clock.now = datetime.fromisoformat(f"{day}T12:00:00-04:00")
    notes = [plain(note) for note in browser.get(PUBLIC).select(".rule_standing > p")]

    assert all(("was due for a new check by May 1, 2027" in note) is overdue for note in notes)


def test_staff_read_the_condition_the_words_the_source_and_the_review_of_a_rule(
    worker: Worker,
) -> None:
    row = worker.browser.get(STAFF).select_one("#red-flags-mot-2").text

    for words in (
        "MOT-2", "emergency_now", "motor_deficit", "leg-weak is yes", "WEAK-SIGN",
        "One leg weak and worse in the last few days.", "chou-2011-acp", "Awaiting clinical review",
    ):  # fmt: skip
        assert words in row


def test_a_stretch_row_says_what_becomes_of_each_stretch(browser: Browser) -> None:
    line = browser.get(PUBLIC).select_one("#stretches-sore-knee")
    words = plain(line)

    assert words.startswith("You told us that your knees hurt or you can't kneel.")
    assert "do it in another way. Do it on a chair or a firm bed." in words
    assert "fine." in words


def test_the_front_desk_may_read_the_rules_and_a_patient_may_not(
    app: Flask, database: Database, browser: Browser
) -> None:
    desk = Worker(app, hire(database, "dana", Role.FRONT_DESK)).signs_in()

    assert desk.browser.get(STAFF).heading == "Rules"
    assert browser.get(STAFF, status=303).location.startswith("/staff/sign-in")


def test_every_subject_of_the_public_page_holds_its_rules(shelf: Shelf) -> None:
    form = shelf.questionnaires.current("low-back-intake")
    groups = public_tables(shelf.book, form, shelf.sources, "en").groups

    assert sum(group.count for group in groups) == len(shelf.rules.rules)
    assert all(group.questions for group in groups)
