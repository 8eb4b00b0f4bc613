"""Languages in addresses: `/es/...` is the page of `/...` in Spanish, for every page of patients.

The code is taken off the front of an address once, before anything else reads it; Flask puts it
before every address that a page makes, so that whoever reads Spanish goes on in Spanish.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode, urlsplit

from babel import Locale
from babel.localedata import exists
from flask import current_app, g, redirect, request
from markupsafe import Markup
from werkzeug.exceptions import SecurityError
from werkzeug.wrappers import Response as WebResponse

from clinic.library.article import Article
from clinic.web.visit import settings

FIRST = "en"
LOCALES: Mapping[str, str] = {"en": "en_US", "es": "es_US"}
"""From the code in an address to a locale; a browser's own tag never gets this far."""
ENVIRON_KEY = "clinic.language"
CODE = re.compile(r"/(?P<code>[a-z]{2})(?P<rest>/.*|)")
OWN_LINK = re.compile(r'(<a href=")(/(?![a-z]{2}/|/)[^"]*")')
"""A link of an article to a page of ours whose address names no language."""
OF_THE_CLINIC = frozenset({"staff", "health"})
"""The blueprints whose pages are in the clinic's language whatever the address says."""
SWITCH = "_language"
"""Posted by the button that keeps what was typed and shows the page in another language."""

Start = Callable[..., Any]
Wsgi = Callable[[dict[str, Any], Start], Iterable[bytes]]


@dataclass(frozen=True, slots=True)
class LanguageLink:
    """The same page in another language: the language's own name for itself, and the address."""

    code: str
    name: str
    href: str


class SpokenAddress:
    """Takes the language off the front of an address; the rest of the program never sees it."""

    def __init__(self, app: Wsgi, languages: Iterable[str]) -> None:
        self.app = app
        self.languages = frozenset(languages) - {FIRST}

    def __call__(self, environ: dict[str, Any], start_response: Start) -> Iterable[bytes]:
        """Answer one request."""
        found = CODE.fullmatch(environ.get("PATH_INFO", ""))
        if found and found["code"] in self.languages:
            environ[ENVIRON_KEY] = found["code"]
            environ["SCRIPT_NAME"] = f"{environ.get('SCRIPT_NAME', '')}/{found['code']}"
            environ["PATH_INFO"] = found["rest"] or "/"
        return self.app(environ, start_response)


def locale_of(language: str) -> str:
    """Give the locale that a language is written in here."""
    united_states = f"{language}_US"
    return LOCALES.get(language) or (united_states if exists(united_states) else language)


def choose_language() -> WebResponse | None:
    """Let a page speak the language of its address; what staff read stays in the clinic's."""
    spoken = request.environ.get(ENVIRON_KEY, FIRST)
    g.language = spoken
    if spoken == FIRST or _blueprint() not in OF_THE_CLINIC:
        return None
    g.language = FIRST
    if request.method not in ("GET", "HEAD"):
        return None
    query = request.query_string.decode("ascii", "replace")
    return redirect(f"{request.path}?{query}" if query else request.path, code=303)


def _blueprint() -> str:
    return (request.blueprint or "").partition(".")[0]


def at(path: str) -> str:
    """Give the address of a page in the language of this one; `path` begins with a slash."""
    return f"{request.script_root}{path}"


def own_address(given: str) -> str:
    """Give an address of ours as a form posted it; "" for any other, and for what is none."""
    if not given.isprintable():  # browsers drop some of these before they look at the rest
        return ""
    try:
        parts = urlsplit(given)
    except ValueError:  # such as //[, which somebody typed into the form
        return ""
    foreign = parts.scheme or parts.netloc or "\\" in given or not parts.path.startswith("/")
    if foreign or parts.path.startswith("//"):
        return ""
    return f"{parts.path}?{parts.query}" if parts.query else parts.path


def lang_of(article: Article) -> Markup:
    """Give the attribute that names an article's language, where it is not that of the page."""
    return Markup(' lang="{}"').format(article.language) if article.foreign else Markup()


def with_language(html: str, language: str = "") -> str:
    """Let the links of words from content/ lead to pages in the language of this one.

    `language` is that of the words, where it is not that of the page.
    """
    if language:
        html = f'<div lang="{language}">{html}</div>'
    if not request.script_root:
        return html
    return OWN_LINK.sub(lambda found: f"{found[1]}{request.script_root}{found[2]}", html)


def own_name(language: str) -> str:
    """Give what a language calls itself: English, Español."""
    name = Locale.parse(language).get_display_name(language) or language
    return name[:1].upper() + name[1:]


def other_languages() -> list[LanguageLink]:
    """Give this page in each other language that the clinic offers."""
    if request.routing_exception is not None or _blueprint() in OF_THE_CLINIC:
        return []
    return [
        LanguageLink(code, own_name(code), address_in(code))
        for code in settings().languages
        if code != g.get("language", FIRST)
    ]


def address_in(language: str) -> str:
    """Give the address of this page in a language, with what stood behind its question mark."""
    path = request.path if request.method in ("GET", "HEAD") else _page_of_post()
    front = front_of(language)
    query = [(key, value) for key, value in request.args.items(multi=True)]
    return f"{front}{path}?{urlencode(query)}" if query else f"{front}{path}"


def front_of(language: str) -> str:
    """Give what stands before the addresses of a language; nothing for one that is not offered."""
    return f"/{language}" if language != FIRST and language in settings().languages else ""


def _page_of_post() -> str:
    """Give the page that a post was made from, where its own address cannot be opened."""
    if isinstance(request.routing_exception, SecurityError):  # the host is none of ours
        return "/"
    addresses = current_app.create_url_adapter(request)
    is_page = addresses is not None and addresses.test(request.path, method="GET")
    return request.path if is_page else "/"


def alternates() -> list[LanguageLink]:
    """Give the whole addresses of a page that anybody may read, in every language, for hreflang."""
    if request.blueprint != "education" or len(settings().languages) < 2:
        return []
    root = settings().public_url or request.host_url.rstrip("/")
    return [
        LanguageLink(code, own_name(code), f"{root}{address_in(code)}")
        for code in settings().languages
    ]
