"""Everything a document may load, kept in memory under `asset:` addresses, and nothing else.

asset:figures/<name>.svg     a drawing of content/figures
asset:fonts/<name>.woff2     a shipped font
asset:body-map?<id>+<id>     the body with these regions filled
"""

import re
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any

from weasyprint.urls import FatalURLFetchingError, URLFetcher, URLFetcherResponse

SCHEME = "asset:"
BODY_MAP = SCHEME + "body-map"
MARKED = "#a3281c"
REGION = re.compile(r'<path id="(?P<id>[a-z0-9_]+)" class="bm-region"[^>]* d="(?P<d>[^"]+)"')
REGIONS = re.compile(r'(<g class="bm-regions"[^>]*>).*?(</g>)', re.DOTALL)
LABELS = re.compile(r'<g class="bm-text".*?</g>', re.DOTALL)
TYPES = {".svg": "image/svg+xml", ".woff2": "font/woff2"}


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


class Assets(URLFetcher):
    """Gives documents the assets in memory, and refuses every other address."""

    def __init__(self, figures: Path, fonts: Collection[Path]) -> None:
        super().__init__(allowed_protocols=(), fail_on_errors=True)
        self.held: Mapping[str, bytes] = {
            **{f"{SCHEME}figures/{file.name}": file.read_bytes() for file in figures.glob("*.svg")},
            **{f"{SCHEME}fonts/{file.name}": file.read_bytes() for file in fonts},
        }
        self.body = BodyPicture((figures / "body_map.svg").read_text(encoding="utf-8"))

    def fetch(self, url: str, headers: Any = None) -> URLFetcherResponse:  # noqa: ARG002
        """Give an asset. Raises FatalURLFetchingError for anything else."""
        address, _, regions = url.partition("?")
        if address == BODY_MAP:
            drawing = self.body.drawn(regions.split("+"))
            return URLFetcherResponse(url, drawing, {"Content-Type": TYPES[".svg"]})
        if url not in self.held:
            raise FatalURLFetchingError("a document asked for something that is not an asset")
        kind = TYPES[Path(url).suffix]
        return URLFetcherResponse(url, self.held[url], {"Content-Type": kind})
