"""Passkeys: made on a device, signed with, and never taken twice or from another site."""

import json
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

import pytest
from playwright.sync_api import expect
from werkzeug.serving import make_server

from clinic.actions import passkeys as acts
from clinic.actions import second_step
from clinic.actions.passkeys import Site
from clinic.app import create_app
from clinic.config import Settings
from clinic.errors import BadInput, Refused, TooManyAttempts
from clinic.store import audit, limits, passkeys, staff
from clinic.store.staff import Role
from tests.store.threads import in_threads
from tests.web.authenticator import Device, bytes_of
from tests.web.staff import PASSWORD, Worker, hire

SITE = Site("clinic.example", "https://clinic.example", "Example Spine Clinic")
CHALLENGE = b"c" * 32


@pytest.fixture
def settings(settings) -> Settings:
    return settings.model_copy(update={"public_url": "https://clinic.example"})


@pytest.fixture
def device() -> Device:
    return Device(SITE.origin, SITE.host)


@pytest.fixture
def nina(database) -> staff.Member:
    return hire(database, "nina", Role.CLINICIAN, enrols=True)


def adds(database, member, device, clock, *, site=SITE, challenge=CHALLENGE) -> staff.Member:
    options = acts.creation_options(database, SITE, member, CHALLENGE)
    answer = device.creates(options)
    acts.add(database, site, member, answer, challenge=challenge, name="Phone", now=clock.now)
    with database.reading() as tx:
        return staff.get(tx, member.id)


def passes(database, member, answer, clock, *, challenge=b"d" * 32, address="192.0.2.1"):
    found = acts.pass_with_passkey(
        database,
        SITE,
        member.id,
        member.mark,
        answer,
        challenge=challenge,
        address=address,
        now=clock.now,
    )
    return found is not None


def options_for(database, member, challenge=b"d" * 32) -> str:
    return acts.request_options(database, SITE, member.id, challenge)


def test_a_passkey_is_made_and_opens_and_says_when(database, nina, device, clock):
    kept = adds(database, nina, device, clock)
    assert kept.has_factor
    clock.forward(hours=1)

    assert passes(database, kept, device.signs(options_for(database, kept)), clock)

    with database.reading() as tx:
        (passkey,) = passkeys.all_of(tx, nina.id)
        told = [row.action for row in audit.trail(tx, subject=("staff", nina.id))]
    assert (passkey.name, passkey.used_at, passkey.sign_count) == ("Phone", clock.now, 1)
    assert told == ["staff.add_passkey"]
    asked = json.loads(options_for(database, kept))
    assert (asked["rpId"], asked["userVerification"]) == ("clinic.example", "required")
    assert [bytes_of(each["id"]) for each in asked["allowCredentials"]] == [device.id]


@pytest.mark.parametrize(
    "lie",
    [
        {"origin": "https://clinic.example.evil"},
        {"origin": "http://clinic.example"},
        {"host": "evil.example"},
        {"knows_owner": False},
    ],
    ids=["origin", "scheme", "host", "owner not known"],
)
def test_what_another_site_or_an_unknown_owner_gives_makes_and_opens_nothing(
    database, nina, device, clock, lie
):
    with pytest.raises(BadInput):
        adds(database, nina, replace(device, **lie), clock)
    kept = adds(database, nina, device, clock, challenge=CHALLENGE)

    answer = replace(device, **lie).signs(options_for(database, kept))

    assert not passes(database, kept, answer, clock)


def test_a_challenge_is_good_once_also_at_one_moment(database, nina, device, clock):
    kept = adds(database, nina, device, clock)
    with pytest.raises(BadInput):
        adds(database, kept, replace(device, id=b"another"), clock)
    device.counts = False
    answer = device.signs(options_for(database, kept))

    found = in_threads(
        lambda place: passes(database, kept, answer, clock, address=f"192.0.2.{place}"), 4
    )

    assert sorted(found) == [False, False, False, True]


def test_an_answer_to_another_challenge_opens_nothing(database, nina, device, clock):
    kept = adds(database, nina, device, clock)
    answer = device.signs(options_for(database, kept, b"e" * 32))

    assert not passes(database, kept, answer, clock, challenge=b"f" * 32)


@pytest.mark.parametrize(("count", "good"), [(4, False), (5, False), (6, True)])
def test_a_copied_key_is_told_by_its_count(database, nina, device, clock, count, good):
    device.count = 5
    kept = adds(database, nina, device, clock)
    device.count = count - 1

    assert passes(database, kept, device.signs(options_for(database, kept)), clock) is good


def test_a_passkey_opens_no_account_but_its_owners(database, nina, device, clock):
    adds(database, nina, device, clock)
    other = hire(database, "omar", Role.ADMIN, enrols=True)
    answer = device.signs(json.dumps({"challenge": "ZGRkZGRkZGRkZGRkZGRkZGRkZGRkZGRkZGRkZGRkZGQ"}))

    assert not passes(database, other, answer, clock)


@pytest.mark.parametrize(
    "answer",
    ["", "{}", "[]", "null", "x" * 2000, '{"id": "YQ", "rawId": "YQ", "response": {}}', "\ud800"],
)
def test_what_is_no_answer_of_a_device_is_only_wrong(database, nina, clock, answer):
    assert not passes(database, nina, answer, clock)
    with pytest.raises(BadInput):
        acts.add(database, SITE, nina, answer, challenge=CHALLENGE, name="x", now=clock.now)


def test_a_known_passkey_and_an_eleventh_are_refused(database, nina, device, clock):
    kept = adds(database, nina, device, clock)
    with database.writing() as tx:
        with pytest.raises(Refused, match="kept already"):
            _keep(tx, kept, device.id, clock)
        for number in range(9):
            _keep(tx, kept, b"key %d" % number, clock)
        with pytest.raises(Refused, match="Remove one first"):
            _keep(tx, kept, b"one more", clock)


def _keep(tx, member, credential_id, clock) -> None:
    passkeys.add(
        tx,
        member.id,
        credential_id=credential_id,
        public_key=b"k",
        sign_count=0,
        name="x",
        now=clock.now,
    )


def test_wrong_passkeys_are_limited_and_codes_from_everywhere_shut_out_no_passkey(
    database, nina, device, clock
):
    kept = adds(database, nina, device, clock)
    with database.writing() as tx:
        for _ in range(50):
            limits.hit(tx, limits.SECOND_STEP_ACCOUNT, str(nina.id), clock.now)
    with pytest.raises(TooManyAttempts):
        second_step.count_try(database, nina.id, "198.51.100.1", clock.now)
    assert passes(database, kept, device.signs(options_for(database, kept)), clock)
    for number in range(5):
        assert not passes(database, kept, "{}", clock, challenge=bytes([number]) * 32)
    with pytest.raises(TooManyAttempts):
        passes(database, kept, "{}", clock, challenge=b"x" * 32)


@pytest.mark.parametrize(
    ("public_url", "site"),
    [
        ("https://Clinic.Example", ("clinic.example", "https://clinic.example")),
        ("https://clinic.example:443", ("clinic.example", "https://clinic.example")),
        ("https://clinic.example:8443", ("clinic.example", "https://clinic.example:8443")),
        ("http://localhost:8000", ("localhost", "http://localhost:8000")),
        *(("http://clinic.example", None), ("https://192.0.2.7", None), ("", None)),
    ],
)
def test_the_site_of_a_passkey_comes_from_the_settings(public_url, site):
    assert Settings(public_url=public_url).passkey_site == site


# --- on the pages ------------------------------------------------------------------------


def test_a_passkey_is_added_and_used_on_the_pages_and_belongs_to_the_public_address(
    app, database, nina, device, clock
):
    worker = Worker(app, nina)
    worker.tries(PASSWORD)
    page = worker.browser.get("/staff/second-step")  # of the host localhost
    made = device.creates(page.select_one("[data-passkey=create]")["data-options"])
    assert json.loads(page.select_one("[data-passkey=create]")["data-options"])["rp"] == {
        "id": "clinic.example",
        "name": "Example Spine Clinic",
    }
    worker.browser.post("/staff/second-step/passkeys", {"name": "Desk <b>", "passkey": made})
    assert worker.browser.follow().has("#recovery-codes")
    assert "Desk <b>" in worker.browser.get("/staff/second-step").text

    worker.tries(PASSWORD)
    page = worker.browser.follow()
    options = page.select_one("[data-passkey=sign]")["data-options"]
    clock.forward(minutes=5)
    late = worker.browser.post(page.path, {"passkey": device.signs(options)}, 200)
    assert late.errors[0].startswith("This passkey does not fit.")
    options = late.select_one("[data-passkey=sign]")["data-options"]
    worker.browser.post(page.path, {"passkey": device.signs(options)})
    assert worker.browser.follow().path == "/staff/"

    clock.forward(minutes=6)
    worker.browser.get("/staff/second-step")
    page = worker.browser.post("/staff/second-step/codes", {}, 401)
    signed = device.signs(page.select_one("[data-passkey=sign]")["data-options"])
    worker.browser.submit({"again-passkey": signed})
    assert worker.browser.follow().has("#recovery-codes")


def test_without_a_fit_address_no_passkey_is_offered(database, shelf, pool, clock, settings, nina):
    bare = settings.model_copy(update={"public_url": ""})
    app = create_app(bare, database=database, shelf=shelf, pool=pool, clock=clock)
    page = Worker(app, nina).signs_in().browser.get("/staff/second-step")

    assert not page.has("[data-passkey]")
    assert "CLINIC_PUBLIC_URL" in page.text


# --- in a real browser, with an authenticator of its own ---------------------------------


@pytest.mark.proof
def test_a_browser_makes_a_passkey_and_signs_with_it(
    settings, database, shelf, pool, chromium, nina
):
    with serving(settings, database, shelf, pool) as base:
        page = chromium.new_context(viewport={"width": 360, "height": 800}).new_page()
        page.on("pageerror", lambda error: pytest.fail(str(error)))
        devtools = page.context.new_cdp_session(page)
        devtools.send("WebAuthn.enable")
        device = {
            "protocol": "ctap2",
            "transport": "internal",
            "hasResidentKey": True,
            "hasUserVerification": True,
            "isUserVerified": True,
        }
        devtools.send("WebAuthn.addVirtualAuthenticator", {"options": device})
        _gives_password(page, base)
        page.get_by_label("What you call it").fill("Phone")
        page.get_by_role("button", name="Add a passkey").click()
        expect(page.get_by_role("heading", name="Your recovery codes")).to_be_visible()
        page.get_by_role("button", name="Sign out").click()

        _gives_password(page, base)
        page.get_by_role("button", name="Use a passkey").click()

        expect(page.get_by_role("heading", level=1)).to_contain_text("Intakes")
        page.context.close()


def _gives_password(page, base: str) -> None:
    page.goto(f"{base}/staff/sign-in")
    page.get_by_label("User name").fill("nina")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()


@contextmanager
def serving(settings, database, shelf, pool) -> Iterator[str]:
    """Serve an app under the name localhost, where browsers make passkeys without TLS."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    base = f"http://localhost:{port}"
    here = settings.model_copy(update={"public_url": base})
    app = create_app(here, database=database, shelf=shelf, pool=pool)
    server = make_server("127.0.0.1", port, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield base
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
