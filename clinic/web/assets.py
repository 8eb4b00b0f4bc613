"""Style sheets, scripts, fonts and drawings: each at an address that carries its hash."""

import hashlib
import mimetypes
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from flask import Flask, Response, request
from werkzeug.exceptions import NotFound

from clinic.library.logo import Logo
from clinic.web.packing import packed_file, takes_packed
from clinic.web.security import STATIC_ENDPOINT, Audience, open_to

STATIC = Path(__file__).resolve().parent.parent / "static"
FIGURES_PREFIX = "figures/"
HASH_LETTERS = 12
SECONDS_FOR_GOOD = 365 * 24 * 3600
SECONDS_WITHOUT_HASH = 3600
TYPES = {
    ".css": "text/css",
    ".js": "text/javascript",
    ".svg": "image/svg+xml",
    ".woff2": "font/woff2",
}
"""Said here, since what a system believes of a suffix differs."""


ALONE = "default-src 'none'; style-src 'unsafe-inline'; sandbox"
"""What a picture of the clinic's own may do where somebody opens it as a page: look as it looks."""


@dataclass(frozen=True, slots=True)
class Asset:
    """One file that anybody may fetch, and the start of the SHA-256 of its content."""

    path: Path
    digest: str
    kind: str
    packed: bytes | None
    """The content as it goes over the wire, where packing makes it smaller."""
    held: bytes | None = None
    """The content of a file that is not ours, as it was looked through at the start."""


def read_assets(figures: Path, static: Path = STATIC) -> dict[str, Asset]:
    """Read every file below /static/, by its address there."""
    found = {name: _asset(path) for name, path in _files(static)}
    found |= {FIGURES_PREFIX + name: _asset(path) for name, path in _files(figures, ".svg")}
    return found


def _files(folder: Path, suffix: str = "") -> Iterator[tuple[str, Path]]:
    for path in sorted(folder.rglob(f"*{suffix}")):
        if path.is_file() and not path.name.startswith("."):
            yield path.relative_to(folder).as_posix(), path


def _asset(path: Path) -> Asset:
    content = path.read_bytes()
    kind = TYPES.get(path.suffix) or mimetypes.guess_type(path.name)[0] or "text/plain"
    digest = hashlib.sha256(content).hexdigest()[:HASH_LETTERS]
    return Asset(path, digest, kind, packed_file(content, kind))


def own_logo(logo: Logo) -> Asset:
    """Give the clinic's own logo as a file to fetch; what was checked is what is sent."""
    digest = hashlib.sha256(logo.content).hexdigest()[:HASH_LETTERS]
    return Asset(
        Path(logo.name), digest, logo.kind, packed_file(logo.content, logo.kind), logo.content
    )


def serve_assets(app: Flask, assets: Mapping[str, Asset]) -> None:
    """Serve the files at /static/, and let templates name them with `asset(...)`."""

    def asset(name: str) -> str:
        """Give the address of a file. Raises KeyError for one that is not there."""
        return f"/static/{name}?v={assets[name].digest}"

    @open_to(Audience.PUBLIC)
    def static(filename: str) -> Response:
        """Send one file; for good when the address names this very content."""
        if filename not in assets:
            raise NotFound
        known = assets[filename]
        packed = known.packed if takes_packed(request) else None
        body = packed or known.held or known.path.read_bytes()
        response = Response(body, content_type=_content_type(known.kind))
        response.set_etag(known.digest if packed is None else f"{known.digest}-gzip")
        if known.packed is not None:
            response.vary.add("Accept-Encoding")
        if packed is not None:
            response.headers["Content-Encoding"] = "gzip"
        if known.held is not None:
            response.headers["Content-Security-Policy"] = ALONE
        _let_keep(response, for_good=request.args.get("v") == known.digest)
        response.make_conditional(request)
        return response

    app.add_url_rule("/static/<path:filename>", STATIC_ENDPOINT, static)
    app.jinja_env.globals["asset"] = asset


def _content_type(kind: str) -> str:
    return f"{kind}; charset=utf-8" if kind.startswith("text/") else kind


def _let_keep(response: Response, *, for_good: bool) -> None:
    response.cache_control.public = True
    response.cache_control.max_age = SECONDS_FOR_GOOD if for_good else SECONDS_WITHOUT_HASH
    if for_good:
        response.cache_control.immutable = True
