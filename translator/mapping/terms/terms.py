"""The terms: a mapping's values, each with its type and what it is made of.

There is one small class for each kind of term, and `Term` is all of them: a closed union, over which every pass is a
`match` that the type checker holds to be complete. A new kind of term is a class here and a member of `Term`; mypy then
names each place that has to know it. `Tagged` stands apart. It is a value whose type isn't settled yet, so it never
becomes code, and the types say so: only what is made of it does (Conversions).

A term has a value or none (*absent*). `optional` says whether there may be none; `may_refuse`, whether the message may
be refused for that. Terms are compared and hashed by identity, since each has a place of its own in the program.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal, assert_never

from schemas.model import Field, Presence, Type, nullable
from translator.mapping.document.model import Generator, Rule
from translator.mapping.document.path import Segment, format_path
from translator.mapping.terms.wants import SourceView, Want
from translator.plan.rows import StepRow


class Wrong(Exception):  # noqa: N818 - it is told as a problem of the mapping, never raised to a user
    """A value that can't be what it should; `key` is its place in the document."""

    def __init__(self, key: str, reason: str) -> None:
        super().__init__(reason)
        self.key = key
        self.reason = reason


@dataclass(eq=False)
class _Typed:
    """What every term has: the type of its value, and its key in the document."""

    type: Type
    key: str


# --- what the source holds ---


@dataclass(eq=False)
class Read(_Typed):
    """A value of the source. `base`: the record that it is in, where a selector found that."""

    want: Want
    base: Selected | None = None


@dataclass(eq=False)
class Selected(_Typed):
    """The first record of a list whose `member` is a text."""

    list: Read
    member: Want
    text: str


@dataclass(eq=False)
class LoopKey(_Typed):
    """The key of the entry that a loop is at."""

    loop: TypedLoop


@dataclass(eq=False)
class Shared(_Typed):
    """`of`, in which the term `once` is made once."""

    once: Selected
    of: Term


# --- lists, maps and records of the target ---


@dataclass(eq=False)
class Collect(_Typed):
    """A list (`name` is None) or a map, with an item for each of the loops' items that `where` holds for."""

    loops: list[TypedLoop]
    where: Term | None
    name: Term | None
    value: Term


@dataclass(eq=False)
class Merge(_Typed):
    """A map of the entries of several maps."""

    parts: list[Term]


@dataclass(eq=False)
class Entries(_Typed):
    """A map of named entries."""

    entries: list[tuple[Term, Term]]


@dataclass(eq=False)
class Empty(_Typed):
    """An empty list or map."""


@dataclass(eq=False)
class Build(_Typed):
    """A record of the target; `path`: where in the target, for messages."""

    tree: TargetTree
    path: str


# --- values of values ---


@dataclass(eq=False)
class Json(_Typed):
    """A whole value as JSON text."""

    of: Term


@dataclass(eq=False)
class Untyped(_Typed):
    """A whole value as one without a type."""

    of: Term


@dataclass(eq=False)
class Const(_Typed):
    """A constant, always present."""

    value: bool | int | float | str


@dataclass(eq=False)
class Steps(_Typed):
    """A value after conversion steps."""

    of: Term
    steps: list[StepRow]


@dataclass(eq=False)
class First(_Typed):
    """The first that is present."""

    options: list[Term]


@dataclass(eq=False)
class Join(_Typed):
    """Texts one after another."""

    parts: list[Term]


@dataclass(eq=False)
class Uuid5(_Typed):
    """A UUID made of texts."""

    namespace: bytes
    parts: list[Term]


@dataclass(eq=False)
class Generate(_Typed):
    """A random UUID, or the time."""

    what: Generator


@dataclass(eq=False)
class When(_Typed):
    """A value where a condition holds."""

    condition: Term
    of: Term


@dataclass(eq=False)
class Require(_Typed):
    """A value that must be there."""

    of: Term


# --- booleans ---


@dataclass(eq=False)
class Compare(_Typed):
    """How two values of one kind (h9_op) compare (`comparison`: h9_compare)."""

    left: Term
    right: Term
    comparison: int
    kind: int


@dataclass(eq=False)
class IsPresent(_Typed):
    """Whether the value is there."""

    of: Term


@dataclass(eq=False)
class Negation(_Typed):
    """The other is false or absent."""

    of: Term


@dataclass(eq=False)
class Every(_Typed):
    """All of them hold (`whole`), or any of them does."""

    parts: list[Term]
    whole: bool


Term = (
    Read | Selected | LoopKey | Shared | Collect | Merge | Entries | Empty | Build | Json | Untyped | Const | Steps
    | First | Join | Uuid5 | Generate | When | Require | Compare | IsPresent | Negation | Every
)  # fmt: skip


@dataclass(eq=False)
class TaggedMember:
    """What a tagged value may be. `read`: as a type, or as its own; `there`: no more than whether it is that."""

    type: Type | None
    read: Callable[[Type | None], Found]
    there: Callable[[], Found]


@dataclass(eq=False)
class Tagged(_Typed):
    """A value that says what it is, as `members`, at most one of which is there. What is made of it decides how it is
    read. `shared`: what all members are in. `implied`: it is converted unasked."""

    members: list[TaggedMember]
    shared: Selected | None
    implied: bool


Found = Term | Tagged
"""A value before it is known what it is to be."""


# --- where paths begin ---


@dataclass(eq=False)
class ListReading:
    """One way in which a loop's list or map is read."""

    type: Type
    """Of the items, or the map's values; null aside."""
    list: Read
    boxed: bool
    """Whether the items are options."""


@dataclass(eq=False)
class PathStart:
    """Where a path begins, and what is left of it."""

    view: SourceView
    path: tuple[Segment, ...]
    base: Selected | None = None
    """The record that a selector finds; None: the view's own."""
    loop: TypedLoop | None = None
    """The loop whose item it is in."""
    key: bool = False
    """It is the loop's key itself."""


@dataclass(eq=False)
class TypedLoop:
    """A loop over a list, or over a map where it has `keys`. `apart`: an item that is refused refuses no others."""

    key: str
    names: tuple[str, ...]
    place: PathStart
    """Of the list."""
    view: SourceView
    apart: bool
    keys: Type | None
    readings: list[ListReading] = field(default_factory=list)

    @property
    def path(self) -> str:
        """The list's path in the item of the loop around it."""
        return format_path(self.place.path)


# --- what messages are made of ---


@dataclass(eq=False)
class TargetTree:
    """A part of the target that rules write: a value, or members by name."""

    rule: Rule | None = None
    members: dict[str, TargetTree] = field(default_factory=dict)
    term: Term | None = None

    @property
    def key(self) -> str:
        return self.rule.key if self.rule else ""

    def rules(self) -> list[Rule]:
        """All rules at or below it."""
        own = [self.rule] if self.rule else []
        return own + [rule for child in self.members.values() for rule in child.rules()]

    def terms(self) -> list[tuple[str, Term]]:
        """The terms at or below it, by their rules' keys."""
        own = [(self.rule.key, self.term)] if self.rule and self.term else []
        return own + [each for child in self.members.values() for each in child.terms()]

    def of(self, member: Field) -> TargetTree | None:
        """What rules write into a record's field."""
        return self.members.get(member.name) or (self.members.get(member.json_name) if member.json_name else None)


@dataclass(eq=False)
class TypedBlock:
    """A block of rules with its terms. `tree`: what its messages are made of, None where it has alternatives.
    `otherwise`: what becomes of an item that no alternative takes."""

    key: str
    otherwise: Literal["refuse", "skip"]
    when: Term | None = None
    loops: list[TypedLoop] = field(default_factory=list)
    where: Term | None = None
    tree: TargetTree | None = None
    alternatives: list[TypedBlock] = field(default_factory=list)


def needed(member: Field) -> bool:
    """Whether the field must have a value that isn't null."""
    return member.presence is Presence.REQUIRED and not nullable(member.type)[1]


# --- what is asked of any term ---


def parts(term: Term) -> list[Term]:
    """The terms that a term is made of."""
    match term:
        case Steps() | Require() | IsPresent() | Negation() | Json() | Untyped() | Shared():
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
            return [each for _, each in term.tree.terms()]
        case Read() | Selected() | LoopKey() | Empty() | Const() | Generate():
            return []
        case _:
            assert_never(term)


def optional(term: Term) -> bool:
    """Whether the term may have no value."""
    match term:
        case Const() | Generate() | IsPresent() | Negation() | Every() | Require() | LoopKey() | Empty():
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
        case Selected() | Build() | When() | Compare():
            return True
        case _:
            assert_never(term)


def may_refuse(term: Term) -> bool:
    """Whether a demand stands somewhere in the term."""
    if isinstance(term, Require) and optional(term.of):
        return True
    return any(may_refuse(each) for each in parts(term))
