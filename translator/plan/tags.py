"""Protobuf's tags: a field's wire type, and the tables by which a field is found by its number."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from native.binding import C
from schemas.model import Array, Field, Map, Record
from translator.formats.base import Format, Row
from translator.plan.image import Image
from translator.policies import Policies


def tag(format_: Format, field: Field, policies: Policies, carried: Mapping[int, Record]) -> int:
    """A field's number and wire type. `carried`: types that stand in a message of their own (S33)."""
    return (field.number or 0) << 3 | wire_type(format_, field, policies, carried)


def wire_type(format_: Format, field: Field, policies: Policies, carried: Mapping[int, Record]) -> int:
    """Protobuf's wire type of a field as it is written."""
    type_ = field.type
    if id(type_) in carried or isinstance(type_, Map):
        return 2
    if isinstance(type_, Array):
        if type_.packed:
            return 2
        type_ = type_.items
    if field.delimited:
        return 3
    spec = format_.scalar(type_, policies) if not isinstance(type_, Record) else None
    if spec is None:
        return 2
    match spec.op:
        case C.H9_OP_F64:
            return 1
        case C.H9_OP_F32:
            return 5
        case C.H9_OP_INT | C.H9_OP_UINT:
            if spec.values["wire"] == C.H9_WIRE_FIXED:
                return 1 if spec.values["bits"] == 64 else 5
            return 0
        case C.H9_OP_BOOL | C.H9_OP_ENUM:
            return 0
        case _:
            return 2


def numbers(image: Image, fields: Sequence[Field]) -> Row:
    """A record table's members that find a field by its number."""
    dense = {each.number or 0: i for i, each in enumerate(fields) if (each.number or 0) < 256}
    size = max(dense, default=-1) + 1
    sparse = sorted((each.number or 0, i) for i, each in enumerate(fields) if (each.number or 0) >= 256)
    return {
        "numbers": image.many32(dense.get(n, -1) + 1 for n in range(size)), "numbers_size": size,
        "sparse": image.many32(word for pair in sparse for word in pair), "sparse_size": len(sparse),
    }  # fmt: skip
