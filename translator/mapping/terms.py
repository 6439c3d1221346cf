"""A mapping's values with their types found: what `values.py` makes of the document and `emit.py` makes code of."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from schemas.model import Type
from translator.mapping.wants import Want
from translator.plan.rows import StepRow

if TYPE_CHECKING:
    from translator.mapping.scopes import Loop
    from translator.mapping.target import Branch


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
    """A value of the source. `base`: the record that it is in, where a selector found that."""

    want: Want
    base: Term | None = None


@dataclass(eq=False)
class Selected(Term):
    """The first record of a list whose `member` is a text."""

    list: Read
    member: Want
    text: str


@dataclass(eq=False)
class LoopKey(Term):
    """The key of the entry that a loop is at."""

    loop: Loop


@dataclass(eq=False)
class Collect(Term):
    """A list (`name` is None) or a map, with an item for each of the loops' items that `where` holds for."""

    loops: list[Loop]
    where: Term | None
    name: Term | None
    value: Term


@dataclass(eq=False)
class Merge(Term):
    """A map of the entries of several maps."""

    parts: list[Term]


@dataclass(eq=False)
class Entries(Term):
    """A map of named entries."""

    entries: list[tuple[Term, Term]]


@dataclass(eq=False)
class Empty(Term):
    """An empty list or map."""


@dataclass(eq=False)
class Build(Term):
    """A record of the target; `path`: where in the target, for messages."""

    branch: Branch
    path: str


@dataclass(eq=False)
class TaggedMember:
    """What a tagged value may be. `read`: as a type, or as its own; `there`: no more than whether it is that."""

    type: Type | None
    read: Callable[[Type | None], Term]
    there: Callable[[], Term]


@dataclass(eq=False)
class Tagged(Term):
    """A value that says what it is, as `members` of which at most one is there. What is made of it decides how it is
    read, so this never becomes code itself. `shared`: what all members are in. `implied`: it is converted unasked."""

    members: list[TaggedMember]
    shared: Term | None
    implied: bool


@dataclass(eq=False)
class Shared(Term):
    """`of`, in which the term `once` is made once."""

    once: Term
    of: Term


@dataclass(eq=False)
class Json(Term):
    """A whole value as JSON text."""

    of: Term


@dataclass(eq=False)
class Untyped(Term):
    """A whole value as one without a type."""

    of: Term


@dataclass(eq=False)
class Const(Term):
    """A constant, always present."""

    value: object


@dataclass(eq=False)
class Steps(Term):
    """A value after conversion steps."""

    of: Term
    steps: list[StepRow]


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


def parts(term: Term) -> list[Term]:
    """The terms that a term is made of."""
    match term:
        case Steps() | Require() | Present() | Not() | Json() | Untyped() | Shared():
            return [term.of]
        case First():
            return term.options
        case Join() | Uuid5() | Every() | Merge():
            return term.parts
        case When():
            return [term.condition, term.of]
        case Compare():
            return [term.left, term.right]
        case Collect():
            return [each for each in (term.where, term.name, term.value) if each is not None]
        case Entries():
            return [value for _, value in term.entries]
        case Build():
            return [each for _, each in term.branch.terms()]
        case _:
            return []


def optional(term: Term) -> bool:
    """Whether the term may have no value."""
    match term:
        case Const() | Generate() | Present() | Not() | Every() | Require() | LoopKey() | Empty():
            return False
        case Read():
            return term.base is not None or term.want.optional
        case Steps() | Json() | Untyped() | Shared():
            return optional(term.of)
        case First() | Merge() | Entries():
            return all(optional(each) for each in parts(term))
        case Join() | Uuid5():
            return any(optional(each) for each in term.parts)
        case Collect():
            return optional(term.loops[0].readings[0].list) if term.loops[0].readings else True
        case _:
            return True


def may_refuse(term: Term) -> bool:
    """Whether a demand stands somewhere in the term."""
    if isinstance(term, Require) and optional(term.of):
        return True
    return any(may_refuse(each) for each in parts(term))
