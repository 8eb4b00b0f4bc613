"""A file that somebody sends is held in memory while it is read, and is in no file of its own.

The library would lay what is larger than half a megabyte into a temporary file, in the clear: a
report on a patient on a disk where nobody looks for one. It may have 10 MB, which a view declares
(`takes_up_to`), so memory is enough.
"""

from io import BytesIO
from typing import IO

from flask import Request


class InMemoryRequest(Request):
    """A request that lays nothing on disk."""

    def _get_file_stream(
        self,
        total_content_length: int | None,  # noqa: ARG002  the library names its arguments
        content_type: str | None,  # noqa: ARG002
        filename: str | None = None,  # noqa: ARG002
        content_length: int | None = None,  # noqa: ARG002
    ) -> IO[bytes]:
        return BytesIO()
