"""The terms of conditions: booleans made of comparisons."""

from __future__ import annotations

from decimal import Decimal as PyDecimal
from typing import Protocol, assert_never

from native.binding import C
from schemas.model import Any, Bool, Date, Decimal, Enum, Float, Int, String, Time, Timestamp, Type, Uuid
from translator.mapping.document import model
from translator.mapping.terms.constants import REAL, TEXT, TRUTH, WHOLE, Outcome, misfit, shown, type_of
from translator.mapping.terms.conversions import Chosen, Conversions
from translator.mapping.terms.terms import Compare, Const, Every, Found, Negation, Tagged, Term, Wrong
from translator.mapping.terms.viewing import ANYTHING
from translator.plan.shapes import describe

_OPERATIONS: dict[model.Operator, int] = {
    "equals": C.H9_CMP_EQ, "not_equals": C.H9_CMP_NE, "less": C.H9_CMP_LT, "less_equal": C.H9_CMP_LE,
    "greater": C.H9_CMP_GT, "greater_equal": C.H9_CMP_GE, "starts_with": C.H9_CMP_STARTS, "ends_with": C.H9_CMP_ENDS,
    "contains": C.H9_CMP_CONTAINS,
}  # fmt: skip
_IDENTITIES = ("equals", "not_equals")


class Operands(Protocol):
    """What conditions ask of whoever makes the terms of values."""

    def found(self, value: model.Value, hint: Type) -> Found:
        """The value as its own type. `hint`: what to read where the source doesn't say."""

    def typed(self, value: model.Value, wanted: Type) -> Term:
        """The value as `wanted`."""

    def presence(self, value: model.Value) -> Term:
        """A boolean: whether there is a value."""


class Conditions:
    """Makes terms of one mapping's conditions."""

    def __init__(self, conversions: Conversions, operands: Operands) -> None:
        self._convert = conversions
        self._operands = operands

    def term(self, condition: model.Condition) -> Term:
        """A boolean term. Wrong: values of these kinds don't compare."""
        match condition:
            case model.Truth():
                return self._operands.typed(condition.value, TRUTH)
            case model.Present():
                found = self._operands.presence(condition.value)
                return found if condition.wanted else Negation(TRUTH, condition.key, found)
            case model.Comparison():
                return self._compare(condition.key, condition.value, condition.constant, condition.operator)
            case model.OneOf():
                parts = [self._compare(condition.key, condition.value, c, "equals") for c in condition.constants]
                return Every(TRUTH, condition.key, parts, whole=False)
            case model.AllOf():
                return Every(TRUTH, condition.key, [self.term(each) for each in condition.conditions], whole=True)
            case model.AnyOf():
                return Every(TRUTH, condition.key, [self.term(each) for each in condition.conditions], whole=False)
            case model.Not():
                return Negation(TRUTH, condition.key, self.term(condition.condition))
            case _:
                assert_never(condition)

    def _compare(self, key: str, value: model.Value, constant: model.Constant, operator: model.Operator) -> Term:
        left = self._comparable(key, self._operands.found(value, self._hint(constant)), constant)
        meant = self._convert.context.meaning(left.type)
        if isinstance(meant, Enum) and not isinstance(meant, Outcome) and operator in _IDENTITIES:
            return self._same_symbol(key, left, meant, constant, operator)
        if isinstance(meant, Enum | Uuid | Any):
            left = self._convert.as_text(left)
        elif isinstance(meant, Decimal):
            left, constant = self._decimal(key, left, meant, constant, operator)
        elif isinstance(meant, Float):
            left = self._convert.into(left, REAL, self._convert.context.policies, key)
        kind = _kind(self._convert.context.meaning(left.type))
        if kind is None:
            raise Wrong(key, _incomparable(meant))
        if operator in ("starts_with", "ends_with", "contains") and kind != C.H9_OP_STRING:
            raise Wrong(key, f"{describe(meant)} is not text")
        if isinstance(meant, Uuid) and isinstance(constant, str):
            constant = constant.lower()
        right = self._convert.constant(constant, left.type, key)
        return Compare(TRUTH, key, left, right, _OPERATIONS[operator], kind)

    def _comparable(self, key: str, found: Found, constant: model.Constant) -> Term:
        """What is compared with a constant, where the source says less than its type."""
        if isinstance(found, Tagged):
            if not found.implied:
                raise Wrong(key, _incomparable(self._convert.context.meaning(found.type)))
            text = isinstance(constant, str)
            found = self._convert.cast(found, TEXT if text else self._hint(constant, exact=True), Chosen(), key)
        if isinstance(found.type, Any) and isinstance(type_of(constant), Int | Float):
            return self._convert.as_number(found, key)
        return found

    def _decimal(
        self, key: str, left: Term, meant: Decimal, constant: model.Constant, operator: model.Operator
    ) -> tuple[Term, model.Constant]:
        """What is compared: whether it is the same by its digits, which is greater as floats."""
        text = constant if isinstance(constant, str) else shown(constant)
        same = operator in _IDENTITIES
        if problem := misfit(text, meant if same else Decimal(meant.precision, model.MOST_DIGITS)):
            raise Wrong(key, problem)
        if same:
            number = PyDecimal(text)
            return self._convert.as_text(left), format(number or abs(number), f".{max(meant.scale, 0)}f")
        return self._convert.cast(left, REAL, Chosen(), key), float(text)

    def _hint(self, constant: model.Constant, *, exact: bool = False) -> Type:
        """What to read where the source doesn't say: any number will do for a number, and any value for text.
        `exact`: a type that it is converted to."""
        if isinstance(constant, bool):
            return TRUTH
        if isinstance(constant, str):
            return ANYTHING
        if abs(constant) >= 1 << 53 and isinstance(constant, int):
            return type_of(constant)
        return REAL if exact or self._convert.reading.format.text_numbers else ANYTHING

    @staticmethod
    def _same_symbol(key: str, left: Term, enum: Enum, constant: model.Constant, operator: model.Operator) -> Term:
        """By number, so that one without a name (S17) is just another."""
        if problem := misfit(constant, enum):
            raise Wrong(key, problem)
        number = Const(WHOLE, key, dict(enum.symbols)[str(constant)])
        return Compare(TRUTH, key, left, number, _OPERATIONS[operator], C.H9_OP_INT)


def _kind(type_: Type) -> int | None:
    """The kind by which the core compares."""
    match type_:
        case Bool():
            return int(C.H9_OP_BOOL)
        case Int():
            return int(C.H9_OP_INT if type_.signed else C.H9_OP_UINT)
        case Date() | Time():
            return int(C.H9_OP_INT)
        case Float(bits=64):
            return int(C.H9_OP_F64)
        case String():
            return int(C.H9_OP_STRING)
        case Timestamp():
            return int(C.H9_OP_TIMESTAMP)
        case _:
            return None


def _incomparable(type_: Type) -> str:
    hint = "; name a branch in the path, as :string" if describe(type_).startswith("a union") else ""
    return f"{describe(type_)} can't be compared{hint}"
