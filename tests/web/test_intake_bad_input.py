"""Whatever arrives gets a clear sentence, and nothing saved is lost."""

import pytest

from clinic.store import intakes
from tests.web.browser import Browser

HOSTILE = "<script>alert(1)</script> ' OR 1=1 -- \u202e {{ 7 * 7 }}"


def test_a_step_that_does_not_exist_is_not_found_and_leads_on(patient, browser):
    patient.agrees()
    page = browser.get("/intake/no-such-step", status=404)

    assert page.link("Go on with your form") == "/intake/"


def test_steps_may_be_opened_out_of_order_and_the_open_ones_are_named(patient, browser):
    patient.agrees()
    patient.answers_step("pain")
    page = browser.get("/intake/review")

    assert page.link("About you") == "/intake/about-you?change=1"
    assert "Step" in patient.opens("pain").text


def test_without_a_form_on_this_device_a_step_explains_itself(browser):
    page = browser.get("/intake/pain", status=404)

    assert page.heading == "Your form is not open on this device"
    assert page.link("Come back with your code") == "/intake/resume"


def test_after_the_time_limit_what_was_typed_is_kept_and_put_in(patient, browser, clock):
    patient.agrees()
    patient.answers_step("about-you")
    patient.opens("contact")
    clock.forward(minutes=61)
    page = patient.fills(browser.page, status=400, phone="555-555-0177")

    assert page.heading == "Your time ran out"
    assert page.select_one('input[name="kept.phone"]')["value"] == "555-555-0177"
    browser.submit(patient.code_and_birth_date())
    assert browser.page.location == "/intake/right-now"
    assert patient.opens("contact").select_one("#phone")["value"] == "555-555-0177"


def test_a_wrong_code_after_the_time_limit_keeps_what_was_typed(patient, browser, clock):
    patient.agrees()
    patient.answers_step("about-you")
    patient.opens("contact")
    clock.forward(minutes=61)
    patient.fills(browser.page, status=400, phone="555-555-0177")
    browser.submit({**patient.code_and_birth_date(), "born-year": "1950"}, status=200)
    browser.submit(patient.code_and_birth_date())

    assert patient.opens("contact").select_one("#phone")["value"] == "555-555-0177"


def test_within_the_time_limit_a_press_now_and_then_keeps_the_form_open(patient, browser, clock):
    patient.agrees()
    for _ in range(6):
        clock.forward(minutes=50)
        browser.get("/intake/about-you")

    patient.answers_step("about-you")
    assert browser.page.location == "/intake/contact"


def test_cookies_that_are_off_are_named(app):
    browser = Browser(app, use_cookies=False)
    token = browser.get("/intake/").select_one('input[name="csrf_token"]')["value"]
    fields = [("csrf_token", token), ("agree", "yes"), ("name", "Pat")]
    page = browser.post_raw("/intake/", fields, status=400)

    assert page.heading == "Your browser sent no cookie"
    assert "Turn cookies on" in page.text


def test_a_post_without_a_token_is_refused_and_can_be_sent_once_more(patient, browser):
    patient.agrees()
    patient.opens("about-you")
    fields = [pair for pair in browser.page.fields() if pair[0] != "csrf_token"]
    fields = [pair for pair in fields if pair[0] != "full-name"] + [("full-name", "Kim Typed")]
    page = browser.post_raw("/intake/about-you", fields, status=400)

    assert page.select_one('input[name="full-name"]')["value"] == "Kim Typed"
    assert page.form["action"] == "/intake/about-you"
    browser.submit({}, status=200)
    assert patient.opens("about-you").select_one("#full-name")["value"] == "Kim Typed"


def test_a_body_that_is_too_large_is_refused_in_words(patient, browser):
    patient.agrees()
    fields = {"worries": "x" * (1024 * 1024 + 1)}
    page = browser.post("/intake/visit", fields, status=413)

    assert "Shorten your text" in page.text


def test_too_many_fields_are_refused(patient, browser):
    patient.agrees()
    page = browser.post("/intake/visit", {f"f{n}": "1" for n in range(3000)}, status=413)

    assert page.heading == "That was too much at once"


def test_fields_that_nobody_asked_for_are_left_alone(patient, browser, database, shelf):
    patient.agrees()
    page = patient.opens("about-you")
    fields = [*page.fields(), ("phone", "555"), ("age-years", "3"), ("is-admin", "yes")]
    browser.post_raw("/intake/about-you", fields, status=200)

    with database.reading() as tx:
        (facts,) = intakes.listing(tx)
        answers = intakes.load(tx, facts.id, shelf.questionnaires).response.answers
    assert not {"phone", "is-admin", "age-years"} & set(answers)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("x" * 20_000, "Shorten this to 2,000 characters. It has 20,000 now."),
        ("a\x00b", "Take out the characters that cannot be printed."),
        ("bell\x07", "Take out the characters that cannot be printed."),
    ],
)
def test_text_that_cannot_be_kept_is_named_and_stays_on_the_page(patient, text, sentence):
    patient.agrees()
    page = patient.answers_step("visit", status=200, worries=text)

    assert sentence in page.errors
    shown = page.select_one("#worries").text.strip()
    assert shown == "".join(letter for letter in text if letter.isprintable())


@pytest.mark.parametrize("text", [HOSTILE, "שלום 👋🏽 ﷽", "Zalgo" + "\u0300" * 50])
def test_any_words_are_kept_as_they_are_and_shown_as_words(patient, browser, text):
    patient.agrees()
    patient.answers_step("visit", worries=text)
    page = patient.opens("visit")

    assert page.select_one("#worries").text.removeprefix("\n") == text
    assert "<script>alert" not in page.body.decode()
    assert "49" not in page.select_one("#worries").text


@pytest.mark.parametrize(
    ("parts", "sentence"),
    [
        (("2026", "2", "31"), "Check the day. February 2026 has 28 days."),
        (("81", "3", "17"), "Write the year with 4 figures, such as 1958."),
        (("1981", "13", "17"), "Write the month as a number from 1 to 12, or its name."),
    ],
)
def test_a_date_that_is_none_is_named_and_stays_on_the_page(patient, parts, sentence):
    patient.agrees()
    typed = dict(zip(("birth_date-year", "birth_date-month", "birth_date-day"), parts, strict=True))
    page = patient.answers_step("about-you", status=200, **typed)

    assert page.errors == [sentence]
    assert page.select_one('[name="birth-date-day"]')["value"] == parts[2]


def test_a_birth_date_in_the_future_is_not_taken(patient):
    patient.agrees()
    page = patient.answers_step("about-you", status=200, **{"birth_date-year": "2031"})

    assert len(page.errors) == 1


def test_a_choice_that_is_none_of_the_answers_is_not_taken(patient, database, shelf):
    patient.agrees()
    page = patient.answers_step("about-you", status=200, sex_at_birth="robot")

    assert page.errors == ["Choose one of the answers shown."]


def test_a_stale_tab_adds_to_what_another_tab_saved(patient, browser):
    patient.agrees()
    old = patient.opens("contact")
    patient.answers_step("about-you")
    browser.page = old
    patient.fills(old)

    assert patient.opens("about-you").select_one("#full-name")["value"]
    assert patient.opens("contact").select_one("#phone")["value"]


def test_two_tabs_of_one_page_keep_the_later_answer_and_remember_both(
    patient, browser, database, shelf
):
    patient.agrees()
    first, second = patient.opens("contact"), patient.opens("contact")
    patient.fills(first, phone="555-555-0111")
    browser.page = second
    patient.fills(second, phone="555-555-0122")

    with database.reading() as tx:
        (facts,) = intakes.listing(tx)
        intake = intakes.load(tx, facts.id, shelf.questionnaires)
    assert [entry.answer for entry in intake.entries("phone")] == [
        ("555-555-0111",),
        ("555-555-0122",),
    ]


def test_something_that_breaks_is_told_by_number_and_without_a_word_of_it(app, browser, capsys):
    app.testing = False

    def broken() -> str:
        raise ValueError("Alex Rivera has pain")

    app.view_functions["education.privacy"] = broken
    broken.audiences = frozenset({"public"})
    page = browser.get("/privacy", status=500)

    assert page.heading == "Something broke on our side"
    said = capsys.readouterr()
    assert "Alex" not in page.soup.text + said.out + said.err
    number = page.select_one("main strong").text
    assert len(number) == 8
    assert number in said.out + said.err
