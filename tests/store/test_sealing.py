"""Sealed values: they open in their own cell, with their own key, unchanged, and nowhere else."""

from dataclasses import replace
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clinic.errors import Damaged
from clinic.store.keys import Key, Keyring
from clinic.store.sealing import Cell, Vault, seal, unseal, wrap_with

KEY = Key(b"k" * 32)
CELL = Cell("intake", "sealed_response", UUID(int=1))


@given(st.binary(max_size=300))
def test_what_was_sealed_opens_again(plain):
    assert unseal(KEY, seal(KEY, plain, CELL), CELL) == plain


def test_a_sealed_value_holds_nothing_readable():
    assert b"numb" not in seal(KEY, b"my legs are numb", CELL)


def test_sealing_twice_gives_different_bytes():
    assert seal(KEY, b"same", CELL) != seal(KEY, b"same", CELL)


@pytest.mark.parametrize(
    "other",
    [
        replace(CELL, row=UUID(int=2)),
        replace(CELL, column="sealed_card"),
        replace(CELL, table="note"),
    ],
)
def test_a_value_copied_to_another_cell_does_not_open(other):
    sealed = seal(KEY, b"plain", CELL)

    with pytest.raises(Damaged):
        unseal(KEY, sealed, other)


def test_another_key_does_not_open_a_value():
    with pytest.raises(Damaged):
        unseal(Key(b"o" * 32), seal(KEY, b"plain", CELL), CELL)


def test_any_flipped_byte_is_noticed_but_in_the_name_of_the_key():
    sealed = seal(KEY, b"plain", CELL)

    for place in (0, *range(9, len(sealed))):
        changed = bytearray(sealed)
        changed[place] ^= 1
        with pytest.raises(Damaged):
            unseal(KEY, bytes(changed), CELL)


@pytest.mark.parametrize("length", [0, 1, 20, 21, 30])
def test_a_value_cut_short_is_noticed(length):
    with pytest.raises(Damaged):
        unseal(KEY, seal(KEY, b"plain", CELL)[:length], CELL)


def test_the_words_of_the_fault_do_not_hold_the_value():
    with pytest.raises(Damaged) as caught:
        unseal(Key(b"o" * 32), seal(KEY, b"numb legs", CELL), CELL)

    assert "numb" not in str(caught.value)


def test_a_data_key_wrapped_with_an_older_key_still_opens():
    old, new = Key(b"o" * 32), Key(b"n" * 32)
    data_key = Key.new()
    wrapped = wrap_with(old, data_key, CELL)

    assert Vault(Keyring((new, old)), KEY).unwrap(wrapped, CELL) == data_key
    with pytest.raises(Damaged, match="not in the key file"):
        Vault(Keyring((new,)), KEY).unwrap(wrapped, CELL)


def test_a_digest_depends_on_the_text_the_purpose_and_the_key():
    vault = Vault(Keyring((KEY,)), KEY)

    assert vault.digest("search", "ada") == vault.digest("search", "ada")
    assert vault.digest("search", "ada") != vault.digest("search", "eva")
    assert vault.digest("search", "ada") != vault.digest("limit", "ada")
    assert vault.digest("search", "ada") != Vault(Keyring((KEY,)), Key(b"r" * 32)).digest(
        "search", "ada"
    )
