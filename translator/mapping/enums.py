"""A value's `enum`: a table from texts to what they become. It runs as one look-up; the outcome is an enum of its own
until its target is known."""

from __future__ import annotations

from typing import TYPE_CHECKING

from schemas.model import Bool, Enum, Float, Int, String, Type
from translator.mapping import model
from translator.mapping.constants import misfit, shown, type_of
from translator.mapping.terms import Steps, Term, Wrong
from translator.plan import steps
from translator.plan.convert import parse
from translator.plan.reading import describe
from translator.policies import Policies

if TYPE_CHECKING:
    from translator.mapping.conversions import Conversions

_NARROW = 1 << 31


class Outcome(Enum):
    """What a table gives: texts, as symbols. `kind` is the type of the constants that the document wrote."""

    __slots__ = ("constants", "key", "kind")

    def __init__(self, key: str, constants: list[model.Constant], kind: Type) -> None:
        super().__init__(key, tuple((_text(each), i) for i, each in enumerate(constants)))
        self.key = key
        self.constants = constants
        self.kind = kind


class EnumTables:
    """Makes the tables of one mapping's values."""

    def __init__(self, values: Conversions) -> None:
        self._values = values

    def term(self, term: Term, value: model.Value) -> Term:
        """The value after its table; a text that isn't in it is `otherwise`, or refused."""
        assert value.enum is not None
        outcome = self._outcome(value)
        rows = {text: outcome.constants.index(result) for text, result in value.enum}
        otherwise = None if value.otherwise is None else outcome.constants.index(value.otherwise)
        if otherwise is None:
            self._values.losses.add(value.key, "checked", "what the table hasn't is refused")
        tables = self._values.reading.enums
        source = self._values.context.meaning(term.type)
        if isinstance(source, Enum) and not isinstance(source, Outcome):
            self._refuse_unknown(source, rows, value)
            targets = [rows.get(name, otherwise) for name, _ in source.symbols]
            step = steps.symbol_table(tables.table(source, targets, otherwise))
            return Steps(outcome, value.key, term, [step])
        texts = Enum(f"{value.key}.enum", tuple((text, i) for i, text in enumerate(rows)))
        step = steps.string_to_enum(tables.table(texts, list(rows.values()), otherwise))
        return Steps(outcome, value.key, self._values.as_text(term), [step])

    @staticmethod
    def _refuse_unknown(source: Enum, rows: dict[str, int], value: model.Value) -> None:
        """A row that can never be met is a mistake."""
        for text in rows:
            if problem := misfit(text, source):
                raise Wrong(f"{value.key}.enum.{text}", problem)

    @staticmethod
    def _outcome(value: model.Value) -> Outcome:
        key = f"{value.key}.enum"
        given = [constant for _, constant in value.enum or ()]
        results = given if value.otherwise is None else [*given, value.otherwise]
        kinds = [type_of(each) for each in results]
        kind = next((each for each in kinds if isinstance(each, Float)), kinds[0])
        for constant, each in zip(results, kinds, strict=True):
            numbers = isinstance(kind, Int | Float) and isinstance(each, Int | Float)
            if type(each) is not type(kind) and not numbers:
                raise Wrong(key, f"{shown(results[0])} and {shown(constant)} are of different kinds")
        return Outcome(key, _distinct(results), kind)

    def outcome_into(self, term: Term, outcome: Outcome, target: Type, policies: Policies, key: str) -> Term:
        """The outcome as what isn't an enum: text, a number, a boolean, or what text can become."""
        meant = self._values.context.meaning(target)
        if isinstance(meant, Int | Float | Bool):
            for constant in outcome.constants:
                if problem := misfit(constant, meant):
                    raise Wrong(outcome.key, problem)
            return self._as_number(term, outcome, meant, target, key)
        if not isinstance(outcome.kind, String):
            raise Wrong(outcome.key, f"{shown(outcome.constants[0])} is no {describe(meant)}")
        return self._values.into(self._values.as_text(term), target, policies, key)

    def _as_number(self, term: Term, outcome: Outcome, meant: Type, target: Type, key: str) -> Term:
        """Small integers by a table; others by reading their text."""
        numbers = [int(each) for each in outcome.constants] if isinstance(meant, Int) else []
        if numbers and all(-_NARROW <= each < _NARROW for each in numbers):
            table = self._values.reading.enums.table(outcome, numbers, None)
            return Steps(target, key, term, [steps.symbol_table(table)])
        step = parse(meant)
        assert step is not None
        return Steps(target, key, self._values.as_text(term), [step])


def _distinct(constants: list[model.Constant]) -> list[model.Constant]:
    """Each once; to Python 1, 1.0 and true are one, but here they are of one kind."""
    return list(dict.fromkeys(constants))


def _text(constant: model.Constant) -> str:
    return constant if isinstance(constant, str) else shown(constant)
