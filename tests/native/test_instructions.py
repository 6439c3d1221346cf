"""Images made row by row: instructions in a plan without a mapping, and lists of numbers in one, two, four bytes."""

from __future__ import annotations

import json
import struct
from collections.abc import Callable

import msgspec
import pytest

from native.binding import C, LoadedPlan
from native.errors import DataError
from translator.plan import instructions as insn
from translator.plan import nodes, steps
from translator.plan.image import Image
from translator.plan.instructions import Insn
from translator.plan.rows import FieldRow, NodeFlag, NodeRow, RecordRow

ZIGZAG = {-1: b"\x01", 2: b"\x04", 127: b"\xfe\x01"}


def whole() -> NodeRow:
    return nodes.int_(64, -(1 << 63), (1 << 63) - 1)


def record(image: Image, *members: int) -> int:
    """A record of two fields, `n` and `s`, both read and written."""
    rows = [
        FieldRow(node, slot, key=image.text(f'"{name}":'.encode()), key_size=4, name=image.name(name))
        for slot, (node, name) in enumerate(zip(members, "ns", strict=True))
    ]
    keys, mask = image.key_table([])
    image.records.append(RecordRow(image.add_fields(rows), 2, slots=2, words=1, keys=keys, key_mask=mask))
    return len(image.records) - 1


def changed(*insns: Insn, registers: int = 4, root: int | None = None) -> LoadedPlan:
    """Avro of a record {n: long, s: string} to JSON of the same, `insns` in between."""
    image = Image()
    number, text = image.node(whole()), image.node(nodes.string())
    node = image.node(nodes.record(record(image, number, text)))
    assert image.chain([steps.upper()]) == 1
    image.insns = [each._replace(name=image.name("rule")) for each in insns]
    data = image.dump(
        reader=C.H9_FORMAT_AVRO, writer=C.H9_FORMAT_JSON, read_root=number if root == 0 else node, write_root=node,
        registers=registers,
    )  # fmt: skip
    return LoadedPlan(data, image.names)


FRAME, END = insn.frame(0), insn.end(0)
UPPER = [insn.field(1, 0, 1, 0), insn.step(2, 1, 1), insn.set_(0, 2, 1, 0)]


def test_a_plan_without_a_mapping_has_instructions() -> None:
    """They change the frame that was read where it stands, message by message."""
    plan = changed(FRAME, *UPPER, END)
    assert plan.translate(b"\x04\x06abc") == b'{"n":2,"s":"ABC"}'
    assert plan.translate(b"\x01\x02z") == b'{"n":-1,"s":"Z"}'


def test_what_instructions_refuse_is_refused() -> None:
    """A register that must be there and isn't: at the instruction's key, with nothing written."""
    plan = changed(FRAME, insn.clear(3), insn.require(3), END)
    with pytest.raises(DataError) as found:
        plan.translate(b"\x04\x06abc")
    assert (found.value.code, found.value.path) == ("CONDITION", "rule")


@pytest.mark.parametrize("insns", [[FRAME], [insn.frame(4), END], [Insn(C.H9_INSNS), END]])
def test_bad_instructions_are_not_loaded(insns: list[Insn]) -> None:
    """A program without an end, a register that there isn't, an instruction that there isn't."""
    with pytest.raises(DataError, match="BAD_PLAN"):
        changed(*insns)


def test_instructions_stand_between_records() -> None:
    """What is read must be a record, for there is no other frame."""
    with pytest.raises(DataError, match="BAD_PLAN"):
        changed(FRAME, END, root=0)


def json_list(values: list[int]) -> bytes:
    return json.dumps(values, separators=(",", ":")).encode()


def avro_list(values: list[int]) -> bytes:
    def long(value: int) -> bytes:
        rest, out = value << 1 ^ value >> 63, b""
        while rest >= 0x80:
            out, rest = out + bytes([rest & 0x7F | 0x80]), rest >> 7
        return out + bytes([rest])

    return long(len(values)) + b"".join(map(long, values)) + b"\0" if values else b"\0"


FORMATS: dict[str, Callable[[list[int]], bytes]] = {
    "JSON": json_list, "AVRO": avro_list, "MSGPACK": msgspec.msgpack.encode
}  # fmt: skip


def plan_of(image: Image, root: int, reader: str, writer: str) -> LoadedPlan:
    """`root` read and written."""
    cores = [getattr(C, f"H9_FORMAT_{each}") for each in (reader, writer)]
    return LoadedPlan(image.dump(reader=cores[0], writer=cores[1], read_root=root, write_root=root), image.names)


@pytest.mark.parametrize("writer", FORMATS)
@pytest.mark.parametrize("reader", FORMATS)
@pytest.mark.parametrize("width", [1, 2, 4, 8])
def test_numbers_stand_in_few_bytes(reader: str, writer: str, width: int) -> None:
    """A list's whole numbers keep their sign in 1, 2, 4 and 8 bytes; many and few, and none."""
    low, high = -(1 << 8 * width - 1), (1 << 8 * width - 1) - 1
    image = Image()
    item = image.node(nodes.int_(64, low, high))
    plan = plan_of(image, image.node(nodes.list_(item, width, least=1)), reader, writer)
    for values in ([], [0], [low, -1, 0, 1, high], list(range(-100, 100))):
        assert plan.translate(FORMATS[reader](values)) == FORMATS[writer](values)


@pytest.mark.parametrize("width", [2, 4])
def test_numbers_without_a_sign_in_few_bytes(width: int) -> None:
    """The highest one isn't taken for -1, in Protobuf's packed runs too."""
    high = (1 << 8 * width) - 1
    image = Image()
    plan = plan_of(image, image.node(nodes.list_(image.node(nodes.uint(64, high)), width, least=1)), "JSON", "MSGPACK")
    assert plan.translate(json_list([0, high])) == msgspec.msgpack.encode([0, high])


@pytest.mark.parametrize("width", [0, 3, 5, 32])
def test_other_widths_are_not_loaded(width: int) -> None:
    """A list's items take 1, 2, 4, 8 or 16 bytes."""
    image = Image()
    root = image.node(nodes.list_(image.node(whole()), width))
    with pytest.raises(DataError, match="BAD_PLAN"):
        plan_of(image, root, "JSON", "JSON")


def test_protobuf_packs_two_bytes() -> None:
    """A packed run of sint32 in two bytes each: read from varints, written as varints."""
    image = Image()
    item = image.node(nodes.int_(32, -32768, 32767, C.H9_WIRE_ZIGZAG))
    root = image.node(nodes.list_(item, 2, flags=NodeFlag.PACKED))
    first = image.add_fields([FieldRow(root, 0, tag=1 << 3 | 2)])
    keys, mask = image.key_table([])
    table = RecordRow(first, 1, slots=1, words=1, keys=keys, key_mask=mask)
    image.records.append(table._replace(numbers=image.many32([0, 1]), numbers_size=2))
    body = ZIGZAG[-1] + ZIGZAG[2] + ZIGZAG[127] + b"\xff\xff\x03"
    message = b"\x0a" + struct.pack("B", len(body)) + body
    assert plan_of(image, image.node(nodes.record(0)), "PROTOBUF", "PROTOBUF").translate(message) == message
