"""Marks that turn text round are taken out of what somebody reads whom the writer does not know.

A name may hold a mark that has the rest of a line read from right to left, or one that ends the
frame (`<bdi>`) which is put around it: "emergency" could then stand before another patient's
name. Letters of scripts that run from right to left need none of these marks. Patients get
their own words back just as they typed them.
"""

import re

from flask import has_request_context, request
from markupsafe import Markup

TURNING = re.compile("[\u202a-\u202e\u2066-\u2069]")
"""Embeddings, overrides and isolates with their ends (Unicode Annex 9, section 2)."""
READ_BY_OTHERS = frozenset({"staff", "receiving"})
"""The blueprints whose pages show what others wrote."""


def as_it_runs(value: object) -> object:
    """Give what a template shows: on a page that others read, without marks that turn it round."""
    if not isinstance(value, str) or value.isascii() or not TURNING.search(value):
        return value
    if (
        not has_request_context()
        or (request.blueprint or "").partition(".")[0] not in READ_BY_OTHERS
    ):
        return value
    plain = TURNING.sub("", value)
    return Markup(plain) if isinstance(value, Markup) else plain  # nosec B704  # noqa: S704  as before
