"""The terms of values that are lists, maps and records: `for_each`, `merge`, `entries`, `fields`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from schemas.model import Array, Bool, Int, Map, Record, String, Type
from translator.mapping.document import model
from translator.mapping.terms.terms import Build, Collect, Const, Entries, Merge, Term, Wrong
from translator.plan.reading import describe

if TYPE_CHECKING:
    from translator.mapping.terms.trees import Trees
    from translator.mapping.terms.values import Values

_MAKES = {
    model.ListSource: ("a list", Array), model.MapSource: ("a map", Map), model.MergeSource: ("a map", Map),
    model.EntriesSource: ("a map", Map), model.FieldsSource: ("a record", Record),
}  # fmt: skip


class Collections:
    """Makes terms of one mapping's lists, maps and records. `trees`: makes those of records; set by the compiler."""

    trees: Trees

    def __init__(self, values: Values) -> None:
        self._values = values

    def term(self, source: model.Collection, wanted: Type | None) -> Term:
        """The value, which the target must want as what it is: only that says what is in it. Wrong: it doesn't."""
        what, kind = _MAKES[type(source)]
        meant = None if wanted is None else self._values.context.meaning(wanted)
        if wanted is None or not isinstance(meant, kind):
            where = "a single value" if meant is None else describe(meant)
            raise Wrong(source.key, f"makes {what}, where {where} is wanted")
        match source, meant:
            case model.ListSource(), Array():
                return self._list(source, wanted, meant)
            case model.MapSource(), Map():
                return self._map(source, wanted, meant)
            case model.MergeSource(), Map():
                if len(source.values) > 1:
                    self._distinct(source.key)
                return Merge(wanted, source.key, [self._values.term(each, wanted) for each in source.values])
            case model.EntriesSource(), Map():
                return self._entries(source, wanted, meant)
            case model.FieldsSource(), Record():
                return self._record(source, wanted, meant)
        raise AssertionError(source)

    def _list(self, source: model.ListSource, wanted: Type, array: Array) -> Term:
        with self._values.scopes.over(source.loops, apart=False) as loops:
            where = self._where(source.where)
            item = self._values.term(source.item, array.items)
        return Collect(wanted, source.key, loops, where, None, item)

    def _map(self, source: model.MapSource, wanted: Type, map_: Map) -> Term:
        with self._values.scopes.over(source.loops, apart=False) as loops:
            where = self._where(source.where)
            name = self._name(source.name, map_.keys)
            value = self._values.term(source.value, map_.values)
        self._distinct(source.key)
        return Collect(wanted, source.key, loops, where, name, value)

    def _distinct(self, key: str) -> None:
        """S15: what is made entry by entry may have a key twice."""
        if self._values.context.policies.duplicates == "refuse":
            self._values.losses.add(key, "checked", "refused where a key comes twice")

    def _where(self, condition: model.Condition | None) -> Term | None:
        return None if condition is None else self._values.conditions.term(condition)

    def _name(self, value: model.Value, keys: Type) -> Term:
        """A key; an integer or boolean is text where keys are (S22)."""
        if isinstance(keys, String) and isinstance(self._values.natural(value.source), Int | Bool):
            return self._values.as_text(self._values.term(value, None))
        return self._values.term(value, keys)

    def _entries(self, source: model.EntriesSource, wanted: Type, map_: Map) -> Term:
        if not isinstance(map_.keys, String):
            raise Wrong(source.key, f"a map with keys of {describe(map_.keys)} has no named entries")
        entries: list[tuple[Term, Term]] = []
        for text, value in source.entries:
            entries.append((Const(map_.keys, value.key, text), self._values.term(value, map_.values)))
        return Entries(wanted, source.key, entries)

    def _record(self, source: model.FieldsSource, wanted: Type, record: Record) -> Term:
        path = f"{self._values.at}[]"
        return Build(wanted, source.key, self.trees.branch(source.rules, record, path), path)


__all__ = ["Collections"]
