"""The terms of what has parts: rules as a tree over the target, and values that are lists, maps and records.

Each writes members whose types only the target knows; so all of them start from the type that is wanted.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Protocol, assert_never

from schemas.model import Array, Bool, Field, Int, Map, Presence, Record, String, Type, nullable
from translator.mapping.document import model
from translator.mapping.document.errors import did_you_mean
from translator.mapping.document.loading import KEYS
from translator.mapping.document.path import text_of
from translator.mapping.terms.conditions import Conditions
from translator.mapping.terms.conversions import Conversions
from translator.mapping.terms.scopes import LoopTypes, Scopes
from translator.mapping.terms.terms import (
    Build,
    Collect,
    Const,
    Empty,
    Entries,
    First,
    Merge,
    TargetTree,
    Term,
    Wrong,
    needed,
)
from translator.mapping.terms.viewing import MappedFrames
from translator.plan.shapes import describe

Problem = tuple[str, str]


class Members(Protocol):
    """What structures ask of whoever makes the terms of values."""

    conditions: Conditions

    def typed(self, value: model.Value, wanted: Type) -> Term:
        """The value as `wanted`."""

    def text(self, value: model.Value) -> Term:
        """The value as text."""

    def natural(self, value: model.Value) -> Type | None:
        """The type of what stands at a value's path, if it is known."""


@dataclass
class Targets:
    """What is known of the target's places while rules are typed. `problems`: what is wrong, by the document's keys."""

    frames: MappedFrames
    problems: list[Problem] = field(default_factory=list)
    fields: dict[str, Field] = field(default_factory=dict)
    """The target's field of each rule that writes one, by the rule's key."""
    paths: dict[str, str] = field(default_factory=dict)
    """The target's path of each rule, by its key."""
    _names: dict[Record, dict[str, Field]] = field(default_factory=dict)

    def member(self, record: Record, name: str) -> Field | None:
        """A record's field by its name, else as ProtoJSON has it."""
        known = self._names.get(record)
        if known is None:
            fields = record.fields[::-1]
            known = self._names[record] = {each.json_name: each for each in fields if each.json_name}
            known |= {each.name: each for each in fields}
        return known.get(name)


class Structures:
    """Makes the trees, lists, maps and records of one mapping. A rule that stands in several trees has one term for all
    in which its names mean the same."""

    def __init__(self, conversions: Conversions, scopes: Scopes, values: Members, targets: Targets) -> None:
        self._convert = conversions
        self._context = conversions.context
        self._scopes = scopes
        self._values = values
        self._targets = targets
        self._terms: dict[tuple[str, Type], list[tuple[LoopTypes, Term | None]]] = {}
        self._at = ""
        """The target's path of the rule whose value is being typed."""

    # --- rules ---

    def tree(self, rules: Iterable[model.Rule], record: Record, path: str = "") -> TargetTree:
        """The tree of a record's rules, without terms where there is a problem; `path`: the record's."""
        root = TargetTree()
        for rule in rules:
            at = root
            for segment in rule.target:
                at = at.members.setdefault(text_of(segment), TargetTree())
            at.rule = rule
            parts = [path, *(text_of(segment) for segment in rule.target)]
            self._targets.paths[rule.key] = ".".join(part for part in parts if part)
        self._fill(root, record)
        return root

    def _fill(self, tree: TargetTree, target: Type) -> None:
        """Finds the type that each rule's value must have, and the value's term."""
        inner = self._context.meaning(nullable(target)[0])
        for name, child in tree.members.items():
            found = self._field(inner, name, child)
            if found is None:
                continue
            if child.rule is None:
                self._fill(child, found.type)
                continue
            child.term = self._known(child.rule, found)

    def _field(self, inner: Type, name: str, child: TargetTree) -> Field | None:
        """The field that a tree writes; of a map a field that stands for its entries."""
        if isinstance(inner, Map) and isinstance(inner.keys, String):
            return Field("", inner.values, Presence.OPTIONAL)
        found = self._targets.member(inner, name) if isinstance(inner, Record) else None
        if found is None:
            self._targets.problems += [(rule.key, _no_member(inner, name)) for rule in child.rules()]
            return None
        if child.rule is not None:
            self._targets.fields[child.rule.key] = found
            self._targets.frames.whole(found)
        return found

    def _known(self, rule: model.Rule, member: Field) -> Term | None:
        known = self._terms.setdefault((rule.key, member.type), [])
        for names, term in known:
            if self._scopes.same(names):
                return term
        with self._scopes.watched() as names:
            term = self._term(rule, member)
        known.append((names, term))
        return term

    def _term(self, rule: model.Rule, member: Field) -> Term | None:
        before, self._at = self._at, self._targets.paths[rule.key]
        try:
            return self._there(self._values.typed(rule.value, member.type), member)
        except Wrong as wrong:
            self._targets.problems.append((wrong.key, wrong.reason))
            return None
        finally:
            self._at = before

    def _there(self, term: Term, member: Field) -> Term:
        """A list or map that must be there is empty where nothing is in it, as one that no rule writes is."""
        must = needed(member) and isinstance(self._context.meaning(member.type), Array | Map)
        if must and isinstance(term, Collect | Merge | Entries):
            return First(member.type, term.key, [term, Empty(member.type, term.key)])
        return term

    # --- lists, maps and records ---

    def collection(self, source: model.Collection, wanted: Type | None) -> Term:
        """The value, which the target must want as what it is: only that says what is in it. Wrong: it doesn't."""
        meant = None if wanted is None else self._context.meaning(wanted)
        if wanted is None or meant is None:
            raise Wrong(source.key, f"makes {_made(source)}, where a single value is wanted")
        match source:
            case model.ListSource() if isinstance(meant, Array):
                return self._list(source, wanted, meant)
            case model.MapSource() if isinstance(meant, Map):
                return self._map(source, wanted, meant)
            case model.MergeSource() if isinstance(meant, Map):
                return self._merge(source, wanted)
            case model.EntriesSource() if isinstance(meant, Map):
                return self._entries(source, wanted, meant)
            case model.FieldsSource() if isinstance(meant, Record):
                path = f"{self._at}[]"
                return Build(wanted, source.key, self.tree(source.rules, meant, path), path)
            case _:
                raise Wrong(source.key, f"makes {_made(source)}, where {describe(meant)} is wanted")

    def _list(self, source: model.ListSource, wanted: Type, array: Array) -> Term:
        with self._scopes.over(source.loops, apart=False) as loops:
            where = self._where(source.where)
            item = self._values.typed(source.item, array.items)
        return Collect(wanted, source.key, loops, where, None, item)

    def _map(self, source: model.MapSource, wanted: Type, map_: Map) -> Term:
        with self._scopes.over(source.loops, apart=False) as loops:
            where = self._where(source.where)
            name = self._name(source.name, map_.keys)
            value = self._values.typed(source.value, map_.values)
        self._distinct(source.key)
        return Collect(wanted, source.key, loops, where, name, value)

    def _merge(self, source: model.MergeSource, wanted: Type) -> Term:
        if len(source.values) > 1:
            self._distinct(source.key)
        return Merge(wanted, source.key, [self._values.typed(each, wanted) for each in source.values])

    def _entries(self, source: model.EntriesSource, wanted: Type, map_: Map) -> Term:
        if not isinstance(map_.keys, String):
            raise Wrong(source.key, f"a map with keys of {describe(map_.keys)} has no named entries")
        entries: list[tuple[Term, Term]] = []
        for text, value in source.entries:
            entries.append((Const(map_.keys, value.key, text), self._values.typed(value, map_.values)))
        return Entries(wanted, source.key, entries)

    def _distinct(self, key: str) -> None:
        """S15: what is made entry by entry may have a key twice."""
        if self._context.policies.duplicates == "refuse":
            self._convert.losses.add(key, "checked", "refused where a key comes twice")

    def _where(self, condition: model.Condition | None) -> Term | None:
        return None if condition is None else self._values.conditions.term(condition)

    def _name(self, value: model.Value, keys: Type) -> Term:
        """A key; an integer or boolean is text where keys are (S22)."""
        if isinstance(keys, String) and isinstance(self._values.natural(value), Int | Bool):
            return self._values.text(value)
        return self._values.typed(value, keys)


def _made(source: model.Collection) -> str:
    match source:
        case model.ListSource():
            return "a list"
        case model.MapSource() | model.MergeSource() | model.EntriesSource():
            return "a map"
        case model.FieldsSource():
            return "a record"
        case _:
            assert_never(source)


def _no_member(type_: Type, name: str) -> str:
    if isinstance(type_, Map):
        return f"a map with keys of {describe(type_.keys)} can only be mapped as a whole"
    names = [each.name for each in type_.fields] if isinstance(type_, Record) else []
    place = "; a key of the document itself belongs before [fields]" if name in KEYS else ""
    return f"{describe(type_)} has no field {name!r}{place or did_you_mean(name, names)}"
