"""A folder of backups: each is a folder of its own, which has its name only once it is whole."""

import re
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path

from clinic.errors import BadInput
from clinic.store import backup_manifest
from clinic.store.backup_manifest import Manifest
from clinic.store.whole_files import alone_in, keep, room_in

NAME = re.compile(r"clinic-[0-9]{8}T[0-9]{6}Z-[0-9a-f]{6}")
UNFINISHED = ".unfinished-"


def new_name(now: datetime) -> str:
    """The name of a backup that is made now. Names sort by time."""
    return f"clinic-{now:%Y%m%dT%H%M%SZ}-{secrets.token_hex(3)}"


@contextmanager
def place_for(folder: Path, name: str) -> Iterator[Path]:
    """Give an empty folder to make a backup in. At the end of the block it gets its name.

    What an earlier run left unfinished is removed first. Raises Unavailable and Refused.
    """
    with room_in(folder):
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    with alone_in(folder, "making a backup"):
        for left in folder.glob(f"{UNFINISHED}*"):
            shutil.rmtree(left, ignore_errors=True)
        place = folder / f"{UNFINISHED}{name}"
        try:
            with room_in(folder):
                place.mkdir(mode=0o700)
                yield place
                for path in place.iterdir():
                    path.chmod(0o600)
                    keep(path)
                keep(place)
                place.rename(folder / name)
                keep(folder)
        except BaseException:
            shutil.rmtree(place, ignore_errors=True)
            raise


def all_in(folder: Path) -> list[tuple[Path, Manifest]]:
    """Give the backups in a folder, newest first. What cannot be read is none."""
    if not folder.is_dir():
        raise BadInput(f"There is no folder {folder}.")
    found = []
    for path in folder.iterdir():
        manifest = backup_manifest.look_at(path) if NAME.fullmatch(path.name) else None
        if manifest is not None:
            found.append((path, manifest))
    return sorted(found, key=lambda each: each[1].made_at, reverse=True)


def chosen(folder: Path) -> Path:
    """Give the backup that a folder is, or the newest that is in it. Raises BadInput."""
    if (folder / backup_manifest.NAME).exists():
        return folder
    found = all_in(folder)
    if not found:
        raise BadInput(f"There is no backup in {folder}.")
    return found[0][0]


def prune(
    folder: Path, clinic: str, now: datetime, *, days: int, most: int | None = None
) -> list[Path]:
    """Remove backups of this database that are older than so many days, or more than `most`.

    The newest always stays. A backup loses its name first, so that none is ever half there.
    """
    with alone_in(folder, "making a backup"), room_in(folder):
        ours = [(path, each) for path, each in all_in(folder) if each.clinic == clinic]
        last = now - timedelta(days=days)
        gone = []
        for place, (path, manifest) in enumerate(ours):
            too_many = most is not None and place >= most
            if place and (too_many or manifest.made_at < last):
                unnamed = path.with_name(f"{UNFINISHED}{path.name}")
                path.rename(unnamed)
                keep(folder)
                shutil.rmtree(unnamed)
                gone.append(path)
        return gone
