"""Record tables of the reading side: which member of the source goes to which slot, and what fills the others.

A table is made for each pair of a source's record and a placed record of the target, and only once, which is how a
record that contains itself comes to an end. A record with a frame of its own waits in a queue (no depth of a schema is
more than Python's stack); one that stands inline is made at once, since its slots are those of the frame around it.
"""

from __future__ import annotations

from dataclasses import dataclass

from native.binding import C
from schemas.model import MISSING, Any, Enum, Field, Null, Presence, Record, Type, Union, nullable
from translator.formats.base import BytesForm, Format
from translator.plan import nodes, steps
from translator.plan.compilation import Compilation
from translator.plan.fills import Fills
from translator.plan.frames import Member, Placed
from translator.plan.image import Image
from translator.plan.matching import Matcher, kept, respelt
from translator.plan.presence import merged
from translator.plan.protobuf import numbered, tag
from translator.plan.reading import Reading, Records
from translator.plan.resolve import NULL_VALUE, any_shape, mask_flag
from translator.plan.rows import NO_SLOT, NONE, FieldFlag, FieldRow, FillRow, NodeFlag, RecordRow
from translator.plan.shapes import describe, is_choice, null_index, optional
from translator.plan.skipping import Skipping


@dataclass
class _Job:
    """A record table that is reserved and still to be made."""

    index: int
    reading: Reading
    source: Record
    placed: Placed
    path: str


class RecordTables(Records):
    """Makes every record table once; those with frames of their own wait in a queue, so that depth doesn't matter."""

    def __init__(self, context: Compilation, match: Matcher) -> None:
        self.context = context
        self.match = match
        self.fills = Fills(context, self)
        self.skipping = Skipping(context.image, context.source)
        self.mirrors: set[Record] = set()
        """Records that stand for any object: what other members it has doesn't matter."""
        self._made: dict[tuple[Reading, Record, Placed], int] = {}
        self._queue: list[_Job] = []

    def seeks(self, source: Field, members: list[Member]) -> bool:
        """Whether it is told that no record has a field (S36): not of one whose absence is a value."""
        return source.presence is not Presence.IMPLICIT

    def table(self, reading: Reading, s: Record, placed: Placed, path: str) -> int:
        memo = (reading, s, placed)
        if memo not in self._made:
            self._made[memo] = self.context.image.reserve()
            self._queue.append(_Job(self._made[memo], reading, s, placed, path))
        return self._made[memo]

    def finish(self) -> None:
        """Makes what was reserved, and what that reserves in turn."""
        while self._queue:
            job = self._queue.pop()
            _RecordTable(self, job.reading, job.source, job.placed, job.path).build(job.index)
        self.skipping.finish()

    def inline(self, reading: Reading, s: Record, placed: Placed, path: str) -> int:
        """The table of a record in the frame around it; never shared, since its slots are that frame's."""
        index = self.context.image.reserve()
        _RecordTable(self, reading, s, placed, path).build(index)
        return index


class _RecordTable:
    """One record table under construction."""

    def __init__(self, tables: RecordTables, reading: Reading, s: Record, placed: Placed, path: str) -> None:
        self.tables = tables
        self.context = tables.context
        self.image = tables.context.image
        self.reading = reading
        self.format: Format = reading.format
        self.source = s
        self.placed = placed
        self.path = path

    def build(self, index: int) -> None:
        found = self.tables.match(self.source, self.placed)
        order = self._order()
        rows = [self._rows(self.source.fields[i], found.get(i, [])) for i in order]
        first = self._lay_out(rows)
        matched = {m: self.source.fields[i] for i, members in found.items() for m in members}
        self._judge_presence(matched)
        fills = [f for m in self.placed.members if (f := self._fill(m, matched.get(m))) is not None]
        table = RecordRow(first, len(rows), self.placed.frame.slots, self.placed.frame.words)
        table = self._keyed(table, order)
        table = table._replace(must=self._must(order, found))
        table = filled(self.image, table, fills, self.path)
        self.image.records[index] = self._sought(index, self._unknown(table), [found.get(i, []) for i in order], order)

    def _judge_presence(self, matched: dict[Member, Field]) -> None:
        """S11: a field isn't exact where its absence can't be told from something else any more."""
        if not self.reading.whole or self.tables.fills.is_fill(self.reading):
            return
        for member, s in matched.items():
            reason = merged(self.context, self.reading, s, member.field)
            if reason:
                self.context.losses.add(self._at(member.field), "checked", reason)

    def _order(self) -> list[int]:
        """Avro's order is the schema's; elsewhere the likeliest: Protobuf writes by number."""
        indexes = list(range(len(self.source.fields)))
        if self.format.tagged:
            indexes.sort(key=lambda i: self.source.fields[i].number or 0)
        return indexes

    def _sought(self, index: int, table: RecordRow, members: list[list[Member]], order: list[int]) -> RecordRow:
        """With room to note which members records have, where the wire tells that (S36): Protobuf's by slots."""
        if self.format.positional or self.tables.fills.is_fill(self.reading):
            return table
        fields = [self.source.fields[i] for i in order]
        told = [i for i, each in enumerate(fields) if members[i] and self.tables.seeks(each, members[i])]
        slots = self.format.tagged
        self.image.sought[index] = [(members[i][0].slot if slots else i, fields[i].name) for i in told]
        return table._replace(found=self.image.seek(max(table.count, table.slots)))

    # --- fields ---

    def _rows(self, s: Field, members: list[Member]) -> list[FieldRow]:
        if members:
            return [self._member_row(s, member, members) for member in members]
        if not self.tables.fills.is_fill(self.reading) and not _is_constant(s):
            self.context.losses.add(self._at(s), "dropped", "the target has no such field")
        return [self._row(s, self._skipped(s))]

    def _at(self, each: Field) -> str:
        return f"{self.path}.{each.name}" if self.path else each.name

    def _skipped(self, s: Field) -> int:
        """Avro can only be skipped by its schema; elsewhere the wire tells."""
        return self.tables.skipping.node(s.type) if self.format.positional else 0

    def _member_row(self, s: Field, member: Member, alike: list[Member]) -> FieldRow:
        """`alike`: all that want this field. It is one member of its oneof, however often it is read."""
        t, path = member.field, self._at(member.field)
        strict = self._strictness(s, t)
        node, null = self._member_node(s, member, path)
        row = self._row(s, node, member.slot)
        row = row._replace(flags=strict | null, group=self._group(s, t, alike))
        return row._replace(loose=_loosely(member)) if self.source in self.tables.mirrors else row

    def _strictness(self, s: Field, t: Field) -> int:
        return FieldFlag.ONEOF_STRICT if self.format.strict_oneof and (s.oneof or t.oneof) else 0

    def _group(self, s: Field, t: Field, alike: list[Member]) -> int:
        """Slots that exclude each other, at most one being set: the source's oneof, else the target's."""
        if s.oneof:
            names = {each.name for each in self.source.fields if each.oneof == s.oneof}
            others = [m for m in self.placed.members if t.oneof or m not in alike]
            slots = [m.slot for m in others if m.field.name in names or m.field.oneof == t.oneof is not None]
        elif t.oneof:
            slots = self.placed.oneof(t.oneof)
        else:
            return NONE
        return self.image.mask(slots, self.placed.frame.words)

    def _member_node(self, s: Field, member: Member, path: str) -> tuple[int, int]:
        """The node for a field, and NULLABLE where null leaves it absent."""
        t = member.field
        s_type = self.reading.member(s.type, t.type)
        may_be_null = nullable(s_type)[1] or isinstance(s_type, Null)
        unsets = (self.format.null_unsets or self._has_presence(s)) and not takes_null(self.context, s_type)
        if isinstance(s_type, Null) and isinstance(t.type, Null):
            return self.image.node(nodes.null()), 0  # the only value that there is: it isn't absent
        if self.reading.untypes(s_type, t.type):
            return self.reading.value(s_type, t.type, path), 0
        if member.boxed:
            return self.reading.value(s_type, t.type, path), FieldFlag.NULLABLE if unsets else 0
        if may_be_null and (member.inner is not None or self._absence_is_null(t, path)):
            return self._nullable_node(s_type, member, path), FieldFlag.NULLABLE
        return self._node(s_type, member, path), FieldFlag.NULLABLE if unsets else 0

    def _has_presence(self, s: Field) -> bool:
        """S11: null unsets a field of a .proto that can be unset, in every format that has null."""
        return self.format.self_describing and s.number is not None and s.presence is Presence.OPTIONAL

    def _absence_is_null(self, t: Field, path: str) -> bool:
        """S11: null has a place where the target has null or presence; its zero value is one only by policy."""
        if t.presence is not Presence.IMPLICIT:
            return nullable(t.type)[1] or isinstance(t.type, Null) or t.presence is Presence.OPTIONAL
        if self.context.policies.null == "zero":
            self.context.losses.add(path, "checked", "null becomes the zero value")
            return True
        self.context.losses.add(path, "checked", "null is refused (policy null=zero)")
        return False

    def _nullable_node(self, s: Type, member: Member, path: str) -> int:
        """Null leaves the slot absent; the rest is read unboxed."""
        if isinstance(s, Null) or not isinstance(s, Union):
            return self.image.node(nodes.null())
        inner = nullable(s)[0]
        if not is_choice(s):
            node = self._node(inner, member, path)
            if self.format.positional:
                return self.image.node(nodes.option(node, null_index(s)))
            return self.reading.named(inner, node)
        if not is_choice(member.field.type):
            goal = optional(member.field.type)[0]
            return self.reading.union(s, [self.reading.bare_branch(b, goal, path) for b in s.branches], path)
        return self.reading.filled(s, member.field.type, path)

    def _node(self, s: Type, member: Member, path: str) -> int:
        """A field's value, which isn't null."""
        if member.inner is None:
            absent_is_null = member.field.presence is Presence.REQUIRED
            read = self.reading.filled if absent_is_null else self.reading.value
            return self._checked_paths(read(s, member.field.type, path), path)
        inner = optional(s)[0]
        s_meaning = self.context.meaning(inner)
        if not isinstance(s_meaning, Record) or self.reading.shows(s_meaning):
            return self.context.problem(path, f"{describe(inner)} can't become {describe(member.inner.record)}")
        table = self.tables.inline(self.reading, s_meaning, member.inner, path)
        return self.image.node(nodes.inline(table, mask_flag(self.format, s_meaning)))

    def _checked_paths(self, node: int, path: str) -> int:
        """A FieldMask's paths, where the target makes one text of them."""
        row = self.image.nodes[node]
        if mask_flag(self.context.target, self.placed.record) and row.op == C.H9_OP_LIST:
            self.image.nodes[node] = row._replace(a=self.image.with_steps(row.a, [steps.mask_path()]))
            self.context.losses.add(path, "checked", "refused unless in snake_case that camelCase can say")
        return node

    def _row(self, s: Field, node: int, slot: int = NO_SLOT) -> FieldRow:
        key = self._key(s)
        name = self.image.name(s.name)
        row = FieldRow(node, slot, key=self.image.text(key), key_size=len(key), name=name)
        if self.format.tagged:
            row = row._replace(tag=tag(self.format, s, self.context.policies, self.context.carried))
            self._mark_group(s, node)
        if self.format.forms is not None and slot != NO_SLOT:
            give_form(self.image, node, self.format.forms(s))
        return row

    def _mark_group(self, s: Field, node: int) -> None:
        """Protobuf's delimited encoding is a property of the field; its node is its own."""
        if s.delimited and node:
            row = self.image.nodes[node]
            if row.op == C.H9_OP_LIST:
                row = row._replace(a=self.image.with_flag(row.a, NodeFlag.GROUP))
            else:
                row = row._replace(flags=row.flags | NodeFlag.GROUP)
            self.image.nodes[node] = row

    def _key(self, s: Field) -> bytes:
        encode = self.format.encode_key
        return encode(self.format.spellings(s)[0]) if encode else b""

    def _lay_out(self, rows: list[list[FieldRow]]) -> int:
        """First rows side by side, further ones (the same member wanted twice) after them; the number of the first."""
        image = self.image
        first = image.add_fields(group[0] for group in rows)
        for i, group in enumerate(rows):
            at = first + i
            for row in group[1:]:
                more = image.add_fields([row])
                image.fields[at] = image.fields[at]._replace(also=more)
                at = more
        return first

    # --- the rest of the table ---

    def _keyed(self, table: RecordRow, order: list[int]) -> RecordRow:
        """How the source's members are found: by name, by number, or, where the order tells, not at all."""
        fields = [self.source.fields[i] for i in order]
        keys, mask = self.image.key_table(self._spellings(fields) if self.format.self_describing else [])
        table = table._replace(keys=keys, key_mask=mask)
        return numbered(self.image, table, fields) if self.format.tagged else table

    def _spellings(self, fields: list[Field]) -> list[tuple[bytes, int]]:
        """Every first name before any second one, so that a name is whose first it is."""
        named = [(self.format.spellings(each), i) for i, each in enumerate(fields)]
        depth = max((len(names) for names, _ in named), default=0)
        found = [(names[k].encode(), i) for k in range(depth) for names, i in named if k < len(names)]
        if self.format.schemaless:  # where the writer's schema is known, aliases are the reader's alone (S31)
            found += [(a.encode(), i) for i, each in enumerate(fields) for a in (*each.aliases, *kept(each))]
        if self.context.respells:
            found += [(a.encode(), i) for i, each in enumerate(fields) for a in sorted(respelt(each.name))]
        return found

    def _must(self, order: list[int], found: dict[int, list[Member]]) -> int:
        """The fields whose members must be met, where the source's schema requires them; in ProtoJSON none need be.
        What is null by default may be left out."""
        if not self.format.self_describing or self.format.null_unsets:
            return 0
        fields = [self.source.fields[i] for i in order]
        must = [k for k, i in enumerate(order) if i in found and self._must_be_met(fields[k])]
        return self.image.mask(must, (len(fields) + 63) // 64) + 1 if must else 0

    def _must_be_met(self, s: Field) -> bool:
        """A format that needs the schema has every field always. Of others a null may be left out that is the default,
        and by an Avro schema whatever has a default (S13)."""
        if s.presence is not Presence.REQUIRED or self.format.needs_schema:
            return s.presence is Presence.REQUIRED
        return s.default is MISSING if self.context.fills_members else s.default is not None

    def _unknown(self, table: RecordRow) -> RecordRow:
        """What becomes of members that the source's schema doesn't name (S14), and of one that comes twice (S15)."""
        slot = self.placed.unknown_slot
        flags = NodeFlag.LAST_WINS if self.context.policies.duplicates == "last" else 0
        return table._replace(unknown=self._rule(), unknown_slot=NO_SLOT if slot is None else slot, flags=flags)

    def _rule(self) -> int:
        asked = self.context.policies.unknown
        rules: dict[str, int] = {"ignore": C.H9_UNKNOWN_IGNORE, "refuse": C.H9_UNKNOWN_REFUSE}
        if self.source in self.tables.mirrors:
            return rules["ignore"]
        if asked != "default":
            return rules[asked]
        if self.format.tagged:
            return rules["ignore"] if self.placed.unknown_slot is None else int(C.H9_UNKNOWN_KEEP)
        return rules.get(self.format.unknown, rules["ignore" if self.source.open else "refuse"])

    # --- what isn't in the message ---

    def _fill(self, member: Member, s: Field | None) -> FillRow | None:
        return self.tables.fills.fill(self.reading, member, s, self._at(member.field))


def filled(image: Image, table: RecordRow, fills: list[FillRow], path: str) -> RecordRow:
    """A record table that needs what `fills` give; `path`: the target's."""
    if not fills:
        return table
    first = len(image.fills)
    image.fills.extend(fills)
    names = {first + i: image.names[row.name] for i, row in enumerate(fills) if row.counts}
    image.defaults |= {row: f"{path}.{name}" if path else name for row, name in names.items()}
    need = image.mask([row.slot for row in fills], table.words)
    return table._replace(need=need, first_fill=first, fills=len(fills))


def _loosely(member: Member) -> int:
    """How a member of what has no schema is read (h9_field.loose): a record that is looked into is absent where
    something else stands; what else it is asked for is refused once it is taken."""
    return int(1 << 16 + C.H9_KIND_MAP) if member.refusal is None else member.refusal + 1


def _is_constant(s: Field) -> bool:
    """A field that always holds the same: nothing is lost with it (a tag such as HAL9's `type`)."""
    return s.presence is Presence.REQUIRED and isinstance(s.type, Enum) and len(s.type.symbols) == 1


def give_form(image: Image, node: int, form: BytesForm | None) -> None:
    """Gives the bytes of a field, or of its list's items, a form of their own."""
    row = image.nodes[node]
    if form is not None and row.op == C.H9_OP_LIST:
        give_form(image, row.a, form)
    elif form is not None and row.op == C.H9_OP_BYTES:
        image.nodes[node] = row._replace(a=nodes.bytes_(form).a)


def takes_null(context: Compilation, s: Type) -> bool:
    """S12: null is a value of google.protobuf.Value and NullValue; not of Struct and ListValue."""
    meaning = context.meaning(s)
    if isinstance(meaning, Any):
        return any_shape(meaning) == 0
    return isinstance(meaning, Enum) and meaning.name == NULL_VALUE
