"""The manifest of a backup: whatever stands in it is believed or refused, and trips nobody."""

import json
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clinic.errors import ClinicError, Damaged, Misconfigured
from clinic.store import backup_manifest
from clinic.store.backup_manifest import FORMAT, NAME, Manifest, Part, look_at, read, write
from clinic.store.keys import Key, Keyring

KEY = Key(b"k" * 32)
RING = Keyring((KEY,))
MADE = Manifest(
    id="clinic-20261129T120000Z-abcdef",
    made_at=datetime(2026, 11, 29, 12, tzinfo=UTC),
    program="1",
    kind="sqlite",
    server="",
    clinic="0" * 16,
    schema="0008",
    counts={"intake": 3},
    audit_number=7,
    audit_seal="00" * 32,
    key=KEY.id,
    keys=(KEY.id,),
    files={"clinic.db": Part(4096, "11" * 32)},
)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda each: (
        st.lists(each, max_size=3) | st.dictionaries(st.text(max_size=8), each, max_size=3)
    ),
    max_leaves=6,
)
FIELDS = (*Manifest.__slots__, "mac")


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("backup")


def test_what_was_written_is_read(folder):
    write(folder, MADE, KEY)

    assert read(folder, RING) == look_at(folder) == MADE
    with pytest.raises(Misconfigured, match="needs the key"):
        read(folder, Keyring((Key.new(),)))


@given(field=st.sampled_from(FIELDS), value=JSON)
def test_one_field_that_says_anything_else_is_refused_with_a_sentence(folder, field, value):
    write(folder, MADE, KEY)
    said = json.loads((folder / NAME).read_text())
    if said[field] == value:
        return
    (folder / NAME).write_text(json.dumps(said | {field: value}))

    with pytest.raises(ClinicError):
        read(folder, RING)
    look_at(folder)  # it is none, or one that can be listed


@given(said=JSON, named=st.booleans())
def test_any_json_is_refused_with_a_sentence(folder, said, named):
    if named and isinstance(said, dict):
        said = said | {"format": FORMAT, "key": KEY.id}
    (folder / NAME).write_text(json.dumps(said))

    with pytest.raises(ClinicError):
        read(folder, RING)
    assert look_at(folder) is None


@given(content=st.binary(max_size=60))
def test_any_bytes_are_refused_with_a_sentence(folder, content):
    (folder / NAME).write_bytes(content)

    with pytest.raises(ClinicError):
        read(folder, RING)
    assert look_at(folder) is None


def test_a_manifest_that_is_nested_too_deep_or_too_long_is_refused(folder):
    for content in ("[" * 100_000, '{"a":' * 50_000, "1" * 5000, " " * (2 << 20) + "{}"):
        (folder / NAME).write_text(content)
        with pytest.raises(ClinicError):
            read(folder, RING)


@pytest.mark.parametrize("name", ["../clinic.db", "/etc/passwd", ".hidden", "a/b", ""])
def test_a_manifest_names_no_file_of_another_folder(folder, name):
    said = backup_manifest.asdict(MADE) | {"made_at": MADE.made_at.isoformat()}
    with pytest.raises(Damaged):
        backup_manifest._manifest(said | {"files": {name: {"bytes": 1, "sha256": ""}}})
