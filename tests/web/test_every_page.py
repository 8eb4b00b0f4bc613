"""Every page of the program, looked at by axe, by the Nu HTML checker and by a ruler.

The whole walk (every page, every width, zoom and dress) is a proof; a few pages that hold every
kind of part are looked at in every run.
"""

import json
import os
import shutil
import subprocess
from collections import defaultdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from flask import Flask
from playwright.sync_api import Browser as Chromium

from clinic.actions.demo import make_demo
from clinic.actions.referrals import Terms
from clinic.app import create_app
from clinic.config import Settings
from clinic.library.places import content_dir
from clinic.store import staff
from clinic.store.database import open_database
from clinic.store.staff import Role
from clinic.web.visit import details_of
from tests.prepared import lay_database
from tests.web.gallery import NO_PAGE, PAGES, Camera, Shot, gathered, opened, rule_of
from tests.web.own_folder import lay_translated
from tests.web.patient import Patient
from tests.web.staff import SAME_DAY, Patients, Worker, hire

NOW = datetime(2026, 3, 17, 14, 30, tzinfo=UTC)
JUDGE = Path(__file__).with_name("judge.js").read_text(encoding="utf-8")
LEAST_FOR_PATIENTS, LEAST_FOR_STAFF = 44, 24
PHONE, DESK = {"width": 360, "height": 740}, {"width": 1280, "height": 900}
MODES: dict[str, dict[str, Any]] = {
    "320 px": {"viewport": {"width": 320, "height": 640}},
    "360 px": {"viewport": PHONE},
    "768 px": {"viewport": {"width": 768, "height": 1024}},
    "1280 px": {"viewport": DESK},
    "200 %": {"viewport": {"width": 640, "height": 512}, "device_scale_factor": 2},
    "400 %": {"viewport": {"width": 320, "height": 256}, "device_scale_factor": 4},
    "forced colours": {"viewport": DESK, "forced_colors": "active"},
    "forced colours, phone": {"viewport": PHONE, "forced_colors": "active"},
    "dark, phone": {"viewport": PHONE, "color_scheme": "dark"},
    "reduced motion": {"viewport": DESK, "reduced_motion": "reduce"},
    "large print, 320 px": {"viewport": {"width": 320, "height": 640}},
    "large print": {"viewport": DESK},
}
LARGE = b'<link rel="stylesheet" href="/static/css/large.css" media="screen"></head>'
AXE = Axe().axe_script
EXCUSED = {
    "color-contrast-enhanced": "level AAA; large print keeps it, and test_contrast measures that",
}
FOUND = """excused => axe.run(document, {
  resultTypes: ["violations"],
  rules: Object.fromEntries(axe.getRules().map(
    rule => [rule.ruleId, { enabled: !excused.includes(rule.ruleId) }])),
}).then(found => found.violations.flatMap(each => each.nodes.map(
  node => `${each.id}: ${node.target.join(" ")}: ${node.failureSummary.slice(0, 200)}`)))"""
REPEATED = ("Duplicate “dt” name", "The first occurrence of “dt” name")
"""A warning, no error: two medicines have the same questions; each answer follows its own."""
JARS = ("node_modules/vnu-jar/build/dist/vnu.jar", "build/vnu.jar")


# --- the list ----------------------------------------------------------------------------


def test_the_list_of_pages_names_every_address_that_can_be_opened(app: Flask) -> None:
    opens = {rule.rule for rule in app.url_map.iter_rules() if "GET" in (rule.methods or ())}

    assert opens == set(PAGES)


@pytest.fixture(scope="module")
def gallery(tmp_path_factory: pytest.TempPathFactory, shelf, pool) -> list[Shot]:
    """Every page, with the demo's people in it."""
    folder = tmp_path_factory.mktemp("gallery")
    settings = Settings(data=folder / "data", key_file=folder / "keys" / "clinic.key")
    lay_database(settings)
    with open_database(settings) as database:
        terms = Terms(settings.clocks, settings.zone, settings.referral_days)
        make_demo(
            database, shelf, NOW, terms=terms, clinic=details_of(settings), folder=content_dir()
        )
        app = create_app(settings, database=database, shelf=shelf, pool=pool, clock=lambda: NOW)
        wrote = settings.model_copy(update={"content": lay_translated(folder / "ours")})
        own = create_app(wrote, database=database, pool=pool, clock=lambda: NOW)
        app.testing = own.testing = True
        with database.reading() as tx:
            names = ("desk", "clinician", "admin")
            members = [member for name in names if (member := staff.by_username(tx, name))]
        shots = gathered(app, own, database, shelf, members, NOW)
        met = {rule_of(app, shot.path.partition("?")[0]) for shot in shots if shot.status == 200}
    missed = [rule for rule, who in PAGES.items() if not who.startswith(NO_PAGE)]
    assert set(missed) <= met, "the walk does not come to these"
    return shots


@pytest.fixture
def few(app: Flask, database, shelf, clock) -> list[Shot]:
    """Pages that hold every kind of part: questions of all kinds, errors, tables, charts, forms."""
    reader, patient = Camera(app, "reader"), Camera(app, "patient", "/es")
    reader.get("/")
    someone = Patient(patient)
    someone.agrees()
    patient.shots.clear()
    for step in ("about-you", "pain", "pain-map"):
        someone.opens(step)
    patient.get("/intake/about-you")
    patient.submit({"full-name": ""}, status=None)
    intake_id = Patients(database, shelf).sends(SAME_DAY)
    clinician = Camera(app, "clinician")
    worker = Worker(app, hire(database, "park", Role.CLINICIAN)).signs_in()
    clinician.client = worker.browser.client
    for path in ("/staff/", f"/staff/intakes/{intake_id}"):
        clinician.get(path)
    return [shot for each in (reader, patient, clinician) for shot in each.shots.values()]


# --- a ruler -----------------------------------------------------------------------------


def judged(chromium: Chromium, shots: list[Shot], mode: str) -> dict[str, list[str]]:
    """The faults of each kind, with the pages that have them."""
    faults: dict[str, list[str]] = defaultdict(list)
    large = mode.startswith("large")
    context = chromium.new_context(**MODES[mode])
    wanted = {"forced": mode.startswith("forced"), "still": mode == "reduced motion"}
    for shot in opened(context.new_page(), [dressed(shot) if large else shot for shot in shots]):
        least = LEAST_FOR_STAFF if shot.is_staff else LEAST_FOR_PATIENTS
        for fault in context.pages[0].evaluate(JUDGE, {"least": least, **wanted}):
            faults[fault].append(str(shot))
    context.close()
    return dict(faults)


def dressed(shot: Shot) -> Shot:
    """The page in large print, as the server makes it for a browser that asked for it."""
    html = shot.html.replace(b"</head>", LARGE)
    return Shot(shot.who, shot.path, shot.status, shot.heading, html)


@pytest.mark.parametrize("mode", ["400 %", "forced colours, phone"])
def test_a_few_pages_are_whole_and_reached_by_keys(
    chromium: Chromium, few: list[Shot], mode: str
) -> None:
    assert judged(chromium, few, mode) == {}


@pytest.mark.proof
@pytest.mark.parametrize("mode", MODES)
def test_every_page_is_whole_and_reached_by_keys(
    chromium: Chromium, gallery: list[Shot], mode: str
) -> None:
    shots = [shot for shot in gallery if not (mode.startswith("large") and shot.is_staff)]

    assert judged(chromium, shots, mode) == {}


FLAWED = b"""<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Flaws</title></head>
<body class="page"><main><h1>Flaws</h1><p class="wide">%s</p><a href="/x">x</a>
<input name="nameless"><p class="field__error" id="lost">Wrong.</p>
<div class="order"><button type="button">Reversed</button></div></main></body></html>""" % (
    b"w" * 300
)


def test_the_ruler_sees_what_it_is_to_see(chromium: Chromium) -> None:
    shot = Shot("nobody", "/flaws", 200, "Flaws", FLAWED)

    kinds = {fault.partition(":")[0] for fault in judged(chromium, [shot], "forced colours, phone")}

    assert {
        "scrolls sideways",
        "words stand out of their box",
        "small target",
        "no label",
        "an error that no field names",
    } <= kinds


# --- axe ---------------------------------------------------------------------------------


def violations(chromium: Chromium, shots: list[Shot], **context: Any) -> dict[str, list[str]]:
    """What axe finds with all its rules on, the experimental ones too."""
    found: dict[str, list[str]] = defaultdict(list)
    opener = chromium.new_context(viewport=DESK, **context)
    tab = opener.new_page()
    for shot in opened(tab, shots):
        tab.evaluate(AXE)
        for violation in tab.evaluate(FOUND, list(EXCUSED)):
            found[violation].append(str(shot))
    opener.close()
    return dict(found)


def test_axe_finds_nothing_on_a_few_pages(chromium: Chromium, few: list[Shot]) -> None:
    assert violations(chromium, few) == {}


@pytest.mark.proof
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_on_any_page(
    chromium: Chromium, gallery: list[Shot], scheme: Any
) -> None:
    assert violations(chromium, gallery, color_scheme=scheme) == {}


# --- the Nu HTML checker -----------------------------------------------------------------


@pytest.fixture(scope="session")
def checker() -> list[str]:
    """How the Nu HTML checker is run. `npm install vnu-jar` brings it; it needs Java 17."""
    root = Path(__file__).parents[2]
    places = [os.environ.get("VNU_JAR", ""), *(str(root / each) for each in JARS)]
    jar = next((place for place in places if place and Path(place).is_file()), None)
    if jar is None:
        pytest.skip("The Nu HTML checker is not here: npm install --no-save vnu-jar, or VNU_JAR")
    if shutil.which("java") is None:
        pytest.skip("The Nu HTML checker needs Java: apt-get install default-jre-headless")
    return ["java", "-jar", jar, "--format", "json"]


def messages(checker: list[str], folder: Path, shots: list[Shot]) -> dict[str, list[str]]:
    """Errors and warnings, each with the pages that have it."""
    names = {f"page-{number}.html": shot for number, shot in enumerate(shots)}
    for name, shot in names.items():
        (folder / name).write_bytes(shot.html)
    run = subprocess.run(
        [*checker, *(str(folder / name) for name in names)], capture_output=True, check=False
    )
    found: dict[str, list[str]] = defaultdict(list)
    for each in json.loads(run.stderr)["messages"]:
        if each["type"] == "info" and str(each["message"]).startswith(REPEATED):
            continue
        name = str(each["url"]).rpartition("/")[2]
        words = f"{each['message']}: {each.get('extract', '')}"
        found[words].append(str(names[name]))
    return dict(found)


def test_a_few_pages_are_valid_html(checker, tmp_path: Path, few: list[Shot]) -> None:
    assert messages(checker, tmp_path, few) == {}


@pytest.mark.proof
def test_every_page_is_valid_html(checker, tmp_path: Path, gallery: list[Shot]) -> None:
    assert messages(checker, tmp_path, gallery) == {}
