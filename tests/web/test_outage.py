"""While the database is away people read why, keep what they typed, and go on once it is back."""

from contextlib import contextmanager

import pytest

from clinic.store import intakes
from clinic.web import tablet


@pytest.fixture
def away(settings, database):
    """The database of the test, away within a block."""

    @contextmanager
    def now():
        elsewhere = settings.data / "elsewhere.db"
        database.close()
        settings.database_path.rename(elsewhere)
        settings.database_path.mkdir()
        try:
            yield
        finally:
            settings.database_path.rmdir()
            elsewhere.rename(settings.database_path)

    return now


@pytest.mark.parametrize(
    ("front", "heading", "button"),
    [
        ("", "We can’t save or load right now", "Send it once more"),
        ("/es", "En este momento no podemos guardar ni abrir nada", "Enviarlo otra vez"),
    ],
)
def test_what_was_typed_while_the_database_was_away_is_sent_once_more(
    patient, browser, database, shelf, away, front, heading, button
):
    patient.agrees()
    page = browser.get(f"{front}/intake/about-you")
    with away():
        refused = patient.fills(page, status=503, full_name="Ada Typed")

        assert refused.heading == heading
        assert int(refused.headers["Retry-After"]) > 0
        assert dict(refused.fields())["full-name"] == "Ada Typed"
        assert button in refused.text
        assert browser.submit({}, status=503).has("form [name=full-name]")
    assert browser.submit({}, status=303).location.startswith(f"{front}/intake/")
    with database.reading() as tx:
        (facts,) = intakes.listing(tx)
        kept = intakes.load(tx, facts.id, shelf.questionnaires)
    assert kept.response.answers["full-name"] == ("Ada Typed",)


def test_an_outage_puts_no_code_into_a_page(patient, browser, away):
    patient.agrees()
    page = browser.get("/intake/resume")
    with away():
        refused = patient.fills(page, status=503)

    assert not refused.has("main form")
    assert "go back to it" in refused.text


def test_an_outage_gives_no_words_of_another_site_back(patient, browser, away):
    patient.agrees()
    with away():
        refused = browser.post(
            "/intake/about-you",
            {"full-name": "Mallory", "csrf_token": "x"},
            status=503,
            headers={"Sec-Fetch-Site": "cross-site"},
        )

    assert "Mallory" not in refused.text
    assert not refused.has("main form")


def test_an_outage_leaves_no_words_in_the_history_of_a_tablet(patient, browser, away):
    patient.agrees()
    page = browser.get("/intake/about-you")
    browser.client.set_cookie(tablet.PLAIN_NAME, "x" * 43)
    with away():
        refused = patient.fills(page, status=503, full_name="Ada Typed")

    assert b"Ada Typed" not in refused.body


def test_articles_are_read_while_the_database_is_away(patient, browser, away):
    patient.agrees()
    with away():
        assert browser.get("/stretches/").heading
        browser.get("/intake/review", status=503)
        browser.client.set_cookie(tablet.PLAIN_NAME, "x" * 43)
        browser.get("/stretches/", status=503)
    browser.client.delete_cookie(tablet.PLAIN_NAME)
    assert browser.get("/intake/review").heading


def test_a_page_is_not_held_back_since_nobody_could_note_that_it_was_read(
    patient, browser, database, clock
):
    patient.agrees()
    clock.forward(minutes=2)
    with database.reading() as tx:  # the connection that the next page uses takes no writing
        tx.connection.exec_driver_sql("PRAGMA query_only=ON")

    assert browser.get("/stretches/").heading
    assert browser.get("/intake/about-you", status=503).heading  # which notes what it offered
