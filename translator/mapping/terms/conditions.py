"""A mapping's conditions: booleans made of comparisons."""

from __future__ import annotations

from decimal import Decimal as PyDecimal
from typing import TYPE_CHECKING

from native.binding import C
from schemas.model import Any, Bool, Date, Decimal, Enum, Float, Int, String, Time, Timestamp, Type, Uuid
from translator.mapping.document import model
from translator.mapping.terms.constants import REAL, TEXT, TRUTH, WHOLE, misfit, shown, type_of
from translator.mapping.terms.conversions import Chosen
from translator.mapping.terms.enums import Outcome
from translator.mapping.terms.terms import Compare, Const, Every, Not, Tagged, Term, Wrong
from translator.mapping.terms.viewing import ANYTHING
from translator.plan.reading import describe

if TYPE_CHECKING:
    from translator.mapping.terms.values import Values

_OPERATIONS = {
    "equals": C.H9_CMP_EQ, "not_equals": C.H9_CMP_NE, "less": C.H9_CMP_LT, "less_equal": C.H9_CMP_LE,
    "greater": C.H9_CMP_GT, "greater_equal": C.H9_CMP_GE, "starts_with": C.H9_CMP_STARTS, "ends_with": C.H9_CMP_ENDS,
    "contains": C.H9_CMP_CONTAINS,
}  # fmt: skip
_IDENTITIES = ("equals", "not_equals")


class Conditions:
    """Makes terms of one mapping's conditions."""

    def __init__(self, values: Values) -> None:
        self._values = values

    def term(self, condition: model.Condition) -> Term:
        """A boolean term. Wrong: values of these kinds don't compare."""
        match condition:
            case model.Truth():
                return self._values.term(condition.value, TRUTH)
            case model.Present():
                found = self._values.presence(condition.value)
                return found if condition.wanted else Not(TRUTH, condition.key, found)
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
                return Not(TRUTH, condition.key, self.term(condition.condition))

    def _compare(self, key: str, value: model.Value, constant: model.Constant, operator: str) -> Term:
        by_itself = type_of(constant)
        left = self._values.term(value, None, self._hint(constant))
        if isinstance(left, Tagged) and left.implied:
            text = isinstance(constant, str)
            left = self._values.cast(left, TEXT if text else self._hint(constant, exact=True), Chosen(), key)
        if isinstance(left.type, Any) and isinstance(by_itself, Int | Float):
            left = self._values.as_number(left, key)
        meant = self._values.context.meaning(left.type)
        if isinstance(meant, Enum) and not isinstance(meant, Outcome) and operator in _IDENTITIES:
            return self._same_symbol(key, left, meant, constant, operator)
        if isinstance(meant, Enum | Uuid | Any):
            left = self._values.as_text(left)
        elif isinstance(meant, Decimal):
            left, constant = self._decimal(key, left, meant, constant, operator)
        elif isinstance(meant, Float):
            left = self._values.into(left, REAL, self._values.context.policies, key)
        kind = _kind(self._values.context.meaning(left.type))
        if kind is None:
            hint = "; name a branch in the path, as :string" if describe(meant).startswith("a union") else ""
            raise Wrong(key, f"{describe(meant)} can't be compared{hint}")
        if operator in ("starts_with", "ends_with", "contains") and kind != C.H9_OP_STRING:
            raise Wrong(key, f"{describe(meant)} is no text")
        if isinstance(meant, Uuid) and isinstance(constant, str):
            constant = constant.lower()
        right = self._values.constant(constant, left.type, key)
        return Compare(TRUTH, key, left, right, _OPERATIONS[operator], kind)

    def _decimal(
        self, key: str, left: Term, meant: Decimal, constant: model.Constant, operator: str
    ) -> tuple[Term, model.Constant]:
        """What is compared: whether it is the same by its digits, which is greater as floats."""
        text = constant if isinstance(constant, str) else shown(constant)
        same = operator in _IDENTITIES
        if problem := misfit(text, meant if same else Decimal(meant.precision, model.MOST_DIGITS)):
            raise Wrong(key, problem)
        if same:
            number = PyDecimal(text)
            return self._values.as_text(left), format(number or abs(number), f".{max(meant.scale, 0)}f")
        return self._values.cast(left, REAL, Chosen(), key), float(text)

    def _hint(self, constant: model.Constant, *, exact: bool = False) -> Type:
        """What to read where the source doesn't say: any number will do for a number, and any value for text.
        `exact`: a type that it is converted to."""
        if isinstance(constant, bool):
            return TRUTH
        if isinstance(constant, str):
            return ANYTHING
        if abs(constant) >= 1 << 53 and isinstance(constant, int):
            return type_of(constant)
        return REAL if exact or self._values.reading.format.text_numbers else ANYTHING

    @staticmethod
    def _same_symbol(key: str, left: Term, enum: Enum, constant: model.Constant, operator: str) -> Term:
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
