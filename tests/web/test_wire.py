"""What goes over the wire: counted at the socket, packed only where packing gives nothing away."""

import gzip
import re
import socket
from collections.abc import Iterator
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any
from urllib.parse import urlencode

import pytest
from bs4 import BeautifulSoup
from werkzeug.datastructures import Headers

from clinic.web.packing import MOST_PADDING
from tests.web.browser import Browser
from tests.web.patient import Patient
from tests.web.test_large_bodies import served

FIRST_PAGE = 60_000
LATER_PAGE = 15_000
FONT = re.compile(r"fonts/[\w-]+-small\.woff2")
FETCHED = {"script": "src", "img": "src", "link": "href"}
OWN = {"Sec-Fetch-Site": "same-origin"}


@dataclass
class Wire:
    """A browser's side of a connection: it unpacks, keeps cookies and files, and counts bytes."""

    port: int
    cookies: dict[str, str] = field(default_factory=dict)
    kept: set[str] = field(default_factory=set)
    cost: dict[str, int] = field(default_factory=dict)
    """Bytes of each page with what it needs and was not there yet, by the page's address."""

    def get(self, path: str) -> Any:
        return self._page("GET", path)

    def post(self, path: str, data: dict[str, list[str]]) -> Any:
        return self._page("POST", path, urlencode(data, doseq=True))

    def _page(self, method: str, path: str, body: str = "") -> Any:
        answer, size = self._asked(method, path, body)
        if answer.status_code == 200 and answer.mimetype == "text/html":
            size += sum(self._file(each) for each in needed(answer.data))
        self.cost[path] = max(size, self.cost.get(path, 0))
        return answer

    def _file(self, path: str) -> int:
        if path in self.kept:
            return 0
        answer, size = self._asked("GET", path)
        assert "immutable" in answer.headers["Cache-Control"], path
        self.kept.add(path)
        if path.startswith("/static/css/clinic.css"):
            fonts = [f"/static/{name}" for name in FONT.findall(answer.data.decode())]
            assert len(fonts) == 2
            size += sum(self._asked("GET", each)[1] for each in fonts)
        return size

    def _asked(self, method: str, path: str, body: str = "") -> tuple[Any, int]:
        raw = asked(self.port, method, path, body, self.cookies, **OWN)
        answer = read(raw)
        for cookie in answer.headers.getlist("Set-Cookie"):
            name, _, value = cookie.partition(";")[0].partition("=")
            self.cookies[name] = value
        return answer, len(raw)


def needed(html: bytes) -> Iterator[str]:
    """The files that a page has fetched at once; a drawing further down waits for its reader."""
    for tag in BeautifulSoup(html, "html.parser").select("script[src], img[src], link[href]"):
        if tag.get("loading") == "lazy":
            continue
        if tag.name != "link" or {"stylesheet", "icon"}.intersection(tag["rel"]):
            yield str(tag[FETCHED[tag.name]])


def asked(
    port: int, method: str, path: str, body: str = "", cookies: Any = None, **headers: str
) -> bytes:
    """Every byte that comes back."""
    lines = {
        "Host": f"localhost:{port}",
        "Accept-Encoding": "gzip, deflate, br, zstd",
        "Connection": "close",
        "Content-Type": "application/x-www-form-urlencoded",
        "Content-Length": str(len(body)),
        "Cookie": "; ".join(f"{name}={value}" for name, value in (cookies or {}).items()),
        **headers,
    }
    head = "".join(f"{name}: {value}\r\n" for name, value in lines.items() if value)
    with socket.create_connection(("127.0.0.1", port), timeout=30) as line:
        line.sendall(f"{method} {path} HTTP/1.1\r\n{head}\r\n{body}".encode())
        return b"".join(iter(lambda: line.recv(65536), b""))


def read(raw: bytes) -> Any:
    head, _, body = raw.partition(b"\r\n\r\n")
    status, *lines = head.decode("latin-1").split("\r\n")
    headers = Headers([tuple(line.split(": ", 1)) for line in lines])  # type: ignore[misc]
    return SimpleNamespace(
        status_code=int(status.split()[1]),
        headers=headers,
        data=gzip.decompress(body) if headers.get("Content-Encoding") == "gzip" else body,
        mimetype=headers.get("Content-Type", "").partition(";")[0],
    )


@pytest.mark.parametrize("language", ["", "/es"])
def test_the_first_page_of_a_visit_is_small_with_its_fonts(app, language):
    with served(app) as port:
        wire = Wire(port)
        wire.get(f"{language}/")

    assert wire.kept
    assert wire.cost[f"{language}/"] < FIRST_PAGE


def test_every_page_of_the_questions_is_small_once_the_first_one_is_there(app):
    with served(app) as port:
        browser = Browser(app)
        wire = Wire(port)
        browser.client = wire  # type: ignore[assignment]
        wire.get("/")
        patient = Patient(browser)
        patient.goes_through_every_page()
        patient.sends()

    later = {path: size for path, size in wire.cost.items() if path != "/"}
    assert len(later) > 20
    assert {path: size for path, size in later.items() if size >= LATER_PAGE} == {}


def test_a_page_that_another_site_may_have_asked_for_is_not_packed(app):

    client = app.test_client()
    taken = {"Accept-Encoding": "gzip"}

    def encoding(**headers: str) -> str | None:
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        with client.get("/stretches/", headers=taken | sent) as answer:
            assert answer.headers["Vary"] == "Accept-Encoding"
            return answer.headers.get("Content-Encoding")

    assert encoding(Sec_Fetch_Site="cross-site") == "gzip", "nobody's cookie came along"
    client.set_cookie("clinic", "a-token")
    assert encoding(Sec_Fetch_Site="cross-site") is None
    assert encoding(Sec_Fetch_Site="same-site") is None
    assert encoding() is None
    assert encoding(Referer="http://elsewhere.test/") is None
    assert encoding(Referer="http://localhost.elsewhere.test/") is None
    assert encoding(Referer="http://[") is None, "no address at all"
    assert encoding(Referer="http://localhost/") == "gzip"
    assert encoding(Sec_Fetch_Site="same-origin") == "gzip"
    assert encoding(Sec_Fetch_Site="none") == "gzip"
    assert encoding(Sec_Fetch_Site="none", Accept_Encoding="gzip;q=0") is None


def test_the_length_of_a_packed_page_does_not_tell_its_words(app):
    client = app.test_client()

    sizes = set()
    for _ in range(12):
        answer = client.get("/stretches/", headers={"Accept-Encoding": "gzip"})
        sizes.add(len(answer.data) - len(gzip.compress(gzip.decompress(answer.data), 6)))

    assert len(sizes) > 5
    assert max(sizes) - min(sizes) <= MOST_PADDING + 10


def test_a_packed_file_is_the_file_and_is_asked_for_again_only_when_it_changed(app):
    client = app.test_client()
    plain = client.get("/static/css/clinic.css")
    packed = client.get("/static/css/clinic.css", headers={"Accept-Encoding": "gzip"})

    assert gzip.decompress(packed.data) == plain.data
    assert plain.headers["ETag"] != packed.headers["ETag"]
    again = client.get(
        "/static/css/clinic.css",
        headers={"Accept-Encoding": "gzip", "If-None-Match": packed.headers["ETag"]},
    )
    assert again.status_code == 304
    assert client.get("/static/fonts/public-sans-bold.woff2").headers.get("Vary") is None
