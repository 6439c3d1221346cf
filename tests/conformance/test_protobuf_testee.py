"""The testee for Protobuf's conformance runner, asked over its pipe; Protobuf's own library says what is right."""

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

from tests.conformance.protobuf_cases import (
    BAD_BINARY,
    BAD_JSON,
    P2,
    P3,
    binary,
    block,
    fixed32,
    fixed64,
    json_cases,
    number,
)

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
    assert offset is None or f"byte {offset})" in text
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
    assert f"byte {offset})" in text, text
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
        block(303, block(1, b"fooBar")),
        block(303, block(1, b"foo_3_bar")),
        block(303, block(1, b"foo__bar")),
        block(303, block(1, b"a,b")),
        block(303, block(1)),
    ],
    ids=[
        *("year-10000", "nanoseconds", "before-the-second", "mixed-signs", "duration", "value-nan", "value-of-no-kind"),
        *("mask-camel", "mask-digit", "mask-underscores", "mask-comma", "mask-nothing"),
    ],
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


URL = b"type.googleapis.com/"
ANY = "type.googleapis.com/google.protobuf.Any"
TIME = "x/google.protobuf.Duration"
FOREIGN = "protobuf_test_messages.proto3.ForeignMessage"


@pytest.mark.parametrize(
    "text",
    [
        "{}",
        '{"@type": "type.googleapis.com/google.protobuf.Duration", "value": "1.5s"}',
        '{"value": {"a": [1.5, null, {}]}, "@type": "x/google.protobuf.Struct"}',
        '{"@type": "x/google.protobuf.Value", "value": null}',
        '{"@type": "x/google.protobuf.UInt64Value", "value": "18446744073709551615"}',
        '{"@type": "x/google.protobuf.FieldMask", "value": "a.b,fooBar"}',
        f'{{"value": {{"value": {{"value": "1s", "@type": "{TIME}"}}, "@type": "{ANY}"}}, "@type": "{ANY}"}}',
        f'{{"@type": "{ANY}", "value": {{}}}}',
        f'{{"optionalInt32": 5, "\\u0040type": "a/b/{P3}", "optionalNestedMessage": {{"corecursive": {{}}}}}}',
        f'{{"optionalAny": {{"@type": "x/{FOREIGN}", "c": 1}}, "@type": "x/{P3}"}}',
    ],
    ids=[
        *("nothing", "duration", "struct", "null", "uint64", "mask", "any-in-any", "empty-in-any", "message"),
        "message-in-message",
    ],
)
def test_any(google: Google, testee: Testee, text: str) -> None:
    """What is in an Any is what Protobuf's own library says, wherever its type stands (S39)."""
    for wrapped in (f'{{"optionalAny": {text}}}', f'{{"repeatedAny": [{text}, {{}}, {text}]}}'):
        want = google.read(P3, wrapped)
        assert want is not None
        member, payload = testee.ask(P3, wrapped, "PROTOBUF")
        assert (member, canonical(google.read(P3, payload))) == ("protobuf_payload", canonical(want))
        member, payload = testee.ask(P3, canonical(want), "JSON")
        assert (member, json.loads(payload)) == ("json_payload", google.json(want))
        assert testee.ask(P3, wrapped, "JSON") == (member, payload)


@pytest.mark.parametrize(
    ("text", "error"),
    [
        ('{"value": ""}', "MISSING: a required field is absent in optional_any (record 0, byte 16)"),
        ('{"@type": ""}', "byte 26"),
        (
            '{"@type": "x"}',
            "TYPE_URL: not the type URL of a message that the schema knows in optional_any (record 0, byte 26)",
        ),
        ('{"@type": "x/"}', "TYPE_URL"),
        ('{"@type": "x/y"}', "TYPE_URL"),
        ('{"@type": 1}', "TYPE: "),
        ('{"@type": null}', "NULL: "),
        ("[]", "TYPE: "),
        ('"x"', "TYPE: "),
        ('{"@type": "x/google.protobuf.Duration"}', "MISSING: a required field is absent in optional_any.value"),
        ('{"@type": "x/google.protobuf.Duration", "value": "1s", "a": 1}', "UNKNOWN_FIELD"),
        (
            '{"@type": "x/google.protobuf.Duration", "value": "1"}',
            "in optional_any.value (record 0, byte 65)",
        ),
        ('{"value": "1s", "@type": "x/google.protobuf.Duration", "@type": "x/google.protobuf.Duration"}', "DUPLICATE"),
        ('{"value": "1s", "value": "1s", "@type": "x/google.protobuf.Duration"}', "DUPLICATE"),
        (
            '{"value": [1}, "@type": "x/google.protobuf.ListValue"}',
            "in optional_any (record 0, byte 28)",
        ),
    ],
)
@pytest.mark.parametrize("out", ["PROTOBUF", "JSON"])
def test_bad_any(google: Google, testee: Testee, text: str, error: str, out: str) -> None:
    """What is wrong in an Any is told at its byte; Protobuf's own library refuses it too (S39)."""
    member, told = testee.ask(P3, f'{{"optionalAny": {text}}}', out)
    assert member == "parse_error"
    assert error in told
    taken = '"a": 1' in text  # Protobuf's Python library passes over further members, its C++ library refuses them
    assert (google.read(P3, f'{{"optionalAny": {text}}}') is not None) == taken


@pytest.mark.parametrize(
    ("any_", "error"),
    [
        (block(1, URL + b"x.Y"), "TYPE_URL"),
        (block(1, b"google.protobuf.Duration"), "TYPE_URL"),
        (block(2, b"x"), "TYPE_URL"),
        (block(1, URL + P3.encode()) + block(2, number(1, 5) + b"\x08"), "TRUNCATED: "),
        (block(1, URL + b"google.protobuf.Duration") + block(2, number(1, 315576000001)), "TIME"),
        (block(1, URL + P3.encode()) + block(2, block(305, block(1, b"x/y"))), "TYPE_URL"),
    ],
    ids=["unknown", "no-slash", "no-url", "cut", "duration", "in-any"],
)  # fmt: skip
def test_any_that_json_cannot_say(testee: Testee, any_: bytes, error: str) -> None:
    """An Any of an unknown type, or whose bytes aren't its message's, is itself in binary and refused in JSON."""
    message = block(305, any_)
    assert testee.ask(P3, message, "PROTOBUF") == ("protobuf_payload", message)
    member, told = testee.ask(P3, message, "JSON")
    assert member == "serialize_error"
    assert error in told


def test_unbuilt_is_no_matter_in_binary(testee: Testee) -> None:
    """Any is a plain message between binary and binary, and a FieldMask has any paths."""
    message = block(303, block(1, b"fooBar")) + block(305, block(1, b"x"), block(2, b"y"))
    assert testee.ask(P3, message, "PROTOBUF") == ("protobuf_payload", message)


def test_text_format(testee: Testee) -> None:
    """Text is read and written; unknown fields are printed where the request asks for them."""
    text = testee.request(message_type=P3, text_payload="optional_int32: 0x1", requested_output_format="PROTOBUF")
    assert testee.send(text.SerializeToString()) == ("protobuf_payload", number(1, 1))
    message = number(1, 1) + number(5000, 7)
    assert testee.ask(P3, message, "TEXT_FORMAT") == ("text_payload", "optional_int32: 1\n")
    text = testee.request(message_type=P3, protobuf_payload=message, requested_output_format="TEXT_FORMAT")
    text.print_unknown_fields = True
    assert testee.send(text.SerializeToString()) == ("text_payload", "optional_int32: 1\n5000: 7\n")


def test_protocol(testee: Testee) -> None:
    """The list of failures is empty; formats and messages that we don't have are skipped; a bad request is an error."""
    assert testee.ask("conformance.FailureSet", b"", "PROTOBUF") == ("protobuf_payload", b"")
    assert testee.ask(P3, b"", "JSPB")[0] == "skipped"
    assert (
        testee.ask("protobuf_test_messages.edition_unstable.TestAllTypesEditionUnstable", b"", "JSON")[0] == "skipped"
    )
    assert testee.send(b"\xff")[0] == "runtime_error"
    assert testee.ask(P3, b"", "PROTOBUF") == ("protobuf_payload", b"")
