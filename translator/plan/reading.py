"""The reading side of a plan: nodes that read the source's values into the target's frame.

Every method takes the source's type `s` and the target's `t` and gives a node. What can't be is noted as a problem with
the target's path, and all problems are reported together.

Null and absence are the hard part (S11). A value in a list, a map, a union or at the root that may be null is a choice
in the frame: nothing, or a box (`value`). A field that may be null needs no box, since its slot can be absent
(`filled`), unless absence means something else there. Between unions every branch of the source goes to the first
branch of the target that takes it (S18), and one that has no place is refused where it stands, not at compile time:
which branch comes is the message's matter.
"""

from __future__ import annotations

from native.binding import C
from schemas.avro import branch_name
from schemas.model import (
    Any,
    Array,
    Bool,
    Bytes,
    Enum,
    Field,
    Int,
    Map,
    Null,
    Record,
    String,
    Type,
    Union,
)
from translator.formats import json
from translator.formats.base import Format
from translator.plan import branches, nodes, reach, steps
from translator.plan.compilation import Compilation
from translator.plan.convert import as_carried, checked, convert, parse, printed
from translator.plan.enums import Enums
from translator.plan.frames import Placed
from translator.plan.protobuf import Wrappers
from translator.plan.resolve import any_shape, expands, is_any, is_wrapper, mask_flag, packs, plain, shape_fits
from translator.plan.rows import NONE, Fits, NodeFlag, RecordRow
from translator.plan.shapes import (
    alike,
    describe,
    is_choice,
    item_width,
    kind_table,
    last_name,
    least_size,
    null_index,
    optional,
    promotes,
    same_union,
)

_NULL = Enum("null", (("null", 0),))
"""The one JSON text that null is."""
_PACKED = Record("", [Field("type_url", String()), Field("value", Bytes())])
"""Where the two fields of an Any stand until it is unpacked."""


class Reading:
    """Builds reading nodes for one source format; `fields.py` adds the records. `whole`: of what the target is."""

    whole = True

    def __init__(self, context: Compilation, source: Format, records: Records) -> None:
        self.context = context
        self.image = context.image
        self.format = source
        self.records = records
        self.enums = Enums(context.image, source)
        self.wrappers = Wrappers(context.image, source, context.policies, context.carried)

    # --- values: what stands in a list, a map, a union, or at the root ---

    def value(self, s: Type, t: Type, path: str) -> int:
        """Any value. Where `t` may be null its slot is a choice: nothing or a box."""
        s = self.known(s, t)
        inner, t_null = optional(t)
        if self.untypes(s, t):
            return self._any(s, self._untyped(t), path)
        if is_choice(t):
            return self._into_choice(s, t, path)
        if t_null:
            return self._into_option(s, inner, path)
        if isinstance(s, Union):
            return self._refusing_null(s, t, path)
        return self.solid(s, t, path)

    def filled(self, s: Type, t: Type, path: str) -> int:
        """A value that isn't null, for a field whose absence says null: a nullable target isn't boxed."""
        return self._into_choice(s, t, path) if is_choice(t) else self.value(s, optional(t)[0], path)

    def _into_option(self, s: Type, t: Type, path: str) -> int:
        if isinstance(s, Null):
            return self._null_box()
        inner, s_null = optional(s)
        if s_null and not isinstance(inner, Null):
            node = self.solid(inner, t, path)
            if self.wrappers.wraps(s):
                made = [self._null_box() if isinstance(b, Null) else self._boxed(node, 1) for b in _branches(s)]
                return self.wrappers.read(s, made)
            node = self.named(inner, node)
            return self.image.node(nodes.option(node, null_index(s)))
        if isinstance(s, Union):
            return self.union(s, [self.branch(b, (t,), path, box=1) for b in s.branches], path)
        return self._boxed(self.solid(s, t, path), 1)

    def _into_choice(self, s: Type, t: Type, path: str) -> int:
        """S18: each of the source's branches goes to the first of the target's that takes it."""
        assert isinstance(t, Union)
        if isinstance(s, Union):
            places = self._places(s, t, path)
            made = [self.branch(b, t.branches, path, twin=i) for b, i in zip(s.branches, places, strict=True)]
            return self.union(s, made, path)
        node = self.branch(s, t.branches, path)
        if self._fails(node):
            return self.context.problem(path, f"{describe(s)} is not a branch of the target's union")
        return node

    def _places(self, s: Union, t: Union, path: str) -> list[int | None]:
        """The target's branch for each of the source's; None: it has no place, or is null."""
        if s is t or same_union(s, t):
            return [*range(len(s.branches))]
        mine, theirs = _solid(s), _solid(t)
        sources, targets = [s.branches[i] for i in mine], [t.branches[i] for i in theirs]
        options = [self._options(each, tuple(targets)) for each in sources]
        chosen: list[int | None]
        if self.format.resolves and self.context.target.resolves:
            chosen = [next(iter(each), None) for each in options]
        else:
            pairs = branches.one_to_one(sources, targets, self._alike, self._convertible)
            chosen = branches.sparing(options) if pairs is None else [*pairs]
        for k in branches.shared(chosen):
            self.context.losses.add(path, "checked", f"{describe(sources[k])} shares a branch with another")
        placed = {i: theirs[j] for i, j in zip(mine, chosen, strict=True) if j is not None}
        return [placed.get(i) for i in range(len(s.branches))]

    def _alike(self, s: Type, t: Type) -> bool:
        return alike(self.context.meaning(s), self.context.meaning(t))

    def _convertible(self, s: Type, t: Type) -> bool:
        """Whether the branch of one union may be that of the other in the same place."""
        meant, wanted = self.context.meaning(s), self.context.meaning(t)
        held = isinstance(meant, (Record, Array, Map, Enum))
        return type(meant) is type(wanted) if held else convert(meant, wanted, self.context.policies) is not None

    def branch(
        self, s: Type, targets: tuple[Type, ...], path: str, *, box: int | None = None, twin: int | None = None
    ) -> int:
        """One branch of a union, boxed as the target's branch (or `box`); FAIL where there is no place for it."""
        if isinstance(s, Null):
            index = next((i for i, t in enumerate(targets) if isinstance(t, Null)), None)
            placeless = index is None and box is None
            return self._refused(C.H9_E_NULL) if placeless else self._null_box(index)
        chosen = twin if twin is not None else self.branch_for(s, targets)
        if chosen is None:
            self.context.losses.add(path, "checked", f"{describe(s)} is refused")
            return self._refused(C.H9_E_BRANCH)
        return self._boxed(self.solid(s, targets[chosen], path), chosen if box is None else box)

    def bare_branch(self, s: Type, t: Type, path: str) -> int:
        """One branch of a union for a target that isn't one."""
        if isinstance(s, Null):
            return self._refused(C.H9_E_NULL)
        if not self.matches(s, t):
            self.context.losses.add(path, "checked", f"{describe(s)} is refused")
            return self._refused(C.H9_E_BRANCH)
        return self.solid(s, t, path)

    def _null_box(self, index: int | None = None) -> int:
        return self.image.node(nodes.null(), [steps.null_box(index or 0)])

    def _refused(self, code: int) -> int:
        return self.image.node(nodes.fail(code))

    def _fails(self, node: int) -> bool:
        return bool(self.image.nodes[node].op == C.H9_OP_FAIL)

    def _refusing_null(self, s: Union, t: Type, path: str) -> int:
        """A source with branches, a target without: what isn't the target's is refused where it stands."""
        inner, s_null = optional(s)
        if s_null:
            self.context.losses.add(path, "checked", "null is refused")
            if not self.format.positional and not self.wrappers.wraps(s):
                return self.named(inner, self.solid(inner, t, path))  # the node itself refuses null
            if not is_choice(s):
                return self.union(s, [self._null_or(b, t, path) for b in s.branches], path)
        made = [self.bare_branch(b, t, path) for b in s.branches]
        if all(map(self._fails, made)):
            return self.context.problem(path, f"no branch of the source's union can become {describe(t)}")
        return self.union(s, made, path)

    def _null_or(self, b: Type, t: Type, path: str) -> int:
        return self._refused(C.H9_E_NULL) if isinstance(b, Null) else self.solid(b, t, path)

    def _boxed(self, node: int, branch: int) -> int:
        """The same node with its value boxed at the end."""
        return self.image.with_steps(node, [steps.box(branch)])

    def known(self, s: Type, t: Type) -> Type:
        """What a self-describing source leaves untyped is read as the target says, unless as JSON text (S34)."""
        untyped = self.format.self_describing and isinstance(self.meaning(s, optional(t)[0]), Any)
        return t if untyped and not self._is_text(s, optional(t)[0]) else s

    def meaning(self, s: Type, t: Type) -> Type:
        """What a source's type stands for; a list or map of untyped values is one where text stands for these."""
        opened = self.context.policies.any == "json" and self.format.self_describing
        return s if opened and isinstance(s, (Array, Map)) and type(s) is type(t) else self.context.meaning(s)

    def _is_text(self, s: Type, t: Type) -> bool:
        """Whether an untyped value is to be JSON text."""
        wanted = self.context.policies.any == "json" and isinstance(self.context.meaning(t), String)
        return wanted and isinstance(self.context.meaning(s), Any)

    member = known  # of a record's field: a mapping's view tells more

    # --- values that aren't null ---

    def solid(self, s: Type, t: Type, path: str) -> int:
        """A value of `s` as one of `t`, neither of them nullable."""
        wrapped = is_wrapper(s) and self.format.says_messages and self.context.meaning(s) is not s
        if self.context.meaning is not plain and (self.shows(s) or self.shows(t, self.context.target)):
            return self._any_message(s, t, path)
        s, t = self.meaning(self.known(s, t), t), self.context.meaning(t)
        node = self._solid(s, t, path)
        return self.image.node(nodes.wrapped(node)) if wrapped else node

    # --- google.protobuf.Any ---

    def shows(self, type_: Type, format_: Format | None = None) -> bool:
        """Whether it is an Any that the format shows as the message in it."""
        return is_any(type_) and expands(format_ or self.format)

    def _any_message(self, s: Type, t: Type, path: str) -> int:
        """An Any in JSON, on one side or on both. It stands in the frame as the target has it."""
        shown = [self.shows(s), self.shows(t, self.context.target)]
        if not (isinstance(s, Record) and isinstance(t, Record) and packs(s) and packs(t)):
            return self.context.problem(path, f"{describe(s)} can't become {describe(t)}")
        self.context.losses.add(path, "checked", "refused where the message's type isn't known")
        types = self.context.embedded.read(self.format, self.context.target)
        if all(shown):
            return self.image.node(nodes.typed(types))
        placed = self.context.frames.of(t if shown[0] else _PACKED)
        slots = {member.field.name: member.slot for member in placed.members}
        url, value = slots["type_url"], slots["value"]
        if shown[1]:
            table = self.records.table(self, s, placed, path)
            return self.image.node(nodes.record(table), [steps.unpack(types, table, url, value)])
        table, (keys, mask) = self.image.reserve(), self.image.key_table([])
        frame = placed.frame
        self.image.records[table] = RecordRow(slots=frame.slots, words=frame.words, keys=keys, key_mask=mask)
        packed = steps.pack(self.context.embedded.written(self.format, self.context.target), table, url, value)
        return self.image.node(nodes.typed(types), [packed])

    def _solid(self, s: Type, t: Type, path: str) -> int:
        if isinstance(t, Any):
            return self._any(s, t, path)
        if isinstance(s, Any) and self._is_text(s, t):
            return self._any_text(s, path)
        if isinstance(s, Any) and isinstance(t, Null):
            return self._any_null(s, path)
        match s, t:
            case Record(), Record():
                self.context.losses.add(path or "(message)", "exact")
                table = self.records.table(self, s, self.context.frames.of(t), path)
                return self.image.node(nodes.record(table, mask_flag(self.format, s)))
            case Array(), Array():
                return self._list(s, t, path)
            case Map(), Map():
                return self._map(s, t, path)
            case _:
                return self._scalar(s, t, path)

    def untypes(self, s: Type, t: Type) -> bool:
        """Whether a union has to become an untyped value: null is one, too."""
        return isinstance(s, Union) and isinstance(self.context.meaning(t), Any) and not self._as_it_stands(s)

    def _untyped(self, t: Type) -> Any:
        found = self.context.meaning(t)
        assert isinstance(found, Any)
        return found

    def _as_it_stands(self, s: Type) -> bool:
        """Whether a value is untyped where it stands already. A JSON of Protobuf's messages has forms of its own."""
        return isinstance(s, Any) or (self.format.schemaless and self.format.languages != {"protobuf"})

    def _any(self, s: Type, t: Any, path: str) -> int:
        """An untyped value. A self-describing source gives one of anything."""
        if not self._as_it_stands(s):
            holders = ((Record, Map), (Array,))[any_shape(t) - 1] if any_shape(t) else (Type,)
            if not isinstance(s, holders):
                return self.context.problem(path, f"{describe(s)} can't become {describe(t)}")
            return self.context.natural.node(self.format, s, t, path)
        self.context.losses.add(path, "exact")
        fits = self.any_fits(s, t)
        if fits:
            self.context.losses.add(path, "checked", "refused where the target has no such value")
        form = any_shape(s) if isinstance(s, Any) else 0
        return self.image.node(nodes.any_(form, flags=self._twice()), [steps.any_fits(fits)] if fits else [])

    def _twice(self) -> int:
        """S15: what becomes of a key that comes twice."""
        return NodeFlag.LAST_WINS if self.context.policies.duplicates == "last" else 0

    def _any_text(self, s: Any, path: str) -> int:
        """An untyped value as its JSON text."""
        self.context.losses.add(path, "checked", "as JSON text: refused where JSON has no such value")
        text = nodes.scalar(json.FORMAT, Any(), self.context.policies)
        assert text is not None
        step = steps.any_to_string(flags=text.flags, form=text.b)
        return self.image.node(nodes.any_(any_shape(s), flags=self._twice()), [step])

    def _any_null(self, s: Any, path: str) -> int:
        """An untyped value that has to be null: its JSON text is the one symbol of an enum."""
        self.context.losses.add(path, "checked", "refused unless null")
        text = [steps.any_to_string(), steps.string_to_enum(self.enums.names(_NULL))]
        return self.image.node(nodes.any_(any_shape(s)), text)

    def any_fits(self, s: Type, t: Any) -> int:
        """What is to be refused of an untyped value on its way to the target's format."""
        fits = shape_fits(t) if shape_fits(t) != (shape_fits(s) if isinstance(s, Any) else 0) else 0
        policies, target = self.context.policies, self.context.target
        if target.tagged:
            fits |= Fits.DOUBLE | Fits.TEXT
        elif target.text and not self.format.text:
            form = target.scalar(t, policies)
            says_nan = form is not None and (form.null_not_finite or form.quoted)
            fits |= Fits.TIMES if says_nan else Fits.TIMES | Fits.FINITE
        elif target.has_tags:
            fits |= Fits.DIGITS if self.format.text else 0 if self.format.has_tags else Fits.TIMES
        elif not target.text and (self.format.text or self.format.has_tags):
            fits |= Fits.WORD
        if fits and policies.rounding == "round":
            fits |= Fits.ROUNDED
        return fits | (Fits.SIMPLE if self.format.has_tags and not target.has_tags else 0)

    def _list(self, s: Array, t: Array, path: str) -> int:
        item = self.value(s.items, t.items, f"{path}[]")
        width = item_width(t, self.context.meaning)
        flags = NodeFlag.PACKED if s.packed else 0
        node = self.image.node(nodes.list_(item, width, least=least_size(s.items), flags=flags))
        return self.wrappers.read(s, [node])

    def _map(self, s: Map, t: Map, path: str) -> int:
        key = self._key(s.keys, t.keys, path)
        value = self.value(s.values, t.values, f"{path}{{}}")
        held = nodes.scalar(self.context.target, t.keys, self.context.policies)
        kind = held.op if held else C.H9_OP_STRING
        row = nodes.map_(key, value, kind, least=1 + least_size(s.values), flags=self._twice())
        return self.wrappers.read(s, [self.image.node(row)])

    def _key(self, s: Type, t: Type, path: str) -> int:
        """A map's key; numbers and booleans become canonical text where the target's keys are text (S22)."""
        if isinstance(t, String) and isinstance(s, (Int, Bool)):
            return self.image.with_steps(self._scalar(s, s, path), [printed(s)])
        if isinstance(s, String) and (self.format.self_describing or not isinstance(t, String)):
            return self._text_key(s, t, path)
        return self._scalar(s, t, path)

    def _text_key(self, s: Type, t: Type, path: str) -> int:
        """Keys that stand as text are read as the target's kind; Avro's as text and then parsed."""
        if self.format.self_describing:
            return self._scalar(t, t, path)
        if not isinstance(t, (Int, Bool)):
            return self._scalar(s, t, path)
        wanted = "integers" if isinstance(t, Int) else "true or false"
        self.context.losses.add(path, "checked", f"keys are refused unless {wanted}")
        step = parse(t)
        assert step is not None
        return self.image.with_steps(self._scalar(s, s, path), [step])

    # --- unions ---

    def branch_for(self, s: Type, targets: tuple[Type, ...]) -> int | None:
        """S18: between Avro schemas the first branch that matches, promotion included; elsewhere one of the same kind
        is taken before one that it would have to be converted to."""
        return next(iter(self._options(s, targets)), None)

    def _options(self, s: Type, targets: tuple[Type, ...]) -> list[int]:
        """All branches that match, in the order of preference."""
        options = [i for i, t in enumerate(targets) if not isinstance(t, Null) and self.matches(s, t)]
        if not (self.format.resolves and self.context.target.resolves):
            options.sort(key=lambda i: not self._alike(s, targets[i]))
        return options

    def matches(self, s: Type, t: Type) -> bool:
        """Whether values of `s` can become values of `t`, judged without looking into containers."""
        s, t = self.meaning(s, t), self.context.meaning(t)
        match s, t:
            case (Any(), String()):
                return self._is_text(s, t)
            case (Record(), Record()):
                return s is t or last_name(s.name) in map(last_name, (t.name, *t.aliases))
            case (Array(), Array()) | (Map(), Map()):
                return True
            case (Enum(), Enum()):
                return last_name(s.name) in map(last_name, (t.name, *t.aliases))
            case (_, Any()):
                return True
            case _:
                return promotes(s, t, self.context.policies)

    def union(self, s: Union, made: list[int], path: str) -> int:
        """A node that picks a branch: by Avro's index, its name, the value's kind, or a wrapper's member."""
        if self.wrappers.wraps(s):
            return self.wrappers.read(s, made)
        index = null_index(s) if any(isinstance(b, Null) for b in s.branches) else -1
        if self.format.names_branches:
            named = [(branch_name(b).encode(), i) for i, b in enumerate(s.branches) if not isinstance(b, Null)]
            keys, mask = self.image.key_table(named)
            first = self.image.many32(made)
            return self.image.node(
                nodes.named_union(first, len(made), null_index=index, keys=keys, key_mask=mask)
            )  # fmt: skip
        kinds = NONE if self.format.positional else self.image.many32(self._kinds(s, path))
        return self.image.node(nodes.union(self.image.many32(made), len(made), null_index=index, kinds=kinds))

    def named(self, s: Type, node: int) -> int:
        """The node of a branch that stands alone with null, where the format has its name around it."""
        if not self.format.names_branches:
            return node
        name = branch_name(s).encode()
        return self.image.node(nodes.named(node, self.image.text(name), len(name)))

    def _kinds(self, s: Union, path: str) -> list[int]:
        table, clash = kind_table(s, self.format, self.context.policies, self.context.meaning)
        if clash and self.context.policies.unions == "refuse":
            self.context.alike(path, self.format)
        return table

    # --- single values ---

    def _scalar(self, s: Type, t: Type, path: str) -> int:
        policies = self.context.policies
        if isinstance(s, Enum) and isinstance(t, Enum):
            return self._enum(s, t, path)
        if isinstance(s, Enum) or isinstance(t, Enum):
            return self._enum_text(s, t, path)
        read_as = reach.read_as(self.format, s, t)
        chain = convert(read_as, t, policies)
        if chain is None and self.format.resolves and self.context.target.resolves:
            read_as = as_carried(s, t)
            chain = convert(read_as, t, policies)
        row = nodes.scalar(self.format, read_as, policies)
        if chain is None or row is None:
            return self.context.problem(path, f"{describe(s)} can't become {describe(t)}")
        checks = [] if reach.same(self.format, self.context.target, s, t) else checked(self.context.target, t, policies)
        reason = (
            chain.reason
            or reach.of_digits(self.format, read_as, policies)
            or ("refused where it doesn't fit" if read_as is not s else "")
        )
        reason = reason or (f"refused where {self.context.target.name} can't say it" if checks else "")
        self.context.losses.add(path, "checked" if reason else "exact", reason)
        if isinstance(t, String) and self.context.target.tagged and not t.validated:
            row = row._replace(flags=row.flags | NodeFlag.UNCHECKED)
        return self.image.node(row, [*chain.steps, *checks])

    def _enum(self, s: Enum, t: Enum, path: str) -> int:
        table, reason = self.enums.reading(s, t)
        self.context.losses.add(path, "checked" if reason else "exact", reason)
        row = nodes.scalar(self.format, s, self.context.policies)
        assert row is not None
        if self.context.policies.unknown == "ignore" and self.format.self_describing and not self.format.names_branches:
            name = path.rpartition(".")[2].rstrip("[]{}").encode()  # S17: under which what is passed over is counted
            row = row._replace(b=self.image.text(name), c=len(name))
        return self.image.node(row._replace(a=table))

    def _enum_text(self, s: Type, t: Type, path: str) -> int:
        """An enum's name as text, and text as an enum."""
        row = nodes.scalar(self.format, s, self.context.policies)
        if isinstance(s, Enum) and isinstance(t, String) and row:
            table, _ = self.enums.reading(s, s)
            reason = "a number without a name is refused" if s.open else ""
            self.context.losses.add(path, "checked" if reason else "exact", reason)
            return self.image.node(row._replace(a=table), [steps.enum_to_string(self.enums.names(s))])
        if isinstance(s, String) and isinstance(t, Enum) and row:
            self.context.losses.add(path, "checked", "a name that the enum doesn't have is refused")
            return self.image.node(row, [steps.string_to_enum(self.enums.names(t))])
        return self.context.problem(path, f"{describe(s)} can't become {describe(t)}")


def _solid(union: Union) -> list[int]:
    """Where a union's branches are that aren't null."""
    return [i for i, each in enumerate(union.branches) if not isinstance(each, Null)]


def _branches(union: Type) -> tuple[Type, ...]:
    return union.branches if isinstance(union, Union) else ()


class Records:
    """What `fields.py` does for a Reading: record tables."""

    def table(self, reading: Reading, s: Record, placed: Placed, path: str) -> int:
        """The record table that reads `s` into `placed`."""
        raise NotImplementedError
