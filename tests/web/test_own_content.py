"""docs/your-own-content.md, followed step by step: the folder as it says, checked and served."""

import re
from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask

from clinic.actions.printing import printing_kit
from clinic.app import create_app
from clinic.catalogue import say_in
from clinic.cli import main
from clinic.config import Settings
from clinic.errors import ContentFault
from clinic.store.database import Database
from clinic.web.visit import details_of
from tests.web.browser import Browser
from tests.web.own_folder import DOCUMENT, lay, translate

APPROVE = re.compile(r"^clinic (?P<line>approval .*) >> our-content/approvals\.yaml$", re.MULTILINE)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The folder that the code blocks of the document make."""
    return lay(tmp_path / "our-content")


def test_the_document_leads_from_an_empty_folder_to_pages_with_everything_in_place(
    folder: Path, settings: Settings, database: Database, pool, clock, capsys
) -> None:
    # Step 3: the check prints what the Spanish page must name, and until then it is English.
    assert main(["check", "--own", str(folder)]) == 0
    (wanted,) = re.findall(r"parking\.md:1: .*source_hash to (\w+)", capsys.readouterr().err)
    translate(folder, wanted)
    # Step 5: the command writes the entry.
    approve = APPROVE.search(DOCUMENT)
    assert approve is not None
    words = [each or other for each, other in re.findall(r'"([^"]+)"|(\S+)', approve["line"])]
    assert main(words) == 0
    (folder / "approvals.yaml").write_text(capsys.readouterr().out, encoding="utf-8")

    own = settings.model_copy(update={"content": folder, "clinic_name": "Harbor Back Clinic"})
    browser = Browser(create_app(own, database=database, pool=pool, clock=clock))

    page = browser.get("/clinic/parking")
    assert page.heading == "Where to park"
    assert "Lost? Call 555-555-0100." in page.text
    assert browser.get("/es/clinic/parking").heading == "Dónde estacionarse"
    assert browser.get("/es/clinic/").has('main a[href="/es/clinic/parking"]')
    assert page.select_one('.footer a[href="/clinic/"]').text == "Our clinic"
    privacy, home = browser.get("/privacy"), browser.get("/")
    assert "Reviewed by Ann Lee, MD on" in privacy.text
    assert "Awaiting clinical review" not in privacy.text
    assert "Awaiting clinical review" in home.text
    logo = page.select_one(".banner__mark")
    assert logo["alt"] == "Harbor Back Clinic"
    assert browser.get("/staff/sign-in").select_one(".banner--staff img")["src"] == logo["src"]
    sent = browser.client.get(logo["src"])
    assert sent.data == (folder / "logo.svg").read_bytes()
    assert "default-src 'none'" in sent.headers["Content-Security-Policy"]


def test_a_clinic_without_a_folder_has_no_such_pages(app: Flask, browser: Browser) -> None:
    assert browser.get("/clinic/", status=404).status == 404
    assert not browser.get("/").has('.footer a[href="/clinic/"]')
    assert browser.get("/").select_one(".banner__mark")["alt"] == ""


def test_a_fault_in_the_folder_stops_the_start(folder: Path, settings: Settings, database) -> None:
    (folder / "logo.svg").write_text("<svg onload='x'/>", encoding="utf-8")

    with pytest.raises(ContentFault, match=r"logo\.svg:1: "):
        create_app(settings.model_copy(update={"content": folder}), database=database)


def test_every_page_and_paper_names_the_clinic_as_it_is_set(
    settings: Settings, database: Database, shelf, pool, clock
) -> None:
    set_so = {
        "clinic_name": "Harbor Back Clinic",
        "clinic_phone": "020 7946 0000",
        "emergency_number": "112",
        "crisis_line": "116 123",
        "safe_home_line": "0808 2000 247",
        "call_by": "1 pm",
    }
    shipped = re.compile(r"Example Spine|555-555-0100|\b911\b|\b988\b|1-800-799|\b5 p\.?m")
    own = settings.model_copy(update=set_so)
    app = create_app(own, database=database, shelf=shelf, pool=pool, clock=clock)
    browser = Browser(app)
    for language in ("", "/es"):
        for path in (
            "/",
            "/intake/",
            "/privacy",
            "/options/stem-cell-therapy",
            "/stretches/sphinx",
        ):
            text = browser.get(language + path).soup.text.replace(own.hours.words, "")
            text = text.replace(own.hours.words_in(say_in(language[1:] or "en")), "")
            assert shipped.search(text) is None, (language + path, shipped.search(text))
            assert all(set_so[name] in text for name in ("clinic_name", "emergency_number"))
    handouts = printing_kit(shelf, details_of(own), own.languages)["handouts"]
    assert "by 1 pm" in handouts["en"].next_steps["same_day"][1]
    assert "antes de la 1 p.m." in handouts["es"].next_steps["same_day"][1]
    assert shipped.search(str(handouts)) is None


def test_english_words_of_a_rule_are_named_on_a_spanish_page(
    settings: Settings, database: Database, shelf, pool, clock
) -> None:
    lacks = shelf.spoken["es"].book.stretches.rules[0].about
    short = replace(shelf, stand_ins={"es": (lacks,)})
    app = create_app(settings, database=database, shelf=short, pool=pool, clock=clock)

    page = Browser(app).get("/es/how-we-decide")

    assert lacks in [each.text for each in page.select('main span[lang="en"]')]
    assert not Browser(app).get("/how-we-decide").has('main span[lang="en"]')
