"""B58, B60-B63, B65 and B66: bad CBOR."""

from __future__ import annotations

import pytest

from schemas import avro
from tests.bad_input.support import place, plan, untyped
from tests.pace import in_time

TARGETS = ("cbor", "json")
RECORD = {"type": "record", "name": "R", "fields": [{"name": "t", "type": "string"}]}
DECIMAL = {"type": "bytes", "logicalType": "decimal", "precision": 20, "scale": 2}


def by_schema(schema: object, target: str, **policies: str):
    read = avro.read(schema)
    return plan(("cbor", read), (target, read), policies=policies)


@pytest.mark.parametrize("target", TARGETS)
@pytest.mark.parametrize("head", [b"\x9a\xff\xff\xff\xff", b"\x9b" + b"\xff" * 8, b"\xba\xff\xff\xff\xff\x61a"])
def test_b58_what_can_not_be_there(target: str, head: bytes) -> None:
    """B58: 4 G items, 200 deep: nothing is allocated for them."""
    message = head * 200
    with in_time(1):
        assert place(untyped("cbor", target).translate, message) == ("TRUNCATED", len(message))


@pytest.mark.parametrize("target", TARGETS)
@pytest.mark.parametrize("key", [b"\xa0", b"\x80", b"\x81\x01", b"\xa1\x61a\x01", b"\xf6", b"\x41a", b"\xf9\x00\x00"])
def test_b60_maps_or_arrays_as_keys(target: str, key: bytes) -> None:
    """B60: a key is text or an integer, in an untyped map, a map by its schema, and a record."""
    assert place(untyped("cbor", target).translate, b"\xa1" + key + b"\x01") == ("KEY", 1)
    assert place(by_schema({"type": "map", "values": "int"}, target).translate, b"\xa1" + key + b"\x01") == ("KEY", 1)
    assert place(by_schema(RECORD, target).translate, b"\xa2" + key + b"\x01\x61t\x60") == ("KEY", 1)


@pytest.mark.parametrize("target", TARGETS)
def test_b61_unterminated_or_of_wrong_chunks(target: str) -> None:
    """B61: of text, bytes, lists and maps; as a value, and where nobody wants it."""
    ignoring = by_schema(RECORD, target, unknown="ignore")
    wrong = {b"\x7f\x61a": ("TRUNCATED", 3), b"\x9f\x01": ("TRUNCATED", 2), b"\xbf\x61a\x01": ("TRUNCATED", 4),
             b"\x7f\x41a\xff": ("SYNTAX", 1), b"\x5f\x5f\xff\xff": ("SYNTAX", 1), b"\x5f\x01\xff": ("SYNTAX", 1),
             b"\xbf\x61a\xff": ("SYNTAX", 3)}  # fmt: skip
    for message, (code, at) in wrong.items():
        assert place(untyped("cbor", target).translate, message) == (code, at)
        assert place(ignoring.translate, b"\xa2\x61x" + message) == (code, at + 3)


@pytest.mark.parametrize("tag", [b"\xd9\xd9\xf7", b"\xc6", b"\xd7", b"\xdb" + b"\xff" * 8])
def test_b62_100000_tags(tag: bytes) -> None:
    """B62: tags in each other are levels, whether they mean something, nothing, or aren't looked at."""
    message = tag * 100_000 + b"\x01"
    made = untyped("cbor", "json", policies={"tags": "value"})
    assert place(made.translate, message) == ("DEPTH", 128 * len(tag))
    ignoring = by_schema(RECORD, "json", unknown="ignore")
    assert place(ignoring.translate, b"\xa2\x61x" + message + b"\x61t\x60") == ("DEPTH", 3 + 127 * len(tag))


@pytest.mark.parametrize("tags", ["refuse", "value"])
@pytest.mark.parametrize("tag", [25, 28, 29])
def test_b63_references(tag: int, tags: str) -> None:
    """B63: a list that holds itself has no end; a reference is refused under every policy."""
    cyclic = b"\xd8\x1c\x81\xd8\x1d\x00"
    made = untyped("cbor", "json", policies={"tags": tags})
    assert place(made.translate, cyclic) == ("TAG", 0)
    assert place(made.translate, b"\x81\xd8" + bytes([tag, 0])) == ("TAG", 1)


@pytest.mark.parametrize("target", TARGETS)
def test_b65_simple_values_of_two_bytes_that_fit_in_one(target: str) -> None:
    """B65: f800 to f81f."""
    for value in range(32):
        assert place(untyped("cbor", target).translate, bytes([0x81, 0xF8, value])) == ("TAG", 1)
        message = bytes([0xA2, 0x61, 0x78, 0xF8, value])
        assert place(by_schema(RECORD, target, unknown="ignore").translate, message) == ("TAG", 3)


@pytest.mark.parametrize("exponent", ["1a7fffffff", "3a7fffffff", "1bffffffffffffffff", "c2447fffffff"])
@pytest.mark.parametrize("tag", ["c4", "c5"])
def test_b66_huge_exponents(tag: str, exponent: str) -> None:
    """B66: refused before the digits are worked out, by a schema and without one."""
    message = bytes.fromhex(f"{tag}82{exponent}01")
    typed = [by_schema(each, "json") for each in (DECIMAL, {"type": "long"}, {"type": "double"})]
    for made in (untyped("cbor", "json"), untyped("cbor", "cbor"), *typed):
        with in_time(1):
            assert place(made.translate, message) == ("RANGE", 0)


def test_b66_huge_bignums() -> None:
    """B66: bignums of a megabyte, alone and in a fraction."""
    big = b"\xc2\x5a\x00\x10\x00\x00" + b"\xff" * (1 << 20)
    with in_time(1):
        for message in (big, b"\xc4\x82\x00" + big, b"\xc5\x82\x00" + big, b"\xd8\x1e\x82" + big + b"\x02"):
            assert place(untyped("cbor", "json").translate, message)[0] == "RANGE"
