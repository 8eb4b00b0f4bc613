"""A small browser: it keeps cookies, fills in forms, and checks the manners of every page."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import urljoin, urlsplit

from bs4 import BeautifulSoup, Tag
from flask import Flask
from werkzeug.test import TestResponse

ORIGIN = "http://localhost"
FETCHED = {"link": "href", "script": "src", "img": "src", "form": "action", "iframe": "src"}
UNLABELLED = {"hidden", "submit", "button"}
REFERENCES = frozenset({"aria-describedby", "aria-labelledby", "for"})


class Page:
    """One page as it was answered."""

    def __init__(self, path: str, response: TestResponse) -> None:
        self.path = path
        self.status = response.status_code
        self.headers = response.headers
        self.location = response.headers.get("Location", "")
        self.body = response.data
        self.is_html = response.mimetype == "text/html"
        self.soup = BeautifulSoup(response.data if self.is_html else b"", "html.parser")

    @property
    def heading(self) -> str:
        """The words of the one h1."""
        return _words(self.soup.h1)

    @property
    def title(self) -> str:
        return _words(self.soup.title)

    @property
    def text(self) -> str:
        """All words of the main part."""
        return _words(self.soup.select_one("main"))

    def select(self, selector: str) -> list[Tag]:
        return list(self.soup.select(selector))

    def select_one(self, selector: str) -> Tag:
        """The first match; a test that names something missing fails here."""
        found = self.soup.select_one(selector)
        assert found is not None, f"{self.path} has no {selector}"
        return found

    def has(self, selector: str) -> bool:
        return self.soup.select_one(selector) is not None

    @property
    def errors(self) -> list[str]:
        """The sentences of the error summary."""
        return [_words(link) for link in self.soup.select("#error-summary a")]

    @property
    def form(self) -> Tag:
        """The form of the main part that posts."""
        return self.select_one('main form[method="post"]')

    def link(self, words: str) -> str:
        """The address of the link with these words."""
        for link in self.soup.select("a[href]"):
            if words in _words(link):
                return str(link["href"])
        raise AssertionError(f"{self.path} has no link {words!r}")

    def fields(self) -> list[tuple[str, str]]:
        """What the form would post if nothing were changed."""
        posted: list[tuple[str, str]] = []
        for tag in self.form.select("input[name], textarea[name], select[name]"):
            name = str(tag["name"])
            if tag.name == "textarea":
                posted.append((name, tag.text.removeprefix("\n")))
            elif tag.name == "select":
                chosen = tag.select_one("option[selected]")
                posted.append((name, str(chosen["value"]) if chosen else ""))
            elif tag.get("type") in ("radio", "checkbox"):
                if tag.has_attr("checked"):
                    posted.append((name, str(tag.get("value", "on"))))
            elif tag.get("type") != "submit":
                posted.append((name, str(tag.get("value", ""))))
        return posted


class Browser:
    """Loads pages as one person's browser does, and holds each to the house's promises."""

    def __init__(self, app: Flask, **client: Any) -> None:
        self.app = app
        self.client = app.test_client(**client)
        self.page: Page | None = None

    def get(self, path: str, status: int | None = 200, **more: Any) -> Page:
        """Load a page; `status=None` takes any."""
        return self._loaded(path, self.client.get(path, **more), status)

    def post(
        self,
        path: str,
        data: Mapping[str, Any] | Iterable[tuple[str, str]] = (),
        status: int | None = 303,
        **more: Any,
    ) -> Page:
        """Post fields as they are given, with the token of the page before."""
        fields = _pairs(data)
        if not any(name == "csrf_token" for name, _ in fields):
            fields.append(("csrf_token", self.token()))
        return self.post_raw(path, fields, status, **more)

    def post_raw(
        self, path: str, fields: list[tuple[str, str]], status: int | None, **more: Any
    ) -> Page:
        """Post these fields and nothing else."""
        data: dict[str, list[str]] = {}
        for name, value in fields:
            data.setdefault(name, []).append(value)
        return self._loaded(path, self.client.post(path, data=data, **more), status)

    def submit(self, changes: Mapping[str, Any], status: int | None = 303) -> Page:
        """Send the form of the page at hand, with some fields set. None clears a field."""
        assert self.page is not None
        fields = [pair for pair in self.page.fields() if pair[0] not in changes]
        fields += [pair for pair in _pairs(changes) if pair[1] is not None]
        path = urljoin(self.page.path, str(self.page.form.get("action") or self.page.path))
        return self.post_raw(path, fields, status)

    def follow(self) -> Page:
        """Go where the answer leads, until a page is shown."""
        while self.page is not None and self.page.status == 303:
            self.get(self.page.location, status=None)
        assert self.page is not None
        return self.page

    def token(self) -> str:
        """The token of the page at hand, or of a page that has one."""
        tag = self.page.soup.select_one('input[name="csrf_token"]') if self.page else None
        if tag is None:
            response = self.client.get("/intake/leave")
            tag = BeautifulSoup(response.data, "html.parser").select_one('[name="csrf_token"]')
        assert tag is not None
        return str(tag["value"])

    def _loaded(self, path: str, response: TestResponse, status: int | None) -> Page:
        page = Page(path, response)
        assert status is None or page.status == status, (
            f"{path} answered {page.status}, not {status}: {page.heading} {page.errors} "
            f"{page.location}"
        )
        check_headers(page)
        if page.is_html and page.status != 303:
            check_manners(page)
        self.page = page
        return page


def check_headers(page: Page) -> None:
    """The headers that every answer of a page carries."""
    assert page.headers["X-Content-Type-Options"] == "nosniff"
    assert page.headers["Cache-Control"] == "no-store"
    policy = page.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy


def check_manners(page: Page) -> None:
    """One h1, a title, a language, ids once, labels, tokens, nothing from another origin."""
    where = page.path
    tags = page.soup.find_all(True)
    by_name = defaultdict(list)
    for tag in tags:
        by_name[tag.name].append(tag)
    assert len(by_name["h1"]) == 1, f"{where}: one h1, not {len(by_name['h1'])}"
    assert page.heading, f"{where}: an empty h1"
    assert len(page.title) > 3, f"{where}: no title"
    assert by_name["html"], f"{where}: no html"
    assert by_name["html"][0].get("lang"), f"{where}: no language"
    ids = Counter(str(tag["id"]) for tag in tags if "id" in tag.attrs)
    twice = {name for name, count in ids.items() if count > 1}
    assert not twice, f"{where}: ids that stand twice: {twice}"
    _check_inputs(page, by_name)
    _check_landmarks(page, by_name)
    _check_references(page, tags, set(ids))
    for form in by_name["form"]:
        # The switch of large print changes nothing but how pages look: see `without_token`.
        if form.get("method") == "post" and not str(form.get("action")).endswith("/look"):
            token = form.find("input", attrs={"name": "csrf_token"})
            assert token, f"{where}: a form without a token"
    for name, attribute in FETCHED.items():
        for found in by_name[name]:
            if attribute in found.attrs:
                address = urljoin(ORIGIN + where, str(found[attribute]))
                assert address.startswith(ORIGIN + "/"), f"{where}: asks {address}"
    for found in tags:
        noisy = [name for name in found.attrs if name == "style" or name.startswith("on")]
        assert not noisy, f"{where}: <{found.name}> carries {noisy}"


def _check_inputs(page: Page, by_name: Mapping[str, list[Tag]]) -> None:
    labelled = {str(label["for"]) for label in by_name["label"] if "for" in label.attrs}
    for field in by_name["input"] + by_name["textarea"] + by_name["select"]:
        if field.get("type") in UNLABELLED:
            continue
        named = field.get("id") in labelled or field.get("aria-label")
        assert named or field.get("aria-labelledby") or field.find_parent("label"), (
            f"{page.path}: no label for {field.get('name')}"
        )


def _check_landmarks(page: Page, by_name: Mapping[str, list[Tag]]) -> None:
    """Two of a kind are told apart by their names: a screen reader lists nothing else of them."""
    searches = [form for form in by_name["form"] if form.get("role") == "search"]
    for kind in (searches, by_name["nav"], by_name["aside"]):
        names = [str(tag.get("aria-label") or tag.get("aria-labelledby") or "") for tag in kind]
        assert len(names) == len(set(names)), f"{page.path}: landmarks of one name: {names}"


def _check_references(page: Page, tags: list[Tag], ids: set[str]) -> None:
    for tag in tags:
        for attribute in REFERENCES.intersection(tag.attrs):
            if tag.find_parent("svg") is None:
                missing = set(str(tag[attribute]).split()) - ids
                assert not missing, f"{page.path}: {attribute} names {missing}"
        if tag.name == "a" and str(tag.get("href", "")).startswith("#"):
            assert str(tag["href"])[1:] in ids, f"{page.path}: {tag['href']} leads nowhere"


def _pairs(data: Mapping[str, Any] | Iterable[tuple[str, str]]) -> list[tuple[str, Any]]:
    items = data.items() if isinstance(data, Mapping) else data
    pairs: list[tuple[str, Any]] = []
    for name, value in items:
        values = value if isinstance(value, list | tuple) else [value]
        pairs.extend((name, each) for each in values)
    return pairs


def _words(tag: Tag | None) -> str:
    return " ".join(tag.get_text(" ").split()) if tag else ""


def path_of(location: str) -> str:
    """The path of an address, without host and query."""
    return urlsplit(location).path
