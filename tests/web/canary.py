"""A word that nobody else writes: put into all that is sent, and looked for where it may not be.

Like a bird in a mine: where it turns up, what patients typed can turn up too.
"""

import base64
import contextlib
import gzip
import itertools
import re
import zlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from http.client import HTTPConnection
from http.cookies import SimpleCookie
from io import BytesIO
from pathlib import Path
from typing import Any
from urllib.parse import urljoin

from bs4 import BeautifulSoup, Tag
from flask import Flask
from sqlalchemy import Table, select
from werkzeug.routing import Rule
from werkzeug.test import EnvironBuilder

from clinic.store.database import Database
from clinic.store.tables import metadata
from tests.web.test_authz import FILLED, addresses

WORD = "Vulpeculaq"
"""In every canary, so that one search finds all of them."""
HEADERS = (
    *("User-Agent", "Referer", "Accept", "Accept-Language", "X-Forwarded-For", "X-Real-IP"),
    *("X-Request-ID", "X-Forwarded-Host", "Forwarded", "Via", "From", "Idempotency-Key"),
    *("Authorization", "If-None-Match", "If-Modified-Since", "Range", "Accept-Encoding"),
    *("X-Csrf-Token", "X-HTTP-Method-Override", "X-Original-URL", "Traceparent", "Sec-Fetch-Dest"),
)
"""Headers that somebody may fill with anything; those that doors look at are left as they are."""
GUESSED = (
    *("name", "full-name", "text", "words", "reason", "notes", "code", "username", "password"),
    *("q", "search", "phone", "email", "question", "scope", "how", "next", "back", "key", "once"),
    *("version", "_language", "_look", "birth-date-year", "kept.phone", "kept-step", "day"),
)
"""Names of fields, tried wherever something is posted, whatever its form has."""
STREAM = re.compile(rb"stream\r?\n")
NO_WORDS_OF_PATIENTS = frozenset({"provider", "provider_word", "staff"})
"""Tables that hold what staff keep in the clear, of themselves and of the offices they refer to."""
_numbers = itertools.count(1)


def canary(place: str) -> str:
    """Give a new one, which says where it was put."""
    letters = re.sub("[^a-z0-9]", "", place.lower())[:24]
    return f"{WORD}{next(_numbers):05d}{letters}"


def _shapes(word: str) -> Iterator[bytes]:
    plain = word.encode()
    yield from (plain, plain.lower(), plain.upper(), word.encode("utf-16-le"))
    yield from (plain.hex().encode(), plain.hex().upper().encode(), plain[::-1])
    for lead, cut in ((0, 0), (1, 2), (2, 3)):
        kept = base64.b64encode(b"\0" * lead + plain)[cut:].rstrip(b"=")[:-2]
        yield kept


SHAPES = tuple(_shapes(WORD))


def traces(data: bytes, depth: int = 0) -> list[str]:
    """Give what stands around each canary in some bytes, packed or not, in any common writing."""
    found = [
        repr(data[max(0, at - 40) : at + 60])
        for at in (data.find(shape) for shape in SHAPES)
        if at >= 0
    ]
    if depth < 2:
        for inner in _unpacked(data):
            found += traces(inner, depth + 1)
    return found


def _unpacked(data: bytes) -> Iterator[bytes]:
    if data[:2] == b"\x1f\x8b":
        with contextlib.suppress(OSError, EOFError, zlib.error):
            yield gzip.decompress(data)
    for start in STREAM.finditer(data):
        with contextlib.suppress(zlib.error):
            yield zlib.decompressobj().decompress(data[start.end() :], 1 << 22)


def traces_in(*folders: Path) -> list[str]:
    """Look through the names and the bytes of all files below some folders."""
    found = []
    for folder in folders:
        for path in folder.rglob("*"):
            found += [f"name {path}"] * bool(traces(str(path).encode()))
            if path.is_file():
                found += [f"{path}: {each}" for each in traces(path.read_bytes())]
    return found


def traces_of_open_files(pid: int) -> list[str]:
    """Look through what a process holds open, also where the name is gone already."""
    found = []
    for link in Path(f"/proc/{pid}/fd").iterdir():
        with contextlib.suppress(OSError):
            file = str(link.readlink())
            if file.startswith("/") and not file.startswith("/dev/"):
                found += [f"{file}: {each}" for each in traces(link.read_bytes())]
    return found


def traces_in_tables(database: Database) -> list[str]:
    """Look through every column of every row, as somebody does who has the file's key alone."""
    found = []
    tables: Iterable[Table] = metadata.sorted_tables
    with database.reading() as tx:
        for table in tables:
            if table.name in NO_WORDS_OF_PATIENTS:
                continue
            for row in tx.execute(select(table)).mappings():
                for name, value in row.items():
                    data = value if isinstance(value, bytes) else str(value).encode()
                    found += [f"{table.name}.{name}: {each}" for each in traces(data)]
    return found


@dataclass(frozen=True)
class Answer:
    """What came back."""

    status: int
    headers: list[tuple[str, str]]
    body: bytes

    @property
    def whole(self) -> bytes:
        """Everything of it, headers first."""
        return "\n".join(f"{name}: {value}" for name, value in self.headers).encode() + self.body


@dataclass
class Somebody:
    """Whoever sends requests to an app, or to a port where one is served; cookies are kept."""

    app: Flask
    port: int | None = None
    cookies: dict[str, str] = field(default_factory=dict)
    asked: int = 0
    token: str = ""
    took_with: str | None = None

    def sends(
        self,
        method: str,
        path: str,
        data: Mapping[str, Any] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Answer:
        """Send one request. Raises AssertionError for an answer of 500."""
        jar = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        given = {**(headers or {}), **({"Cookie": jar} if jar else {})}
        builder = EnvironBuilder(path, method=method, data=dict(data or {}) or None, headers=given)
        answer = self._through_app(builder) if self.port is None else self._served(builder)
        builder.close()
        self.asked += 1
        assert answer.status != 500, f"{method} {path}"
        for name, value in answer.headers:
            if name.lower() == "set-cookie":
                for key, morsel in SimpleCookie(value).items():
                    self.cookies[key] = morsel.value
        return answer

    def _through_app(self, builder: EnvironBuilder) -> Answer:
        response = self.app.test_client(use_cookies=False).open(builder, buffered=True)
        return Answer(response.status_code, list(response.headers), response.data)

    def _served(self, builder: EnvironBuilder) -> Answer:
        environ = builder.get_environ()
        with environ["wsgi.input"] as given:
            body = given.read()
        sent = {**dict(builder.headers), "Host": f"127.0.0.1:{self.port}"}
        if body:
            sent["Content-Type"] = environ["CONTENT_TYPE"]
        place = environ.get("REQUEST_URI", builder.request_uri)
        connection = HTTPConnection("127.0.0.1", self.port, timeout=60)
        connection.request(builder.method, place, body, sent)
        got = connection.getresponse()
        answer = Answer(got.status, got.getheaders(), got.read())
        connection.close()
        return answer

    def tries(self, method: str, path: str, *, fields: Mapping[str, Any] | None = None) -> Answer:
        """Send a request with a canary in every header, in the query, in cookies and in fields."""
        place = f"{method} {path}"
        headers = {name: canary(f"{name} {place}") for name in HEADERS}
        data: dict[str, Any] | None = None
        if method == "POST":
            self._takes_token()
            guessed = {name: canary(f"{name} {place}") for name in GUESSED}
            data = {**guessed, **(fields or {}), "csrf_token": self.token}
        kept = dict(self.cookies)
        self.cookies["stranger"] = canary(f"cookie {place}")
        mark = "&" if "?" in path else "?"
        answer = self.sends(method, f"{path}{mark}q={canary('query ' + place)}", data, headers)
        self.cookies.pop("stranger", None)
        if path.endswith(("/sign-out", "/leave")):
            self.cookies = kept
        return answer

    def page(self, path: str) -> BeautifulSoup:
        """Open a page."""
        return BeautifulSoup(self.sends("GET", path).body, "html.parser")

    def _takes_token(self) -> None:
        if self.token and self.took_with == self.cookies.get("clinic"):
            return
        tag = self.page("/intake/leave").select_one('input[name="csrf_token"]')
        self.token = str(tag["value"]) if tag else ""
        self.took_with = self.cookies.get("clinic")

    def fills_forms(self, path: str, most: int = 99, **said: str) -> list[int]:
        """Send each form of a page, opened anew for each, with a canary in every box to type in.

        `said` are the boxes that something else has to stand in. Gives how each was answered.
        """
        statuses, done = list[int](), set[str]()
        while len(done) < most:
            form = next((each for each in self.forms(path) if goes_to(each) not in done), None)
            if form is None:
                break
            done.add(goes_to(form))
            fields = {**filled(form, path), **{k: v for k, v in said.items() if has(form, k)}}
            headers = {"Referer": canary(f"referer {path}")}
            answer = self.sends("POST", urljoin(path, goes_to(form)), fields, headers)
            statuses.append(answer.status)
        return statuses

    def forms(self, path: str) -> list[Tag]:
        """The forms of a page that post, but for those that end the session or turn the look."""
        found = self.page(path).select('form[method="post"]')
        return [each for each in found if not goes_to(each).endswith(("/sign-out", "/look"))]


def goes_to(form: Tag) -> str:
    """Where a form is posted to, as it is written."""
    return str(form.get("action") or "")


def has(form: Tag, name: str) -> bool:
    """True when a form has a box of this name."""
    return form.select_one(f'[name="{name}"]') is not None


def filled(form: Tag, path: str) -> dict[str, Any]:
    """Give the fields of a form: what is chosen first, what is hidden as it is, canaries else."""
    fields: dict[str, Any] = {}
    for tag in form.select("input[name], textarea[name], select[name]"):
        name, kind = str(tag["name"]), str(tag.get("type", "text"))
        if tag.name == "select":
            options = [str(each.get("value", "")) for each in tag.select("option")]
            fields[name] = next((each for each in options if each), "")
        elif tag.name == "textarea" or kind in ("text", "search", "tel", "email", "password"):
            fields[name] = canary(f"{name} {path}")
        elif kind == "file":
            fields[name] = (BytesIO(canary("file").encode()), f"{canary('file name')}.txt")
        elif kind in ("radio", "checkbox"):
            fields.setdefault(name, str(tag.get("value", "on")))
        else:
            fields.setdefault(name, str(tag.get("value", "")))
    return fields


def paths(app: Flask, values: Mapping[str, object]) -> list[tuple[str, str, Rule]]:
    """Every address with its method; those that end a session come last."""
    found = []
    for _, rule, method in addresses(app):
        if rule.endpoint == "static":
            continue
        with app.test_request_context():
            built = rule.build({key: {**FILLED, **values}[key] for key in rule.arguments})
        assert built is not None
        found.append((method, str(built[1]), rule))
    return sorted(found, key=lambda each: each[1].endswith(("/sign-out", "/leave")))
