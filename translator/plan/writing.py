"""The writing side of a plan: nodes that write the target's frame.

The reading side has refused what can't be said, so no node here refuses, and none has steps: a writer that could fail
would fail after bytes were written. Record tables wait in a queue, as on the reading side.
"""

from __future__ import annotations

from native.binding import C
from schemas.avro import branch_name
from schemas.model import Any, Array, Enum, Field, Map, Null, Presence, Record, Type, Union, nullable
from translator.plan import nodes
from translator.plan.compilation import Compilation
from translator.plan.enums import Enums
from translator.plan.fields import give_form
from translator.plan.frames import Member, Placed
from translator.plan.protobuf import Wrappers, tag
from translator.plan.resolve import any_shape, expands, is_any, is_wrapper, mask_flag, plain
from translator.plan.rows import FieldFlag, FieldRow, NodeFlag, RecordRow
from translator.plan.shapes import describe, is_choice, item_width, kind_table, null_index, optional


class Writing:
    """Builds writing nodes for the target's format."""

    def __init__(self, context: Compilation) -> None:
        self.context = context
        self.image = context.image
        self.format = context.target
        self.enums = Enums(context.image, context.target)
        self.wrappers = Wrappers(context.image, context.target, context.policies, context.carried)
        self._made: dict[Placed, int] = {}
        self._queue: list[tuple[Placed, int]] = []

    def value(self, t: Type, path: str) -> int:
        """A value as it stands in a list, a map, a union or at the root."""
        if is_choice(t):
            return self._choice(t, path)
        inner, null = optional(t)
        if null:
            node = self._named(inner, self.solid(inner, path))
            option = self.image.node(nodes.option(node, null_index(t)))
            return self.wrappers.write(t, option, (0, node))
        return self.solid(t, path)

    def _choice(self, t: Type, path: str) -> int:
        assert isinstance(t, Union)
        policies = self.context.policies
        must_tell = self.format.self_describing and self.format.tells_branches and policies.unions == "refuse"
        if must_tell and kind_table(t, self.format, policies, self.context.meaning)[1]:
            self.context.alike(path, self.format)
        wraps = self.wrappers.wraps(t)
        made = [
            0 if wraps and isinstance(branch, Null) else self._named(branch, self.solid(branch, path))
            for branch in t.branches
        ]
        row = nodes.union(self.image.many32(made), len(made), null_index=null_index(t))
        return self.wrappers.write(t, self.image.node(row), made)

    def _named(self, branch: Type, node: int) -> int:
        """A union's branch with its name around it, where the format has it so (S19); null has none."""
        if not self.format.names_branches or self.format.encode_key is None or isinstance(branch, Null):
            return node
        key = self.format.encode_key(branch_name(branch)) + b":"
        return self.image.node(nodes.named(node, self.image.text(key), len(key)))

    def solid(self, t: Type, path: str) -> int:
        """A value that isn't null."""
        meaning = self.context.meaning(t)
        if is_any(t) and expands(self.format) and self.context.meaning is not plain:
            return self.image.node(nodes.typed(self.context.embedded.written(self.context.source, self.format)))
        node = self._solid(meaning, path)
        wrapped = is_wrapper(t) and self.format.says_messages and meaning is not t
        return self.image.node(nodes.wrapped(node)) if wrapped else node

    def _solid(self, t: Type, path: str) -> int:
        match t:
            case Record():
                flags = mask_flag(self.format, t)
                return self.image.node(nodes.record(self.table(self.context.frames.of(t)), flags))
            case Array():
                flags = NodeFlag.PACKED if t.packed else 0
                row = nodes.list_(self.value(t.items, path), item_width(t, self.context.meaning), flags=flags)
                return self.wrappers.write(t, self.image.node(row))
            case Map():
                keys = self.solid(t.keys, path)
                value = self.value(t.values, path)
                return self.wrappers.write(t, self.image.node(nodes.map_(keys, value, self.image.nodes[keys].op)))
            case _:
                return self._scalar(t, path)

    def _scalar(self, t: Type, path: str) -> int:
        row = nodes.scalar(self.format, t, self.context.policies)
        if row is None:
            return self.context.problem(path, f"{self.format.name} has no form for {describe(t)}")
        if isinstance(t, Enum):
            row = row._replace(a=self.enums.writing(t))
        if isinstance(t, Any):
            row = row._replace(a=any_shape(t))
        return self.image.node(row)

    # --- records ---

    def table(self, placed: Placed) -> int:
        """The record table that writes `placed`."""
        if placed not in self._made:
            self._made[placed] = self.image.reserve()
            self._queue.append((placed, self._made[placed]))
        return self._made[placed]

    def finish(self) -> None:
        """Makes what was reserved, and what that reserves in turn."""
        keys, mask = self.image.key_table([])
        while self._queue:
            placed, index = self._queue.pop()
            rows = [self._row(member) for member in self._order(placed)]
            slot = placed.unknown_slot
            table = RecordRow(self.image.add_fields(rows), len(rows), placed.frame.slots, placed.frame.words)
            table = table._replace(keys=keys, key_mask=mask)
            kept = None if slot is None else table._replace(unknown=C.H9_UNKNOWN_KEEP, unknown_slot=slot)
            self.image.records[index] = kept or table._replace(unknown=C.H9_UNKNOWN_IGNORE)

    def _order(self, placed: Placed) -> list[Member]:
        if self.format.sorts_keys:
            return sorted(placed.members, key=lambda member: self._key(member.field))
        if not self.format.says_messages:
            return placed.members
        return sorted(placed.members, key=lambda member: member.field.number or 0)

    def _row(self, member: Member) -> FieldRow:
        field, key = member.field, self._key(member.field)
        return FieldRow(
            self._member(member), member.slot, self._flags(member), key=self.image.text(key), key_size=len(key),
            tag=self._tag(field) if self.format.tagged else 0, name=self.image.name(field.name),
        )  # fmt: skip

    def _member(self, member: Member) -> int:
        t, path = member.field.type, member.field.name
        node = self._member_node(member, t, path)
        return self._delimited(node) if member.field.delimited else node

    def _member_node(self, member: Member, t: Type, path: str) -> int:
        if member.boxed or is_choice(t):
            return self.value(t, path)
        inner, null = optional(t)
        if member.inner is not None:
            flags = mask_flag(self.format, member.inner.record)
            node = self.image.node(nodes.inline(self.table(member.inner), flags))
        else:
            node = self.solid(inner, path)
        if self.format.forms is not None:
            give_form(self.image, node, self.format.forms(member.field))
        if null and self.format.positional:
            return self.image.node(nodes.option(node, null_index(t)))
        return self._named(inner, node) if null else node

    def _delimited(self, node: int) -> int:
        """Protobuf's delimited encoding is the field's: the message's node, or its list's item, is marked."""
        row = self.image.nodes[node]
        if row.op != C.H9_OP_LIST:
            return self.image.with_flag(node, NodeFlag.GROUP)
        item = self._delimited(row.a)
        self.image.nodes[node] = row._replace(a=item)
        return node

    def _flags(self, member: Member) -> int:
        match member.field.presence:
            case Presence.REQUIRED:
                null = nullable(member.field.type)[1]
                return FieldFlag.NULLABLE if null else FieldFlag.ALWAYS
            case Presence.IMPLICIT:
                return FieldFlag.SKIP_ZERO
            case _:
                return 0

    def _tag(self, field: Field) -> int:
        return tag(self.format, field, self.context.policies, self.context.carried)

    def _key(self, field: Field) -> bytes:
        """A member's name as written: Protobuf's tag, JSON's name with its colon, MessagePack's string."""
        if self.format.tagged:
            return _varint(self._tag(field))
        if self.format.encode_key is None:
            return b""
        text = self.format.encode_key(self.format.spellings(field)[0])
        return text + b":" if self.format.text else text


def _varint(value: int) -> bytes:
    out = bytearray()
    while value >= 0x80:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    out.append(value)
    return bytes(out)
