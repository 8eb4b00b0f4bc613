"""Places in a text that the clinic fills, such as its name, its phone, the emergency number."""

import re
from collections.abc import Iterator, Mapping

from markupsafe import Markup, escape

PLACEHOLDERS = frozenset(
    {"emergency_number", "crisis_line", "clinic_phone", "clinic_name", "call_by", "resume_days"}
)
PLACE = re.compile(r"\{(\w+)\}")


def filled(html: str, values: Mapping[str, str]) -> Markup:
    """Put the clinic's own values, escaped, into the HTML of an article."""
    # Content is ours and raw HTML in it was escaped when it was read; only values can be foreign.
    put = PLACE.sub(lambda place: str(escape(values[place[1]])), html)
    return Markup(put)  # nosec B704  # noqa: S704


def filled_text(text: str, values: Mapping[str, str]) -> str:
    """Put the clinic's own values into plain text."""
    return PLACE.sub(lambda place: values[place[1]], text)


def unknown_placeholders(text: str) -> Iterator[tuple[int, str]]:
    """Give line (from 0) and name of each place that nothing would fill."""
    for line, content in enumerate(text.splitlines()):
        for place in PLACE.finditer(content):
            if place[1] not in PLACEHOLDERS:
                yield line, place[1]
