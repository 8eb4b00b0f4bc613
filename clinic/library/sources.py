"""Every citation once: reads `content/sources.yaml`."""

import datetime as dt
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from clinic.errors import ContentFault, NotFound
from clinic.library.faults import Fault
from clinic.library.lined_yaml import Fields, read_mapping
from clinic.library.texts import text_of
from clinic.marked import marked

FILE = "sources.yaml"
KEYS = ("title", "by", "year", "url", "to_replace", "also", "read", "note", "checked_on")
OWN_WORDS = (
    marked("The article on back stretches and regenerative medicine that this app grew from"),
    marked("Not named"),
    marked("A safety choice of this project. No guideline says just this."),
    marked("From memory, as clinicians know it. No source was at hand."),
    marked("This project"),
)
"""What citations say in our own words; the titles of works stay in the language they came in."""
HOW_READ = ("full", "excerpt", "abstract", "memory")


@dataclass(frozen=True)
class Source:
    """One citation: who said it, where it is, and how much of it was read when."""

    key: str
    title: str
    by: str
    year: int | None
    url: str | None
    also: tuple[str, ...]
    read: str
    note: str | None
    checked_on: dt.date
    to_replace: bool = False

    @property
    def link(self) -> str | None:
        """The page that a reader is led to; None where the draft named none that is good enough."""
        return None if self.to_replace else self.url


@dataclass(frozen=True)
class Sources:
    """All citations, by key."""

    by_key: dict[str, Source]

    def __contains__(self, key: object) -> bool:
        """Whether a source has this key."""
        return key in self.by_key

    def beside(self, more: "Sources", path: str) -> tuple["Sources", list[Fault]]:
        """Give these with more of them, and a fault for a key that stands here already."""
        twice = sorted(self.by_key.keys() & more.by_key.keys())
        faults = [
            Fault(path, 1, f"{key!r} is a shipped source: choose another key") for key in twice
        ]
        return Sources({**more.by_key, **self.by_key}), faults

    def source(self, key: str) -> Source:
        """Give the source with this key; NotFound when there is none."""
        if key not in self.by_key:
            raise NotFound(f"{FILE} has no source {key!r}.")
        return self.by_key[key]


def read_sources(content_dir: Path) -> Sources:
    """Read all citations; ContentFault with every fault when something is wrong."""
    sources, faults = check_sources(content_dir)
    if faults:
        raise ContentFault([str(fault) for fault in faults])
    return sources


def check_sources(content_dir: Path) -> tuple[Sources, list[Fault]]:
    """Give the citations that can be read, and every fault of the file."""
    path = content_dir / FILE
    if not path.is_file():
        return Sources({}), [Fault(str(path), 1, "the file is missing: add it")]
    return sources_in(text_of(path), str(path))


def sources_in(text: str, path: str) -> tuple[Sources, list[Fault]]:
    """Give the citations of one file, and every fault of it; `path` is where it lies."""
    faults: list[Fault] = []
    mapping = read_mapping(text, path, faults)
    if mapping is None:
        return Sources({}), faults
    top = Fields(mapping, path, faults)
    parts = {str(key): top.fields(key) for key in mapping}
    found = {key: _source(key, fields) for key, fields in parts.items() if fields is not None}
    return Sources(found), faults


def _source(key: str, fields: Fields) -> Source:
    fields.only(KEYS)
    url = fields.text_or_none("url")
    path = _path_of(url or "")
    if url is not None and not url.startswith("https://"):
        fields.fault("url", "'url' must begin with https://")
    elif path is None:
        fields.fault("url", "'url' is no address of a page: look at its brackets")
    to_replace = fields.mapping.get("to_replace") is True
    if url is not None and not to_replace and path is not None and not path.strip("/"):
        fields.fault("url", "'url' leads to a front page: name the page, or set 'to_replace'")
    return Source(
        key=key,
        title=fields.text("title"),
        by=fields.text("by"),
        year=fields.number_or_none("year", least=1900, most=2100),
        url=url,
        also=fields.texts("also", required=False),
        read=fields.one_of("read", HOW_READ),
        note=fields.text_or_none("note", required=False),
        checked_on=fields.date("checked_on"),
        to_replace=to_replace,
    )


def _path_of(url: str) -> str | None:
    """Give what stands behind the host of an address; None for what is none, such as https://[."""
    try:
        return urlsplit(url).path
    except ValueError:
        return None
