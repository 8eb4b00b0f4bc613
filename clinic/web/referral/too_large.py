"""What was typed beside a file that is too large to be taken.

The words of a report stand before its file in the body of the request, so that the first part
of a body that is refused still gives them back.
"""

from flask import Request
from werkzeug.datastructures import MultiDict
from werkzeug.exceptions import RequestEntityTooLarge
from werkzeug.http import parse_options_header
from werkzeug.sansio.multipart import Data, Epilogue, Field, File, MultipartDecoder, NeedData

HEAD_BYTES = 256 * 1024


def typed_before_the_file(request: Request) -> MultiDict[str, str]:
    """Give the fields of a refused body as far as its first file, or as it can be read."""
    kind, options = parse_options_header(request.headers.get("Content-Type"))
    boundary = options.get("boundary", "")
    typed = MultiDict[str, str]()
    if kind != "multipart/form-data" or not boundary.isascii():
        return typed
    head = request.environ["wsgi.input"].read(HEAD_BYTES)
    decoder = MultipartDecoder(boundary.encode(), HEAD_BYTES)
    try:
        decoder.receive_data(head)
        _read(decoder, typed)
    except (ValueError, RequestEntityTooLarge):
        return typed
    return typed


def _read(decoder: MultipartDecoder, typed: MultiDict[str, str]) -> None:
    name, value = "", b""
    while not isinstance(event := decoder.next_event(), NeedData | File | Epilogue):
        if isinstance(event, Field):
            name, value = event.name, b""
        elif isinstance(event, Data):
            value += event.data
            if not event.more_data:
                typed.add(name, value.decode("utf-8", "replace"))
