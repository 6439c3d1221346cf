"""Compiles a mapping into a plan: the source is read into a view, the view is mapped to the target's frame, in C.

bytes --reader--> view's frame --instructions--> target's frame --writer--> bytes
"""

from __future__ import annotations

from dataclasses import replace
from functools import partial

from native.errors import PlanError
from schemas.model import Any, Map, Record, Type
from translator.losses import Losses
from translator.mapping import model
from translator.mapping.collections import place_of
from translator.mapping.emit import Emitter, bare_table
from translator.mapping.errors import child as key_of
from translator.mapping.program import Prepared, Program
from translator.mapping.report import Report, within
from translator.mapping.scopes import Scopes, Views
from translator.mapping.target import Branch, Target
from translator.mapping.terms import Build, Term, Wrong
from translator.mapping.trees import Trees
from translator.mapping.values import Values
from translator.mapping.viewing import MappedFrames, ViewReading
from translator.mapping.wholes import Wholes
from translator.plan import matching
from translator.plan.compiler import Compiled, Side, check_sides, skip_root
from translator.plan.fields import RecordTables
from translator.plan.image import Image
from translator.plan.reading import Compilation, describe
from translator.plan.resolve import meaning
from translator.plan.writing import Writing
from translator.policies import Policies

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
        named = source.format.self_describing
        self.views = Views(self.source_root, meaning, named=named)
        self.frames = MappedFrames(self.views.marks, mergeable=source.format.tagged, named=named, resolve=meaning)
        self.context = Compilation(Image(), source.format, target.format, policies, self.frames, meaning)
        self.goal = replace(self.context, losses=Losses(), problems=[])
        match = partial(matching.by_name, camel=policies.naming == "camel")
        self.tables = RecordTables(self.context, match)
        self.goal_tables = RecordTables(self.goal, match)
        self.reading = ViewReading(self.context, source.format, self.tables, self.views.marks)
        self.wholes = Wholes(self.goal, self.goal_tables, self.views.marks)
        self.scopes = Scopes(self.views)
        self.values = Values(self.context, self.reading, self.wholes, scopes=self.scopes)
        self.report = Report(self.views, self.context.losses, self.values.losses, self.goal.losses)
        self.problems: list[tuple[str, str]] = []
        self.trees = self.values.collections.trees = Trees(self.values, self.frames, self.report, self.problems)
        self.made: list[Branch] = []

    def run(self) -> Compiled:
        target_root = self._target_root()
        self._check_source()
        program = self._prepared(self.mapping.block, {}, target_root)
        self._stop_at_problems()
        self.scopes.finish()
        read_root = self._read()
        emitter = Emitter(
            self.goal, self.goal_tables, self.views.root, self.views.marks, self.wholes, self._built
        )  # fmt: skip
        self._emit(emitter, program, target_root)
        self.goal_tables.finish()
        writing = Writing(self.goal)
        write_root = writing.value(target_root, "")
        writing.finish()
        self.wholes.finish()
        self._take_problems("")
        self._stop_at_problems()
        return self._compiled(emitter, read_root, write_root)

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

    # --- the blocks, with their terms ---

    def _prepared(self, block: model.Block, outer: dict[tuple[str, ...], model.Rule], target: Record) -> Prepared:
        """`outer`: the rules around it, which a block's own take the place of."""
        found = Prepared(block.key, skip=block.otherwise == "skip")
        with self.scopes.before(block.loops):
            found.when = self._condition(block.when)
        try:
            with self.scopes.over(block.loops, apart=True) as found.loops:
                self._fill(found, block, outer, target)
        except Wrong as wrong:
            self.problems.append((wrong.key, wrong.reason))
        return found

    def _fill(
        self, found: Prepared, block: model.Block, outer: dict[tuple[str, ...], model.Rule], target: Record
    ) -> None:
        found.where = self._condition(block.where)
        rules = {**outer, **{place_of(rule.target): rule for rule in block.rules}}
        if block.alternatives:
            found.alternatives = [self._prepared(each, rules, target) for each in block.alternatives]
        else:
            found.branch = self.trees.branch(rules.values(), target)
            self.made.append(found.branch)

    def _condition(self, condition: model.Condition | None) -> Term | None:
        if condition is None:
            return None
        try:
            return self.values.conditions.term(condition)
        except Wrong as wrong:
            self.problems.append((wrong.key, wrong.reason))
            return None

    # --- reading ---

    def _read(self) -> int:
        """The node that reads the source into its view; what can't be read is told by the key that wants it."""
        node = self.reading.solid(self.source_root, self.views.root.top, "")
        self.tables.finish()
        for path, reason in self.context.problems:
            wants = [want for want in self.views.wants if path and within(path, want.source_path)]
            nearest = max(wants, key=lambda want: len(want.source_path), default=None)
            self.problems.append((nearest.key if nearest else path, reason))
        self._stop_at_problems()
        return node

    # --- the program ---

    def _emit(self, emitter: Emitter, block: Prepared, target: Record) -> None:
        def make(each: Prepared) -> int:
            assert each.branch is not None
            register = Target(self.goal, emitter, self.goal_tables.fills).root(target, each.branch)
            self._take_problems(each.key)
            return register

        program = Program(emitter, make)
        if self.mapping.many:
            program.many(block)
        else:
            program.one(block)
        if emitter.most > _REGISTERS:
            reason = f"too many values: {emitter.most}, where {_REGISTERS} can be held at once"
            raise PlanError([("fields", reason)])

    def _built(self, emitter: Emitter, term: Build) -> int:
        """A record of the target that stands in a list, a map or a field."""
        before = len(self.goal.problems)
        register = Target(self.goal, emitter, self.goal_tables.fills).build(term)
        for path, reason in self.goal.problems[before:]:
            inner = path.removeprefix(f"{term.path}.")
            self.problems.append((key_of(term.key, inner) if inner != path else term.key, reason))
        del self.goal.problems[before:]
        return register

    def _take_problems(self, block: str) -> None:
        """Notes what is wrong with the target of a block."""
        fields = key_of(block, "fields")
        self.problems += [(key_of(fields, path) if path else "", reason) for path, reason in self.goal.problems]
        self.goal.problems.clear()

    def _compiled(self, emitter: Emitter, read_root: int, write_root: int) -> Compiled:
        image = self.context.image
        image.insns = emitter.insns
        image.records.append(bare_table(self.context, self.frames.of(self.views.root.top)))
        map_root = len(image.records) - 1
        data = image.dump(
            reader=self.source.format.core, writer=self.target.format.core, read_root=read_root, write_root=write_root,
            skip_root=skip_root(self.tables, self.source.format, self.source_root),
            map_root=map_root, registers=emitter.most, many=int(self.mapping.many),
        )  # fmt: skip
        warnings = [text for side in (self.source, self.target) if side.schema for text in side.schema.warnings]
        return Compiled(data, image.names, self.report.losses(self.made), warnings)

    def _stop_at_problems(self) -> None:
        if self.problems:
            raise PlanError(list(dict.fromkeys(self.problems)))
