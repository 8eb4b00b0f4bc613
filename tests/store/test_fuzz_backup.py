"""A backup in which anything was changed, cut or added is refused with a sentence."""

import json
import re
import shutil
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clinic.errors import ClinicError
from clinic.store.backup_manifest import look_at
from clinic.store.backup_restore import proved
from clinic.store.keys import read_key_file
from tests.fuzzing import at_length, spoilt, spoilt_line
from tests.store.conftest import laid_in
from tests.store.test_backup import back_up, fill

pytestmark = pytest.mark.proof


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    folder = tmp_path_factory.mktemp("fuzzed")
    place = fill(laid_in(folder))
    backup = back_up(place, folder / "backups")
    keyring = read_key_file(place.key_file, place.data)
    assert proved(backup, keyring)
    return Path(shutil.copytree(backup, folder / "spoilt" / backup.name)), keyring


def is_the_same(changed: bytes, whole: bytes) -> bool:
    """True of equal bytes, and of a manifest that only stands in other lines."""
    with suppress(ValueError, RecursionError):
        return changed == whole or bool(json.loads(changed) == json.loads(whole))
    return False


@settings(parent=at_length)
@given(data=st.data())
def test_a_spoilt_file_of_a_backup_is_found_out(made, data):
    backup, keyring = made
    file = backup / data.draw(st.sampled_from(sorted(each.name for each in backup.iterdir())))
    whole = file.read_bytes()
    changed = data.draw(spoilt(whole) | spoilt_line(whole))
    if is_the_same(changed, whole):
        return
    file.write_bytes(changed)
    try:
        look_at(backup)
        with pytest.raises(ClinicError, match=r"\.$"):
            proved(backup, keyring)
    finally:
        file.write_bytes(whole)


@settings(parent=at_length)
@given(data=st.data())
def test_a_spoilt_key_file_is_told_of_in_a_sentence(made, tmp_path_factory, data):
    backup, _ = made
    place = laid_in(tmp_path_factory.mktemp("key"))
    whole = place.key_file.read_bytes()
    changed = data.draw(spoilt(whole))
    place.key_file.write_bytes(changed)
    refused = ""
    try:
        proved(backup, read_key_file(place.key_file, place.data))
    except ClinicError as fault:
        refused = str(fault)
    assert refused == "" or re.search(r"[.`]$", refused)
