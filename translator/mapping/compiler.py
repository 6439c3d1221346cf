"""Compiles a mapping into a plan: the source is read into a view, the view is mapped to the target's frame, in C.

bytes --reader--> view's frame --instructions--> target's frame --writer--> bytes
"""

from __future__ import annotations

from dataclasses import replace
from functools import partial

from native.binding import C
from native.errors import PlanError
from schemas.model import Any, Field, Map, Record, String, Type, nullable
from translator.mapping import model
from translator.mapping.emit import Emitter, bare_table
from translator.mapping.errors import child as key_of
from translator.mapping.errors import did_you_mean
from translator.mapping.report import Report, within
from translator.mapping.target import Branch, Target
from translator.mapping.terms import Wrong
from translator.mapping.values import Values
from translator.mapping.viewing import MappedFrames, ViewReading
from translator.mapping.wants import View, text_of
from translator.plan import matching
from translator.plan.compiler import Compiled, Side, check_sides, skip_root
from translator.plan.fields import RecordTables
from translator.plan.frames import Placed
from translator.plan.image import Image
from translator.plan.losses import Losses
from translator.plan.policies import Policies
from translator.plan.reading import Context, describe
from translator.plan.resolve import meaning
from translator.plan.writing import Writing

_REGISTERS = 1 << 16


def compile_mapping(source: Side, target: Side, mapping: model.Mapping, policies: Policies) -> Compiled:
    """PlanError: every key of the mapping that can't be, and every field of the target that must be and isn't."""
    check_sides(source, target)
    chosen = Policies(**{**_as_dict(policies), **dict(mapping.policies)})  # type: ignore[arg-type]
    return _Compiler(source, target, mapping, chosen).run()


def _as_dict(policies: Policies) -> dict[str, str]:
    return {name: getattr(policies, name) for name in policies.__struct_fields__}


class _Compiler:
    """`context` is the source's, `goal` the target's: they share the image and the frames, not what is said of them."""

    def __init__(self, source: Side, target: Side, mapping: model.Mapping, policies: Policies) -> None:
        self.source, self.target, self.mapping = source, target, mapping
        self.source_root: Type = source.root if source.root is not None else Any()
        self.view = View(self.source_root, meaning, named=source.format.self_describing)
        self.frames = MappedFrames(self.view, mergeable=source.format.tagged, resolve=meaning)
        self.context = Context(Image(), source.format, target.format, policies, self.frames, meaning)
        self.goal = replace(self.context, losses=Losses(), problems=[])
        match = partial(matching.by_name, camel=policies.naming == "camel")
        self.tables = RecordTables(self.context, match)
        self.goal_tables = RecordTables(self.goal, match)
        self.reading = ViewReading(self.context, source.format, self.tables, self.view)
        self.values = Values(self.context, self.reading, self.view)
        self.report = Report(self.view, self.context.losses, self.values.losses, self.goal.losses)
        self.problems: list[tuple[str, str]] = []

    def run(self) -> Compiled:
        target_root = self._target_root()
        tree = self._tree()
        self._check_source()
        self._terms(tree, target_root)
        self._stop_at_problems()
        view, read_root = self._read()
        placed = self.frames.of(view)
        emitter = Emitter(self.goal, self.goal_tables, self.view, placed)
        result = Target(self.goal, emitter, self.goal_tables.fills).root(target_root, tree)
        emitter.add(C.H9_I_END, a=result)
        if emitter.registers > _REGISTERS:
            raise PlanError(
                [("fields", f"too many values: {emitter.registers}, where {_REGISTERS} can be held at once")]
            )
        self.goal_tables.finish()
        writing = Writing(self.goal)
        write_root = writing.value(target_root, "")
        writing.finish()
        self.problems += [(key_of("fields", path) if path else "", reason) for path, reason in self.goal.problems]
        self._stop_at_problems()
        return self._compiled(emitter, placed, read_root, write_root, tree)

    def _target_root(self) -> Record:
        root = self.target.root
        if root is None:
            raise PlanError([("", "a mapping writes fields of a schema: name the target's")])
        if not isinstance(root, Record):
            raise PlanError([("", f"a mapping's target must be a record, not {describe(root)}")])
        return root

    def _check_source(self) -> None:
        root = meaning(self.source_root)
        named = isinstance(root, Map | Any) and self.source.format.self_describing
        if not isinstance(root, Record) and not named:
            raise PlanError([("", f"a mapping's source must be a record, not {describe(root)}")])

    def _read(self) -> tuple[Record, int]:
        """The view, and the node that reads the source into it; what can't be read is told by the key that wants it."""
        view = self.view.root() if self.view.wants else self.view.empty()
        node = self.reading.solid(self.source_root, view, "")
        self.tables.finish()
        for path, reason in self.context.problems:
            keys = [want.key for want in self.view.wants if path and within(path, want.source_path)]
            self.problems.append((keys[0] if keys else path, reason))
        self._stop_at_problems()
        return view, node

    def _compiled(self, emitter: Emitter, placed: Placed, read_root: int, write_root: int, tree: Branch) -> Compiled:
        image = self.context.image
        image.insns = emitter.insns
        image.records.append(bare_table(self.context, placed))
        map_root = len(image.records) - 1
        data = image.dump(
            reader=self.source.format.core, writer=self.target.format.core, read_root=read_root, write_root=write_root,
            skip_root=skip_root(self.tables, self.source.format, self.source_root),
            map_root=map_root, registers=emitter.registers,
        )  # fmt: skip
        warnings = [text for side in (self.source, self.target) if side.schema for text in side.schema.warnings]
        return Compiled(data, image.names, self.report.losses(tree), warnings)

    def _stop_at_problems(self) -> None:
        if self.problems:
            raise PlanError(list(dict.fromkeys(self.problems)))

    # --- the rules, as a tree over the target ---

    def _tree(self) -> Branch:
        root = Branch()
        for rule in self.mapping.rules:
            at = root
            for segment in rule.target:
                at = at.members.setdefault(text_of(segment), Branch())
            at.rule = rule
            self.report.paths[rule.key] = ".".join(text_of(segment) for segment in rule.target)
        return root

    def _terms(self, branch: Branch, target: Type) -> None:
        """Finds the type that each rule's value must have, and the value's term."""
        inner = meaning(nullable(target)[0])
        for name, child in branch.members.items():
            found = self._member_type(inner, name, child)
            if found is None:
                continue
            if child.rule is None:
                self._terms(child, found)
                continue
            try:
                child.term = self.values.term(child.rule.value, found)
            except Wrong as wrong:
                self.problems.append((wrong.key, wrong.reason))

    def _member_type(self, inner: Type, name: str, child: Branch) -> Type | None:
        if isinstance(inner, Map) and isinstance(inner.keys, String):
            return inner.values
        found = _target_field(inner, name) if isinstance(inner, Record) else None
        if found is None:
            self.problems += [(rule.key, _no_member(inner, name)) for rule in child.rules()]
            return None
        if child.rule is not None:
            self.report.fields[child.rule.key] = found
            self.frames.whole(found)
        return found.type


def _target_field(record: Record, name: str) -> Field | None:
    return record.field(name) or next((each for each in record.fields if each.json_name == name), None)


def _no_member(type_: Type, name: str) -> str:
    if isinstance(type_, Map):
        return f"a map with keys of {describe(type_.keys)} can only be mapped as a whole"
    names = [each.name for each in type_.fields] if isinstance(type_, Record) else []
    return f"{describe(type_)} has no field {name!r}{did_you_mean(name, names)}"
