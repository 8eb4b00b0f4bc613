"""A patient with plain back pain reads, answers, sends, and takes the paper."""

import pytest

from tests.journeys.conftest import Waiting

pytestmark = pytest.mark.journey


@pytest.mark.parametrize(
    "javascript",
    [
        pytest.param(True, id="with script"),
        pytest.param(False, id="without script", marks=pytest.mark.proof),
    ],
)
def test_a_patient_answers_everything_and_takes_the_paper(
    waiting_room: Waiting, javascript: bool
) -> None:
    """Without a script, each run: `test_the_whole_way_ends_with_a_reference_and_a_paper` in
    tests/web/test_intake.py, whose browser has none.
    """
    patient = waiting_room.patient(javascript=javascript)
    patient.opens("/")
    patient.agrees()
    patient.starts_answering()
    patient.goes_on()
    assert patient.heading == "Check your answers, then send"

    patient.sends()
    assert patient.path == "/intake/done"

    paper = patient.context.request.get(f"{patient.base}/intake/summary.pdf", timeout=60_000)
    assert paper.status == 200
    assert paper.body().startswith(b"%PDF-")


@pytest.mark.proof
def test_a_patient_reads_about_stretches_and_options(waiting_room: Waiting) -> None:
    """Each run: tests/web/test_education.py reads every page, its facts and its links, and
    `test_axe_finds_nothing_on_a_few_pages` in tests/web/test_every_page.py reads some by axe.
    """
    patient = waiting_room.patient()
    for path in ("/stretches/", "/stretches/childs-pose", "/stretches/knee-to-chest"):
        patient.opens(path)
    patient.opens("/stretches/sphinx")
    patient.sees("30 seconds")
    for path in ("/options/", "/options/stem-cell-therapy", "/options/platelet-rich-plasma"):
        patient.opens(path)
    patient.opens("/options/choosing-a-facility")
    patient.sees("board")
    for path in ("/how-we-decide", "/privacy", "/accessibility"):
        patient.opens(path)


def test_a_follow_up_opens_under_its_question_at_once(waiting_room: Waiting) -> None:
    patient = waiting_room.patient()
    patient.agrees()
    patient.starts_answering()
    patient.fills_in()
    patient.continues()
    patient.goes_on(until="/intake/right-now")

    follow_up = patient.page.locator('[name="chest-kind"]').first
    assert not follow_up.is_visible() or not follow_up.is_enabled()
    patient.answers("chest-now", "yes")

    assert follow_up.is_enabled()


def test_a_change_from_the_review_comes_back_to_it(waiting_room: Waiting) -> None:
    patient = waiting_room.patient()
    patient.agrees()
    patient.starts_answering()
    patient.hurries()

    patient.page.locator('a[href*="/intake/pain?"]').first.click()
    patient.page.wait_for_load_state()
    patient.answers("pain-now", "7")
    patient.continues()

    assert patient.path == "/intake/review"
    patient.sees("7")


def test_send_pressed_twice_sends_once(waiting_room: Waiting) -> None:
    patient = waiting_room.patient()
    patient.agrees()
    patient.starts_answering()
    patient.hurries()

    patient.page.get_by_role("button", name="Send to the clinic").dblclick()
    patient.page.wait_for_url("**/intake/done")
    patient.looks()
    reference = patient.page.locator("main").inner_text()

    patient.opens("/intake/review")
    assert patient.path == "/intake/done"
    assert patient.page.locator("main").inner_text() == reference
