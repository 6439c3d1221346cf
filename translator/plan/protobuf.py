"""Protobuf's generated wrappers (S33): in a plan to another format they are what stands in them.

Before compiling, every wrapper in a schema is replaced by its list, map or union (`Lifting`), and it is noted which
message carries that. So the rest of the compiler pairs lists with lists. Only where a Protobuf node is made the message
comes back: reading, it is a record that is unwrapped once it is whole; writing, a node around the value's own.

A singular field whose wrapper could be null stays the message that it is: the field's absence would be a second null.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Final

from native.binding import C
from schemas.model import Array, Field, Map, Null, Record, Type, Union, nullable, walk
from schemas.writing.wrappers import unwrapped
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


GOOGLE: Final = "google.protobuf."
Carried = dict[int, Record]
"""By id of a list, map or union: the wrapper that it stands in."""


class Lifting:
    """Both roots of a plan with their wrappers replaced; what isn't changed stays the same object."""

    def __init__(self) -> None:
        self.carried: Carried = {}
        self._made: dict[int, Type] = {}
        self._waiting: list[tuple[Record, Record]] = []

    def root(self, root: Type) -> Type:
        if not any(isinstance(each, Record) and each.wrapper for each in walk(root)):
            return root
        made = self._type(root)
        while self._waiting:
            old, new = self._waiting.pop()
            new.fields = [replace(each, type=self._member(each.type)) for each in old.fields]
        return made

    def _member(self, type_: Type) -> Type:
        """A singular field's type, or a branch's."""
        if isinstance(type_, Record) and type_.wrapper:
            inner = _inside(type_)
            return self._record(type_) if inner is None or nullable(inner)[1] else self._type(type_)
        return self._type(type_)

    def _type(self, type_: Type) -> Type:
        match type_:
            case Record():
                inner = _inside(type_)
                return self._record(type_) if inner is None else self._wrapped(type_, inner)
            case Array():
                return replace(type_, items=self._type(type_.items))
            case Map():
                return replace(type_, values=self._type(type_.values))
        return type_

    def _record(self, record: Record) -> Type:
        if record.name.startswith(GOOGLE):
            return record
        if id(record) not in self._made:
            made = replace(record, fields=[])
            self._made[id(record)] = made
            self._waiting.append((record, made))
        return self._made[id(record)]

    def _wrapped(self, record: Record, inner: Type) -> Type:
        if id(record) not in self._made:
            made = self._copied(inner)
            self._made[id(record)] = made
            self.carried[id(made)] = record
        return self._made[id(record)]

    def _copied(self, inner: Type) -> Type:
        if isinstance(inner, Union):
            return Union(tuple(self._member(each) for each in inner.branches))
        return self._type(inner)


def _inside(record: Record) -> Type | None:
    """What a wrapper stands for. One with groups, which nobody generates, is a message like any other."""
    return None if any(each.delimited for each in record.fields) else unwrapped(record)


class Messages:
    """Protobuf's side of what is carried: the nodes and record tables of its wrappers."""

    def __init__(self, image: Image, format_: Format, policies: Policies, carried: Mapping[int, Record]) -> None:
        self._image = image
        self._format = format_
        self._policies = policies
        self._carried = carried if format_.tagged else {}

    def wraps(self, type_: Type) -> bool:
        """Whether values of the type stand in a wrapper."""
        return id(type_) in self._carried

    def read(self, type_: Type, nodes: Sequence[int]) -> int:
        """A node that reads the wrapper of `type_` as what stands in it. `nodes`: of its list or map, or of each of its
        branches, which box the value."""
        if not self.wraps(type_):
            (node,) = nodes
            return node
        step = {"code": C.H9_STEP_UNWRAP, **self._absent(type_, nodes)}
        rows = [(field, self._readable(node)) for field, node in zip(self._fields(type_), nodes, strict=True) if field]
        step["a"] = self._reading_table(type_, rows)
        return self._image.node(C.H9_OP_RECORD, a=step["a"], conv=self._image.chain([step]))

    def write(self, type_: Type, node: int, branches: Sequence[int] = ()) -> int:
        """A node that writes the wrapper around the value that `node` writes; `branches`: of a union."""
        if not self.wraps(type_):
            return node
        nodes = branches or [node]
        rows = [self._row(field, each, 0) for field, each in zip(self._fields(type_), nodes, strict=True)]
        first = self._append(rows)
        keys, mask = self._image.key_table([])
        self._image.records.append(
            {"first": first, "count": len(rows), "need": C.H9_NONE, "keys": keys, "key_mask": mask,
             "slots": 1, "words": 1, "unknown_slot": C.H9_NO_SLOT}
        )  # fmt: skip
        return self._image.node(C.H9_OP_WRAPPED, a=node, b=len(self._image.records))

    def _fields(self, type_: Type) -> list[Field | None]:
        """The wrapper's field for the list or map, or for each branch: None where null is that nothing is set."""
        found = self._carried[id(type_)].fields
        if isinstance(type_, Union) and len(found) < len(type_.branches):
            return [None if isinstance(each, Null) else found[0] for each in type_.branches]
        return [*found]

    def _absent(self, type_: Type, nodes: Sequence[int]) -> Row:
        """What an empty wrapper is: an empty list, null, or refused."""
        if not isinstance(type_, Union):
            return {"b": 0}
        null = next((i for i, each in enumerate(type_.branches) if isinstance(each, Null)), None)
        if null is None:
            return {"b": C.H9_E_MISSING}
        row = self._image.nodes[nodes[null]]
        if row["op"] == C.H9_OP_FAIL:
            return {"b": row["a"]}
        return {"b": 1, "c": self._image.steps[row["conv"]].get("a", 0)}

    def _readable(self, node: int) -> int:
        """Null stands there as the number of google.protobuf.NullValue."""
        row = self._image.nodes[node]
        if row["op"] != C.H9_OP_NULL:
            return node
        return self._image.node(C.H9_OP_INT, bits=32, conv=row.get("conv", 0))

    def _reading_table(self, type_: Type, rows: Sequence[tuple[Field, int]]) -> int:
        ordered = sorted(enumerate(rows), key=lambda row: row[1][0].number or 0)
        words = (len(rows) + 63) // 64
        every = self._image.mask(range(len(rows)), words) if len(rows) > 1 else None
        first = self._append([self._row(field, node, slot, every) for slot, (field, node) in ordered])
        keys, mask = self._image.key_table([])
        refuse = self._policies.unknown == "refuse"
        self._image.records.append(
            {"first": first, "count": len(rows), "slots": len(rows), "words": words, "need": C.H9_NONE,
             "keys": keys, "key_mask": mask, **numbers(self._image, [field for _, (field, _) in ordered]),
             "unknown": C.H9_UNKNOWN_REFUSE if refuse else C.H9_UNKNOWN_IGNORE, "unknown_slot": C.H9_NO_SLOT}
        )  # fmt: skip
        return len(self._image.records) - 1

    def _row(self, field: Field | None, node: int, slot: int, group: int | None = None) -> Row:
        row: Row = {"node": node, "slot": slot, "group": C.H9_NONE if group is None else group}
        if field is None:
            return row
        flags = C.H9_F_REPEATED if isinstance(field.type, (Array, Map)) else 0
        number = tag(self._format, field, self._policies, self._carried)
        return {**row, "flags": flags, "tag": number, "name": self._image.name(field.name)}

    def _append(self, rows: Sequence[Row]) -> int:
        self._image.fields.extend(rows)
        return len(self._image.fields) - len(rows)
