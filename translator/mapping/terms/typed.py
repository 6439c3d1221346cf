"""A whole mapping with its types found: its blocks with their terms, and all that reading and writing them needs."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import partial

from native.errors import PlanError
from schemas.model import Any, Map, Record, Type
from translator.losses import Losses
from translator.mapping.document import model
from translator.mapping.document.errors import child
from translator.mapping.document.places import RulePlace, place_of
from translator.mapping.terms.conversions import Conversions
from translator.mapping.terms.scopes import Scopes, SourceViews
from translator.mapping.terms.structures import Problem, Targets
from translator.mapping.terms.terms import TargetTree, Term, TypedBlock, Wrong
from translator.mapping.terms.values import Values
from translator.mapping.terms.verdicts import Verdicts, within
from translator.mapping.terms.viewing import MappedFrames, Twins, ViewReading, ViewTables
from translator.plan import matching
from translator.plan.compilation import Compilation
from translator.plan.compiler import Side
from translator.plan.embedded import EmbeddedMessages
from translator.plan.fields import RecordTables
from translator.plan.image import Image
from translator.plan.natural import NaturalValues
from translator.plan.resolve import meaning
from translator.plan.shapes import describe
from translator.policies import Policies


class TypedMapping:
    """One mapping between two schemas.

    `context` is the source's, `goal` the target's: they share the image and the frames, not what is said of them.
    `root`: the target's record. `block`: what its messages are made of. PlanError: every key of the mapping that can't
    be, all at once.
    """

    def __init__(self, source: Side, target: Side, mapping: model.Mapping, policies: Policies) -> None:
        self.source = source
        self.source_root: Type = source.root if source.root is not None else Any()
        self.root = _target_root(target)
        _check_source(self.source_root, named=source.format.self_describing)
        self._contexts(source, target, policies)
        self._readers()
        targets = Targets(self.frames)
        self.problems: list[Problem] = targets.problems
        conversions = Conversions(self.context, self.reading, self.twins)
        self._scopes = Scopes(self.views)
        self._values = Values(conversions, self._scopes, targets)
        self._verdicts = Verdicts(self.views, targets, self.context.losses, conversions.losses, self.goal.losses)
        self._trees: list[TargetTree] = []
        self.block = self._block(mapping.block, {})
        self.stop_at_problems()
        self._scopes.finish()

    def _contexts(self, source: Side, target: Side, policies: Policies) -> None:
        named = source.format.self_describing
        self.views = SourceViews(self.source_root, meaning, named=named)
        marks = self.views.marks
        self.frames = MappedFrames(marks, mergeable=source.format.tagged, named=named, resolve=meaning)
        self.context = Compilation(Image(), source.format, target.format, policies, self.frames, meaning)
        self.context.natural = NaturalValues(self.context)
        self.context.embedded = EmbeddedMessages(self.context, (source.schema, target.schema))
        self.goal = replace(self.context, losses=Losses(), problems=[])

    def _readers(self) -> None:
        match = partial(matching.by_name, camel=self.context.policies.naming == "camel")
        self.tables = ViewTables(self.context, match, self.views.marks)
        self.goal_tables = RecordTables(self.goal, match)
        self.reading = ViewReading(self.context, self.source.format, self.tables, self.views.marks)
        self.twins = Twins(self.goal.target, self.views.marks)

    # --- the blocks, with their terms ---

    def _block(self, block: model.RuleBlock, outer: dict[RulePlace, model.Rule]) -> TypedBlock:
        """`outer`: the rules around it, which a block's own take the place of."""
        found = TypedBlock(block.key, block.otherwise)
        with self._scopes.before(block.loops):
            found.when = self._condition(block.when)
        try:
            with self._scopes.over(block.loops, apart=True) as found.loops:
                self._fill(found, block, outer)
        except Wrong as wrong:
            self.problems.append((wrong.key, wrong.reason))
        return found

    def _fill(self, found: TypedBlock, block: model.RuleBlock, outer: dict[RulePlace, model.Rule]) -> None:
        found.where = self._condition(block.where)
        rules = {**outer, **{place_of(rule.target): rule for rule in block.rules}}
        if block.alternatives:
            found.alternatives = [self._block(each, rules) for each in block.alternatives]
        else:
            found.tree = self._values.structures.tree(rules.values(), self.root)
            self._trees.append(found.tree)

    def _condition(self, condition: model.Condition | None) -> Term | None:
        if condition is None:
            return None
        try:
            return self._values.conditions.term(condition)
        except Wrong as wrong:
            self.problems.append((wrong.key, wrong.reason))
            return None

    # --- what is made of them ---

    def read(self) -> int:
        """The node that reads the source into its view. PlanError: what can't be read, by the keys that want it."""
        node = self.reading.solid(self.source_root, self.views.root.top, "")
        self.tables.finish()
        for path, reason in self.context.problems:
            wants = [want for want in self.views.wants if path and within(path, want.source_path)]
            nearest = max(wants, key=lambda want: len(want.source_path), default=None)
            self.problems.append((nearest.key if nearest else path, reason))
        self.stop_at_problems()
        return node

    @contextmanager
    def blaming(self, key_of: Callable[[str], str]) -> Iterator[None]:
        """What is found wrong with the target inside is told by its key; `key_of`: that of a target's path."""
        before = len(self.goal.problems)
        yield
        self.problems += [(key_of(path), reason) for path, reason in self.goal.problems[before:]]
        del self.goal.problems[before:]

    def losses(self) -> Losses:
        """The verdicts, once the target was built."""
        return self._verdicts.losses(self._trees)

    def stop_at_problems(self) -> None:
        """PlanError where there were any."""
        if self.problems:
            raise PlanError(list(dict.fromkeys(self.problems)))


def in_block(key: str, path: str) -> str:
    """The key of a target's path among the fields of a block; "" for the target itself."""
    return child(child(key, "fields"), path) if path else ""


def _target_root(target: Side) -> Record:
    root = target.root
    if root is None:
        raise PlanError([("", "a mapping writes fields of a schema: name the target's")])
    if not isinstance(root, Record):
        raise PlanError([("", f"a mapping's target must be a record, not {describe(root)}")])
    return root


def _check_source(source: Type, *, named: bool) -> None:
    root = meaning(source)
    if not isinstance(root, Record) and not (named and isinstance(root, Map | Any)):
        raise PlanError([("", f"a mapping's source must be a record, not {describe(root)}")])
