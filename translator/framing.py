"""What stands before a message and says by which schema it was written (S32). Pure: nothing is looked up here.

| framing | |
|---|---|
| confluent | 0x00 and the schema's id, four bytes big-endian; or 0x01 and its GUID, 16 bytes |
| avro-single | 0xC3 0x01 and the CRC-64-AVRO fingerprint of the schema, eight bytes little-endian |

Confluent's reference stands before the payload or in a header (`__value_schema_id`, `__key_schema_id`), where readers
look first; then the payload is as it was. What writes puts ids before the payload and GUIDs into the header. In
Protobuf the indexes of the message in its .proto file follow, as zigzag varints with their count in front; [0], the
first message, is the single byte 0x00. Whether a schema is Protobuf only its source knows, so reading takes two steps:

    framed = parse(data, headers)
    place, begin = message(framed, data)        # Protobuf only; elsewhere the message begins at framed.begin

Errors (`DataError`; offsets are in the message, or in the header that `path` names):

| code | |
|---|---|
| FRAME_MAGIC | no framing begins with this first byte |
| FRAME_TRUNCATED | the message or header ends inside the framing (B2) |
| FRAME_ID | an id that none can be: 0, or over 2³¹−1 (B72) |
| FRAME_INDEX | message indexes that none can be (B6) |
| FRAME_HEADER | bytes after what the header says |
| FRAME_SCHEMA | there is no schema for the reference, or more than one (adapters) |
| FRAME_MESSAGE | the schema has no message with those indexes (adapters) |
| FRAME_PLAN | the schema and the target make no plan (adapters) |
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final, Literal, TypeAlias
from uuid import UUID

from native.errors import DataError
from schemas.places import FIRST, Place
from translator import varints

Framing = Literal["confluent", "avro-single"]
Part = Literal["value", "key"]
"""Of a Kafka message: each has a schema of its own."""
SchemaReference: TypeAlias = "int | UUID | bytes"
"""A schema's id, GUID, or fingerprint (8 bytes as they stand in the message)."""
Headers: TypeAlias = "Mapping[str, bytes | None] | Iterable[tuple[str, bytes | None]] | None"

FRAMINGS: Final[tuple[Framing, ...]] = ("confluent", "avro-single")
HEADERS: Final[dict[Part, str]] = {"value": "__value_schema_id", "key": "__key_schema_id"}
SINGLE: Final = b"\xc3\x01"

_SIZES: Final = {0: 5, 1: 17}
"""Of Confluent's reference, by its first byte."""
_MOST_ID: Final = (1 << 31) - 1
_MOST_DEEP: Final = 128
"""Indexes of one message; Protobuf's compiler lets messages nest 32 deep."""


@dataclass(frozen=True, slots=True)
class Framed:
    """What a message says of itself. `begin`: where in it comes what follows the reference, 0 if a header has that.

    `header`: the header's bytes, from which `message` reads on after `behind`; None: the message's own bytes.
    """

    reference: SchemaReference
    begin: int
    header: bytes | None = None
    behind: int = 0
    name: str = ""


def sniff(head: bytes) -> Framing | None:
    """By two bytes that no other format begins with. Confluent's framing can't be told from other bytes."""
    return "avro-single" if head.startswith(SINGLE) else None


def parse(
    data: bytes | bytearray | memoryview,
    headers: Headers = None,
    part: Part = "value",
    framing: Framing | None = None,
) -> Framed:
    """The reference that a message carries: in a header, else before it. `framing`: None takes either.

    FRAME_MAGIC, TRUNCATED, ID.
    """
    if framing != "avro-single":
        name = HEADERS[part]
        value = find(headers, name)
        if value is not None:
            reference, behind = _confluent(value, name)
            return Framed(reference, 0, value, behind, name)
    if framing != "confluent" and (framing or data[:1] == SINGLE[:1]):
        return Framed(_single(data), len(SINGLE) + 8)
    return Framed(*_confluent(data))


def find(headers: Headers, name: str) -> bytes | None:
    """A header's value; of several of one name, the first."""
    pairs = headers.items() if isinstance(headers, Mapping) else headers or ()
    return next((value for key, value in pairs if key == name), None)


def message(framed: Framed, data: bytes | bytearray | memoryview) -> tuple[Place, int]:
    """For a Protobuf schema: the message's indexes, and where the message begins in `data`.

    FRAME_TRUNCATED, INDEX, HEADER.
    """
    if framed.header is None:
        return indexes(data, framed.begin)
    place, end = indexes(framed.header, framed.behind, framed.name)
    _at_end(framed.header, end, framed.name)
    return place, framed.begin


def alone(framed: Framed) -> int:
    """For any other schema: where the message begins. FRAME_HEADER: the header has more than the reference."""
    if framed.header is not None:
        _at_end(framed.header, framed.behind, framed.name)
    return framed.begin


def indexes(data: bytes | bytearray | memoryview, at: int, name: str = "") -> tuple[Place, int]:
    """The message indexes at `at` of the message (or of the header `name`), and where they end.

    FRAME_TRUNCATED, FRAME_INDEX.
    """
    count, end = _number(data, at, name)
    if not 0 <= count <= _MOST_DEEP:
        raise DataError("FRAME_INDEX", "an impossible number of message indexes", at, path=name)
    place: list[int] = []
    for _ in range(count):
        start = end
        index, end = _number(data, start, name)
        if not 0 <= index <= _MOST_ID:
            raise DataError("FRAME_INDEX", "an impossible message index", start, path=name)
        place.append(index)
    return tuple(place) or FIRST, end


def prefix(reference: SchemaReference, place: Place | None = None) -> bytes:
    """What is put before a message's payload: nothing for a GUID, which goes into a header.

    `place`: of the message in its .proto file; None: the schema isn't Protobuf. ValueError: no such reference.
    """
    match reference:
        case UUID():
            return b""
        case int():
            if not 0 < reference <= _MOST_ID:
                raise ValueError(f"a schema's id is 1 to {_MOST_ID}, not {reference}")
            return b"\0" + reference.to_bytes(4, "big") + _indexes(place)
    if len(reference) != 8 or place is not None:
        raise ValueError("single-object encoding has 8 bytes of fingerprint, and Avro after them")
    return SINGLE + reference


def header(reference: SchemaReference, place: Place | None = None, part: Part = "value") -> tuple[str, bytes] | None:
    """The header that says a GUID, None for the other references."""
    if not isinstance(reference, UUID):
        return None
    return HEADERS[part], b"\1" + reference.bytes + _indexes(place)


def build(
    payload: bytes,
    reference: SchemaReference,
    place: Place | None = None,
    headers: Headers = None,
    part: Part = "value",
) -> tuple[bytes, list[tuple[str, bytes | None]]]:
    """A payload with its framing: the message, and its headers, in which what was said before is replaced."""
    own = header(reference, place, part)
    kept = without(headers, part)
    return prefix(reference, place) + payload, [*kept, own] if own else kept


def without(headers: Headers, part: Part = "value") -> list[tuple[str, bytes | None]]:
    """The headers but for the one that names the schema of `part`."""
    pairs = headers.items() if isinstance(headers, Mapping) else headers or ()
    return [(name, value) for name, value in pairs if name != HEADERS[part]]


def _indexes(place: Place | None) -> bytes:
    if place is None:
        return b""
    if place == FIRST:
        return b"\0"
    if not place or len(place) > _MOST_DEEP or not all(0 <= each <= _MOST_ID for each in place):
        raise ValueError(f"no message has the indexes {list(place)}")
    return b"".join(varints.encode_long(each) for each in (len(place), *place))


def _confluent(data: bytes | bytearray | memoryview, name: str = "") -> tuple[int | UUID, int]:
    """Id or GUID, and where it ends."""
    if not len(data):
        raise DataError("FRAME_TRUNCATED", "no byte of Confluent's framing", path=name)
    size = _SIZES.get(data[0])
    if size is None:
        raise DataError("FRAME_MAGIC", "neither 0x00 nor 0x01, with which Confluent's framing begins", path=name)
    if len(data) < size:
        raise DataError("FRAME_TRUNCATED", "the message ends inside Confluent's framing", len(data), path=name)
    if size == _SIZES[1]:
        return UUID(bytes=bytes(data[1:size])), size
    found = int.from_bytes(data[1:size], "big")
    if not 0 < found <= _MOST_ID:
        raise DataError("FRAME_ID", f"a schema's id is 1 to {_MOST_ID}, not {found}", 1, path=name)
    return found, size


def _single(data: bytes | bytearray | memoryview) -> bytes:
    """The fingerprint. However short the message is: what it has must be the beginning of the marker."""
    for at, byte in enumerate(SINGLE[: len(data)]):
        if data[at] != byte:
            raise DataError("FRAME_MAGIC", "not 0xC3 0x01, with which Avro's single-object encoding begins")
    if len(data) < len(SINGLE) + 8:
        raise DataError("FRAME_TRUNCATED", "the message ends inside single-object encoding's header", len(data))
    return bytes(data[len(SINGLE) : len(SINGLE) + 8])


def _number(data: bytes | bytearray | memoryview, at: int, name: str) -> tuple[int, int]:
    try:
        found = varints.decode(data, at)
    except ValueError:
        raise DataError("FRAME_INDEX", "a varint over 64 bits", at, path=name) from None
    if found is None:
        raise DataError("FRAME_TRUNCATED", "the message ends inside its message indexes", len(data), path=name)
    return varints.unzigzag(found[0]), found[1]


def _at_end(value: bytes, end: int, name: str) -> None:
    if end != len(value):
        raise DataError("FRAME_HEADER", "bytes after the schema's reference", end, path=name)
