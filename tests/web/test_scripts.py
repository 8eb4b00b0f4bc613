"""What the scripts add to a page, and what a tap does without them, in a real browser."""

import mimetypes
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from clinic.library.places import PACKAGE, content_dir
from clinic.questionnaire.values import Coding
from clinic.web.intake.forms import StepForm
from tests.make import TODAY, make_intake, make_item, make_questionnaire, shipped_questionnaire
from tests.web.sheet import page_of as parsed
from tests.web.sheet import pages, posted_by, rendered

HOME = "http://clinic.test"

YES_NO = ("yes", "no", "not-sure")
PAGE = make_item(
    "page",
    "group",
    make_item("fever", "choice", options=YES_NO, required=True),
    make_item("degrees", "integer", when=("fever", "=", Coding("yes"))),
    make_item("doctor", "boolean", when=("degrees", ">=", 103)),
    make_item("since", "date", when=("doctor", "=", False)),
)


@pytest.fixture
def show(chromium: Browser) -> Iterator[Callable[..., Page]]:
    """Open HTML as a page of the clinic, at the width of a phone; nothing leaves the machine."""
    contexts = []

    def shown(html: str, before: str = "", **options: Any) -> Page:
        context = chromium.new_context(viewport={"width": 360, "height": 800}, **options)
        contexts.append(context)
        page = context.new_page()
        if before:
            page.add_init_script(before)
        page.route("**/*", lambda route: _answer(route, html))
        page.on("pageerror", lambda error: pytest.fail(str(error)))
        page.goto(f"{HOME}/intake/page")
        return page

    yield shown
    for context in contexts:
        context.close()


def _answer(route: Route, html: str) -> None:
    path = route.request.url.removeprefix(HOME).partition("?")[0]
    if not path.startswith("/static/"):
        route.fulfill(body=html, content_type="text/html; charset=utf-8")
        return
    name = path.removeprefix("/static/")
    folder = content_dir() if name.startswith("figures/") else PACKAGE / "static"
    kind = mimetypes.guess_type(name)[0] or "application/octet-stream"
    route.fulfill(body=(folder / name).read_bytes(), content_type=kind)


def form_of_page() -> StepForm:
    intake = make_intake(questionnaire=make_questionnaire(PAGE), offered=())
    return StepForm(intake.questionnaire.steps[0], intake, today=TODAY)


def offered(page: Page) -> str:
    return page.locator("[name=_offered]").input_value()


def test_follow_ups_open_at_once_one_behind_the_other_and_count_as_offered(
    show: Callable[..., Page],
) -> None:
    page = show(rendered(form_of_page()))
    expect(page.locator("#degrees")).to_be_hidden()
    assert offered(page) == "fever"

    page.get_by_label("yes", exact=True).check()
    expect(page.locator("#degrees")).to_be_visible()
    assert offered(page) == "fever degrees"

    page.locator("#degrees").fill("103")
    page.get_by_label("No", exact=True).check()
    expect(page.locator("#since-year")).to_be_visible()
    assert offered(page) == "fever degrees doctor since"

    page.get_by_label("no", exact=True).check()
    expect(page.locator("#degrees")).to_be_hidden()
    expect(page.locator("#since-year")).to_be_hidden()
    assert offered(page) == "fever"


def test_without_a_script_follow_ups_stay_closed(show: Callable[..., Page]) -> None:
    page = show(rendered(form_of_page()), java_script_enabled=False)

    page.get_by_label("yes", exact=True).check()

    expect(page.locator("#degrees")).to_be_hidden()
    assert offered(page) == "fever"


def test_the_error_summary_gets_the_focus(show: Callable[..., Page]) -> None:
    first = form_of_page()
    form = StepForm(first.step, first.intake, posted_by(parsed(first)), today=TODAY)
    form.validate()

    page = show(rendered(form))

    expect(page.locator("#error-summary")).to_be_focused()
    page.get_by_role("link", name="Answer this question to go on.").click()
    expect(page.locator("#fever")).to_be_focused()


@pytest.mark.parametrize("width", [360, pytest.param(900, marks=pytest.mark.proof)])
def test_a_tap_on_any_region_of_the_body_ticks_its_box_without_a_script(
    show: Callable[..., Page], width: int
) -> None:
    """Each run taps them on the width of a phone, where they are smallest."""
    questionnaire = shipped_questionnaire()
    intake = make_intake(offered=())
    form = StepForm(questionnaire.step_of("body-map"), intake, today=TODAY)
    page = show(rendered(form), java_script_enabled=False)
    page.set_viewport_size({"width": width, "height": 900})
    paths = page.locator(".body_map__region path")

    missed = []
    for number in range(paths.count()):
        region = paths.nth(number).locator("xpath=../..").get_attribute("data-region")
        x, y = _inside(page, number)
        page.mouse.click(x, y)
        if not page.locator(f"[name=body-map][value={region}]").is_checked():
            missed.append(region)

    assert paths.count() == 50
    assert not missed


def _inside(page: Page, number: int) -> tuple[float, float]:
    """A point of the screen that lies in the n-th region, near its middle."""
    paths = page.locator(".body_map__region path")
    paths.nth(number).scroll_into_view_if_needed()
    box = paths.nth(number).bounding_box()
    assert box is not None
    steps = sorted(range(1, 20), key=lambda step: abs(step - 10))
    for down in steps:
        for across in steps:
            x = box["x"] + box["width"] * across / 20
            y = box["y"] + box["height"] * down / 20
            if paths.nth(number).evaluate(
                "(path, [x, y]) => document.elementFromPoint(x, y) === path", [x, y]
            ):
                return x, y
    raise AssertionError(f"region {number} can be tapped nowhere")


def test_continue_keeps_the_page_and_says_so_while_the_clinic_is_out_of_reach(
    show: Callable[..., Page],
) -> None:
    page = show(rendered(form_of_page()))
    page.get_by_label("yes", exact=True).check()
    page.locator("#degrees").fill("103")
    page.context.set_offline(True)

    page.get_by_role("button", name="Continue").last.click()

    expect(page.locator("#line-lost")).to_be_focused()
    expect(page.locator("#degrees")).to_have_value("103")
    page.context.set_offline(False)
    with page.expect_request(lambda request: request.method == "POST") as sent:
        page.get_by_role("button", name="Continue").last.click()
    assert "degrees=103" in (sent.value.post_data or "")


def test_answers_are_sent_at_the_second_press_where_only_the_asking_fails(
    show: Callable[..., Page],
) -> None:
    page = show(rendered(form_of_page()))
    page.get_by_label("yes", exact=True).check()
    page.route("**/healthz", lambda route: route.fulfill(status=503))

    page.get_by_role("button", name="Continue").last.click()
    expect(page.locator("#line-lost")).to_be_focused()
    expect(page.locator("#line-lost")).to_contain_text("If you can't wait, call 911.")
    with page.expect_request(lambda request: request.method == "POST") as sent:
        page.get_by_role("button", name="Continue").last.click()

    assert "fever=yes" in (sent.value.post_data or "")


def test_a_page_with_unsaved_words_is_not_left_without_a_warning(
    show: Callable[..., Page],
) -> None:
    page = show(rendered(form_of_page()))
    asked: list[str] = []
    page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.dismiss()))

    page.get_by_label("yes", exact=True).check()
    page.get_by_role("link", name="Leave this page").click(no_wait_after=True)
    page.wait_for_timeout(300)
    assert asked == ["beforeunload"]

    with page.expect_request(lambda request: request.method == "POST"):
        page.get_by_role("button", name="Continue").last.click()
    page.wait_for_load_state()
    page.get_by_role("link", name="Leave this page").click()
    assert asked == ["beforeunload"]


TWO_FORMS = """<!doctype html><title>Two forms</title><body class="page page--staff"><main>
<form method="post" id="notes"><textarea name="words"></textarea></form>
<form method="post" id="level"><textarea name="reason"></textarea><button>Set level</button></form>
</main><script src="/static/js/unsaved.js" defer></script></body>"""


def test_staff_are_warned_of_words_in_another_form_than_they_send(
    show: Callable[..., Page],
) -> None:
    page = show(TWO_FORMS)
    asked: list[str] = []
    page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.dismiss()))

    page.locator("[name=words]").fill("half a note")
    page.get_by_role("button", name="Set level").click(no_wait_after=True)
    page.wait_for_timeout(300)
    assert asked == ["beforeunload"]

    page.locator("[name=words]").fill("")
    page.locator("[name=reason]").fill("a reason")
    with page.expect_request(lambda request: request.method == "POST"):
        page.get_by_role("button", name="Set level").click()
    assert asked == ["beforeunload"]


VOICES = """
const voices = %s.map(([lang, localService]) => ({ lang, localService, name: lang }));
const said = [];
class Utterance extends EventTarget { constructor(text) { super(); this.text = text; } }
window.SpeechSynthesisUtterance = Utterance;
Object.defineProperty(window, "speechSynthesis", { value: Object.assign(new EventTarget(), {
  getVoices: () => voices, cancel: () => {}, speak: (it) => said.push([it.text, it.lang]),
}) });
window.said = said;
"""


@pytest.mark.parametrize("voices", ["[]", '[["es-US", true]]', '[["en-US", false]]'])
def test_reading_aloud_is_offered_by_no_voice_of_another_language_or_place(
    show: Callable[..., Page], voices: str
) -> None:
    page = show(rendered(form_of_page()), before=VOICES % voices)

    expect(page.get_by_role("button", name="Read this aloud")).to_have_count(0)


def test_a_question_is_read_aloud_in_the_language_of_the_page_once_it_is_asked_for(
    show: Callable[..., Page],
) -> None:
    page = show(rendered(form_of_page()), before=VOICES % '[["es-US", true], ["en-GB", true]]')
    assert page.evaluate("said") == []

    page.get_by_role("button", name="Read this aloud").first.click()

    texts, languages = zip(*page.evaluate("said"), strict=True)
    assert texts == ("fever.", "yes.", "no.", "not-sure.")
    assert set(languages) == {"en-GB"}
    expect(page.get_by_role("button", name="Stop reading")).to_be_visible()


TIMER = """
{% extends "base.html" %}
{% from "components/hold_timer.html" import hold_timer %}
{% block title %}Timer{% endblock %}
{% block main %}<h1>Timer</h1>{{ hold_timer(20, 2) }}{% endblock %}
{% block scripts %}<script src="{{ asset('js/hold_timer.js') }}" defer></script>{% endblock %}
"""


def test_the_hold_timer_starts_on_a_press_and_paces_the_breath(
    show: Callable[..., Page],
) -> None:
    page = show(pages().from_string(TIMER).render())
    expect(page.get_by_text("Hold for 20 seconds. Do it 2 times.")).to_be_visible()
    expect(page.locator(".hold_timer__face")).to_be_hidden()

    page.clock.install()
    page.get_by_role("button", name="Start the timer").click()
    expect(page.locator(".hold_timer__count")).to_have_text("20")
    expect(page.locator(".hold_timer__breath")).to_have_text("Breathe in")

    page.clock.run_for(5000)
    expect(page.locator(".hold_timer__count")).to_have_text("15")
    expect(page.locator(".hold_timer__breath")).to_have_text("Breathe out")

    page.clock.run_for(60_000)
    expect(page.locator(".hold_timer__breath")).to_have_text("Done. Well held.")


def test_the_pacer_stands_still_where_motion_is_unwelcome(show: Callable[..., Page]) -> None:
    page = show(pages().from_string(TIMER).render(), reduced_motion="reduce")

    page.get_by_role("button", name="Start the timer").click()

    expect(page.locator(".hold_timer__pacer")).to_be_hidden()
    expect(page.locator(".hold_timer__breath")).to_have_text("Breathe in")
