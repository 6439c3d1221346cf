"""Record tables of the reading side: which member of the source goes to which slot, and what fills the others."""

from __future__ import annotations

from dataclasses import dataclass

from native.binding import C
from schemas.model import Any, Array, Enum, Field, Map, Null, Presence, Record, Type, Union, nullable
from translator.formats.base import Format, Row
from translator.plan.fills import Fills
from translator.plan.frames import Member, Placed
from translator.plan.image import Image
from translator.plan.matching import Matcher, kept
from translator.plan.protobuf import numbers, tag
from translator.plan.reading import Context, Reading, Records
from translator.plan.resolve import NULL_VALUE, mask_flag
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
    """Makes every record table once; those with frames of their own wait in a queue, so that depth is no matter."""

    def __init__(self, context: Context, match: Matcher) -> None:
        self.context = context
        self.match = match
        self.fills = Fills(context, self)
        self.skipping = Skipping(context.image, context.source)
        self.mirrors: set[int] = set()
        """Ids of records that stand for any object: what other members it has is no matter."""
        self._made: dict[tuple[int, int, int], int] = {}
        self._queue: list[_Job] = []

    def table(self, reading: Reading, s: Record, placed: Placed, path: str) -> int:
        memo = (id(reading), id(s), id(placed))
        if memo not in self._made:
            self._made[memo] = self._reserve()
            self._queue.append(_Job(self._made[memo], reading, s, placed, path))
        return self._made[memo]

    def _reserve(self) -> int:
        self.context.image.records.append({})
        return len(self.context.image.records) - 1

    def finish(self) -> None:
        """Makes what was reserved, and what that reserves in turn."""
        while self._queue:
            job = self._queue.pop()
            _Table(self, job.reading, job.source, job.placed, job.path).build(job.index)
        self.skipping.finish()

    def inline(self, reading: Reading, s: Record, placed: Placed, path: str) -> int:
        """The table of a record in the frame around it; never shared, since its slots are that frame's."""
        index = self._reserve()
        _Table(self, reading, s, placed, path).build(index)
        return index


class _Table:
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
        fields = self._lay_out(rows)
        matched = {id(m): self.source.fields[i] for i, members in found.items() for m in members}
        fills = [f for m in self.placed.members if (f := self._fill(m, matched.get(id(m)))) is not None]
        self.image.records[index] = {
            **fields,
            **self._frame(),
            **self._keys(order),
            "must": self._must(order, found),
            **self._needs(fills),
            **self._unknown(),
        }

    def _order(self) -> list[int]:
        """Avro's order is the schema's; elsewhere the likeliest: Protobuf writes by number."""
        indexes = list(range(len(self.source.fields)))
        if self.format.tagged:
            indexes.sort(key=lambda i: self.source.fields[i].number or 0)
        return indexes

    # --- fields ---

    def _rows(self, s: Field, members: list[Member]) -> list[Row]:
        if not members:
            if not self.tables.fills.is_fill(self.reading) and not _is_constant(s):
                self.context.losses.add(self._at(s), "dropped", "the target has no such field")
            return [self._row(s, self._skipped(s), C.H9_NO_SLOT, 0)]
        return [self._member_row(s, member, members) for member in members]

    def _at(self, each: Field) -> str:
        return f"{self.path}.{each.name}" if self.path else each.name

    def _skipped(self, s: Field) -> int:
        """Avro can only be skipped by its schema; elsewhere the wire tells."""
        return self.tables.skipping.node(s.type) if self.format.positional else 0

    def _member_row(self, s: Field, member: Member, alike: list[Member]) -> Row:
        """`alike`: all that want this field. It is one member of its oneof, however often it is read."""
        t, path = member.field, self._at(member.field)
        flags = self._strictness(s, t)
        node, nullable_flag = self._member_node(s, member, path)
        row = self._row(s, node, member.slot, flags | nullable_flag | self._repeated(s), self._group(s, t, alike))
        if id(self.source) in self.tables.mirrors:
            row["loose"] = _loosely(member)
        return row

    def _repeated(self, s: Field) -> int:
        repeated = self.format.tagged and isinstance(s.type, (Array, Map)) and not self.reading.messages.wraps(s.type)
        return C.H9_F_REPEATED if repeated else 0

    def _strictness(self, s: Field, t: Field) -> int:
        return C.H9_F_ONEOF_STRICT if self.format.strict_oneof and (s.oneof or t.oneof) else 0

    def _group(self, s: Field, t: Field, alike: list[Member]) -> int:
        """The slots of which at most one may be set: the source's oneof, else the target's."""
        if s.oneof:
            names = {each.name for each in self.source.fields if each.oneof == s.oneof}
            others = [m for m in self.placed.members if t.oneof or m not in alike]
            slots = [m.slot for m in others if m.field.name in names or m.field.oneof == t.oneof is not None]
        elif t.oneof:
            slots = self.placed.oneof(t.oneof)
        else:
            return int(C.H9_NONE)
        return self.image.mask(slots, self.placed.frame.words)

    def _member_node(self, s: Field, member: Member, path: str) -> tuple[int, int]:
        """The node for a field, and H9_F_NULLABLE where null leaves it absent."""
        t = member.field
        s_type = self.reading.member(s.type, t.type)
        may_be_null = nullable(s_type)[1] or isinstance(s_type, Null)
        unsets = (self.format.null_unsets or self._has_presence(s)) and not takes_null(self.context, s_type)
        if isinstance(s_type, Null) and isinstance(t.type, Null):
            return self.image.node(C.H9_OP_NULL), 0  # the only value that there is: it isn't absent
        if member.boxed:
            return self.reading.value(s_type, t.type, path), C.H9_F_NULLABLE if unsets else 0
        if may_be_null and (member.inner is not None or self._absence_is_null(t, path)):
            return self._nullable_node(s_type, member, path), C.H9_F_NULLABLE
        return self._node(s_type, member, path), C.H9_F_NULLABLE if unsets else 0

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
            return self.image.node(C.H9_OP_NULL)
        inner = nullable(s)[0]
        if not is_choice(s):
            node = self._node(inner, member, path)
            positional = self.format.positional
            named = self.reading.named(inner, node)
            return self.image.node(C.H9_OP_OPTION, a=node, lo=null_index(s)) if positional else named
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
        if not isinstance(s_meaning, Record):
            return self.context.problem(path, f"{describe(inner)} can't become {describe(member.inner.record)}")
        table = self.tables.inline(self.reading, s_meaning, member.inner, path)
        return self.image.node(C.H9_OP_INLINE, a=table, flags=mask_flag(self.format, s_meaning))

    def _checked_paths(self, node: int, path: str) -> int:
        """A FieldMask's paths, where the target makes one text of them."""
        if mask_flag(self.context.target, self.placed.record) and self.image.nodes[node]["op"] == C.H9_OP_LIST:
            row = self.image.nodes[node]
            row["a"] = self.reading.with_steps(row["a"], [{"code": C.H9_STEP_MASK_PATH}])
            self.context.losses.add(path, "checked", "refused unless in snake_case that camelCase can say")
        return node

    def _row(self, s: Field, node: int, slot: int, flags: int, group: int | None = None) -> Row:
        key = self._key(s)
        row: Row = {
            "node": node, "slot": slot, "flags": flags, "key": self.image.text(key), "key_size": len(key),
            "group": C.H9_NONE if group is None else group, "name": self.image.name(s.name),
        }  # fmt: skip
        if self.format.tagged:
            row["tag"] = tag(self.format, s, self.context.policies, self.context.carried)
            self._mark_group(s, node)
        if self.format.forms is not None and slot != C.H9_NO_SLOT:
            give_form(self.image, node, self.format.forms(s))
        return row

    def _mark_group(self, s: Field, node: int) -> None:
        """Protobuf's delimited encoding is a property of the field; its node is its own."""
        if s.delimited and node:
            row = self.image.nodes[node]
            if row["op"] == C.H9_OP_LIST:
                item = dict(self.image.nodes[row["a"]])
                item["flags"] = item.get("flags", 0) | C.H9_N_GROUP
                self.image.nodes.append(item)
                row["a"] = len(self.image.nodes) - 1
            else:
                row["flags"] = row.get("flags", 0) | C.H9_N_GROUP

    def _key(self, s: Field) -> bytes:
        encode = self.format.encode_key
        return encode(self.format.spellings(s)[0]) if encode else b""

    def _lay_out(self, rows: list[list[Row]]) -> Row:
        """First rows side by side, further ones (the same member wanted twice) behind them."""
        first = len(self.image.fields)
        self.image.fields.extend(group[0] for group in rows)
        for i, group in enumerate(rows):
            at = first + i
            for row in group[1:]:
                self.image.fields.append(row)
                self.image.fields[at]["also"] = len(self.image.fields) - 1
                at = len(self.image.fields) - 1
        return {"first": first, "count": len(rows)}

    # --- the rest of the table ---

    def _frame(self) -> Row:
        return {"slots": self.placed.frame.slots, "words": self.placed.frame.words}

    def _keys(self, order: list[int]) -> Row:
        fields = [self.source.fields[i] for i in order]
        spellings: list[tuple[bytes, int]] = []
        if self.format.self_describing:
            named = [(self.format.spellings(each), i) for i, each in enumerate(fields)]
            depth = max((len(names) for names, _ in named), default=0)
            spellings = [(names[k].encode(), i) for k in range(depth) for names, i in named if k < len(names)]
            if self.format.schemaless:  # where the writer's schema is known, aliases are the reader's alone (S31)
                spellings += [(a.encode(), i) for i, each in enumerate(fields) for a in (*each.aliases, *kept(each))]
        keys, mask = self.image.key_table(spellings)
        return {"keys": keys, "key_mask": mask, **(numbers(self.image, fields) if self.format.tagged else {})}

    def _must(self, order: list[int], found: dict[int, list[Member]]) -> int:
        """The fields whose members must be met, where the source's schema requires them; in ProtoJSON none need be.
        What is null by default may be left out."""
        if not self.format.self_describing or self.format.null_unsets:
            return 0
        fields = [self.source.fields[i] for i in order]
        strict = self.format.needs_schema
        must = [k for k, i in enumerate(order) if i in found and _must_be_met(fields[k], strict=strict)]
        return self.image.mask(must, (len(fields) + 63) // 64) + 1 if must else 0

    def _unknown(self) -> Row:
        policy = self.context.policies
        slot = self.placed.unknown_slot
        flags = C.H9_N_LAST_WINS if policy.duplicates == "last" else 0
        if id(self.source) in self.tables.mirrors:
            kind = C.H9_UNKNOWN_IGNORE
        elif policy.unknown != "default":
            kind = C.H9_UNKNOWN_IGNORE if policy.unknown == "ignore" else C.H9_UNKNOWN_REFUSE
        elif self.format.tagged:
            kind = C.H9_UNKNOWN_KEEP if slot is not None else C.H9_UNKNOWN_IGNORE
        else:
            rules = {"ignore": C.H9_UNKNOWN_IGNORE, "refuse": C.H9_UNKNOWN_REFUSE}
            kind = rules.get(self.format.unknown, rules["ignore" if self.source.open else "refuse"])
        return {"unknown": kind, "unknown_slot": C.H9_NO_SLOT if slot is None else slot, "flags": flags}

    # --- what isn't in the message ---

    def _fill(self, member: Member, s: Field | None) -> Row | None:
        return self.tables.fills.fill(self.reading, member, s, self._at(member.field))

    def _needs(self, fills: list[Row]) -> Row:
        if not fills:
            return {"need": C.H9_NONE, "first_fill": 0, "fills": 0}
        first = len(self.image.fills)
        self.image.fills.extend(fills)
        need = self.image.mask([row["slot"] for row in fills], self.placed.frame.words)
        return {"need": need, "first_fill": first, "fills": len(fills)}


def _loosely(member: Member) -> int:
    """How a member of what has no schema is read (h9_field.loose): a record that is looked into is absent where
    something else stands; what else it is asked for is refused once it is taken."""
    return int(1 << 16 + C.H9_KIND_MAP) if member.refusal is None else member.refusal + 1


def _is_constant(s: Field) -> bool:
    """A field that always holds the same: nothing is lost with it (a tag such as HAL9's `type`)."""
    return s.presence is Presence.REQUIRED and isinstance(s.type, Enum) and len(s.type.symbols) == 1


def _must_be_met(s: Field, *, strict: bool) -> bool:
    """`strict`: the format has every field always, whatever its default."""
    return s.presence is Presence.REQUIRED and (strict or s.default is not None)


def give_form(image: Image, node: int, form: Row) -> None:
    """Gives the bytes of a field, or of its list's items, a form of their own."""
    row = image.nodes[node]
    if form and row["op"] == C.H9_OP_LIST:
        give_form(image, row["a"], form)
    elif form and row["op"] == C.H9_OP_BYTES:
        row.update(form)


def takes_null(context: Context, s: Type) -> bool:
    """S12: null is a value of google.protobuf.Value and NullValue."""
    meaning = context.meaning(s)
    return isinstance(meaning, Any) or (isinstance(meaning, Enum) and meaning.name == NULL_VALUE)
