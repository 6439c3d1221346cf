"""Compiles a mapping into a plan: the source is read into a view, the view is mapped to the target's frame, in C.

    bytes --reader--> view's frame --instructions--> target's frame --writer--> bytes
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import partial

from native.binding import C
from native.errors import PlanError
from schemas.model import Any, Field, Map, Presence, Record, String, Type, nullable
from translator.formats.base import Row
from translator.mapping import model
from translator.mapping.emit import Emitter, bare_table
from translator.mapping.errors import did_you_mean
from translator.mapping.terms import Const, Term
from translator.mapping.values import Values, Wrong
from translator.mapping.wants import View, text_of
from translator.plan import matching
from translator.plan.compiler import Compiled, Side, check_sides, skip_root
from translator.plan.fields import RecordTables
from translator.plan.frames import Frames, Member, Placed
from translator.plan.image import Image
from translator.plan.policies import Policies
from translator.plan.reading import Context, Reading, describe, is_choice, optional
from translator.plan.resolve import meaning
from translator.plan.writing import Writing

_VIEW_SLOTS = 60_000


@dataclass
class _Branch:
    """A part of the target that rules write: a value, or members by name."""

    rule: model.Rule | None = None
    members: dict[str, _Branch] = field(default_factory=dict)
    term: Term | None = None


def compile_mapping(source: Side, target: Side, mapping: model.Mapping, policies: Policies) -> Compiled:
    """PlanError: every key of the mapping that can't be, and every field of the target that must be and isn't."""
    check_sides(source, target)
    chosen = Policies(**{**_as_dict(policies), **dict(mapping.policies)})  # type: ignore[arg-type]
    return _Compiler(source, target, mapping, chosen).run()


def _as_dict(policies: Policies) -> dict[str, str]:
    return {name: getattr(policies, name) for name in policies.__struct_fields__}


class _Compiler:
    def __init__(self, source: Side, target: Side, mapping: model.Mapping, policies: Policies) -> None:
        self.source, self.target, self.mapping = source, target, mapping
        image = Image()
        view_frames = Frames(
            keep_unknown=False, mergeable=source.format.tagged, resolve=meaning, inline_slots=_VIEW_SLOTS
        )
        self.context = Context(image, source.format, target.format, policies, view_frames, meaning)
        target_frames = Frames(keep_unknown=False, mergeable=False, resolve=meaning)
        self.target_context = replace(self.context, frames=target_frames)
        self.tables = RecordTables(self.context, partial(matching.by_name, camel=False))
        self.target_tables = RecordTables(self.target_context, partial(matching.by_name, camel=False))
        self.reading = Reading(self.context, source.format, self.tables)
        self.source_root: Type = source.root if source.root is not None else Any()
        self.view = View(self.source_root, meaning)
        self.values = Values(self.context, self.reading, self.view)

    def run(self) -> Compiled:
        target_root = self._target_root()
        tree = self._tree()
        self._terms(tree, target_root, "")
        self._stop_at_problems()
        view = self.view.root() if self.view.wants else Record("view")
        placed = self.context.frames.of(view)
        read_root = self.reading.value(self._source_type(view), view, "")
        emitter = Emitter(self.context, self.tables, placed)
        result = _Target(self, emitter).root(target_root, tree)
        emitter.add(C.H9_I_END, a=result)
        self.tables.finish()
        self.target_tables.finish()
        writing = Writing(self.target_context)
        write_root = writing.value(target_root, "")
        writing.finish()
        self._stop_at_problems()
        return self._compiled(emitter, placed, read_root, write_root)

    def _target_root(self) -> Record:
        root = self.target.root
        if not isinstance(root, Record):
            raise PlanError([("", "a mapping's target must be a record")])
        return root

    def _source_type(self, view: Record) -> Type:
        """What is read: the source's schema, or for a source without one, any members of an open object."""
        if isinstance(meaning(self.source_root), Any):
            names = dict.fromkeys(each.name for each in view.fields)
            return Record("source", [Field(name, Any(), Presence.OPTIONAL) for name in names])
        if not isinstance(meaning(self.source_root), Record):
            raise PlanError([("", f"a mapping's source must be a record, not {describe(self.source_root)}")])
        return self.source_root

    def _compiled(self, emitter: Emitter, placed: Placed, read_root: int, write_root: int) -> Compiled:
        image = self.context.image
        image.insns = emitter.insns
        image.records.append(bare_table(self.context, placed))
        map_root = len(image.records) - 1
        data = image.dump(
            reader=self.source.format.core, writer=self.target.format.core, read_root=read_root, write_root=write_root,
            skip_root=skip_root(self.tables, self.source.format, self.source_root),
            map_root=map_root, registers=emitter.registers,
        )  # fmt: skip
        self._report()
        warnings = [text for side in (self.source, self.target) if side.schema for text in side.schema.warnings]
        return Compiled(data, image.names, self.context.losses, warnings)

    # --- the rules, as a tree over the target ---

    def _tree(self) -> _Branch:
        root = _Branch()
        for rule in self.mapping.rules:
            at = root
            for segment in rule.target:
                at = at.members.setdefault(text_of(segment), _Branch())
            at.rule = rule
        return root

    def _terms(self, branch: _Branch, target: Type, path: str) -> None:
        """Finds the type that each rule's value must have, and the value's term."""
        inner = meaning(nullable(target)[0])
        for name, child in branch.members.items():
            place = f"{path}.{name}" if path else name
            found = self._member_type(inner, name, child)
            if found is None:
                continue
            if child.rule is not None:
                child.term = self._term(child.rule, found)
            else:
                self._terms(child, found, place)

    def _member_type(self, inner: Type, name: str, child: _Branch) -> Type | None:
        if isinstance(inner, Map) and isinstance(inner.keys, String):
            return inner.values
        found = _target_field(inner, name) if isinstance(inner, Record) else None
        if found is None:
            names = [each.name for each in inner.fields] if isinstance(inner, Record) else []
            for rule in _rules(child):
                self.context.problem(rule.key, f"{describe(inner)} has no field {name!r}{did_you_mean(name, names)}")
        return None if found is None else found.type

    def _term(self, rule: model.Rule, target: Type) -> Term | None:
        try:
            return self.values.term(rule.value, optional(target)[0])  # absence says null
        except Wrong as wrong:
            self.context.problem(wrong.key, wrong.reason)
            return None

    def _stop_at_problems(self) -> None:
        if self.context.problems:
            raise PlanError(list(dict.fromkeys(self.context.problems)))

    # --- the report ---

    def _report(self) -> None:
        """Verdicts by the target's fields: a rule's is the worst of what it reads and does."""
        found = self.context.losses
        for rule in self.mapping.rules:
            path = ".".join(text_of(segment) for segment in rule.target)
            reads = [want.source_path for want in self.view.wants if want.key.startswith(rule.key)]
            inside = [
                loss for loss in found
                if loss.verdict == "checked" and (loss.path.startswith(rule.key) or _under(loss.path, reads))
            ]  # fmt: skip
            found.add(path, "checked" if inside else "exact", inside[0].reason if inside else "")
        found.keep(lambda loss: loss.verdict == "dropped" or not self._internal(loss.path))

    def _internal(self, path: str) -> bool:
        """A path of the view or of the document, whose verdict now stands under the target's."""
        return path.startswith("fields.") or path in {"(message)", ""} or _under(path, [w.source_path for w in self.view.wants])


def _under(path: str, roots: list[str]) -> bool:
    return any(path == root or path.startswith((f"{root}.", f"{root}[", f"{root}{{")) for root in roots)


def _target_field(record: Record, name: str) -> Field | None:
    return record.field(name) or next((each for each in record.fields if each.json_name == name), None)


def _rules(branch: _Branch) -> list[model.Rule]:
    """All rules at or below a branch."""
    own = [branch.rule] if branch.rule else []
    return own + [rule for child in branch.members.values() for rule in _rules(child)]


class _Target:
    """Builds the target's frame from the rules' terms."""

    def __init__(self, compiler: _Compiler, emitter: Emitter) -> None:
        self.compiler = compiler
        self.emitter = emitter
        self.context = compiler.target_context

    def root(self, record: Record, branch: _Branch) -> int:
        """The whole message; its register."""
        return self._own_record(record, branch, "", always=True)

    def _table(self) -> int:
        self.context.image.records.append({})
        return len(self.context.image.records) - 1

    def _complete(self, table: int, placed: Placed, branch: _Branch, path: str) -> None:
        """The record table that says what must be there."""
        fills = [row for m in placed.members if (row := self._fill(m, branch, path)) is not None]
        row = bare_table(self.context, placed)
        if fills:
            image = self.context.image
            row |= {"need": image.mask([f["slot"] for f in fills], placed.frame.words)}
            row |= {"first_fill": len(image.fills), "fills": len(fills)}
            image.fills.extend(fills)
        self.context.image.records[table] = row

    def _fill(self, member: Member, branch: _Branch, path: str) -> Row | None:
        fills = self.compiler.target_tables.fills
        place = f"{path}.{member.field.name}" if path else member.field.name
        if _child(branch, member) is None:
            return fills.unmapped(member, place)
        return fills.mapped(member, place)

    def members(self, placed: Placed, branch: _Branch, dst: int, table: int, path: str) -> list[int]:
        """Sets the members that rules write; the registers of their values."""
        registers = []
        for member in placed.members:
            child = _child(branch, member)
            if child is not None:
                registers.append(self._member(member, child, dst, table, path))
        return registers

    def _member(self, member: Member, child: _Branch, dst: int, table: int, path: str) -> int:
        place = f"{path}.{member.field.name}" if path else member.field.name
        emitter = self.emitter
        if member.inner is not None and child.rule is None:
            return self._inline(member, member.inner, child, dst, table, place)
        if child.rule is not None:
            register = self._value(member, child)
        else:
            register = self._nested(member, child, place)
        key = child.rule.key if child.rule else ""
        emitter.add(C.H9_I_SET, key, dst=dst, a=register, b=member.slot, c=table)
        return register

    def _value(self, member: Member, child: _Branch) -> int:
        assert child.term is not None
        if member.inner is not None:
            assert child.rule is not None
            reason = "a whole record can't be mapped into a record that stands inline: map its members"
            self.context.problem(child.rule.key, reason)
            return 0
        register = self.emitter.term(child.term)
        return self._boxed(register, child) if member.boxed else register

    def _boxed(self, register: int, child: _Branch) -> int:
        dst = self.emitter.register()
        box = self.context.image.chain([{"code": C.H9_STEP_BOX, "a": 1}])
        self.emitter.add(C.H9_I_STEP, child.rule.key if child.rule else "", dst=dst, a=register, c=box)
        return dst

    def _inline(self, member: Member, inner: Placed, child: _Branch, dst: int, table: int, path: str) -> int:
        """A record in the frame around it: there if it must be, or if any of its members is."""
        emitter = self.emitter
        registers = self.members(inner, child, dst, table, path)
        own = self._table()
        self._complete(own, inner, child, path)
        if member.field.presence is Presence.REQUIRED and not nullable(member.field.type)[1]:
            emitter.add(C.H9_I_MARK, dst=dst, a=dst, b=member.slot, c=table)
            emitter.add(C.H9_I_FINISH, dst=dst, c=own)
            return dst
        there = self._any(registers)
        jump = emitter.add(C.H9_I_IF_ABSENT, a=there)
        emitter.add(C.H9_I_MARK, dst=dst, a=there, b=member.slot, c=table)
        emitter.add(C.H9_I_FINISH, dst=dst, c=own)
        emitter.here(jump)
        return there

    def _any(self, registers: list[int]) -> int:
        """A register that is present where any of `registers` is."""
        emitter, dst = self.emitter, self.emitter.register()
        for register in registers:
            jump = emitter.add(C.H9_I_IF_ABSENT, a=register)
            emitter.add(C.H9_I_COPY, dst=dst, a=register)
            emitter.here(jump)
        return dst

    def _nested(self, member: Member, child: _Branch, path: str) -> int:
        """A record with a frame of its own, or a map."""
        inner = meaning(nullable(member.field.type)[0])
        if not isinstance(inner, Record):
            register = self._container(inner, child)
        else:
            always = member.field.presence is Presence.REQUIRED and not nullable(member.field.type)[1]
            register = self._own_record(inner, child, path, always=always)
        return self._boxed(register, child) if member.boxed else register

    def _own_record(self, record: Record, child: _Branch, path: str, *, always: bool) -> int:
        """A record with a frame of its own; unless `always`, it is there only if any of its members is."""
        emitter = self.emitter
        placed = self.context.frames.of(record)
        dst, table = emitter.register(), self._table()
        emitter.add(C.H9_I_RECORD_NEW, dst=dst, c=table)
        registers = self.members(placed, child, dst, table, path)
        self._complete(table, placed, child, path)
        if always:
            emitter.add(C.H9_I_FINISH, dst=dst, c=table)
            return dst
        there, whole = self._any(registers), emitter.register()
        jump = emitter.add(C.H9_I_IF_ABSENT, a=there)
        emitter.add(C.H9_I_FINISH, dst=dst, c=table)
        emitter.add(C.H9_I_COPY, dst=whole, a=dst)
        emitter.here(jump)
        return whole

    def _container(self, type_: Type, child: _Branch) -> int:
        """A map, or a record in one: it is there if any of its members is."""
        if isinstance(type_, Record):
            return self._own_record(type_, child, "", always=False)
        assert isinstance(type_, Map)
        return self._map(type_, child)

    def _map(self, map_: Map, child: _Branch) -> int:
        emitter, dst = self.emitter, self.emitter.register()
        emitter.add(C.H9_I_LIST_NEW, dst=dst)
        for text, entry in child.members.items():
            key = emitter.term(Const(map_.keys, entry.rule.key if entry.rule else "", text))
            value = self._entry(map_, entry)
            emitter.add(C.H9_I_PUT, dst=dst, a=key, b=value)
        return dst

    def _entry(self, map_: Map, entry: _Branch) -> int:
        """A map's value; a nullable one is an option."""
        if entry.rule is None:
            inner = meaning(nullable(map_.values)[0])
            register = self._container(inner, entry)
        else:
            assert entry.term is not None
            register = self.emitter.term(entry.term)
        _, null = nullable(map_.values)
        return self._boxed(register, entry) if null and not is_choice(map_.values) else register


def _child(branch: _Branch, member: Member) -> _Branch | None:
    return branch.members.get(member.field.name) or branch.members.get(member.field.json_name)
