"""A mapping's conditions: booleans made of comparisons."""

from __future__ import annotations

from typing import TYPE_CHECKING

from native.binding import C
from schemas.model import Bool, Enum, Float, Int, String, Timestamp, Type, Uuid
from translator.mapping import model
from translator.mapping.terms import Compare, Every, Not, Present, Term
from translator.mapping.wants import NoSuchPath
from translator.plan.reading import describe

if TYPE_CHECKING:
    from translator.mapping.values import Values

_OPERATIONS = {
    "equals": C.H9_CMP_EQ, "not_equals": C.H9_CMP_NE, "less": C.H9_CMP_LT, "less_equal": C.H9_CMP_LE,
    "greater": C.H9_CMP_GT, "greater_equal": C.H9_CMP_GE, "starts_with": C.H9_CMP_STARTS, "ends_with": C.H9_CMP_ENDS,
    "contains": C.H9_CMP_CONTAINS,
}  # fmt: skip
_TRUTH = Bool()


class Conditions:
    """Makes terms of one mapping's conditions."""

    def __init__(self, values: Values) -> None:
        self._values = values

    def term(self, condition: model.Condition) -> Term:
        """A boolean term. Wrong: values of these kinds don't compare."""
        match condition:
            case model.Truth():
                return self._values.term(condition.value, _TRUTH)
            case model.Present():
                found: Term = Present(_TRUTH, condition.key, self._untyped(condition.value))
                return found if condition.wanted else Not(_TRUTH, condition.key, found)
            case model.Comparison():
                return self._compare(condition.key, condition.value, condition.constant, condition.operator)
            case model.OneOf():
                parts = [self._compare(condition.key, condition.value, c, "equals") for c in condition.constants]
                return Every(_TRUTH, condition.key, parts, whole=False)
            case model.AllOf():
                return Every(_TRUTH, condition.key, [self.term(each) for each in condition.conditions], whole=True)
            case model.AnyOf():
                return Every(_TRUTH, condition.key, [self.term(each) for each in condition.conditions], whole=False)
            case model.Not():
                return Not(_TRUTH, condition.key, self.term(condition.condition))

    def _untyped(self, value: model.Value) -> Term:
        return self._values.term(value, None)

    def _compare(self, key: str, value: model.Value, constant: model.Constant, operator: str) -> Term:
        from translator.mapping.values import REAL, TEXT, Wrong

        by_itself = self._values.of_constant(constant)
        left = self._values.term(value, None) if _typed(self._values, value) else self._values.term(value, by_itself)
        if isinstance(left.type, (Enum, Uuid)):
            left = self._values.into(left, TEXT, self._values.context.policies, key)
        if isinstance(left.type, Float):
            left = self._values.into(left, REAL, self._values.context.policies, key)
        kind = _kind(left.type)
        if kind is None:
            raise Wrong(key, f"{describe(left.type)} can't be compared")
        if operator in ("starts_with", "ends_with", "contains") and kind != C.H9_OP_STRING:
            raise Wrong(key, f"{describe(left.type)} is no text")
        right = self._values.constant(constant, left.type, key)
        return Compare(_TRUTH, key, left, right, _OPERATIONS[operator], kind)


def _typed(values: Values, value: model.Value) -> bool:
    """Whether the source's schema says what stands at the value's path."""
    if not isinstance(value.source, model.PathSource):
        return True
    marker = Type()
    try:
        return values.view.natural(value.source.path, marker) is not marker
    except NoSuchPath:
        return True  # making the term tells it


def _kind(type_: Type) -> int | None:
    """The kind by which the core compares."""
    match type_:
        case Bool():
            return int(C.H9_OP_BOOL)
        case Int():
            return int(C.H9_OP_INT if type_.signed else C.H9_OP_UINT)
        case Float(bits=64):
            return int(C.H9_OP_F64)
        case String():
            return int(C.H9_OP_STRING)
        case Timestamp():
            return int(C.H9_OP_TIMESTAMP)
        case _:
            return None
