"""What the testee is asked: binary messages put together by hand, messages in JSON, and such as must be refused."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from typing import Any

P2 = "protobuf_test_messages.proto2.TestAllTypesProto2"
P3 = "protobuf_test_messages.proto3.TestAllTypesProto3"
E2 = "protobuf_test_messages.editions.proto2.TestAllTypesProto2"
E3 = "protobuf_test_messages.editions.proto3.TestAllTypesProto3"
E23 = "protobuf_test_messages.editions.TestAllTypesEdition2023"
TWO, THREE, ALL = (P2, E2, E23), (P3, E3), (P2, P3, E2, E3, E23)

# --- messages by hand ---


def varint(value: int) -> bytes:
    out = b""
    value &= (1 << 64) - 1
    while value >= 0x80:
        out += bytes([value & 0x7F | 0x80])
        value >>= 7
    return out + bytes([value])


def number(field: int, value: int) -> bytes:
    return varint(field << 3) + varint(value)


def block(field: int, *content: bytes) -> bytes:
    return varint(field << 3 | 2) + varint(len(b"".join(content))) + b"".join(content)


def group(field: int, *content: bytes) -> bytes:
    return varint(field << 3 | 3) + b"".join(content) + varint(field << 3 | 4)


def fixed32(field: int, value: int) -> bytes:
    return varint(field << 3 | 5) + struct.pack("<I", value)


def fixed64(field: int, value: int) -> bytes:
    return varint(field << 3 | 1) + struct.pack("<Q", value)


WIDE = (0, 1, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF, 1 << 32, (1 << 63) - 1, 1 << 63, (1 << 64) - 1)
FLOATS = (0x3F8CCCCD, 0x80000000, 0x00800000, 0x7F7FFFFF, 0x7F800000, 0xFF800000, 0x7FC00000)
DOUBLES = (0x3FF199999999999A, 1 << 63, 1, 0x7FEFFFFFFFFFFFFF, 0x7FF0 << 48, 0xFFF0 << 48, 0x7FF8 << 48)
TEXT = '\0 é \u2028 𝄞 "\\/\x7f'.encode()


def binary() -> Iterator[Any]:
    """(name, types, message): what these types must read, and say in both formats."""
    yield from scalars()
    yield from several()
    yield from messages()


def scalars() -> Iterator[Any]:
    """Single values at their edges; fields that the schema doesn't know."""
    yield "empty", ALL, b""
    for field in (1, 2, 3, 4, 5, 6, 13):  # S3: over-wide varints are cut
        for value in WIDE:
            yield f"varint-{field}-{value:x}", ALL, number(field, value)
    for value in WIDE:
        yield f"fixed-{value:x}", ALL, fixed32(7, value & 0xFFFFFFFF) + fixed64(8, value) + fixed64(10, value)
    for bits in FLOATS:
        yield f"float-{bits:x}", ALL, fixed32(11, bits)  # S4, S5
    for bits in DOUBLES:
        yield f"double-{bits:x}", ALL, fixed64(12, bits)
    yield "texts", ALL, block(14, TEXT) + block(15, bytes(range(256)))
    yield "long-varint", ALL, b"\x08" + b"\x81" * 9 + b"\x01"
    yield "last-wins", ALL, number(1, 1) + number(2, 5) + number(1, 2)
    yield "unknown", ALL, number(5000, 1) + fixed32(5001, 2) + block(5002, b"x") + number(1, 3) + fixed64(5003, 4)
    yield "unknown-group", ALL, group(5000, number(1, 1), group(2, block(3, b"abc")), group(2)) + number(1, 1)
    yield "wire-type-unlike", ALL, fixed32(1, 9) + number(14, 5) + block(18, number(1, 4))
    yield "enum", ALL, number(21, 1) + number(51, 2) + block(51, varint(0), varint(-1))
    yield "enum-unknown", ALL, number(21, 77) + number(51, 1) + number(51, 77) + block(51, varint(78), varint(2))  # S17
    yield "enum-in-oneof-unknown", ALL, number(111, 4) + number(119, 77)
    yield "enum-in-map-unknown", ALL, block(73, block(1, b"a"), number(2, 77)) + block(73, block(1, b"b"), number(2, 1))
    yield "implicit-zeros", THREE, number(1, 0) + fixed32(11, 0) + block(14) + number(21, 0) + block(18)  # S11
    yield "explicit-zeros", TWO, number(1, 0) + fixed32(11, 0) + block(14) + number(21, 0) + block(18)
    yield "null-value", THREE, number(120, 0)  # S12


def several() -> Iterator[Any]:
    """What may come in several pieces (S20, S21)."""
    yield "packed-and-not", ALL, number(31, 1) + block(31, varint(2), varint(3)) + number(1, 7) + number(31, 4)
    yield "packed-fixed", ALL, block(37, b"\1\0\0\0\2\0\0\0") + fixed32(37, 3) + block(37)
    yield "packed-fields", ALL, number(75, 1) + block(75, varint(2)) + number(89, 1) + block(89, varint(2))
    yield "packed-zigzag", ALL, block(35, varint(1), varint((1 << 32) - 1)) + block(36, varint((1 << 64) - 1))
    yield "packed-bools", ALL, block(43, varint(0), varint(1), varint(1 << 40), varint(2))
    yield "message-merges", ALL, block(18, number(1, 1)) + block(18, block(2, number(1, 9))) + block(18, number(1, 2))
    yield "repeated-messages", ALL, block(48, number(1, 1)) + block(48) + block(48, number(1, 2))
    yield "map", ALL, block(56, number(1, 7), number(2, 8)) + block(56, number(2, 8), number(1, 9))
    yield "map-lacking", ALL, block(56) + block(69, block(2, b"v")) + block(71, block(1, b"k"))
    yield "map-twice", ALL, block(69, block(1, b"k"), block(2, b"1")) + block(69, block(1, b"k"), block(2, b"2"))
    yield "map-merges", ALL, block(71, block(1, b"k"), block(2, number(1, 1)), block(2, block(2, number(1, 3))))
    yield "map-in-entry", ALL, block(56, number(1, 1), number(1, 2), number(2, 3), number(2, 4))
    yield "map-keys", ALL, block(68, number(1, 1), number(2, 0)) + block(59, number(1, (1 << 64) - 1), number(2, 1))
    yield "oneof", ALL, number(111, 1) + block(113, b"x") + number(111, 2)  # S20
    yield "oneof-zero", ALL, number(111, 0)
    yield "oneof-merges", ALL, block(112, number(1, 1)) + block(112, block(2, number(1, 5)))
    yield "oneof-forgets", ALL, block(112, number(1, 1)) + number(115, 1) + block(112, block(2, number(1, 5)))


def messages() -> Iterator[Any]:
    """Messages in messages, and those that stand for something."""
    yield "recursive", ALL, block(27, block(27, block(27, number(1, 3))))
    yield "groups", TWO, group(201, number(202, 5)) + group(204, number(205, 1)) + group(201, number(203, 6))
    yield "extensions", TWO, number(120, 5) + block(133, b"x") + block(134, b"\xff")
    yield "extension-group", TWO, group(121, number(122, 1)) + group(121, number(123, 2))
    yield "wrappers", THREE, block(201) + block(202, number(1, 0)) + block(208, block(1, b"x"))
    yield "wrapper-merges", THREE, block(202, number(1, 5)) + block(202, number(9, 1))
    yield "times", THREE, block(301, number(1, 1), number(2, 500_000_000)) + block(302, number(1, -1), number(2, 1000))
    yield "time-limits", THREE, block(302, number(1, -62135596800)) + block(301, number(1, -315576000000))  # S23
    yield "value", THREE, block(306, block(6, block(1, number(4, 1)), block(1, number(1, 0)), block(1, fixed64(2, 0))))
    yield "field-mask", THREE, block(303, block(1, b"foo_bar"), block(1, b"a.b_c")) + block(303, block(1, b"_x1"))
    yield "field-mask-empty", THREE, block(303)
    yield "struct", THREE, block(304, block(1, block(1, b"k"), block(2, block(3, TEXT))))


def json_cases() -> Iterator[Any]:
    """(name, types, text), of the same kind."""
    yield from json_scalars()
    yield from json_messages()


def json_scalars() -> Iterator[Any]:
    """Single values in all their spellings."""
    yield "empty", ALL, "{}"
    yield "white-space", ALL, ' \n{ "optionalInt32" :\t1 , "optionalString":"" }\r\n'
    for text in ("1", '"1"', "1.0", "1e2", "-2147483648", "2147483647", '"-0"', "100.000"):  # S1, S2
        yield f"int32-{text}", ALL, f'{{"optionalInt32": {text}}}'
    for text in ("9223372036854775807", '"-9223372036854775808"', '"9007199254740993"', "9007199254740993", "1e18"):
        yield f"int64-{text}", ALL, f'{{"optionalInt64": {text}}}'
    for text in ('"18446744073709551615"', "18446744073709551615", "0"):
        yield f"uint64-{text}", ALL, f'{{"optionalUint64": {text}}}'
    for text in ('"NaN"', '"Infinity"', '"-Infinity"', "1.1", "-0.0", '"1.5"', "3.4028234663852886e38", "1e-37", "1"):
        yield f"float-{text}", ALL, f'{{"optionalFloat": {text}, "repeatedFloat": [{text}], "optionalDouble": {text}}}'
    for text in ('""', '"AQI="', '"AQI"', '"-_"', '"+/8="'):  # S8
        yield f"bytes-{text}", ALL, f'{{"optionalBytes": {text}}}'
    yield "string", ALL, '{"optionalString": "\\u00e9\\ud834\\udd1e\\n\\/\\b", "repeatedString": ["\u2028", ""]}'
    yield "nulls", ALL, '{"optionalInt32": null, "mapInt32Int32": null, "oneofUint32": null}'  # S12
    yield "nulls-of-messages", THREE, '{"optionalTimestamp": null, "optionalInt64Wrapper": null}'


def json_messages() -> Iterator[Any]:
    """Members, lists, maps, and messages that stand for something."""
    yield "names", (P2, P3, E2, E3), '{"optional_int32": 1, "fieldname1": 3, "field__name4_": 4, "FieldName8": 5}'
    yield "enums", ALL, '{"optionalNestedEnum": "BAR", "repeatedNestedEnum": ["BAZ", 0, -1, 2]}'  # S17
    yield "enum-unknown", THREE, '{"optionalNestedEnum": 77, "repeatedNestedEnum": [78]}'
    yield "enum-alias", THREE, '{"optionalAliasedEnum": "MOO"}'
    yield "maps", ALL, '{"mapInt32Int32": {"-1": 2}, "mapBoolBool": {"true": false}, "mapUint64Uint64": {"0": "1"}}'
    yield "map-of-messages", ALL, '{"mapStringNestedMessage": {"k": {"a": 1}, "": {}}, "mapStringNestedEnum": {"x": 2}}'
    yield "oneof", ALL, '{"oneofUint32": 0}'
    yield "oneof-with-null", ALL, '{"oneofUint32": 5, "oneofString": null}'  # S20
    yield "nested", ALL, '{"recursiveMessage": {"recursiveMessage": {"repeatedInt32": [1, 2, 3]}}}'
    yield "extensions", (P2,), '{"[protobuf_test_messages.proto2.extension_int32]": 5}'
    yield "groups", (P2, E2), '{"data": {"groupInt32": 1}, "multiwordgroupfield": {"groupUint32": 2}}'
    yield "wrappers", THREE, '{"optionalInt64Wrapper": "0", "repeatedStringWrapper": ["", "x"]}'
    yield "times", THREE, '{"optionalTimestamp": "1969-12-31T23:59:59.5+01:00", "optionalDuration": "-1.000000001s"}'
    yield "time-digits", THREE, '{"optionalTimestamp": "9999-12-31T23:59:59.999999Z", "optionalDuration": "3.010s"}'
    yield (
        "value",
        THREE,
        '{"optionalValue": {"a": [1, "2", null, true, {"b": -0.5}]}, "repeatedValue": [null, 1.0e100]}',
    )
    yield "value-null", THREE, '{"optionalValue": null, "optionalNullValue": null, "oneofNullValue": null}'
    yield "field-masks", THREE, '{"optionalFieldMask": "fooBar,a.bC", "repeatedFieldmask": ["", "x1", "A"]}'
    yield "struct", THREE, '{"optionalStruct": {"a": {"b": []}}, "repeatedListValue": [[], [1, [2]]]}'


# (name, type, message, the code and the byte of the refusal)
BAD_BINARY = [
    ("B42-number-0", P3, b"\x00\x01", "TAG", 0),
    ("B42-number-0-of-a-block", P3, b"\x08\x01\x02\x00", "TAG", 2),
    ("B43-varint-of-11-bytes", P3, b"\x08" + b"\x80" * 10 + b"\x01", "VARINT", 1),
    ("B43-unknown-of-11-bytes", P3, varint(5000 << 3) + b"\xff" * 10 + b"\x01", "VARINT", 3),
    ("B44-wire-type-6", P3, b"\x0e\x00", "TAG", 0),
    ("B44-wire-type-7", P3, b"\x0f\x00", "TAG", 0),
    ("B45-end-without-start", P3, b"\x0c", "GROUP", 0),
    ("B45-end-of-another", P2, varint(201 << 3 | 3) + varint(202 << 3 | 4), "GROUP", 2),
    ("B45-unknown-end-of-another", P3, varint(5000 << 3 | 3) + varint(5001 << 3 | 4), "GROUP", 3),
    ("B45-no-end", P2, varint(201 << 3 | 3) + number(202, 1), "TRUNCATED", 5),
    ("B46-groups-in-groups", P3, varint(5000 << 3 | 3) * 100_000, "DEPTH", None),
    ("B48-utf8", P3, block(14, b"\xff"), "UTF8", 1),
    ("B48-utf8-in-a-list", P3, block(44, b"ok") + block(44, b"\xed\xa0\x80"), "UTF8", 7),
    ("B48-utf8-of-a-key", P3, block(69, block(1, b"\xc0\x80"), block(2, b"v")), "UTF8", None),
    ("B2-cut-in-a-tag", P3, b"\x88", "TRUNCATED", 1),
    ("B2-cut-in-a-block", P3, b"\x72\x05abc", "TRUNCATED", 5),
    ("B2-cut-in-a-message", P3, block(18, b"\x08"), "TRUNCATED", 4),
    ("B6-length", P3, b"\x72" + varint((1 << 63) - 1) + b"x", "TRUNCATED", 11),
    ("B51-packed-fixed-cut", P3, block(37, b"\0\0\0\0\0"), "LENGTH", 2),
    ("B4-depth", P3, b"", "DEPTH", None),
]

# the same, and whether Protobuf's own library takes it
BAD_JSON = [
    ("S2-fraction", P3, '{"optionalInt32": 1.5}', "INEXACT", 18, False),
    ("S2-fraction-in-text", P3, '{"optionalInt32": "0.5"}', "INEXACT", 18, False),
    ("S3-int32", P3, '{"optionalInt32": 2147483648}', "RANGE", 18, False),
    ("S3-uint32", P3, '{"optionalUint32": -1}', "RANGE", 19, False),
    ("S3-int64", P3, '{"optionalInt64": "9223372036854775808"}', "RANGE", 18, False),
    ("S3-float", P3, '{"optionalFloat": 3.5e38}', "RANGE", 18, False),
    ("S3-double", P3, '{"optionalDouble": 1.8e308}', "RANGE", 19, False),
    ("S4-bare-nan", P3, '{"optionalFloat": NaN}', "SYNTAX", 18, False),
    ("S4-nan-of-an-int", P3, '{"optionalInt32": "NaN"}', "NUMBER", 18, False),
    ("S8-bytes", P3, '{"optionalBytes": "a*"}', "BYTES", 18, False),
    ("S12-null-in-a-list", P3, '{"repeatedInt32": [1, null]}', "NULL", 22, False),
    ("S12-null-in-a-map", P3, '{"mapInt32Int32": {"0": null}}', "NULL", 24, False),
    ("S14-unknown", P3, '{"unheardOf": 1}', "UNKNOWN_FIELD", 1, False),
    ("S15-twice", P3, '{"optionalInt32": 1, "optionalInt32": 1}', "DUPLICATE", 21, False),
    ("S15-two-spellings", P3, '{"optionalInt32": 1, "optional_int32": 1}', "DUPLICATE", 21, True),
    ("S15-key-twice", P3, '{"mapInt32Int32": {"1": 1, "1": 2}}', "DUPLICATE", 18, False),
    ("S17-unknown-name", P3, '{"optionalNestedEnum": "QUX"}', "SYMBOL", 23, False),
    ("S17-closed", P2, '{"optionalNestedEnum": 77}', "SYMBOL", 23, False),
    ("S20-two-members", P3, '{"oneofUint32": 1, "oneofString": "x"}', "DUPLICATE", 19, False),
    ("S22-key", P3, '{"mapInt32Int32": {"x": 1}}', "KEY", 19, False),
    ("S22-key-range", P3, '{"mapInt32Int32": {"2147483648": 1}}', "RANGE", 19, False),
    ("S22-bool-key", P3, '{"mapBoolBool": {"True": true}}', "KEY", 17, False),
    ("S23-small-t", P3, '{"optionalTimestamp": "2000-01-01t00:00:00Z"}', "TIME", 22, False),
    ("S23-small-z", P3, '{"optionalTimestamp": "2000-01-01T00:00:00z"}', "TIME", 22, False),
    ("S23-year-0", P3, '{"optionalTimestamp": "0000-01-01T00:00:00Z"}', "TIME", 22, False),
    ("S23-year-10000", P3, '{"optionalTimestamp": "9999-12-31T23:59:59-01:00"}', "TIME", 22, False),
    ("S23-duration", P3, '{"optionalDuration": "315576000001s"}', "TIME", 21, False),
    ("field-mask-underscore", P3, '{"optionalFieldMask": "foo,bar_bar"}', "SYNTAX", 22, False),
    ("field-mask-no-path", P3, '{"optionalFieldMask": "foo,"}', "SYNTAX", 22, True),
    ("field-mask-no-text", P3, '{"optionalFieldMask": {"paths": []}}', "TYPE", 22, False),
    ("S34-value", P3, '{"optionalStruct": [1]}', "TYPE", 19, False),
    ("B10-surrogate", P3, '{"optionalString": "\\ud800"}', "ESCAPE", 20, False),
    ("B3-trailing", P3, "{} x", "TRAILING", 3, False),
    ("B1-nothing", P3, "", "TRUNCATED", 0, False),
    ("trailing-comma", P3, '{"optionalInt32": 1,}', "SYNTAX", 20, False),
    ("a-list", P3, "[]", "TYPE", 0, True),
]
