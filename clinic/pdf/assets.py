"""Everything a document may load, kept in memory under `asset:` addresses, and nothing else.

asset:figures/<name>.svg     a drawing of content/figures
asset:fonts/<name>.woff2     a shipped font
asset:logo.svg               the clinic's own logo, or logo.png
asset:body-map?<id>+<id>     the body with these regions filled
asset:bar?<n>+<m>+<m>        a bar filled to n thousandths, with a line at each m
asset:qr?<hex>               a QR code for the text that is written in hex
"""

import re
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any

from weasyprint.urls import FatalURLFetchingError, URLFetcher, URLFetcherResponse

from clinic.pdf.qr import QR, drawn_qr

SCHEME = "asset:"
BODY_MAP = SCHEME + "body-map"
BAR = SCHEME + "bar"
OF_ANSWERS = (BODY_MAP, BAR, QR)
"""Pictures that are made for one patient, which no other patient's paper may find."""

MARKED = "#a3281c"
REGION = re.compile(r'<path id="(?P<id>[a-z0-9_]+)" class="bm-region"[^>]* d="(?P<d>[^"]+)"')
REGIONS = re.compile(r'(<g class="bm-regions"[^>]*>).*?(</g>)', re.DOTALL)
LABELS = re.compile(r'<g class="bm-text".*?</g>', re.DOTALL)
BAR_WIDTH = 200
BAR_TRACK = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 204 24">'
    '<rect x="2" y="5" width="200" height="14" fill="#ffffff" stroke="#6d7d86" stroke-width="1"/>'
)
TYPES = {".svg": "image/svg+xml", ".png": "image/png", ".woff2": "font/woff2"}


class BodyPicture:
    """The drawing of the body, in which regions can be filled."""

    def __init__(self, svg: str) -> None:
        self.svg = LABELS.sub("", svg)
        self.regions = frozenset(found["id"] for found in REGION.finditer(self.svg))

    def address(self, regions: Collection[str]) -> str:
        """Give the address of the picture with these regions filled; unknown ones are left out."""
        return f"{BODY_MAP}?{'+'.join(sorted(self.regions.intersection(regions)))}"

    def drawn(self, regions: Collection[str]) -> str:
        """Give the drawing; the regions that are not filled become one path, which is quicker."""
        return REGIONS.sub(lambda group: self._group(group, frozenset(regions)), self.svg)

    @staticmethod
    def _group(group: re.Match[str], marked: frozenset[str]) -> str:
        paths = [(found["id"], found["d"]) for found in REGION.finditer(group[0])]
        plain = "".join(path for name, path in paths if name not in marked)
        filled = "".join(path for name, path in paths if name in marked)
        chosen = f'<path fill="{MARKED}" d="{filled}"/>' if filled else ""
        return f'{group[1]}<path d="{plain}"/>{chosen}{group[2]}'


def bar_address(share: float, marks: Collection[float] = ()) -> str:
    """Give the address of a bar filled to a share of its length, with lines at these shares."""
    return f"{BAR}?{'+'.join(str(round(each * 1000)) for each in (share, *marks))}"


def _bar(thousandths: str) -> str:
    """Draw a bar: the filled part, a line where each band begins, and a stroke at its end."""
    filled, *marks = (BAR_WIDTH * int(each) / 1000 for each in thousandths.split("+"))
    lines = "".join(f"M{2 + mark:g} 1v22" for mark in marks)
    drawn = f'<path d="{lines}" stroke="#6d7d86" stroke-width="2"/>' if lines else ""
    return (
        f'{BAR_TRACK}<rect x="2" y="5" width="{filled:g}" height="14" fill="#5f86a0"/>{drawn}'
        f'<rect x="{filled:g}" y="1" width="4" height="22" fill="#16384a"/></svg>'
    )


class Assets(URLFetcher):
    """Gives documents the assets in memory, and refuses every other address.

    `logo` is the clinic's own, by name and content; `self.logo` is the address of whichever
    mark stands on papers.
    """

    def __init__(
        self, figures: Path, fonts: Collection[Path], logo: tuple[str, bytes] | None = None
    ) -> None:
        super().__init__(allowed_protocols=(), fail_on_errors=True)
        self.held: Mapping[str, bytes] = {
            **{f"{SCHEME}figures/{file.name}": file.read_bytes() for file in figures.glob("*.svg")},
            **{f"{SCHEME}fonts/{file.name}": file.read_bytes() for file in fonts},
        }
        self.logo = f"{SCHEME}figures/logo_mark.svg"
        if logo is not None:
            name, content = logo
            self.logo = f"{SCHEME}{name}"
            self.held = {**self.held, self.logo: content}
        self.body = BodyPicture((figures / "body_map.svg").read_text(encoding="utf-8"))

    def fetch(self, url: str, headers: Any = None) -> URLFetcherResponse:  # noqa: ARG002
        """Give an asset. Raises FatalURLFetchingError for anything else."""
        address, _, regions = url.partition("?")
        if address == BODY_MAP:
            drawing = self.body.drawn(regions.split("+"))
            return URLFetcherResponse(url, drawing, {"Content-Type": TYPES[".svg"]})
        if address == BAR:
            return URLFetcherResponse(url, _bar(regions), {"Content-Type": TYPES[".svg"]})
        if address == QR:
            return URLFetcherResponse(url, drawn_qr(regions), {"Content-Type": TYPES[".svg"]})
        if url not in self.held:
            raise FatalURLFetchingError("a document asked for something that is not an asset")
        kind = TYPES[Path(url).suffix]
        return URLFetcherResponse(url, self.held[url], {"Content-Type": kind})
