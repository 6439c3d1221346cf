"""A mapping's rules as a tree over the target, with the term of each."""

from __future__ import annotations

from collections.abc import Iterable

from schemas.model import Array, Field, Map, Presence, Record, String, Type, nullable
from translator.mapping.document import model
from translator.mapping.document.errors import did_you_mean
from translator.mapping.document.loading import KEYS
from translator.mapping.document.path import text_of
from translator.mapping.program.target import Branch, needed
from translator.mapping.terms.scopes import Names
from translator.mapping.terms.terms import Collect, Empty, Entries, First, Merge, Term, Wrong
from translator.mapping.terms.values import Values
from translator.mapping.terms.verdicts import Report
from translator.mapping.terms.viewing import MappedFrames
from translator.plan.reading import describe

_COLLECTED = (Collect, Merge, Entries)
Problem = tuple[str, str]


class Trees:
    """Makes the trees of one mapping. A rule that stands in several has one term for all in which its names mean the
    same."""

    def __init__(self, values: Values, frames: MappedFrames, report: Report, problems: list[Problem]) -> None:
        self._values = values
        self._frames = frames
        self._report = report
        self._problems = problems
        self._terms: dict[tuple[str, int], list[tuple[Names, Term | None]]] = {}

    def branch(self, rules: Iterable[model.Rule], record: Record, path: str = "") -> Branch:
        """The tree of a record's rules, without terms where there is a problem; `path`: the record's."""
        root = Branch()
        for rule in rules:
            at = root
            for segment in rule.target:
                at = at.members.setdefault(text_of(segment), Branch())
            at.rule = rule
            parts = [path, *(text_of(segment) for segment in rule.target)]
            self._report.paths[rule.key] = ".".join(part for part in parts if part)
        self._fill(root, record)
        return root

    def _fill(self, branch: Branch, target: Type) -> None:
        """Finds the type that each rule's value must have, and the value's term."""
        inner = self._values.context.meaning(nullable(target)[0])
        for name, child in branch.members.items():
            field = self._field(inner, name, child)
            if field is None:
                continue
            if child.rule is None:
                self._fill(child, field.type)
                continue
            child.term = self._known(child.rule, field)

    def _known(self, rule: model.Rule, field: Field) -> Term | None:
        scopes, known = self._values.scopes, self._terms.setdefault((rule.key, id(field.type)), [])
        for names, term in known:
            if scopes.same(names):
                return term
        with scopes.watched() as names:
            term = self._term(rule, field)
        known.append((names, term))
        return term

    def _term(self, rule: model.Rule, field: Field) -> Term | None:
        before, self._values.at = self._values.at, self._report.paths[rule.key]
        try:
            return self._there(self._values.term(rule.value, field.type), field)
        except Wrong as wrong:
            self._problems.append((wrong.key, wrong.reason))
            return None
        finally:
            self._values.at = before

    def _there(self, term: Term, field: Field) -> Term:
        """A list or map that must be there is empty where nothing is in it, as one that no rule writes is."""
        must = needed(field) and isinstance(self._values.context.meaning(field.type), Array | Map)
        if must and isinstance(term, _COLLECTED):
            return First(field.type, term.key, [term, Empty(field.type, term.key)])
        return term

    def _field(self, inner: Type, name: str, child: Branch) -> Field | None:
        """The field that a branch writes; of a map a field that stands for its entries."""
        if isinstance(inner, Map) and isinstance(inner.keys, String):
            return Field("", inner.values, Presence.OPTIONAL)
        found = _target_field(inner, name) if isinstance(inner, Record) else None
        if found is None:
            self._problems += [(rule.key, _no_member(inner, name)) for rule in child.rules()]
            return None
        if child.rule is not None:
            self._report.fields[child.rule.key] = found
            self._frames.whole(found)
        return found


def _target_field(record: Record, name: str) -> Field | None:
    return record.field(name) or next((each for each in record.fields if each.json_name == name), None)


def _no_member(type_: Type, name: str) -> str:
    if isinstance(type_, Map):
        return f"a map with keys of {describe(type_.keys)} can only be mapped as a whole"
    names = [each.name for each in type_.fields] if isinstance(type_, Record) else []
    place = "; a key of the document itself stands before [fields]" if name in KEYS else ""
    return f"{describe(type_)} has no field {name!r}{place or did_you_mean(name, names)}"
