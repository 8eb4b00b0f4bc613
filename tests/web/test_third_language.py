"""A third language is a folder and a catalogue: shown with two that are made by code."""

import mimetypes
import re
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest
from babel import Locale
from bs4 import NavigableString, Tag
from playwright.sync_api import Route

from clinic import catalogue
from clinic.actions.printing import printing_kit
from clinic.app import create_app
from clinic.config import Settings
from clinic.library.places import PACKAGE, content_dir
from clinic.library.shelf import Shelf, read_shelf
from clinic.pdf.pool import RenderPool
from clinic.store.database import open_database
from clinic.web.visit import details_of
from tests.make import shipped_questionnaire
from tests.prepared import lay_database
from tests.pseudo import accented, lay_catalogue, lay_content, mirrored
from tests.web.browser import Browser, Page
from tests.web.patient import Patient

ACCENTED, MIRRORED = "eo", "he"
MADE = {ACCENTED: accented, MIRRORED: mirrored}
TO_READ = [
    *("/", "/stretches/", "/stretches/sphinx", "/stretches/sphinx/sheet", "/options/"),
    *("/options/stem-cell-therapy", "/options/choosing-a-facility", "/how-we-decide"),
    *("/privacy", "/accessibility", "/intake/resume", "/intake/leave", "/status"),
]
HOME = "http://clinic.test"
ENGLISH = re.compile(r"[A-Za-z]{3,}")
MONTHS = Locale(ACCENTED).months["format"]["wide"].values()
CODE = "[0-9A-Z]{4}(?:-[0-9A-Z]{4})+"
OWN_NAMES = re.compile(f"(?i:{'|'.join((Settings().clinic_name, *MONTHS))})|{CODE}")
"""The clinic's own name, the months, which Babel knows, and codes."""
SAID = ("aria-label", "alt", "title", "placeholder")
NOT_READ = "script, style, textarea, [lang], cite, .source_list, .banner__name, code, bdi"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The content and the catalogues of both languages."""
    made = tmp_path_factory.mktemp("languages")
    lay_content(made, MADE)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(catalogue, "FOLDER", lay_catalogue(made / "translations", MADE))
        catalogue.catalogue.cache_clear()
        yield made
    catalogue.catalogue.cache_clear()


@pytest.fixture(scope="module")
def shelf(folder: Path) -> Shelf:
    return read_shelf(folder / "content")


@pytest.fixture(scope="module")
def speaking(folder, shelf, tmp_path_factory) -> Iterator[Browser]:
    """A browser at a clinic that offers both languages, with a form begun in English."""
    data = tmp_path_factory.mktemp("clinic")
    settings = Settings(
        data=data / "data", key_file=data / "keys" / "clinic.key", languages=("en", *MADE)
    )
    lay_database(settings)
    kit = printing_kit(shelf, details_of(settings), settings.languages)
    with open_database(settings) as database, RenderPool(**kit) as pool:
        browser = Browser(create_app(settings, database=database, shelf=shelf, pool=pool))
        yield browser


def read_by_people(page: Page) -> Iterator[str]:
    """Every text of a page, and every attribute that is read out."""
    body = page.soup.body
    for part in body.select(NOT_READ):
        part.extract()
    for text in body.find_all(string=True):
        if type(text) is NavigableString:
            yield str(text)
    for tag in body.find_all(True):
        yield from (str(tag[name]) for name in SAID if isinstance(tag, Tag) and tag.get(name))


def english_of(page: Page, typed: Iterable[str] = ()) -> list[str]:
    """What of a page is in English still; `typed` are the patient's own words."""
    found = [_without(text.strip(), typed) for text in read_by_people(page)]
    return [text for text in found if ENGLISH.search(_plain(text))]


def _without(text: str, typed: Iterable[str]) -> str:
    for words in typed:
        text = text.replace(words, "")
    return text


def _plain(text: str) -> str:
    """A text without what is no English: accented words, months, numbers, addresses, names."""
    without = OWN_NAMES.sub(" ", text)
    return re.sub(r"\w*[^\W_A-Za-z]\w*|\S+@\S+|https?\S+", " ", without)


@pytest.mark.parametrize("path", TO_READ)
def test_no_english_is_left_on_a_page_in_another_language(speaking, path):
    page = speaking.get(f"/{ACCENTED}{path}")

    assert page.select_one("html")["lang"] == ACCENTED
    assert english_of(page) == []


@pytest.fixture(scope="module")
def answered(speaking) -> Patient:
    """A patient who has answered everything, and sent nothing yet."""
    patient = Patient(speaking)
    patient.answers_everything()
    return patient


@pytest.fixture(scope="module")
def typed(answered) -> list[str]:
    """What this patient typed."""
    return [each for value in answered.answers.values() for each in value if " " in each]


def test_no_english_is_left_on_a_page_of_questions(speaking, answered, typed):
    read = 0
    for step in shipped_questionnaire().steps:
        page = speaking.get(f"/{ACCENTED}/intake/{step.id}?change=1", status=None)
        if page.status == 200:
            read += 1
            assert english_of(page, typed) == [], step.id
    assert read > 15


def test_no_english_is_left_in_the_sentences_about_what_is_wrong(speaking):
    patient = Patient(Browser(speaking.app))
    patient.agrees()
    wrong = {
        "about-you": {"birth-date-month": "99", "full-name": "", "who-answers": None},
        "contact": {"phone": "none", "email": "nowhere"},
    }
    for step, changes in wrong.items():
        patient.browser.get(f"/{ACCENTED}/intake/{step}")
        page = patient.browser.submit(changes, status=200)
        assert page.errors
        assert english_of(page) == []


def test_no_english_is_left_when_the_answers_are_checked_sent_and_read_again(
    speaking, answered, typed
):
    review = speaking.get(f"/{ACCENTED}/intake/review")
    assert english_of(review, typed) == []
    speaking.submit({})
    done = speaking.follow()
    assert done.path == f"/{ACCENTED}/intake/done"
    assert english_of(done, typed) == []
    for path in ("/", "/stretches/", "/stretches/sphinx", "/options/", "/status"):
        assert english_of(speaking.get(f"/{ACCENTED}{path}"), typed) == []


def test_no_english_is_left_where_help_is_needed_now(speaking):
    patient = Patient(Browser(speaking.app))
    patient.agrees()
    patient.browser.get(f"/{ACCENTED}/intake/right-now")
    patient.fills(patient.browser.page, walk_now="no-legs")
    page = patient.browser.follow()

    assert page.path.startswith(f"/{ACCENTED}/intake/urgent")
    assert english_of(page) == []


@pytest.mark.parametrize("path", ["/nothing", "/i/nothing"])
def test_no_english_is_left_on_a_page_that_is_not_there(speaking, path):
    assert english_of(speaking.get(f"/{ACCENTED}{path}", status=404)) == []


@pytest.mark.parametrize("path", ["/", "/intake/", "/stretches/sphinx", "/nothing"])
def test_a_language_from_right_to_left_turns_the_page(speaking, path):
    page = speaking.get(f"/{MIRRORED}{path}", status=None)

    assert page.select_one("html")["dir"] == "rtl"
    assert page.select_one("html")["lang"] == MIRRORED


def test_the_body_is_not_mirrored_where_words_are(speaking):
    patient = Patient(Browser(speaking.app))
    patient.agrees()
    page = patient.browser.get(f"/{MIRRORED}/intake/pain-map")

    assert page.select_one(".body_map__views")["dir"] == "ltr"


OVERFLOW = """() => {
  const wide = document.documentElement.clientWidth;
  const out = [...document.querySelectorAll("body *")].filter(each => {
    const box = each.getBoundingClientRect();
    const unseen = each.closest(".visually-hidden, .skip_link, svg, .body_map__views");
    const outside = box.left < -1 || box.right > wide + 1;
    return box.width > 1 && box.height > 1 && !unseen && outside;
  });
  return [document.documentElement.scrollWidth - wide, ...out.map(e => e.outerHTML.slice(0, 90))];
}"""
CLIPPED = """() => [...document.querySelectorAll("body *")].filter(each => {
  const style = getComputedStyle(each);
  const hides = ["hidden", "clip"].includes(style.overflowX) && !each.closest(".visually-hidden");
  return hides && each.clientWidth > 1 && each.scrollWidth > each.clientWidth + 1;
}).map(each => each.outerHTML.slice(0, 90))"""


@pytest.mark.proof
@pytest.mark.parametrize("width", [320, 768, 1280])
@pytest.mark.parametrize("language", MADE)
def test_nothing_overflows_and_nothing_is_cut_off(speaking, answered, chromium, language, width):
    steps = [f"/intake/{step.id}?change=1" for step in shipped_questionnaire().steps]
    paths = [f"/{language}{path}" for path in (*TO_READ, *steps, "/intake/review")]
    html = {path: speaking.client.get(path, follow_redirects=True).data for path in paths}
    context = chromium.new_context(viewport={"width": width, "height": 900})
    page = context.new_page()
    page.route("**/*", lambda route: _answer(route, html))
    for path in paths:
        page.goto(f"{HOME}{path}")
        assert page.evaluate(OVERFLOW) == [0], path
        assert page.evaluate(CLIPPED) == [], path
    context.close()


def _answer(route: Route, html: dict[str, bytes]) -> None:
    """Answer the browser's request from the pages at hand and from the files, without a server."""
    path = route.request.url.removeprefix(HOME)
    if not path.startswith("/static/"):
        route.fulfill(body=html[path], content_type="text/html; charset=utf-8")
        return
    name = path.partition("?")[0].removeprefix("/static/")
    folder = content_dir() if name.startswith("figures/") else PACKAGE / "static"
    kind = mimetypes.guess_type(name)[0] or "application/octet-stream"
    route.fulfill(body=(folder / name).read_bytes(), content_type=kind)
