"""B42-B51: bad Protobuf messages."""

from __future__ import annotations

from functools import cache

import pytest

from native.binding import Limits
from tests.bad_input.support import field, in_little_memory, place, protobuf_plan, refused, varint
from tests.pace import in_time
from translator.engine.plan import Plan

BODY = """
message M {
  int32 i = 1; string s = 2; M m = 3; repeated int32 numbers = 4; repeated float floats = 5; repeated fixed64 wide = 6;
  map<string, int32> table = 7; repeated M many = 8; bytes b = 9; repeated string texts = 10;
}
"""
TARGETS = ("protobuf", "protojson", "msgpack")


@cache
def made(target: str = "protojson") -> Plan:
    return protobuf_plan(BODY, target, policies={} if target == "protobuf" else {"unknown": "ignore"})


@pytest.mark.parametrize("target", TARGETS)
@pytest.mark.parametrize("wire", range(6))
def test_b42_field_number_0(target: str, wire: int) -> None:
    """B42: no field has it, at the top, in a message within and in an unknown group."""
    tag = bytes([wire])
    assert place(made(target).translate, b"\x08\x01" + tag + b"\0" * 9) == ("TAG", 2)
    assert place(made(target).translate, field(3, tag + b"\0" * 9)) == ("TAG", 2)
    assert place(made(target).translate, b"\x7b" + tag + b"\0" * 9) == ("TAG", 1)


@pytest.mark.parametrize("target", TARGETS)
def test_b43_varint_of_11_bytes(target: str) -> None:
    """B43: a value, a length, an item, an unknown field's value; a tag has five bytes at most."""
    long = b"\x80" * 10 + b"\0"
    for head in (b"\x08", b"\x12", b"\x20", b"\x70"):
        assert place(made(target).translate, head + long) == ("VARINT", 1)
    assert place(made(target).translate, field(4, long)) == ("VARINT", 2)
    assert place(made(target).translate, b"\x88\x80\x80\x80\x80\0") == ("TAG", 0)
    assert place(made(target).translate, b"\xf8\xff\xff\xff\x1f\0") == ("TAG", 0)


@pytest.mark.parametrize("target", TARGETS)
@pytest.mark.parametrize("wire", [6, 7])
def test_b44_wire_types_6_and_7(target: str, wire: int) -> None:
    """B44: of a field that is known, and of one that isn't."""
    for number in (1, 2, 4, 8, 14):
        assert place(made(target).translate, b"\x08\x01" + bytes([number << 3 | wire]) + b"\0" * 9) == ("TAG", 2)


@pytest.mark.parametrize("target", TARGETS)
def test_b45_mismatched_end_group(target: str) -> None:
    """B45: an end without a start, of another number, or missing; a group doesn't end outside of its message."""
    translate = made(target).translate
    assert place(translate, b"\x0c") == ("GROUP", 0)
    assert place(translate, b"\x74") == ("GROUP", 0)
    assert place(translate, b"\x73\x7c") == ("GROUP", 1)
    assert place(translate, b"\x73\x08\x01") == ("TRUNCATED", 3)
    assert place(translate, b"\x73" + field(3, b"\x74")) in (("GROUP", 3), ("TRUNCATED", 4))
    assert place(translate, field(3, b"\x73") + b"\x74")[0] in ("TRUNCATED", "GROUP")
    assert translate(b"\x73\x08\x01\x74") in (b"\x73\x08\x01\x74", b"{}", b"\x80")


@pytest.mark.parametrize("target", TARGETS)
def test_b46_100000_unknown_groups(target: str) -> None:
    """B46: one in another they are too deep; side by side they are passed over."""
    with in_time():
        error = refused(made(target).translate, b"\x73" * 100_000 + b"\x74" * 100_000)
        assert (error.code, error.offset) == ("DEPTH", 127)
        made(target).translate(b"\x73\x74" * 100_000)


@pytest.mark.parametrize("text", [b"\xff", b"\xc0\x80", b"\xed\xa0\x80", b"a\xe4\xb8", b"\xf4\x90\x80\x80"])
def test_b48_bad_utf8_in_a_string(text: bytes) -> None:
    """B48: in a field, an item and a key, at the value."""
    for target in TARGETS:
        translate = made(target).translate
        assert place(translate, field(2, text)) == ("UTF8", 1)
        assert place(translate, field(10, text)) == ("UTF8", 1)
        assert refused(translate, field(7, field(1, text) + b"\x10\x01")).code == "UTF8"


SUBMESSAGES = """
import sys
from tests.bad_input.support import protobuf_plan
from tests.bad_input.test_protobuf import BODY, Limits
from native.errors import DataError
made = protobuf_plan(BODY, sys.argv[1], limits=Limits(memory=64 << 20))
for head in (b"\\x42\\x00", b"\\x3a\\x00", b"\\x52\\x00"):
    try:
        print(len(made.translate(head * 2_000_000)) > 0)
    except DataError as error:
        print(error.code)
"""


@pytest.mark.parametrize("target", ["protobuf", "protojson"])
def test_b49_2_million_empty_submessages(target: str) -> None:
    """B49: a message, a map's entry, a string, two bytes each: a budget of items and of memory holds them."""
    printed = in_little_memory(SUBMESSAGES, target).split()
    assert set(printed) <= {"MEMORY", "ITEMS", "True"}
    assert printed[0] == "MEMORY"
    few = protobuf_plan(BODY, target, limits=Limits(items=1000))
    for head in (b"\x42\x00", b"\x52\x00", b"\x1a\x00", b"\x20\x00"):
        few.translate(head * 1000)
        assert place(few.translate, head * 1001) == ("ITEMS", 2001)


@pytest.mark.parametrize("target", TARGETS)
def test_b50_the_same_submessage_again_and_again(target: str) -> None:
    """B50: pieces of one message merge in linear time, at any depth."""
    for piece in (field(3, b"\x08\x01"), field(3, field(3, b"\x20\x01")), field(3, field(7, b"\x0a\x01k\x10\x01"))):
        with in_time():
            made(target).translate(piece * 100_000)
    many = protobuf_plan("message M { oneof o { M a = 1; M b = 2; } int32 i = 3; }", target)
    with in_time():
        many.translate((field(1, b"\x18\x01") + field(2, b"\x18\x02")) * 100_000)


@pytest.mark.parametrize("target", TARGETS)
def test_b51_packed_count_overflow(target: str) -> None:
    """B51: a run that isn't a whole number of items, or longer than what is left."""
    translate = made(target).translate
    for number, width in ((5, 4), (6, 8)):
        for size in (1, width - 1, width + 1):
            assert place(translate, field(number, b"\0" * size)) == ("LENGTH", 1)
        assert place(translate, varint(number << 3 | 2) + varint(1 << 40) + b"\0" * 16) == ("TRUNCATED", 23)
    assert place(translate, field(4, b"\x01\x80")) == ("TRUNCATED", 4)
    few = protobuf_plan(BODY, target, limits=Limits(items=3))
    assert place(few.translate, field(4, b"\x01" * 4)) == ("ITEMS", 1)
    assert place(few.translate, field(5, b"\0" * 16)) == ("ITEMS", 1)
