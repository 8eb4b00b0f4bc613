"""Style sheets, scripts, fonts and drawings: each at an address that carries its hash."""

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from flask import Flask, request, send_file
from werkzeug.exceptions import NotFound
from werkzeug.wrappers import Response

from clinic.web.security import STATIC_ENDPOINT, Audience, open_to

STATIC = Path(__file__).resolve().parent.parent / "static"
FIGURES_PREFIX = "figures/"
HASH_LETTERS = 12
SECONDS_FOR_GOOD = 365 * 24 * 3600
SECONDS_WITHOUT_HASH = 3600


@dataclass(frozen=True, slots=True)
class Asset:
    """One file that anybody may fetch, and the start of the SHA-256 of its content."""

    path: Path
    digest: str


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
    return Asset(path, hashlib.sha256(path.read_bytes()).hexdigest()[:HASH_LETTERS])


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
        for_good = request.args.get("v") == known.digest
        response = send_file(
            known.path,
            etag=known.digest,
            max_age=SECONDS_FOR_GOOD if for_good else SECONDS_WITHOUT_HASH,
        )
        response.cache_control.public = True
        if for_good:
            response.cache_control.immutable = True
        return response

    app.add_url_rule("/static/<path:filename>", STATIC_ENDPOINT, static)
    app.jinja_env.globals["asset"] = asset
