"""Doors, headers, cookies and tokens."""

import re
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from flask import Flask, request
from sqlalchemy import func, select, update

import clinic
from clinic.app import create_app
from clinic.errors import Misconfigured
from clinic.store import limits
from clinic.store.staff import Role
from clinic.store.tables import counter
from clinic.store.tables import session as session_table
from clinic.web import security, tablet
from clinic.web.security import Audience, audiences, open_to, require_declarations
from clinic.web.server import make_server
from tests.web.browser import Browser
from tests.web.staff import Worker, hire

POSTS = [
    "/intake/",
    "/intake/about-you",
    "/intake/send",
    "/intake/resume",
    "/intake/leave",
    "/status",
    "/i/00000000-00000000-00000000-00000000",
]


def test_every_address_says_whom_it_is_for(app):
    for rule in app.url_map.iter_rules():
        assert audiences(app, rule.endpoint), rule.rule


def test_an_address_that_does_not_say_stops_the_start():
    app = Flask("bare")
    app.add_url_rule("/open", "open", lambda: "anybody")

    with pytest.raises(Misconfigured, match="open"):
        require_declarations(app)


def test_staff_pages_are_closed_to_a_patient(patient, browser, app):
    patient.agrees()
    closed = [
        rule for rule in app.url_map.iter_rules() if audiences(app, rule.endpoint) <= security.STAFF
    ]
    for rule in closed:
        if "GET" in rule.methods and not rule.arguments:
            assert browser.get(rule.rule, status=None).status in (303, 401, 403), rule.rule


def test_a_view_for_staff_only_opens_to_the_roles_that_it_names(app):
    @open_to(Audience.CLINICIAN)
    def chart() -> str:
        return "chart"

    class Desk:
        id = None
        role = "front_desk"

    app.add_url_rule("/chart", "chart", chart)
    security.identify_staff_by(app, Desk)
    assert app.test_client().get("/chart").status_code == 403

    Desk.role = "clinician"
    assert app.test_client().get("/chart").status_code == 200

    security.identify_staff_by(app, lambda: None)
    assert app.test_client().post("/chart").status_code in (400, 401, 405)


def test_the_nonce_is_fresh_for_every_answer(browser):
    policies = {browser.get("/").headers["Content-Security-Policy"] for _ in range(5)}

    assert len(policies) == 5


def test_every_answer_is_dressed_even_one_that_is_not_found(browser):
    for path, status in (("/", 200), ("/nope", 404), ("/healthz", 200), ("/readyz", 200)):
        headers = browser.get(path, status=status).headers
        assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
        assert headers["Cross-Origin-Resource-Policy"] == "same-origin"
        assert "camera=()" in headers["Permissions-Policy"]
        assert headers["Referrer-Policy"] == "same-origin"
        assert headers["X-Frame-Options"] == "DENY"


@pytest.mark.parametrize(
    "path", ["/", "/nope", "/stretches", "/healthz", "/static/img/correct8.svg", "/static/nope.js"]
)
def test_no_answer_is_framed_guessed_at_or_given_to_another_site(browser, path):
    headers = browser.client.get(path, buffered=True).headers
    policy = headers["Content-Security-Policy"].split("; ")

    assert {"object-src 'none'", "base-uri 'none'", "frame-ancestors 'none'"} <= set(policy)
    assert "unsafe" not in " ".join(policy)
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert "Access-Control-Allow-Origin" not in headers
    kind = headers["Content-Type"]
    assert "charset=utf-8" in kind or not kind.startswith("text/")


@pytest.mark.parametrize("method", ["TRACE", "CONNECT", "PUT", "DELETE", "PATCH"])
def test_a_method_that_no_page_takes_is_refused(browser, method):
    for path in ("/", "/intake/", "/static/img/correct8.svg"):
        answer = browser.client.open(path, method=method, headers={"X-Said": "canary"})
        assert answer.status_code in (400, 405)
        assert b"canary" not in answer.data


def test_no_setting_of_the_environment_makes_a_fault_tell_of_itself(
    settings, database, shelf, pool, monkeypatch
):
    monkeypatch.setenv("FLASK_DEBUG", "1")

    assert not create_app(settings, database=database, shelf=shelf, pool=pool).debug


def test_a_file_is_kept_by_the_browser_for_good_and_carries_no_cookie(browser):
    address = browser.get("/").select_one('link[rel="stylesheet"]')["href"]
    answer = browser.client.get(address, buffered=True)

    assert answer.status_code == 200
    assert "immutable" in answer.headers["Cache-Control"]
    assert "Set-Cookie" not in answer.headers
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    old = browser.client.get(address.partition("?")[0], buffered=True)
    assert "immutable" not in old.headers["Cache-Control"]


def test_nothing_outside_the_static_folders_is_served(browser):
    for path in (
        "/static/../app.py",
        "/static/%2e%2e/app.py",
        "/static/.env",
        "/static/js/../../x",
        "/static/",
        "/static/js",
    ):
        assert browser.client.get(path).status_code == 404


@pytest.mark.parametrize("path", POSTS)
def test_a_post_without_a_token_is_refused(patient, browser, path):
    patient.agrees()

    assert browser.post_raw(path, [("name", "x")], status=400).heading


@pytest.mark.parametrize("path", POSTS)
def test_a_post_with_the_token_of_another_session_is_refused(patient, browser, app, path):
    patient.agrees()
    stranger = Browser(app).token()

    browser.post_raw(path, [("csrf_token", stranger)], status=400)


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
    ],
)
def test_a_post_that_another_site_made_is_refused_whatever_its_token(patient, browser, headers):
    patient.agrees()
    page = browser.post("/intake/leave", status=400, headers=headers)

    assert page.heading == "That was sent from another site"
    assert browser.get("/intake/about-you").status == 200


def test_the_cookie_is_out_of_reach_of_scripts_and_other_sites(browser):
    cookie = browser.get("/intake/").headers["Set-Cookie"]

    assert cookie.startswith("clinic=")
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    assert "Domain" not in cookie
    assert "Expires" not in cookie


def test_behind_tls_the_cookie_is_bound_to_the_host_and_the_browser_to_tls(
    settings, database, shelf, pool
):
    secure = settings.model_copy(update={"behind_tls": True})
    app = create_app(secure, database=database, shelf=shelf, pool=pool)
    answer = app.test_client().get("/intake/", headers={"X-Forwarded-Proto": "https"})

    look = app.test_client().post("/look", data={"_look": "large"})
    for cookie, name in ((answer, "__Host-clinic"), (look, "__Host-clinic-look")):
        assert cookie.headers["Set-Cookie"].startswith(f"{name}=")
        assert "Secure; HttpOnly; Path=/; SameSite=Lax" in cookie.headers["Set-Cookie"]
    assert tablet.SECURE_NAME.startswith("__Host-")
    assert "max-age=63072000; includeSubDomains" in answer.headers["Strict-Transport-Security"]


def test_behind_tls_a_page_of_our_name_without_tls_is_another_site(settings, database, shelf, pool):
    secure = settings.model_copy(update={"behind_tls": True})
    app = create_app(secure, database=database, shelf=shelf, pool=pool)
    client = app.test_client()
    for scheme, status in (("http", 400), ("https", 303)):
        origin = {"Origin": f"{scheme}://localhost"}
        assert client.post("/look", data={"_look": "large"}, headers=origin).status_code == status


def test_when_staff_sign_out_the_browser_forgets_pages_but_not_what_the_desk_chose(app, database):
    desk = Worker(app, hire(database, "desk", Role.FRONT_DESK)).signs_in()
    desk.browser.get("/staff/")
    page = desk.browser.post("/staff/sign-out")

    assert page.headers["Clear-Site-Data"] == '"cache"'
    assert "clinic=;" in page.headers["Set-Cookie"]


def test_scripts_keep_in_the_browser_only_what_a_desk_chose():
    scripts = (Path(clinic.__file__).parent / "static" / "js").glob("*.js")
    kept = re.compile(r"(?:local|session)Storage\.(?:get|set)Item\((\w+)|(indexedDB|caches\.)")
    found = {each.name for each in scripts if kept.search(each.read_text(encoding="utf-8"))}

    assert found == {"watch.js", "keys.js"}


@pytest.mark.parametrize("path", ["/stretches", "/es/stretches", "/staff/people", "/staff"])
def test_where_an_answer_leads_names_no_host(browser, path):
    answer = browser.client.get(path, headers={"Host": "localhost:1234"})

    assert answer.status_code in (303, 308)
    assert answer.headers["Location"].startswith(path)
    assert b"1234" not in answer.data


def test_a_host_that_is_not_ours_is_refused(browser):
    answer = browser.client.get("/", headers={"Host": "evil.example"})

    assert answer.status_code == 400
    assert b"evil" not in answer.data


def test_a_post_to_a_host_that_is_not_ours_is_refused_by_a_page_too(browser):
    for method in ("POST", "PUT"):
        page = browser.client.open("/intake/", method=method, headers={"Host": "evil.example"})
        assert page.status_code == 400
        assert b"</html>" in page.data


def test_no_address_fills_the_table_of_sessions(app, database, clock):
    with database.writing() as tx:
        limits.hit(tx, limits.SESSIONS_OF_ADDRESS, "127.0.0.1", clock.now)
        tx.execute(update(counter).values(hits=limits.SESSIONS_OF_ADDRESS.most - 1))
    first, second = Browser(app), Browser(app)
    first.get("/intake/")
    second.get("/intake/")

    assert first.client.get_cookie("clinic")
    assert second.client.get_cookie("clinic") is None
    for door in ("/intake/", "/staff/sign-in"):
        second.client.get(door)
        answer = second.client.post(door, data={"name": "Pat"})
        assert (answer.status_code, answer.headers["Retry-After"]) == (429, "900"), door
        assert b"Too many tries" in answer.data, door
        assert b"cookie" not in answer.data, "no cookie was kept back by the browser"
    with database.reading() as tx:
        assert tx.scalar(select(func.count()).select_from(session_table)) == 1
    clock.forward(minutes=16)
    second.get("/intake/")
    assert second.client.get_cookie("clinic")


def test_reading_makes_no_session(browser, database):
    for path in ("/", "/stretches/", "/options/", "/privacy"):
        browser.get(path)

    with database.reading() as tx:
        assert tx.scalar(select(func.count()).select_from(session_table)) == 0


def test_starting_gives_a_new_session_and_ends_the_one_before(browser, database):
    browser.get("/intake/")
    before = browser.client.get_cookie("clinic").value
    browser.submit({"agree": "yes", "name": "Pat"})
    after = browser.client.get_cookie("clinic").value

    assert before != after
    with database.reading() as tx:
        assert tx.scalar(select(func.count()).select_from(session_table)) == 1


def test_no_answer_stands_in_the_table_of_sessions(patient, database):
    patient.agrees()

    with database.reading() as tx:
        row = tx.execute(select(session_table)).one()
    assert patient.code.encode() not in row.sealed_data


# --- the server ----------------------------------------------------------------------


@contextmanager
def served(app: Flask) -> Iterator[int]:
    server = make_server(app, "127.0.0.1", 0)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    try:
        yield server.effective_port
    finally:
        server.close()
        server.task_dispatcher.shutdown()
        thread.join(timeout=5)


@pytest.fixture
def port(app) -> Iterator[int]:
    with served(app) as port:
        yield port


def ask(port: int, request: str) -> bytes:
    with socket.create_connection(("127.0.0.1", port), timeout=5) as connection:
        connection.sendall(request.encode("latin-1"))
        answer = b""
        while chunk := connection.recv(65536):
            answer += chunk
    return answer


def test_a_page_is_served(port):
    answer = ask(port, "GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")

    assert answer.startswith(b"HTTP/1.1 200")
    assert b"waitress" not in answer.lower()


@pytest.mark.parametrize(
    "lengths",
    [
        "Content-Length: 6\r\nTransfer-Encoding: chunked\r\n",
        "Transfer-Encoding: chunked\r\nContent-Length: 6\r\n",
        "Content-Length: 6\r\nContent-Length: 5\r\n",
    ],
)
def test_a_request_with_two_lengths_gets_one_answer_and_it_is_no(port, lengths):
    smuggled = "0\r\n\r\nGET /privacy HTTP/1.1\r\nHost: localhost\r\n\r\n"
    answer = ask(port, f"POST /intake/ HTTP/1.1\r\nHost: localhost\r\n{lengths}\r\n{smuggled}")

    assert answer.split(b" ")[1] == b"400"
    assert answer.count(b"HTTP/1.") == 1


@pytest.mark.parametrize(
    ("target", "host", "status"),
    [
        ("http://evil.example/healthz", "localhost", b"400"),
        ("http://localhost/healthz", "evil.example", b"400"),
        ("http://localhost/healthz", "localhost", b"200"),
        ("/healthz", "localhost\r\nHost: evil.example", b"400"),
        ("/healthz", "evil.example@localhost", b"400"),
        ("/healthz", "localhost:80@evil.example", b"400"),
        ("/healthz", "localhost.evil.example", b"400"),
        ("/healthz", "localhost\r\nX-Forwarded-Host: evil.example", b"200"),
    ],
)
def test_a_request_has_one_host_and_it_is_ours(port, target, host, status):
    answer = ask(port, f"GET {target} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n")

    assert answer.split(b" ")[1] == status
    assert b"evil" not in answer


def test_a_request_with_hundreds_of_headers_is_refused(port):
    headers = "".join(f"X-{number}: 1\r\n" for number in range(500))
    answer = ask(port, f"GET / HTTP/1.1\r\nHost: localhost\r\n{headers}\r\n")

    assert answer.split(b" ")[1] == b"400"


@pytest.mark.parametrize(("behind_tls", "seen"), [(True, b"203.0.113.9"), (False, b"127.0.0.1")])
def test_a_visitor_is_told_apart_by_the_word_of_the_proxy_and_of_nobody_else(
    settings, database, shelf, pool, behind_tls, seen
):
    behind = settings.model_copy(update={"behind_tls": behind_tls})
    app = create_app(behind, database=database, shelf=shelf, pool=pool)
    whose = open_to(Audience.PUBLIC)(lambda: str(request.remote_addr))
    app.add_url_rule("/whose", "whose", view_func=whose)

    with served(app) as port:
        told = "X-Forwarded-For: 198.51.100.1, 203.0.113.9\r\nConnection: close\r\n"
        answer = ask(port, f"GET /whose HTTP/1.1\r\nHost: localhost\r\n{told}\r\n")

    assert answer.rpartition(b"\r\n")[2] == seen
