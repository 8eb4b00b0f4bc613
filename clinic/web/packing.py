"""Pages go over the wire packed (gzip), where packing can tell nobody what stands in them.

Packed, a page's length depends on its words. Another site could have a browser open a page of ours
again and again with guesses in its address, and whoever watches the line could read from the
lengths which guess stands in the page too (the BREACH attack). So an answer is packed only where
the request came from a page of ours, was typed or chosen by the person, or carries no cookie; and
each packed page is lengthened by a random number of bytes.
"""

import gzip
import secrets
import struct
import zlib
from functools import cache

from flask import Flask, Request, Response, request

LEVEL = 6
LEAST_BYTES = 600
"""Below this one packet carries the answer anyway."""
MOST_PADDING = 100
PACKED_TYPES = frozenset(
    {
        "text/html",
        "text/css",
        "text/csv",
        "text/javascript",
        "application/javascript",
        "application/json",
        "image/svg+xml",
    }
)
OWN_SITES = frozenset({"same-origin", "none"})
HAS_NAME = 0x08


def pack_pages(app: Flask) -> None:
    """Pack the answers of an app. Call it before anything else that looks at answers."""
    app.after_request(_packed)


@cache
def packed_file(content: bytes, kind: str) -> bytes | None:
    """Give the content of a file as small as it gets; None where it gets no smaller."""
    if kind not in PACKED_TYPES or len(content) < LEAST_BYTES:
        return None
    packed = gzip.compress(content, 9, mtime=0)
    return packed if len(packed) < len(content) else None


def takes_packed(asked: Request) -> bool:
    """True when the browser can unpack."""
    return asked.accept_encodings.quality("gzip") > 0


def _packed(response: Response) -> Response:
    if response.mimetype not in PACKED_TYPES or response.direct_passthrough:
        return response
    response.vary.add("Accept-Encoding")
    body = b"" if response.is_streamed else response.get_data()
    if (
        len(body) < LEAST_BYTES
        or response.status_code in (204, 206, 304)
        or "Content-Encoding" in response.headers
        or not takes_packed(request)
        or not _is_safe(request)
    ):
        return response
    response.set_data(_padded(body))
    response.headers["Content-Encoding"] = "gzip"
    return response


def _is_safe(asked: Request) -> bool:
    """True when no other site can have made a browser send this with somebody's cookie."""
    if not asked.cookies:
        return True
    site = asked.headers.get("Sec-Fetch-Site")
    if site is not None:
        return site in OWN_SITES
    # Not taken apart: it may be no address at all, such as http://[.
    own = (f"https://{asked.host}/", f"http://{asked.host}/")
    return asked.headers.get("Referer", "").startswith(own)


def _padded(body: bytes) -> bytes:
    """Pack, with a file name of random length in front, which nobody reads."""
    name = b"x" * secrets.randbelow(MOST_PADDING + 1)
    head = struct.pack("<4BLBB", 0x1F, 0x8B, 8, HAS_NAME, 0, 0, 255) + name + b"\0"
    packer = zlib.compressobj(LEVEL, zlib.DEFLATED, -zlib.MAX_WBITS)
    tail = struct.pack("<LL", zlib.crc32(body), len(body) & 0xFFFFFFFF)
    return head + packer.compress(body) + packer.flush() + tail
