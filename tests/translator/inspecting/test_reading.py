"""What stands around a message is found, shown first, and taken for granted by nobody."""

from __future__ import annotations

import gzip
import struct
from dataclasses import replace

import pytest
import zstandard
from hypothesis import given
from hypothesis import strategies as st

from native.errors import ContainerError
from schemas import avro, canonical, protobuf
from schemas.model import Schema
from tests.translator.inspecting.support import check_shape
from tests.vectors import golden, side
from translator.containers.base import StreamLimits
from translator.inspecting import Item
from translator.inspecting.reading import FRAMINGS, Inspected, ReadingOptions, read

SIGNAL = side("avro").schema
FOO = b"\x0a\x03foo"
AUTO = ReadingOptions()


def around(found: Inspected) -> list[tuple[int, int | None, str, str]]:
    return [(each.offset, each.size, each.kind, each.value) for each in found.around]


def fingerprint(schema: Schema) -> bytes:
    return canonical.rabin(canonical.canonical_form(schema.root).encode()).to_bytes(8, "little")


def test_confluent_before_avro() -> None:
    """S32: five bytes, and offsets that go on after them."""
    found = read(b"\0\0\0\0\x0c" + golden()["avro"], "avro", SIGNAL, AUTO)
    assert around(found) == [(0, 5, "confluent", "schema id 12")]
    assert (found.clean, found.begin, found.framing) == (True, 5, "confluent")
    assert [each.offset for each in found.shown.items[:3]] == [5, 5, 42]


@pytest.mark.parametrize(("indexes", "size", "name"), [(b"\0", 1, "A"), (b"\2\2", 2, "B"), (b"\4\2\0", 3, "B.C")])
def test_confluent_before_protobuf(indexes: bytes, size: int, name: str) -> None:
    """S32: the message indexes say which message of the schema it is."""
    text = 'syntax = "proto3"; message A { string a = 1; } message B { string b = 1; message C { string c = 1; } }'
    schema = protobuf.read({"m.proto": text}, message="A")
    found = read(b"\0\0\0\0\x0c" + indexes + FOO, "protobuf", schema, AUTO)
    assert around(found)[1][:3] == (5, size, "message indexes")
    assert found.schema is not None
    assert found.schema.root is schema.names[name]
    assert found.shown.items[1].path == name[-1].lower()
    assert found.shown.items[1].offset == 5 + size


def test_single_object() -> None:
    """The fingerprint is compared with the schema's own."""
    assert SIGNAL is not None
    own = read(b"\xc3\x01" + fingerprint(SIGNAL) + golden()["avro"], "avro", SIGNAL, AUTO)
    assert own.clean
    assert own.around[0].note == "the schema's own"
    other = read(b"\xc3\x01" + bytes(8) + golden()["avro"], "avro", SIGNAL, AUTO)
    assert other.around[0].note.startswith("the schema given has another")


def test_single_object_without_a_schema() -> None:
    """Nobody says the format, but the marker does; without a schema the rest isn't read, and isn't guessed."""
    found = read(b"\xc3\x01" + bytes(8) + b"\x06foo", None, None, AUTO)
    assert (found.format, found.unread, found.shown.items) == ("avro", "avro needs a schema", [])


def test_a_schema_tells_marks_from_values() -> None:
    """A message that only looks framed is read as it is."""
    schema = avro.read('{"type": "fixed", "name": "F", "size": 8}')
    found = read(b"\0\0\0\0\x0c\1\2\3", "avro", schema, AUTO)
    assert (found.framing, found.clean, found.shown.items[0].value) == ("", True, "000000000c010203")


def test_lengths_in_front() -> None:
    """A length is taken for one where it fits, and what it holds may be framed too."""
    assert around(read(b"\5" + FOO, "protobuf", None, AUTO)) == [(0, 1, "varint", "length 5")]
    assert around(read(b"\0\0\0\2{}", "json", None, AUTO)) == [(0, 4, "be32", "length 2")]
    both = read(struct.pack(">I", 11) + b"\0\0\0\0\7\0" + FOO, "protobuf", None, AUTO)
    assert [each[2] for each in around(both)] == ["be32", "confluent", "message indexes"]
    assert (both.begin, both.clean) == (10, True)


def test_hal9_frames_and_confluent_ids_are_told_apart() -> None:
    """Id 123 and the length of a frame both end before a brace: what follows decides."""
    assert read(b"\0\0\0{" + b"{}", "json", None, AUTO).shown.error is not None
    assert read(b"\0\0\0\0{{}", "json", None, AUTO).framing == "confluent"
    assert read(b"\0\0\0\7" + b'{"a":1}', "json", None, AUTO).framing == "be32"


@pytest.mark.parametrize("pack", [gzip.compress, zstandard.compress, lambda data: gzip.compress(gzip.compress(data))])
def test_compressed(pack) -> None:  # type: ignore[no-untyped-def]
    """Offsets are in what comes out, and the table says so."""
    found = read(pack(b"\0\0\0\0\x0c\0" + FOO), "protobuf", None, AUTO)
    assert found.clean
    assert found.around[0].kind in ("gzip", "zstd")
    assert "offsets" in found.around[0].note
    assert [each.kind for each in found.around[-2:]] == ["confluent", "message indexes"]


def test_a_bomb() -> None:
    """B35: what comes out is held to the limit of a record."""
    found = read(gzip.compress(bytes(10 << 20)), None, None, ReadingOptions(stream=StreamLimits(record=1 << 20)))
    assert isinstance(found.shown.error, ContainerError)
    assert found.shown.error.code == "CONTAINER_LIMIT"


def test_cut_off_compression() -> None:
    """B2: nothing is shown of what doesn't end."""
    found = read(gzip.compress(b"x" * 100)[:-9], None, None, AUTO)
    assert found.shown.error is not None
    assert found.shown.error.code == "CONTAINER_TRUNCATED"


@pytest.mark.parametrize(
    ("data", "format_"),
    [
        (b'{"a": 1}', "json"),
        (b" [1]", "json"),
        (FOO, "protobuf"),
        (b"\x81\xa1a\x01", "msgpack"),
        (b"", "protobuf"),
        (b"\0\0\0\0\x0c" + b'{"a": 1}', "json"),
        (b"\0\0\0\0\x0c\0" + FOO, "protobuf"),
    ],
)
def test_guesses(data: bytes, format_: str) -> None:
    """Where nobody says the format it is found by reading, and called a guess."""
    found = read(data, None, None, AUTO)
    assert (found.format, found.guessed, found.clean) == (format_, True, True)


def test_other_readings_are_told() -> None:
    """Bytes that are two things are shown as one, and the other is named."""
    assert read(b"\x08\x01", None, None, AUTO).others == []
    both = read(b"\x93\x01\xa0\x01", None, None, AUTO)  # a list of 1, "", 1; or field 18, group 18
    assert both.format == "msgpack"
    assert read(b"\2\x08\1", None, None, AUTO).others == []
    assert read(b"\0\0\0\0\x0c\0\0\0\0", "avro", avro.read('{"type": "fixed", "name": "F", "size": 4}'), AUTO).clean


@pytest.mark.parametrize(
    ("framing", "data", "code", "offset"),
    [
        ("confluent", b"\x05\0\0\0\x0c", "FRAME_MAGIC", 0),
        ("confluent", b"\0\0\0", "FRAME_TRUNCATED", 3),
        ("avro-single", b"\xc3\x02", "FRAME_MAGIC", 0),
        ("be32", b"\0\0\0\5{}", "FRAME_TRUNCATED", 6),
        ("be32", b"\0\0\0\1{}", "FRAME_LENGTH", 5),
        ("varint", b"\x80", "FRAME_TRUNCATED", 1),
    ],
)
def test_a_named_framing_that_is_not_there(framing: str, data: bytes, code: str, offset: int) -> None:
    """It is refused at its place, not read as something else."""
    found = read(data, "json", None, ReadingOptions(framing))
    assert found.shown.error is not None
    assert (found.shown.error.code, found.shown.error.offset) == (code, offset)
    assert not found.walked


def test_no_framing() -> None:
    """`none` reads the bytes as they are."""
    found = read(b"\0\0\0\0\x0c\0" + FOO, "protobuf", None, ReadingOptions("none"))
    assert found.shown.error is not None
    assert (found.around, found.shown.error.code, found.shown.error.offset) == ([], "TAG", 0)


def test_every_format_has_a_walker() -> None:
    """A format that is added needs one; text that people read as it is does without."""
    from translator import formats

    assert [name for name in formats.NAMES if formats.get(name).walk is None] == ["txtpb"]


CONFLUENT = b"\0\0\0\0\x0c"
MARKS = [
    b"",
    CONFLUENT,
    CONFLUENT + b"\0",
    CONFLUENT + b"\5",
    b"\xc3\x01" + bytes(8),
    b"\x1f\x8b\x08\0",
    b"\x28\xb5\x2f\xfd",
]
FORMATS = [None, "protobuf", "json", "protojson", "avro-json", "otlp-json", "msgpack", "cbor"]


@given(st.sampled_from(MARKS), st.binary(max_size=40), st.sampled_from(FORMATS), st.sampled_from(FRAMINGS))
def test_whatever_stands_behind_a_mark(mark: bytes, data: bytes, format_: str | None, framing: str) -> None:
    """Any bytes have a reading; it says what is wrong with them, or why they can't be read, and where they begin."""
    found = read(mark + data, format_, None, ReadingOptions(framing))
    assert 0 <= found.begin <= len(found.data)
    assert found.walked or found.unread or found.shown.error is not None
    assert found.guessed <= (format_ is None)
    if found.clean:
        check_shape(found.format or "", found.data[found.begin :], rebased(found), len(found.message))


def rebased(found: Inspected) -> list[Item]:
    """Items as if there were nothing before the message."""
    return [replace(each, offset=each.offset - found.begin) for each in found.shown.items]
