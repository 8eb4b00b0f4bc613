"""The manifest of a backup: what is in it and what it needs, sealed by a keyed hash.

It names keys and never holds one. Whoever changes a file of a backup, or this one, is found
out before anything is restored.
"""

import hashlib
import hmac
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Literal

from clinic.errors import BadInput, Damaged, Misconfigured
from clinic.store.keys import Key, Ring
from clinic.store.whole_files import sha256_of, write_whole

NAME = "manifest.json"
FORMAT = "clinic-intake backup, version 1"
LARGEST_BYTES = 1 << 20
TEXTS = ("id", "program", "server", "clinic", "schema", "audit_seal", "key")
Kind = Literal["sqlite", "postgresql"]
KINDS: dict[str, Kind] = {"sqlite": "sqlite", "postgresql": "postgresql"}


@dataclass(frozen=True, slots=True)
class Part:
    """One file of a backup."""

    bytes: int
    sha256: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """What a backup says of itself. `key` encrypts its files, `keys` wrap the data keys in it.

    `clinic` names the database that it was made of, and stays the same from backup to backup.
    """

    id: str
    made_at: datetime
    program: str
    kind: Kind
    server: str
    clinic: str
    schema: str
    counts: Mapping[str, int]
    audit_number: int
    audit_seal: str
    key: str
    keys: tuple[str, ...]
    files: Mapping[str, Part]


def part_of(path: Path) -> Part:
    """Read a file through and give what a manifest says of it."""
    return Part(path.stat().st_size, sha256_of(path))


def write(folder: Path, manifest: Manifest, key: Key) -> None:
    """Write the manifest into the folder of its backup, sealed with the key that it names."""
    said = asdict(manifest)
    said["format"] = FORMAT
    said["made_at"] = manifest.made_at.isoformat()
    said["mac"] = _mac(said, key)
    text = json.dumps(said, indent=2, sort_keys=True) + "\n"
    write_whole(folder / NAME, text.encode())


def read(folder: Path, keyring: Ring) -> Manifest:
    """Read the manifest of a backup. Raises BadInput, Damaged, or Misconfigured for its key."""
    said = _said(folder)
    key = _key(said, folder, keyring)
    mac = said.pop("mac", None)
    given = mac.encode("utf-8", "replace") if isinstance(mac, str) else b""
    if not hmac.compare_digest(given, _mac(said, key).encode()):
        raise Damaged(f"{folder / NAME} was changed after it was written. Take another backup.")
    return _manifest(said)


def look_at(folder: Path) -> Manifest | None:
    """Read a manifest without proof; None when it cannot be read. Enough to list and to prune."""
    try:
        said = _said(folder)
        said.pop("mac", None)
        return _manifest(said)
    except (BadInput, Damaged):
        return None


def check_files(folder: Path, manifest: Manifest) -> None:
    """See that every file is there, whole and unchanged. Raises Damaged."""
    for name, part in manifest.files.items():
        path = folder / name
        try:
            size = path.stat().st_size
            same = size == part.bytes and sha256_of(path) == part.sha256
        except OSError:
            raise Damaged(f"{path} is missing or cannot be read. Take another backup.") from None
        if size < part.bytes:
            raise Damaged(
                f"{path} is cut short: {size} bytes of {part.bytes}. Take another backup."
            )
        if not same:
            raise Damaged(f"{path} was changed after it was written. Take another backup.")


def check_keys(manifest: Manifest, keyring: Ring) -> None:
    """See that the keys at hand open all that is in a backup. Raises Misconfigured."""
    have = {key.id for key in keyring.keys}
    lacking = [each for each in (manifest.key, *manifest.keys) if each not in have]
    if lacking:
        raise Misconfigured(_wrong_key(manifest.id, lacking))


def _wrong_key(name: str, lacking: list[str]) -> str:
    return (
        f"The backup {name} needs the key {', '.join(dict.fromkeys(lacking))}, which is not among "
        "the keys at hand. Set CLINIC_KEY_FILE to the key file that belongs to it."
    )


def _key(said: dict[str, Any], folder: Path, keyring: Ring) -> Key:
    wanted = said.get("key")
    for key in keyring.keys:
        if key.id == wanted:
            return key
    raise Misconfigured(_wrong_key(folder.name, [str(wanted)[:40]]))


def _said(folder: Path) -> dict[str, Any]:
    path = folder / NAME
    try:
        with path.open("rb") as file:
            said = json.loads(file.read(LARGEST_BYTES))
    except OSError:
        raise BadInput(f"{folder} is no backup: there is no {NAME} in it to be read.") from None
    except (ValueError, RecursionError):
        raise Damaged(f"{path} cannot be read: it was changed or cut short.") from None
    if not isinstance(said, dict):
        raise Damaged(f"{path} cannot be read: it was changed or cut short.")
    if said.get("format") != FORMAT:
        raise BadInput(f"{path} is of a format that this version of the program does not know.")
    return said


def _mac(said: Mapping[str, Any], key: Key) -> str:
    try:
        plain = json.dumps(said, sort_keys=True).encode()
    except RecursionError:
        raise Damaged(f"A {NAME} cannot be read: it was changed.") from None
    return hmac.new(key.derive("backup manifest"), plain, hashlib.sha256).hexdigest()


def _manifest(said: dict[str, Any]) -> Manifest:
    """Build the value; a manifest that was proved always fits."""
    try:
        files = {_plain(name): _part(part) for name, part in said["files"].items()}
        made_at = _moment(said["made_at"])
        counts = {str(name): int(number) for name, number in said["counts"].items()}
        texts = {name: _text(said[name]) for name in TEXTS}
        keys = tuple(_text(each) for each in said["keys"])
        number = int(said["audit_number"])
        kind = KINDS[said["kind"]]
    except (KeyError, TypeError, ValueError, AttributeError, OverflowError):
        raise Damaged(f"A {NAME} cannot be read: it was changed.") from None
    return Manifest(
        **texts,
        kind=kind,
        made_at=made_at,
        counts=counts,
        audit_number=number,
        keys=keys,
        files=files,
    )


def _moment(said: str) -> datetime:
    moment = datetime.fromisoformat(said)
    if moment.tzinfo is None:
        raise ValueError
    return moment


def _part(said: dict[str, Any]) -> Part:
    return Part(int(said["bytes"]), _text(said["sha256"]))


def _text(said: object) -> str:
    if not isinstance(said, str) or not said.isprintable():
        raise ValueError
    return said


def _plain(name: str) -> str:
    if not name or Path(name).name != name or name.startswith("."):
        raise ValueError(name)
    return name
