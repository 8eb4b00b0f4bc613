"""Nobody who is not signed in may post without end, and no patient is kept waiting for another."""

from datetime import date

import pytest
from sqlalchemy import select, update

from clinic.actions.intakes import resume_intake
from clinic.app import create_app
from clinic.store import intakes, limits
from clinic.store.tables import counter
from clinic.web.post_limits import is_counted
from clinic.web.security import STAFF, audiences
from tests.web.browser import Browser
from tests.web.patient import Patient
from tests.web.test_authz import FILLED, LAST, addresses

HERE = "127.0.0.1"
BORN = date(1981, 3, 17)
"""Of the patient of plain_answers."""


def posts_of_strangers(app) -> list[tuple[str, str]]:
    """Endpoint and address of each post that no signing in stands before."""
    found = []
    for _, rule, method in sorted(addresses(app), key=lambda each: LAST.get(each[0], 0)):
        if method == "POST" and not audiences(app, rule.endpoint) <= STAFF:
            with app.test_request_context():
                path = str(rule.build({key: FILLED[key] for key in rule.arguments})[1])  # type: ignore[index]
            found.append((rule.endpoint, path))
    return found


def use_up(database, limit, key, now) -> None:
    with database.writing() as tx:
        limits.hit(tx, limit, key, now)
        tx.execute(update(counter).where(counter.c.bucket == limit.bucket).values(hits=limit.most))


def statuses(app, browser) -> dict[str, int]:
    data = {"csrf_token": browser.token()}
    paths = [path for _, path in posts_of_strangers(app)]
    return {path: browser.client.post(path, data=data).status_code for path in paths}


def form_of(database) -> str:
    with database.reading() as tx:
        return str(intakes.listing(tx)[-1].id)


def test_every_post_of_strangers_is_counted_but_the_one_whose_action_counts(app):
    found = {endpoint for endpoint, _ in posts_of_strangers(app)}

    assert len(found) > 10
    assert {each for each in found if not is_counted(app, each)} == {"intake.step"}


def test_an_address_that_posted_too_often_waits_everywhere_and_then_goes_on(
    app, browser, database, clock
):
    use_up(database, limits.POSTS_OF_ADDRESS, HERE, clock.now)
    found = statuses(app, browser)
    assert found.pop("/intake/about-you") == 400  # no form is open: there is nothing to write to
    assert set(found.values()) == {429}

    page = browser.post("/look", {"_look": "large"}, status=429)
    assert int(page.headers["Retry-After"]) > 0
    clock.forward(minutes=16)
    assert 429 not in statuses(app, browser).values()


def test_a_form_that_was_sent_too_often_waits_on_every_page(app, patient, browser, database, clock):
    patient.agrees()
    use_up(database, limits.POSTS_OF_FORM, form_of(database), clock.now)

    assert set(statuses(app, browser).values()) == {429}
    clock.forward(minutes=16)
    patient.answers_step("about-you")


def test_the_count_is_the_same_for_every_worker_and_after_a_restart(
    settings, database, shelf, pool, clock
):
    use_up(database, limits.POSTS_OF_ADDRESS, HERE, clock.now)
    other = create_app(settings, database=database, shelf=shelf, pool=pool, clock=clock)

    Browser(other).post("/look", {"_look": "large"}, status=429)


def test_a_patient_goes_on_where_others_used_up_what_their_address_may_post(
    app, patient, database, clock
):
    patient.agrees()
    use_up(database, limits.POSTS_OF_ADDRESS, HERE, clock.now)
    use_up(database, limits.START_ADDRESS, HERE, clock.now)

    patient.answers_step("about-you")


@pytest.mark.parametrize("headers", [{"Origin": "https://evil.example"}, {}])
def test_what_another_site_made_or_what_has_no_token_uses_nothing_up(browser, database, headers):
    browser.get("/intake/")
    browser.post_raw("/status", [("code", "x")], status=400, headers=headers)

    with database.reading() as tx:
        buckets = set(tx.execute(select(counter.c.bucket)).scalars())
    assert limits.POSTS_OF_ADDRESS.bucket not in buckets


def test_forty_patients_of_one_waiting_room_come_back_by_their_codes(app, database, clock):
    someone = Patient(Browser(app))
    someone.agrees()
    someone.answers_step("about-you")
    for _ in range(40):
        assert resume_intake(database, someone.code, BORN, address=HERE, now=clock.now)
