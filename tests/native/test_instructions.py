"""Images made row by row: instructions in a plan without a mapping, and lists of numbers in one, two, four bytes."""

from __future__ import annotations

import json
import struct
from collections.abc import Callable

import msgspec
import pytest

from native.binding import C, LoadedPlan
from native.errors import DataError
from translator.plan.image import Image

WHOLE = {"lo": -(1 << 63), "hi": (1 << 63) - 1, "bits": 64}
ZIGZAG = {-1: b"\x01", 2: b"\x04", 127: b"\xfe\x01"}


def record(image: Image, *nodes: int) -> int:
    """A record of two fields, `n` and `s`, both read and written."""
    first = len(image.fields)
    for slot, node in enumerate(nodes):
        image.fields.append({"node": node, "slot": slot, "group": C.H9_NONE, "name": image.name("ns"[slot]),
                             "key": image.text(f'"{"ns"[slot]}":'.encode()), "key_size": 4})  # fmt: skip
    keys, mask = image.key_table([])
    image.records.append({"first": first, "count": 2, "slots": 2, "words": 1, "need": C.H9_NONE, "keys": keys,
                          "key_mask": mask, "unknown_slot": C.H9_NO_SLOT})  # fmt: skip
    return len(image.records) - 1


def changed(*insns: dict[str, int], registers: int = 4, root: int | None = None) -> LoadedPlan:
    """Avro of a record {n: long, s: string} to JSON of the same, `insns` in between."""
    image = Image()
    number, text = image.node(C.H9_OP_INT, **WHOLE), image.node(C.H9_OP_STRING)
    table = record(image, number, text)
    node = image.node(C.H9_OP_RECORD, a=table)
    image.chain([{"code": C.H9_STEP_UPPER}])
    image.insns = [{**each, "name": image.name("rule")} for each in insns]
    data = image.dump(
        reader=C.H9_FORMAT_AVRO, writer=C.H9_FORMAT_JSON, read_root=number if root == 0 else node, write_root=node,
        skip_root=C.H9_NONE, registers=registers,
    )  # fmt: skip
    return LoadedPlan(data, image.names)


FRAME = {"op": C.H9_I_FRAME, "dst": 0}
UPPER = [
    {"op": C.H9_I_FIELD, "dst": 1, "a": 0, "b": 1, "c": 0},
    {"op": C.H9_I_STEP, "dst": 2, "a": 1, "c": 1},
    {"op": C.H9_I_SET, "dst": 0, "a": 2, "b": 1, "c": 0},
]
END = {"op": C.H9_I_END, "a": 0}


def test_a_plan_without_a_mapping_has_instructions() -> None:
    """They change the frame that was read where it stands, message by message."""
    plan = changed(FRAME, *UPPER, END)
    assert plan.translate(b"\x04\x06abc") == b'{"n":2,"s":"ABC"}'
    assert plan.translate(b"\x01\x02z") == b'{"n":-1,"s":"Z"}'


def test_what_instructions_refuse_is_refused() -> None:
    """A register that must be there and isn't: at the instruction's key, with nothing written."""
    plan = changed(FRAME, {"op": C.H9_I_CLEAR, "dst": 3}, {"op": C.H9_I_REQUIRE, "a": 3}, END)
    with pytest.raises(DataError) as found:
        plan.translate(b"\x04\x06abc")
    assert (found.value.code, found.value.path) == ("CONDITION", "rule")


@pytest.mark.parametrize("insns", [[FRAME], [{**FRAME, "dst": 4}, END], [{"op": C.H9_INSNS}, END]])
def test_bad_instructions_are_not_loaded(insns: list[dict[str, int]]) -> None:
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


@pytest.mark.parametrize("writer", FORMATS)
@pytest.mark.parametrize("reader", FORMATS)
@pytest.mark.parametrize("width", [1, 2, 4, 8])
def test_numbers_stand_in_few_bytes(reader: str, writer: str, width: int) -> None:
    """A list's whole numbers keep their sign in 1, 2, 4 and 8 bytes; many and few, and none."""
    low, high = -(1 << 8 * width - 1), (1 << 8 * width - 1) - 1
    image = Image()
    item = image.node(C.H9_OP_INT, bits=64, lo=low, hi=high)
    root = image.node(C.H9_OP_LIST, a=item, b=1, width=width)
    data = image.dump(
        reader=getattr(C, f"H9_FORMAT_{reader}"), writer=getattr(C, f"H9_FORMAT_{writer}"), read_root=root,
        write_root=root, skip_root=C.H9_NONE,
    )  # fmt: skip
    plan = LoadedPlan(data, image.names)
    for values in ([], [0], [low, -1, 0, 1, high], list(range(-100, 100))):
        assert plan.translate(FORMATS[reader](values)) == FORMATS[writer](values)


@pytest.mark.parametrize("width", [2, 4])
def test_numbers_without_a_sign_in_few_bytes(width: int) -> None:
    """The highest one isn't taken for -1, in Protobuf's packed runs too."""
    high = (1 << 8 * width) - 1
    image = Image()
    item = image.node(C.H9_OP_UINT, bits=64, hi=high)
    root = image.node(C.H9_OP_LIST, a=item, b=1, width=width)
    data = image.dump(reader=C.H9_FORMAT_JSON, writer=C.H9_FORMAT_MSGPACK, read_root=root, write_root=root,
                      skip_root=C.H9_NONE)  # fmt: skip
    assert LoadedPlan(data, image.names).translate(json_list([0, high])) == msgspec.msgpack.encode([0, high])


@pytest.mark.parametrize("width", [0, 3, 5, 32])
def test_other_widths_are_not_loaded(width: int) -> None:
    """A list's items take 1, 2, 4, 8 or 16 bytes."""
    image = Image()
    root = image.node(C.H9_OP_LIST, a=image.node(C.H9_OP_INT, **WHOLE), width=width)
    data = image.dump(reader=C.H9_FORMAT_JSON, writer=C.H9_FORMAT_JSON, read_root=root, write_root=root,
                      skip_root=C.H9_NONE)  # fmt: skip
    with pytest.raises(DataError, match="BAD_PLAN"):
        LoadedPlan(data, image.names)


def test_protobuf_packs_two_bytes() -> None:
    """A packed run of sint32 in two bytes each: read from varints, written as varints."""
    image = Image()
    item = image.node(C.H9_OP_INT, bits=32, wire=C.H9_WIRE_ZIGZAG, lo=-32768, hi=32767)
    root = image.node(C.H9_OP_LIST, a=item, width=2, flags=C.H9_N_PACKED)
    image.fields.append({"node": root, "slot": 0, "group": C.H9_NONE, "tag": 1 << 3 | 2})
    image.records.append({"first": 1, "count": 1, "slots": 1, "words": 1, "need": C.H9_NONE,
                          "keys": image.key_table([])[0], "key_mask": 3, "unknown_slot": C.H9_NO_SLOT,
                          "numbers": image.many32([0, 1]), "numbers_size": 2})  # fmt: skip
    node = image.node(C.H9_OP_RECORD, a=0)
    data = image.dump(reader=C.H9_FORMAT_PROTOBUF, writer=C.H9_FORMAT_PROTOBUF, read_root=node, write_root=node,
                      skip_root=C.H9_NONE)  # fmt: skip
    body = ZIGZAG[-1] + ZIGZAG[2] + ZIGZAG[127] + b"\xff\xff\x03"
    message = b"\x0a" + struct.pack("B", len(body)) + body
    assert LoadedPlan(data, image.names).translate(message) == message
