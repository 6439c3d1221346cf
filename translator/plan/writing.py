"""The writing side of a plan: nodes that write the target's frame. The reading side has refused what can't be."""

from __future__ import annotations

from native.binding import C
from schemas.avro import branch_name
from schemas.model import Any, Array, Enum, Field, Map, Null, Presence, Record, Type, Union, nullable
from translator.formats.base import Row
from translator.plan.enums import Enums
from translator.plan.fields import give_form
from translator.plan.frames import Member, Placed
from translator.plan.protobuf import Messages, tag
from translator.plan.reading import Context
from translator.plan.resolve import any_form, is_wrapper, mask_flag, plain, unbuilt
from translator.plan.shapes import describe, is_choice, kind_table, null_index, optional, width_of


class Writing:
    """Builds writing nodes; record tables wait in a queue."""

    def __init__(self, context: Context) -> None:
        self.context = context
        self.image = context.image
        self.format = context.target
        self.enums = Enums(context.image, context.target)
        self.messages = Messages(context.image, context.target, context.policies, context.carried)
        self._made: dict[int, int] = {}
        self._queue: list[tuple[Placed, int]] = []

    def value(self, t: Type, path: str) -> int:
        """A value as it stands in a list, a map, a union or at the root."""
        if is_choice(t):
            return self._choice(t, path)
        inner, null = optional(t)
        if null:
            node = self._named(inner, self.solid(inner, path))
            option = self.image.node(C.H9_OP_OPTION, a=node, lo=null_index(t))
            return self.messages.write(t, option, (0, node))
        return self.solid(t, path)

    def _choice(self, t: Type, path: str) -> int:
        assert isinstance(t, Union)
        policies = self.context.policies
        must_tell = self.format.self_describing and self.format.tells_branches and policies.unions == "refuse"
        if must_tell and kind_table(t, self.format, policies, self.context.meaning)[1]:
            self.context.alike(path, self.format)
        wraps = self.messages.wraps(t)
        nodes = [
            0 if wraps and isinstance(branch, Null) else self._named(branch, self.solid(branch, path))
            for branch in t.branches
        ]
        at = self.image.many32(nodes)
        node = self.image.node(C.H9_OP_UNION, a=at, b=len(nodes), c=C.H9_NONE, lo=null_index(t))
        return self.messages.write(t, node, nodes)

    def _named(self, branch: Type, node: int) -> int:
        """A union's branch with its name around it, where the format has it so (S19); null has none."""
        if not self.format.names_branches or isinstance(branch, Null):
            return node
        key = self.format.encode_key(branch_name(branch)) + b":"
        return self.image.node(C.H9_OP_WRAPPED, a=node, b=self.image.text(key), c=len(key))

    def solid(self, t: Type, path: str) -> int:
        """A value that isn't null."""
        meaning = self.context.meaning(t)
        if unbuilt(t) and self.context.meaning is not plain:
            return self.image.node(C.H9_OP_NULL)
        node = self._solid(meaning, path)
        wrapped = is_wrapper(t) and self.format.tagged and meaning is not t
        return self.image.node(C.H9_OP_WRAPPED, a=node) if wrapped else node

    def _solid(self, t: Type, path: str) -> int:
        match t:
            case Record():
                flags = mask_flag(self.format, t)
                return self.image.node(C.H9_OP_RECORD, a=self.table(self.context.frames.of(t)), flags=flags)
            case Array():
                width = 16 if isinstance(t.items, Union) else width_of(self.context.meaning(t.items))
                flags = C.H9_N_PACKED if t.packed else 0
                node = self.image.node(C.H9_OP_LIST, a=self.value(t.items, path), width=width, flags=flags)
                return self.messages.write(t, node)
            case Map():
                keys = self.solid(t.keys, path)
                value = self.value(t.values, path)
                kind = self.image.nodes[keys]["op"]
                return self.messages.write(t, self.image.node(C.H9_OP_MAP, a=keys, b=value, bits=kind, width=32))
            case _:
                return self._scalar(t, path)

    def _scalar(self, t: Type, path: str) -> int:
        spec = self.format.scalar(t, self.context.policies)
        if spec is None:
            return self.context.problem(path, f"{self.format.name} has no form for {describe(t)}")
        values = dict(spec.values)
        if isinstance(t, Enum):
            values["a"] = self.enums.writing(t)
        if isinstance(t, Any):
            values["a"] = any_form(t)
        return self.image.node(spec.op, **values)

    # --- records ---

    def table(self, placed: Placed) -> int:
        """The record table that writes `placed`."""
        if id(placed) not in self._made:
            self.image.records.append({})
            self._made[id(placed)] = len(self.image.records) - 1
            self._queue.append((placed, self._made[id(placed)]))
        return self._made[id(placed)]

    def finish(self) -> None:
        """Makes what was reserved, and what that reserves in turn."""
        keys, mask = self.image.key_table([])
        while self._queue:
            placed, index = self._queue.pop()
            rows = [self._row(member) for member in self._order(placed)]
            first = len(self.image.fields)
            self.image.fields.extend(rows)
            slot = placed.unknown_slot
            self.image.records[index] = {
                "first": first, "count": len(rows), "slots": placed.frame.slots, "words": placed.frame.words,
                "need": C.H9_NONE, "keys": keys, "key_mask": mask,
                "unknown": C.H9_UNKNOWN_IGNORE if slot is None else C.H9_UNKNOWN_KEEP,
                "unknown_slot": C.H9_NO_SLOT if slot is None else slot,
            }  # fmt: skip

    def _order(self, placed: Placed) -> list[Member]:
        if not self.format.tagged:
            return placed.members
        return sorted(placed.members, key=lambda member: member.field.number or 0)

    def _row(self, member: Member) -> Row:
        field = member.field
        key = self._key(field)
        row: Row = {
            "node": self._member(member), "slot": member.slot, "flags": self._flags(member),
            "key": self.image.text(key), "key_size": len(key), "group": C.H9_NONE, "name": self.image.name(field.name),
        }  # fmt: skip
        if self.format.tagged:
            row["tag"] = self._tag(field)
        return row

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
            node = self.image.node(C.H9_OP_INLINE, a=self.table(member.inner), flags=flags)
        else:
            node = self.solid(inner, path)
        if self.format.forms is not None:
            give_form(self.image, node, self.format.forms(member.field))
        if null and self.format.positional:
            return self.image.node(C.H9_OP_OPTION, a=node, lo=null_index(t))
        return self._named(inner, node) if null else node

    def _delimited(self, node: int) -> int:
        """Protobuf's delimited encoding is the field's: the message's node, or its list's item, is marked."""
        row = self.image.nodes[node]
        if row["op"] == C.H9_OP_LIST:
            row["a"] = self._delimited(row["a"])
            return node
        self.image.nodes.append({**row, "flags": row.get("flags", 0) | C.H9_N_GROUP})
        return len(self.image.nodes) - 1

    def _flags(self, member: Member) -> int:
        match member.field.presence:
            case Presence.REQUIRED:
                null = nullable(member.field.type)[1]
                return int(C.H9_F_NULLABLE if null else C.H9_F_ALWAYS)
            case Presence.IMPLICIT:
                return int(C.H9_F_SKIP_ZERO)
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
        text: bytes = self.format.encode_key(self.format.spellings(field)[0])
        return text + b":" if self.format.core == C.H9_FORMAT_JSON else text


def _varint(value: int) -> bytes:
    out = bytearray()
    while value >= 0x80:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    out.append(value)
    return bytes(out)
