"""A mapping's values with their types found: what `values.py` makes of the document and `emit.py` makes code of."""

from __future__ import annotations

from dataclasses import dataclass

from schemas.model import Type
from translator.formats.base import Row
from translator.mapping.wants import Want


class Wrong(Exception):  # noqa: N818 - it is told as a problem of the mapping, never raised to a user
    """A value that can't be what it should; `key` is its place in the document."""

    def __init__(self, key: str, reason: str) -> None:
        super().__init__(reason)
        self.key = key
        self.reason = reason


@dataclass(eq=False)
class Term:
    """Something that has a value of `type`, or none."""

    type: Type
    key: str


@dataclass(eq=False)
class Read(Term):
    """A value of the source."""

    want: Want


@dataclass(eq=False)
class Const(Term):
    """A constant, always present."""

    value: object


@dataclass(eq=False)
class Steps(Term):
    """A value after conversion steps."""

    of: Term
    steps: list[Row]


@dataclass(eq=False)
class First(Term):
    """The first that is present."""

    options: list[Term]


@dataclass(eq=False)
class Join(Term):
    """Texts one after another."""

    parts: list[Term]


@dataclass(eq=False)
class Uuid5(Term):
    """A UUID made of texts."""

    namespace: bytes
    parts: list[Term]


@dataclass(eq=False)
class Generate(Term):
    """A random UUID ("uuid4") or the time ("now")."""

    what: str


@dataclass(eq=False)
class When(Term):
    """A value where a condition holds."""

    condition: Term
    of: Term


@dataclass(eq=False)
class Require(Term):
    """A value that must be there."""

    of: Term


@dataclass(eq=False)
class Compare(Term):
    """A boolean: how two values of one kind compare (`operation`: h9_compare)."""

    left: Term
    right: Term
    operation: int
    kind: int


@dataclass(eq=False)
class Present(Term):
    """A boolean: whether the value is there."""

    of: Term


@dataclass(eq=False)
class Not(Term):
    """A boolean: the other is false or absent."""

    of: Term


@dataclass(eq=False)
class Every(Term):
    """A boolean: all of them (`whole`), or any of them."""

    parts: list[Term]
    whole: bool


def optional(term: Term) -> bool:
    """Whether the term may have no value."""
    match term:
        case Const() | Generate() | Compare() | Present() | Not() | Every() | Require():
            return isinstance(term, Compare)
        case Read():
            return term.want.optional
        case Steps():
            return optional(term.of)
        case First():
            return all(optional(each) for each in term.options)
        case Join() | Uuid5():
            return any(optional(each) for each in term.parts)
        case _:
            return True


def may_refuse(term: Term) -> bool:
    """Whether a demand stands somewhere in the term."""
    match term:
        case Require():
            return optional(term.of) or may_refuse(term.of)
        case Steps() | When() | Present() | Not():
            return may_refuse(term.of)
        case First():
            return any(may_refuse(each) for each in term.options)
        case Join() | Uuid5() | Every():
            return any(may_refuse(each) for each in term.parts)
        case _:
            return False
