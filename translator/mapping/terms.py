"""A mapping's values with their types found: what `values.py` makes of the document and `emit.py` makes code of."""

from __future__ import annotations

from dataclasses import dataclass, field

from schemas.model import Type
from translator.formats.base import Row
from translator.mapping.wants import Want


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


@dataclass(eq=False)
class Built(Term):
    """A record of the target, member by member."""

    members: list[tuple[str, Term]] = field(default_factory=list)


@dataclass(eq=False)
class Entries(Term):
    """A map of the target, entry by entry."""

    entries: list[tuple[str, Term]] = field(default_factory=list)
