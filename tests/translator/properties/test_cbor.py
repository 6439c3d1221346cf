"""Random values and CBOR: what cbor2 writes is read, what we write cbor2 reads, and it is the deterministic form."""

from __future__ import annotations

import datetime
import json
import math
import struct
from decimal import Decimal
from typing import Any

import cbor2
from hypothesis import given
from hypothesis import strategies as st

import translator
from tests.properties import examples

SAME = translator.compile("cbor", "cbor")
TO_JSON = translator.compile("cbor", "json")
FROM_JSON = translator.compile("json", "cbor")

instants = st.datetimes(datetime.datetime(1, 1, 2), datetime.datetime(9999, 12, 30), timezones=st.just(datetime.UTC))
leaves = st.one_of(
    st.none(), st.booleans(), st.integers(), st.integers(-(1 << 70), 1 << 70), st.floats(), st.text(), st.binary(),
    st.dates(), instants, st.uuids(), st.decimals(allow_nan=False, allow_infinity=False, places=3),
    st.just(cbor2.undefined), st.sampled_from([cbor2.CBORSimpleValue(0), cbor2.CBORSimpleValue(255)]),
    st.binary().map(lambda data: cbor2.CBORTag(23, data)), st.text().map(lambda text: cbor2.CBORTag(32, text)),
)  # fmt: skip
keys = st.one_of(st.text().filter(lambda key: not key.lstrip("-").isdigit()), st.integers(-(1 << 64), (1 << 64) - 1))
values = st.recursive(
    leaves,
    lambda inner: st.one_of(st.lists(inner, max_size=5), st.dictionaries(keys, inner, max_size=5)),
    max_leaves=12,
)
plain = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(-(1 << 80), 1 << 80), st.text(),
              st.floats(allow_nan=False, allow_infinity=False)),
    lambda inner: st.one_of(st.lists(inner, max_size=5), st.dictionaries(st.text(), inner, max_size=5)),
    max_leaves=12,
)  # fmt: skip


def deterministic(value: Any) -> Any:
    """The value as cbor2's canonical form is the deterministic one: keys by their bytes."""
    if isinstance(value, dict):
        pairs = [(key, deterministic(each)) for key, each in value.items()]
        return dict(sorted(pairs, key=lambda pair: cbor2.dumps(pair[0], canonical=True)))
    return [deterministic(each) for each in value] if isinstance(value, list) else value


@given(values)
@examples(300)
def test_what_cbor2_writes_comes_back_deterministic(value):
    """S29, S34: untyped, with all its tags: the bytes of the shortest form, which cbor2 reads as the same value."""
    again = SAME.translate(cbor2.dumps(value))
    assert again == SAME.translate(again)
    back = cbor2.loads(again)
    assert repr(deterministic(back)) == repr(deterministic(cbor2.loads(cbor2.dumps(value))))
    assert cbor2.dumps(deterministic(back), canonical=True, date_as_datetime=False) == again or holds_odd(value)


def holds_odd(value: Any) -> bool:
    """Whether there is something in it that cbor2's canonical form changes: keys of two kinds are sorted by length, an
    instant has a zone of its own, a decimal's mantissa is shortened."""
    if isinstance(value, dict):
        kinds = {type(key) for key in value}
        return len(kinds) > 1 or int in kinds or any(map(holds_odd, value.values()))
    if isinstance(value, list):
        return any(map(holds_odd, value))
    return isinstance(value, (datetime.datetime, Decimal))


@given(plain)
@examples(200)
def test_json_is_written_as_cbor2_writes_it(value):
    """S6, S34: integers of any size, floats in the shortest form that has them."""
    text = json.dumps(value, ensure_ascii=False).encode()
    assert FROM_JSON.translate(text) == cbor2.dumps(deterministic(value), canonical=True)
    assert repr(json.loads(TO_JSON.translate(FROM_JSON.translate(text)))) == repr(deterministic(value))


@given(st.floats(width=64))
def test_floats_are_in_the_shortest_form_that_keeps_them(value):
    """S5, S29: half, single or double; NaN is f97e00."""
    written = SAME.translate(b"\xfb" + struct.pack(">d", value))
    assert written == cbor2.dumps(value, canonical=True)


@given(st.integers(0, 0xFFFF))
def test_half_floats_are_read_exactly(bits):
    """S29: every one of them."""
    data = b"\xf9" + bits.to_bytes(2, "big")
    (value,) = struct.unpack(">e", data[1:])
    assert SAME.translate(data) == (data if value == value else b"\xf9\x7e\x00")
    if math.isfinite(value):
        assert repr(float(TO_JSON.translate(data))) == repr(value)


@given(st.binary(max_size=40))
@examples(300)
def test_what_we_read_is_well_formed(data):
    """B2, B6: whatever the bytes, they are refused inside of them, or cbor2 reads them too, and what we write."""
    result = SAME.translate_many([data])
    assert all(0 <= error.offset <= len(data) for error in result.errors)
    for again in result if not result.errors else ():
        cbor2.loads(again)
        assert SAME.translate(again) == again
