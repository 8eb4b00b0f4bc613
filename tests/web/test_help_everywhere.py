"""The emergency number and the crisis line stand on every page, errors included."""

from itertools import product

import pytest
from bs4 import BeautifulSoup
from flask import render_template

from clinic.app import create_app
from clinic.web.security import STAFF, audiences
from tests.make import shipped_questionnaire
from tests.web.browser import Browser
from tests.web.patient import Patient

FILLED = {
    "stretch_id": ["childs-pose", "knee-to-chest", "sphinx"],
    "option_id": ["stem-cell-therapy", "platelet-rich-plasma", "choosing-a-facility"],
    "step_id": [step.id for step in shipped_questionnaire().steps],
}
NO_PAGE = {"health.healthz", "health.readyz", "intake.summary_pdf", "tablet.here", "static"}
OF_ERRORS = {
    "words": "", "incident": "ABC", "minutes": 3, "again": False, "entry": None, "kept": [],
    "foreign": False, "cookies_seen": True, "step_id": None,
}  # fmt: skip


def addresses(app):
    """Every address that shows a page to others than staff, as the app itself knows them."""
    for rule in app.url_map.iter_rules():
        wanted = audiences(app, rule.endpoint)
        if rule.endpoint in NO_PAGE or "GET" not in rule.methods:
            continue
        if wanted <= STAFF:
            continue
        names = sorted(rule.arguments)
        for values in product(*(FILLED.get(name, ["unknown"]) for name in names)):
            with app.test_request_context():
                yield app.url_for(rule.endpoint, **dict(zip(names, values, strict=True)))


def numbers_of(html):
    """The telephone links of the box of help."""
    box = BeautifulSoup(html, "html.parser").select_one(".help_box, .page--staff > .footer")
    return [link["href"] for link in box.select("a")] if box else []


def holds_the_numbers(page):
    return {"tel:911", "tel:988"} <= set(numbers_of(page.body))


def test_the_walk_over_the_addresses_misses_none(app):
    known = set(addresses(app))

    for path in ("/", "/stretches/sphinx/sheet", "/intake/", "/intake/urgent", "/status",
                 "/intake/right-now", "/intake/leave", "/how-we-decide"):  # fmt: skip
        assert path in known


def test_every_page_holds_them_before_the_form_is_begun(app, browser):
    for path in addresses(app):
        browser.get(path, status=None)
        assert holds_the_numbers(browser.follow()), path


@pytest.mark.parametrize("sent", [False, True])
def test_every_page_holds_them_while_the_form_is_open_and_after(app, patient: Patient, sent):
    patient.answers_everything(walk_now="no-legs")
    if sent:
        patient.sends()
    for path in addresses(app):
        patient.browser.get(path, status=None)
        assert holds_the_numbers(patient.browser.follow()), path


def test_every_page_of_an_error_holds_them(app):
    names = [name for name in app.jinja_env.list_templates() if name.startswith("errors/")]

    assert len(names) > 10
    for name in names:
        with app.test_request_context():
            found = numbers_of(render_template(name, **OF_ERRORS)) if "frame" not in name else None
        assert found is None or {"tel:911", "tel:988"} <= set(found), name


@pytest.mark.parametrize("path", ["/nowhere", "/intake/nowhere", "/intake/send"])
def test_an_address_that_leads_nowhere_holds_them(browser, path):
    assert holds_the_numbers(browser.get(path, status=None))
    assert browser.page.status >= 400


def test_they_are_the_numbers_of_the_place(settings, database, shelf, pool, clock):
    abroad = settings.model_copy(update={"emergency_number": "112", "crisis_line": "116 123"})
    page = Browser(create_app(abroad, database=database, shelf=shelf, pool=pool, clock=clock)).get(
        "/nowhere", status=404
    )

    assert {"tel:112", "tel:116123"} <= set(numbers_of(page.body))
