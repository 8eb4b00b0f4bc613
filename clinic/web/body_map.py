"""The picture of the body: outlines to look at, regions to tap."""

from collections.abc import Collection
from dataclasses import dataclass
from functools import cache
from xml.etree import ElementTree as ET

from markupsafe import Markup

from clinic.library.places import content_dir

SVG = "{http://www.w3.org/2000/svg}"


@dataclass(frozen=True, slots=True)
class Region:
    """One region: its id, which an answer posts, and its path."""

    id: str
    path: str


@dataclass(frozen=True, slots=True)
class View:
    """The body from one side."""

    name: str
    box: str
    details: Markup
    """What is drawn over the regions: face, navel, spine."""
    regions: tuple[Region, ...]


@dataclass(frozen=True, slots=True)
class BodyPicture:
    """Both views, back first: that is where low backs hurt."""

    views: tuple[View, ...]

    def shows(self, codes: Collection[str]) -> bool:
        """True when every one of these answers is a region, or stands for none."""
        known = {region.id for view in self.views for region in view.regions}
        return bool(known) and len(known & set(codes)) > 0


@cache
def body_picture() -> BodyPicture:
    """Read the drawings of the body map, once."""
    figures = content_dir() / "figures"
    return BodyPicture(
        tuple(
            _view(name, (figures / f"body_map_{name}.svg").read_text(encoding="utf-8"))
            for name in ("back", "front")
        )
    )


def _view(name: str, svg: str) -> View:
    root = ET.fromstring(svg)  # nosec B314  # noqa: S314  ours
    regions = tuple(
        Region(path.get("data-region", ""), path.get("d", ""))
        for path in root.iter(f"{SVG}path")
        if path.get("class") == "bm-region"
    )
    return View(name, root.get("viewBox", ""), _details(svg), regions)


def _details(svg: str) -> Markup:
    """Give the group as it stands in the file, which is ours."""
    start = svg.index('<g class="bm-decor"')
    return Markup(svg[start : svg.index("</g>", start)] + "</g>")  # nosec B704  # noqa: S704
