"""Whatever is sent, the answer is a page: no fault, no endless work, and nothing that grows.

By a stranger, a patient with a form, each role of staff and a receiver, at every address, with
any method, path, query, header, cookie, field, file and body.
"""

import gc
import os
from collections import Counter
from io import BytesIO
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select, update
from waitress.adjustments import Adjustments
from werkzeug.test import Client, EnvironBuilder

from clinic.store import limits
from clinic.store.database import Database
from clinic.store.staff import Role
from clinic.store.tables import counter, metadata
from clinic.web.server import MAX_BODY_BYTES, MAX_HEADER_BYTES, MAX_READ_BYTES, StrictParser
from tests.fuzzing import SNIPPETS, at_length
from tests.make import shipped_questionnaire
from tests.web.browser import Browser
from tests.web.canary import GUESSED, HEADERS, Somebody, paths
from tests.web.loop import Loop
from tests.web.patient import Patient
from tests.web.staff import EMERGENCY, Patients, Worker, hire

METHODS = ("GET", "POST", "POST", "POST", "HEAD", "OPTIONS", "PUT", "DELETE", "PATCH", "TRACE", "x")
WORDS = (
    *(
        "",
        "0",
        "-1",
        "1e9",
        "9" * 400,
        "2026-02-31",
        "31",
        "13",
        "yes",
        "none",
        "en",
        "es",
        "large",
    ),
    *("\0", "\u202e", "\ufeff", "\U000e0001", "é" * 3000, "٣", "½", "Ⅻ", "𝟙", "١٢٣", "İ", "ß", "ﬁ"),
    *(
        "<b>",
        "{{7*7}}",
        "%s%n",
        "'; --",
        "../..",
        "\r\nX: y",
        "0195a3c0-0000-7000-8000-00000000dead",
    ),
)
LINKS = tuple(shipped_questionnaire().by_link_id)
PARTS = (
    "",
    "-year",
    "-month",
    "-day",
    "-time",
    "-unit",
    "-other",
    ".0",
    ".0.x",
    ".99999",
    "-add",
    "..",
)

text = st.sampled_from(WORDS) | st.text(max_size=60)
name = (
    st.sampled_from((*GUESSED, "csrf_token", "version", "file", "_change", "_add", "_remove"))
    | st.tuples(st.sampled_from(LINKS), st.sampled_from(PARTS)).map("".join)
    | st.text(max_size=20)
)
header_value = st.text(st.characters(min_codepoint=32, max_codepoint=255), max_size=80)
junk = st.binary(max_size=400) | st.sampled_from(SNIPPETS)
kinds = st.sampled_from(
    (
        "application/x-www-form-urlencoded",
        "application/x-www-form-urlencoded; charset=utf-16",
        "multipart/form-data; boundary=x",
        "multipart/form-data",
        'multipart/form-data; boundary="\\""',
        "application/json",
        "text/csv",
        "",
        "a/b; c=d; " * 50,
    )
)


@st.composite
def requests(draw: Any, places: list[tuple[str, str]]) -> EnvironBuilder:
    """Any request, more often than not to an address that there is."""
    method, path = draw(st.sampled_from(places))
    if draw(st.integers(0, 4)) == 0:
        cut = draw(st.integers(0, len(path)))
        path = (
            path[:cut]
            + draw(text | st.sampled_from(("//", "/..", "%2f", "%00", "\\", ";")))
            + path[cut:]
        )
    if draw(st.integers(0, 4)) == 0:
        method = draw(st.sampled_from(METHODS))
    query = draw(st.dictionaries(name, text, max_size=3))
    headers = draw(
        st.dictionaries(
            st.sampled_from((*HEADERS, "Host", "Origin", "Cookie", "Sec-Fetch-Site")),
            header_value,
            max_size=2,
        )
    )
    given: dict[str, Any] = {}
    shape = draw(st.integers(0, 5))
    if shape <= 3:
        given["data"] = draw(st.dictionaries(name, text | st.lists(text, max_size=4), max_size=8))
        if shape == 3:
            given["data"]["file"] = (BytesIO(draw(junk)), draw(text) or "x", draw(header_value))
    elif shape == 4:
        given |= {"data": draw(junk), "content_type": draw(kinds)}
    return EnvironBuilder(
        path="/" + path.lstrip("/"), method=method, query_string=query, headers=headers, **given
    )


class Crowd:
    """A browser's cookies and token for each kind of person, on one app that is long in use."""

    def __init__(self, app: Flask, database: Database, shelf: Any, now: Any) -> None:
        self.client = Client(app)
        intake_id = Patients(database, shelf).sends(EMERGENCY)
        loop = Loop(database, intake_id, now).sends()
        values = {"intake_id": intake_id, "referral_id": loop.id, "token": loop.door.token}
        self.places = [
            (method, path)
            for method, path, rule in paths(app, {**values, "patient_id": intake_id})
            if ".pdf" not in path and not path.endswith(("/sign-out", "/leave", "/end-others"))
        ]
        patient = Patient(Browser(app))
        patient.agrees()
        browsers = {
            "patient": patient.browser,
            **{
                each.value: Worker(app, hire(database, each.value, each)).signs_in().browser
                for each in Role
            },
        }
        self.people = {
            "stranger": ("", ""),
            **{who: _pass_of(each) for who, each in browsers.items()},
        }

    def sends(self, builder: EnvironBuilder, who: str, with_token: bool) -> int:
        """Send one request as somebody; give the status."""
        cookie, token = self.people[who]
        environ = builder.get_environ()
        environ.setdefault("HTTP_COOKIE", f"clinic={cookie}")
        if with_token:
            environ["HTTP_X_CSRFTOKEN"] = token
        response = self.client.run_wsgi_app(environ, buffered=True)
        body = b"".join(response[0])
        assert b"Traceback" not in body
        return int(response[1].split(" ")[0])


def _pass_of(browser: Browser) -> tuple[str, str]:
    token = browser.token()
    cookie = browser.client.get_cookie("clinic")
    assert cookie is not None
    return cookie.value, token


@pytest.fixture
def crowd(app, database, shelf, clock) -> Crowd:
    app.testing = False  # a fault is a page of 500, as for anybody
    return Crowd(app, database, shelf, clock.now)


@pytest.mark.proof
def test_no_request_breaks_a_page_or_hangs(crowd, clock):
    statuses = Counter[int]()

    @settings(parent=at_length, max_examples=at_length.max_examples * 10)
    @given(st.data(), st.sampled_from(sorted(crowd.people)), st.booleans())
    def sent(data: st.DataObject, who: str, with_token: bool) -> None:
        try:
            builder = data.draw(requests(crowd.places))
        except (ValueError, UnicodeError):
            return  # no client could write it
        status = crowd.sends(builder, who, with_token)
        clock.forward(seconds=2)
        statuses[status] += 1
        assert status < 500, (builder.method, builder.path, who)

    sent()
    assert {200, 303, 400, 404} <= set(statuses)


@pytest.mark.proof
def test_what_is_refused_leaves_no_row_and_no_memory_behind(app, database, settings, clock):
    """Ten thousand bytes a request would be 8 MB here."""
    stranger = Somebody(app)
    with database.writing() as tx:  # of new sessions an address has had enough already
        limits.hit(tx, limits.SESSIONS_OF_ADDRESS, "127.0.0.1", clock.now)
        tx.execute(update(counter).values(hits=limits.SESSIONS_OF_ADDRESS.most))

    def ask() -> None:
        stranger.cookies.clear()
        stranger.sends("GET", "/stretches/")
        stranger.sends("POST", "/intake/about-you", {"full-name": "x" * 10_000})
        stranger.sends("POST", "/look", {"_look": "large", "back": "/"}, {"Origin": "http://evil"})
        stranger.sends("GET", f"/i/{os.urandom(16).hex()}")

    def rows() -> int:
        with database.reading() as tx:
            counts = (select(func.count()).select_from(table) for table in metadata.sorted_tables)
            return sum(tx.scalar(count) for count in counts)

    for _ in range(50):
        ask()
    before, held, size = rows(), _memory(), settings.database_path.stat().st_size
    for _ in range(200):
        ask()

    assert rows() == before
    assert _memory() - held < 8 * 1024 * 1024
    assert settings.database_path.stat().st_size == size


def _memory() -> int:
    gc.collect()
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE")


# --- the bytes themselves ------------------------------------------------------------

LIMITS = Adjustments(max_request_body_size=MAX_READ_BYTES, max_request_header_size=MAX_HEADER_BYTES)
PIECES = (
    *(
        b"GET / HTTP/1.1\r\n",
        b"POST /r/x/report HTTP/1.1\r\n",
        b"Host: localhost\r\n",
        b"\r\n",
        b"\n",
        b"\r",
    ),
    *(
        b"Content-Length: 5\r\n",
        b"Content-Length: 99999999999999999999\r\n",
        b"Content-Length: -1\r\n",
    ),
    *(
        b"Content-Length: 0x5\r\n",
        b"Transfer-Encoding: chunked\r\n",
        b"Transfer-Encoding: gzip, chunked\r\n",
    ),
    *(
        b"5\r\nhello\r\n",
        b"0\r\n\r\n",
        b"FFFFFFFFFF\r\n",
        b"5;x=y\r\n",
        b"Expect: 100-continue\r\n",
        b" folded\r\n",
    ),
    *(
        b"GET http://evil.example/ HTTP/1.1\r\n",
        b"GET //[::1 HTTP/1.1\r\n",
        b"GET * HTTP/9.9\r\n",
        b"x" * 9000,
    ),
)
stream = st.lists(st.sampled_from(PIECES) | st.binary(max_size=30), max_size=14).map(b"".join)


def read(data: bytes, cuts: list[int]) -> StrictParser:
    """Let the parser have some bytes in pieces, as they come over a line."""
    parser = StrictParser(LIMITS)
    edges = [0, *sorted(cut % (len(data) + 1) for cut in cuts), len(data)]
    for start, end in pairwise(edges):
        rest = data[start:end]
        while rest and not parser.completed:
            taken = parser.received(rest)
            assert taken > 0 or parser.completed
            rest = rest[taken:]
    return parser


def check_bytes(data: bytes, cuts: list[int]) -> None:
    """Hold what was read to what any reader of HTTP would say of it, however it was cut."""
    parser = read(data, cuts)
    whole = read(data, [])
    assert (parser.error is None) == (whole.error is None)
    if parser.completed and parser.error is None and not parser.empty:
        lengths = data.partition(b"\r\n\r\n")[0].lower().count(b"content-length:")
        assert lengths <= 1 or b"\r\n\r\n" not in data
        assert parser.path == whole.path
        assert len(parser.get_body_stream().read()) <= MAX_BODY_BYTES
    parser.close()


@settings(max_examples=100)
@given(data=stream, cuts=st.lists(st.integers(0, 500), max_size=3))
def test_any_bytes_are_a_request_or_are_refused(data, cuts):
    check_bytes(data, cuts)


@pytest.mark.proof
@settings(parent=at_length, max_examples=at_length.max_examples * 20)
@given(data=stream, cuts=st.lists(st.integers(0, 500), max_size=3))
def test_any_bytes_are_a_request_or_are_refused_at_length(data, cuts):
    check_bytes(data, cuts)
