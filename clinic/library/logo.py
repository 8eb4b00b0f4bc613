"""The clinic's own logo: an SVG or PNG file that is looked through before it is shown.

What an SVG may hold is listed; whatever is not listed is refused, so that no script runs and
nothing is loaded from elsewhere, on a page or on paper.
"""

import re
import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from xml.etree import ElementTree as ET  # nosec B405  entities are refused before it reads

from clinic.errors import ContentFault
from clinic.library.faults import Fault
from clinic.library.own_folder import OwnFile

SVG, XHTML = "{http://www.w3.org/2000/svg}", "{http://www.w3.org/1999/xhtml}"
ELEMENTS = frozenset(
    {
        *("svg", "g", "defs", "title", "desc", "metadata", "style"),
        *("path", "rect", "circle", "ellipse", "line", "polyline", "polygon"),
        *("text", "tspan", "linearGradient", "radialGradient", "stop", "clipPath", "mask"),
    }
)
REFERENCE = re.compile(r"url\(\s*['\"]?(?P<to>[^)'\"]*)", re.IGNORECASE)
ACTIVE = re.compile(
    r"@|\\|expression|javascript:|data:|https?:|\b(?:image(?:-set)?|src)\s*\(", re.IGNORECASE
)
ENCODING = re.compile(r"<\?xml\s[^>]*encoding\s*=\s*['\"](?!utf-8['\"])", re.IGNORECASE)
INSTRUCTION = re.compile(r"<\?(?!xml\s)", re.IGNORECASE)
LENGTH = re.compile(r"\s*([0-9]+(?:\.[0-9]+)?)(?:px)?\s*")
PNG_SIGNATURE = b"\x89PNG\r\n\x1a\n"
DEEPEST = 30
LEAST_PX, MOST_PX = 24, 2000
WIDEST = 6
"""So many times as wide as it is high, or as high as it is wide."""


@dataclass(frozen=True, slots=True)
class Logo:
    """A logo that was looked through: its bytes, their kind, how wide it is for its height."""

    content: bytes
    suffix: str
    shape: float

    @property
    def kind(self) -> str:
        """The media type."""
        return "image/png" if self.suffix == ".png" else "image/svg+xml"

    @property
    def name(self) -> str:
        """The name of the file."""
        return f"logo{self.suffix}"


def read_logo(file: OwnFile) -> Logo | None:
    """Give the logo. Raises ContentFault for a file that may not be shown."""
    logo, faults = check_logo(file)
    if faults:
        raise ContentFault([str(fault) for fault in faults])
    return logo


def check_logo(file: OwnFile) -> tuple[Logo | None, list[Fault]]:
    """Give the logo; None, and what to mend, for a file that may not be shown."""
    if file.suffix == ".png":
        wrong, size = _png(file.content)
    else:
        wrong, size = _svg(file.content)
    if not wrong and not 1 / WIDEST <= size[0] / size[1] <= WIDEST:
        wrong = f"the logo is too long: {WIDEST} times as wide as high is the most"
    if wrong:
        return None, [Fault(file.path, 1, wrong)]
    return Logo(file.content, file.suffix, size[0] / size[1]), []


def _png(content: bytes) -> tuple[str, tuple[float, float]]:
    """Give what is wrong with a PNG, and its size."""
    nothing = (1.0, 1.0)
    chunks = list(_chunks(content))
    whole = bool(chunks) and chunks[0][0] == b"IHDR" and chunks[-1][0] == b"IEND"
    if not whole or not any(kind == b"IDAT" for kind, _ in chunks) or len(chunks[0][1]) != 13:
        return "this is no whole PNG picture: save it again as PNG", nothing
    width, height = struct.unpack(">II", chunks[0][1][:8])
    if not all(LEAST_PX <= each <= MOST_PX for each in (width, height)):
        return f"make the logo {LEAST_PX} to {MOST_PX} pixels wide and high", nothing
    return "", (float(width), float(height))


def _chunks(content: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Give kind and data of each part of a PNG; nothing after the first that is damaged."""
    place = len(PNG_SIGNATURE)
    if not content.startswith(PNG_SIGNATURE):
        return
    while place + 12 <= len(content):
        (length,) = struct.unpack(">I", content[place : place + 4])
        kind = content[place + 4 : place + 8]
        data = content[place + 8 : place + 8 + length]
        sum_given = content[place + 8 + length : place + 12 + length]
        if len(sum_given) != 4 or struct.unpack(">I", sum_given)[0] != zlib.crc32(kind + data):
            return
        yield kind, data
        place += 12 + length


def _svg(content: bytes) -> tuple[str, tuple[float, float]]:
    """Give what is wrong with an SVG, and its size."""
    nothing = (1.0, 1.0)
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = ""
    if not text or ENCODING.search(text):
        return "this is not text in UTF-8: save the SVG as UTF-8", nothing
    if "<!DOCTYPE" in text.upper() or "<!ENTITY" in text.upper() or INSTRUCTION.search(text):
        return "take the lines out that begin with <! or with <?, but for <?xml", nothing
    try:
        root = ET.fromstring(text)  # noqa: S314  # nosec B314  no entities are left
    except (ET.ParseError, ValueError):
        return "this is no SVG that can be read: save it again as plain SVG", nothing
    if root.tag != f"{SVG}svg":
        return "this is no SVG: it must begin with <svg>", nothing
    wrong = next((why for element in root.iter() for why in _not_allowed(element)), "")
    if not wrong and _is_deep(root):
        wrong = f"groups stand more than {DEEPEST} deep in one another: save it as plain SVG"
    return wrong, _size(root) if not wrong else nothing


def _not_allowed(element: ET.Element) -> Iterator[str]:
    """Tell what of an element could run, or could load something from elsewhere."""
    tag = str(element.tag)
    name = tag.removeprefix(SVG)
    if tag.startswith(SVG) and name not in ELEMENTS:
        yield f"a logo may not hold <{name}>: save it as plain SVG with paths"
    elif tag.startswith(XHTML):
        yield "a logo may hold no part of a web page: save it as plain SVG"
    if name == "style" and _reaches_out("".join(element.itertext())):
        yield "the style of a logo may load nothing: save it as plain SVG"
    for key, value in element.attrib.items():
        name_only = key.rpartition("}")[2].lower()
        leads = name_only in ("src", "base") or (name_only == "href" and value[:1] != "#")
        if leads or name_only.startswith("on"):
            yield f"a logo may neither act nor lead anywhere: take {name_only!r} out"
        elif not key.startswith("{") and _reaches_out(value):
            yield f"a logo may load nothing from elsewhere: look at {name_only!r}"


def _is_deep(root: ET.Element) -> bool:
    level = [root]
    for _ in range(DEEPEST):
        level = [child for element in level for child in element]
    return bool(level)


def _reaches_out(style: str) -> bool:
    return bool(ACTIVE.search(style)) or any(
        not found["to"].startswith("#") for found in REFERENCE.finditer(style)
    )


def _size(root: ET.Element) -> tuple[float, float]:
    """Give how wide and high a drawing is; a square where it does not say."""
    box = re.split(r"[\s,]+", root.get("viewBox", "").strip())
    sides = box[2:] if len(box) == 4 else [root.get("width", ""), root.get("height", "")]
    lengths = [float(found[1]) for side in sides if (found := LENGTH.fullmatch(side))]
    return (lengths[0], lengths[1]) if len(lengths) == 2 and all(lengths) else (1.0, 1.0)
