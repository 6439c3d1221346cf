"""What only Protobuf has: tags, tables by number, and the wrappers that are generated where it has no form (S33).

A wrapper is a message around a list, map or union, because Protobuf has no list of lists, no list of nullables and no
map of lists. In a plan to another format it is what stands in it: before compiling, every wrapper in a schema is
replaced by its list, map or union (`Lifting`), and it is noted which message carries that, so that the rest of the
compiler pairs lists with lists. Only where a Protobuf node is made does the message come back: reading, it is a record
that is unwrapped once it is whole, for its members may come in any order; writing, a node around the value's own.

A singular field whose wrapper could be null stays the message that it is: the field's absence would be a second null.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Final

from native.binding import C
from schemas.model import Array, Field, Map, Null, Record, Type, Union, nullable, walk
from schemas.writing.wrappers import unwrapped
from translator.formats.base import Format
from translator.plan import nodes, steps
from translator.plan.image import Image
from translator.plan.rows import NONE, FieldRow, RecordRow
from translator.policies import Policies

VARINT, FIXED64, DELIMITED, GROUP, FIXED32 = 0, 1, 2, 3, 5
"""Wire types."""
GOOGLE: Final = "google.protobuf."
Carried = dict[Type, Record]
"""By list, map or union: the wrapper that it stands in."""

# --- tags and numbers ---


def tag(format_: Format, field: Field, policies: Policies, carried: Mapping[Type, Record]) -> int:
    """A field's number and wire type. `carried`: types that stand in a message of their own."""
    return (field.number or 0) << 3 | wire_type(format_, field, policies, carried)


def wire_type(format_: Format, field: Field, policies: Policies, carried: Mapping[Type, Record]) -> int:
    """Protobuf's wire type of a field as it is written."""
    type_ = field.type
    if type_ in carried or isinstance(type_, Map):
        return DELIMITED
    if isinstance(type_, Array):
        if type_.packed:
            return DELIMITED
        type_ = type_.items
    if field.delimited:
        return GROUP
    row = nodes.scalar(format_, type_, policies)
    if row is None:
        return DELIMITED
    match row.op:
        case C.H9_OP_F64:
            return FIXED64
        case C.H9_OP_F32:
            return FIXED32
        case C.H9_OP_INT | C.H9_OP_UINT if row.wire == C.H9_WIRE_FIXED:
            return FIXED64 if row.bits == 64 else FIXED32
        case C.H9_OP_INT | C.H9_OP_UINT | C.H9_OP_BOOL | C.H9_OP_ENUM:
            return VARINT
        case _:
            return DELIMITED


def numbered(image: Image, table: RecordRow, fields: Sequence[Field]) -> RecordRow:
    """A record table whose fields are found by their numbers: small ones by place, others by a sorted list."""
    dense = {each.number or 0: i for i, each in enumerate(fields) if (each.number or 0) < 256}
    size = max(dense, default=-1) + 1
    sparse = sorted((each.number or 0, i) for i, each in enumerate(fields) if (each.number or 0) >= 256)
    return table._replace(
        numbers=image.many32(dense.get(n, -1) + 1 for n in range(size)), numbers_size=size,
        sparse=image.many32(word for pair in sparse for word in pair), sparse_size=len(sparse),
    )  # fmt: skip


# --- wrappers ---


class Lifting:
    """Both roots of a plan with their wrappers replaced; what isn't changed stays the same object."""

    def __init__(self) -> None:
        self.carried: Carried = {}
        self._made: dict[Record, Type] = {}
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
        if record not in self._made:
            made = replace(record, fields=[])
            self._made[record] = made
            self._waiting.append((record, made))
        return self._made[record]

    def _wrapped(self, record: Record, inner: Type) -> Type:
        if record not in self._made:
            made = self._copied(inner)
            self._made[record] = made
            self.carried[made] = record
        return self._made[record]

    def _copied(self, inner: Type) -> Type:
        if isinstance(inner, Union):
            return Union(tuple(self._member(each) for each in inner.branches))
        return self._type(inner)


def _inside(record: Record) -> Type | None:
    """What a wrapper stands for. One with groups, which nobody generates, is a message like any other."""
    return None if any(each.delimited for each in record.fields) else unwrapped(record)


class Wrappers:
    """Protobuf's side of what is carried: the nodes and record tables of its wrappers."""

    def __init__(self, image: Image, format_: Format, policies: Policies, carried: Mapping[Type, Record]) -> None:
        self._image = image
        self._format = format_
        self._policies = policies
        self._carried = carried if format_.tagged else {}

    def wraps(self, type_: Type) -> bool:
        """Whether values of the type stand in a wrapper."""
        return type_ in self._carried

    def read(self, type_: Type, made: Sequence[int]) -> int:
        """A node that reads the wrapper of `type_` as what stands in it. `made`: the node of its list or map, or those
        of its branches, which box the value."""
        if not self.wraps(type_):
            (node,) = made
            return node
        empty, null = self._absent(type_, made)
        rows = [(field, self._readable(node)) for field, node in zip(self._fields(type_), made, strict=True) if field]
        table = self._reading_table(rows)
        return self._image.node(nodes.record(table), [steps.unwrap(table, empty=empty, null=null)])

    def write(self, type_: Type, node: int, branches: Sequence[int] = ()) -> int:
        """A node that writes the wrapper around the value that `node` writes; `branches`: of a union."""
        if not self.wraps(type_):
            return node
        rows = [self._row(field, each, 0) for field, each in zip(self._fields(type_), branches or [node], strict=True)]
        first = self._image.add_fields(rows)
        keys, mask = self._image.key_table([])
        table = RecordRow(first, len(rows), slots=1, words=1, keys=keys, key_mask=mask)
        self._image.records.append(table)
        return self._image.node(nodes.generated_wrapper(node, len(self._image.records) - 1))

    def _fields(self, type_: Type) -> list[Field | None]:
        """The wrapper's field for the list or map, or for each branch: None where null is that nothing is set."""
        found = self._carried[type_].fields
        if isinstance(type_, Union) and len(found) < len(type_.branches):
            return [None if isinstance(each, Null) else found[0] for each in type_.branches]
        return [*found]

    def _absent(self, type_: Type, made: Sequence[int]) -> tuple[int, int]:
        """What an empty wrapper is (`empty` and `null` of the step): an empty list, null, or refused."""
        if not isinstance(type_, Union):
            return 0, 0
        null = next((i for i, each in enumerate(type_.branches) if isinstance(each, Null)), None)
        if null is None:
            return C.H9_E_MISSING, 0
        row = self._image.nodes[made[null]]
        return (row.a, 0) if row.op == C.H9_OP_FAIL else (1, self._image.steps[row.conv].a)

    def _readable(self, node: int) -> int:
        """Null stands there as the number of google.protobuf.NullValue."""
        row = self._image.nodes[node]
        if row.op != C.H9_OP_NULL:
            return node
        return self._image.node(nodes.int_(32, 0, 0), self._image.steps_of(row))

    def _reading_table(self, rows: Sequence[tuple[Field, int]]) -> int:
        ordered = sorted(enumerate(rows), key=lambda row: row[1][0].number or 0)
        words = (len(rows) + 63) // 64
        every = self._image.mask(range(len(rows)), words) if len(rows) > 1 else NONE
        first = self._image.add_fields([self._row(field, node, slot, every) for slot, (field, node) in ordered])
        keys, mask = self._image.key_table([])
        unknown = C.H9_UNKNOWN_REFUSE if self._policies.unknown == "refuse" else C.H9_UNKNOWN_IGNORE
        table = RecordRow(
            first, len(rows), slots=len(rows), words=words, keys=keys, key_mask=mask, unknown=unknown
        )  # fmt: skip
        self._image.records.append(numbered(self._image, table, [field for _, (field, _) in ordered]))
        return len(self._image.records) - 1

    def _row(self, field: Field | None, node: int, slot: int, group: int = NONE) -> FieldRow:
        if field is None:
            return FieldRow(node, slot, group=group)
        number = tag(self._format, field, self._policies, self._carried)
        return FieldRow(node, slot, tag=number, group=group, name=self._image.name(field.name))
