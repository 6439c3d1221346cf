"""The terms of values: a source, its modifiers, and what is done where there is nothing.

A value without modifiers is read as its target wants it, so that it costs nothing more than without a mapping. One with
modifiers is read as the source has it, changed step by step, and then converted.
"""

from __future__ import annotations

from typing import assert_never

from schemas.model import Type
from translator.mapping.document import model
from translator.mapping.terms.conditions import Conditions
from translator.mapping.terms.constants import ID, INSTANT, TEXT, TRUTH, type_of
from translator.mapping.terms.conversions import Conversions
from translator.mapping.terms.modifiers import Modifiers, changes, float_of, policies_of, works_on
from translator.mapping.terms.reads import Reads
from translator.mapping.terms.scopes import Scopes
from translator.mapping.terms.structures import Structures, Targets
from translator.mapping.terms.terms import (
    First,
    Found,
    Generate,
    IsPresent,
    Join,
    Require,
    Tagged,
    Term,
    Uuid5,
    When,
)
from translator.mapping.terms.viewing import ANYTHING
from translator.plan.shapes import optional


class Values:
    """Makes terms of one mapping's values, their conditions, and the trees of rules that they are made of."""

    def __init__(self, conversions: Conversions, scopes: Scopes, targets: Targets) -> None:
        self._convert = conversions
        self._reads = Reads(conversions, scopes)
        self._modifiers = Modifiers(conversions)
        self.conditions = Conditions(conversions, self)
        self.structures = Structures(conversions, scopes, self, targets)

    def typed(self, value: model.Value, wanted: Type) -> Term:
        """The value as `wanted`. Wrong: it can't be that."""
        wanted = optional(wanted)[0]
        found = self._changed(value, wanted, ANYTHING)
        term = self._convert.into(found, wanted, policies_of(value, self._convert.policies), value.key)
        return self._around(term, value, self._condition(value))

    def found(self, value: model.Value, hint: Type = ANYTHING) -> Found:
        """The value as its own type. `hint`: what to read where the source doesn't say. Wrong: there isn't one."""
        found = self._changed(value, None, hint)
        if isinstance(found, Tagged) and value.default is None and value.when is None and not value.required:
            return found
        term = self._convert.as_text(found) if isinstance(found, Tagged) else found
        return self._around(term, value, self._condition(value))

    def _condition(self, value: model.Value) -> Term | None:
        return None if value.when is None else self.conditions.term(value.when)

    def _changed(self, value: model.Value, wanted: Type | None, hint: Type) -> Found:
        """The value after its modifiers."""
        if not changes(value):
            return self._source(value.source, wanted, works_on(value) or hint)
        read_as = float_of(value, self.natural(value))
        found = self._source(value.source, read_as, works_on(value) or ANYTHING)
        return self._modifiers.apply(found, value, wanted)

    def _around(self, term: Term, value: model.Value, condition: Term | None) -> Term:
        """`when`, then the default, then the demand that there be a value."""
        if condition is not None:
            term = When(term.type, value.key, condition, term)
        if value.default is not None:
            constant = self._convert.constant(value.default, term.type, f"{value.key}.default")
            term = First(term.type, value.key, [term, constant])
        return Require(term.type, value.key, term) if value.required else term

    # --- sources ---

    def _source(self, source: model.Source, wanted: Type | None, hint: Type) -> Found:
        match source:
            case model.PathSource():
                return self._reads.path(source, wanted, hint)
            case model.ConstSource():
                type_ = wanted if wanted is not None else type_of(source.constant)
                return self._convert.constant(source.constant, type_, source.key)
            case model.FirstSource():
                return self._first(source, wanted, hint)
            case model.JoinSource():
                return Join(TEXT, source.key, [self.text(each) for each in source.values])
            case model.Uuid5Source():
                return Uuid5(ID, source.key, source.namespace.bytes, [self.text(each) for each in source.values])
            case model.GenerateSource():
                return Generate(ID if source.what == "uuid4" else INSTANT, source.key, source.what)
            case (
                model.ListSource() | model.MapSource() | model.MergeSource() | model.EntriesSource()
                | model.FieldsSource()
            ):  # fmt: skip
                return self.structures.collection(source, wanted)
            case _:
                assert_never(source)

    def _first(self, source: model.FirstSource, wanted: Type | None, hint: Type) -> Term:
        if wanted is not None:
            return First(wanted, source.key, [self.typed(each, wanted) for each in source.values])
        options = [self.found(each, hint) for each in source.values]
        type_ = options[0].type
        if any(type(each.type) is not type(type_) or isinstance(each, Tagged) for each in options):
            return First(TEXT, source.key, [self._convert.as_text(each) for each in options])
        policies = self._convert.context.policies
        return First(type_, source.key, [self._convert.into(each, type_, policies, each.key) for each in options])

    def text(self, value: model.Value) -> Term:
        """The value as text."""
        return self._convert.as_text(self.found(value))

    def natural(self, value: model.Value) -> Type | None:
        """The type of what stands at a value's path, None where it has none or the source doesn't type it."""
        return self._reads.natural(value.source) if isinstance(value.source, model.PathSource) else None

    def presence(self, value: model.Value) -> Term:
        """A boolean: whether there is a value. Of a record no more than that is read."""
        source = value.source
        if isinstance(source, model.PathSource) and value == model.Value(value.key, source):
            there = self._reads.presence(source, value.key)
            if there is not None:
                return there
        found = self.found(value)
        return IsPresent(TRUTH, value.key, self._convert.as_text(found) if isinstance(found, Tagged) else found)
