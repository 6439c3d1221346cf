"""What a mapping could read and write: every place of a message's type, with its path and what it holds."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from schemas import model
from schemas.model import MISSING, Array, Field, Presence, Record, Type, nullable
from translator.cli.shared.tree import said
from translator.mapping.document.path import Key, Name, Segment, UnionBranch, format_path
from translator.mapping.terms.wants import branch_names
from translator.plan.resolve import meaning

MOST: Final = 5000
"""Places of one type that are looked at."""
_NAME: Final = re.compile(r"[\w$@-]+")
_WORD: Final = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[0-9]+|[^\W\d_]+")
_KINDS: Final = {
    model.Bool: "bool", model.Int: "int", model.Float: "float", model.String: "string", model.Bytes: "bytes",
    model.Fixed: "bytes", model.Enum: "enum", model.Uuid: "uuid", model.Timestamp: "timestamp", model.Date: "date",
    model.Time: "time", model.Decimal: "decimal", model.BigDecimal: "decimal", model.Duration: "duration",
    model.Array: "list", model.Map: "map", model.Record: "record", model.Union: "union", model.Any: "any",
}  # fmt: skip


def segment(name: str) -> Segment:
    """A member's name as a path has it."""
    return Name(name) if _NAME.fullmatch(name) else Key(name)


def words(name: str) -> tuple[str, ...]:
    """The words of a name, however they are put together: `fromNeuron`, `from_neuron` and `FROM-NEURON` are one."""
    return tuple(each.lower() for each in _WORD.findall(name))


@dataclass(frozen=True)
class Leaf:
    """A place: its path from the message or from the loop's item `loop`, the type there without null."""

    segments: tuple[Segment, ...]
    names: tuple[str, ...]
    type: Type
    required: bool
    aliases: tuple[str, ...] = ()
    has_default: bool = False

    @property
    def path(self) -> str:
        return format_path(self.segments)

    @property
    def kind(self) -> str:
        """The kind of its type, in a word."""
        return _KINDS.get(type(self.type), "null")

    @property
    def told(self) -> str:
        """Its type, for people."""
        return said(self.type)


def leaves(root: Type, prefix: str = "", *, branches: bool) -> Iterator[Leaf]:
    """Every place of a record that isn't a record of its own, in order. `prefix`: the name that stands for the root.

    `branches`: also those of unions, as `data:string` and `data:Branch.member`. A record inside of itself is a place.
    """
    start: tuple[Segment, ...] = (Name(prefix),) if prefix else ()
    stack: list[tuple[Leaf, tuple[Type, ...]]] = []
    _push(stack, root, start, (), (), required=True)
    found = 0
    while stack and found < MOST:
        leaf, above = stack.pop()
        if isinstance(leaf.type, Record) and leaf.type.fields and leaf.type not in above:
            _push(stack, leaf.type, leaf.segments, leaf.names, above, required=leaf.required)
            continue
        if branches and isinstance(leaf.type, model.Union):
            stack.extend((each, above) for each in reversed(_branches(leaf, leaf.type)))
        found += 1
        yield leaf


def _push(
    stack: list[tuple[Leaf, tuple[Type, ...]]], type_: Type, segments: tuple[Segment, ...], names: tuple[str, ...],
    above: tuple[Type, ...], *, required: bool,
) -> None:  # fmt: skip
    if not isinstance(type_, Record):
        return
    members = [_member(each, segments, names, required) for each in type_.fields]
    stack.extend((each, (*above, type_)) for each in reversed(members))


def _branches(leaf: Leaf, union: model.Union) -> list[Leaf]:
    """A union's branches; each message may have another one."""
    named = zip(branch_names(union.branches), union.branches, strict=True)
    return [
        Leaf((*leaf.segments, UnionBranch(name)), leaf.names, meaning(each), required=False) for name, each in named
    ]


def _member(field: Field, segments: tuple[Segment, ...], names: tuple[str, ...], required: bool) -> Leaf:
    type_, null = _stripped(field.type)
    needed = required and field.presence is Presence.REQUIRED and not null and field.default is MISSING
    aliases = (*field.aliases, *([field.json_name] if field.json_name else []))
    has_default = field.default is not MISSING
    return Leaf((*segments, segment(field.name)), (*names, field.name), type_, needed, aliases, has_default)


def _stripped(type_: Type) -> tuple[Type, bool]:
    """What a type stands for, and whether null is taken from it."""
    inner, null = nullable(type_)
    return meaning(inner), null


@dataclass(frozen=True)
class Loop:
    """A list of records. `lines`: what `for_each` says of it, outermost first; `item`: what an item is called there;
    `path`: its place, through the lists around it; `type`: of an item; `outer`: the list whose items have it."""

    lines: tuple[str, ...]
    item: str
    path: str
    type: Type
    outer: Loop | None = None

    def leaves(self, root: Type, *, branches: bool) -> Iterator[Leaf]:
        """What can be read for an item: of the item, of the items around it, and of the message, which is a `root`."""
        yield from leaves(self.type, self.item, branches=branches)
        outer = self.outer.leaves(root, branches=branches) if self.outer else leaves(root, branches=branches)
        own = self.lines[-1].partition(" in ")[2]
        yield from (each for each in outer if each.path != own)


def loops(root: Type) -> list[Loop]:
    """Every list of records, also in the items of others, the outer ones first."""
    found: list[Loop] = []
    _find(root, None, (), found)
    for loop in found:  # which grows
        if len(found) < MOST:
            _find(loop.type, loop, _types(loop), found)
    return found


def _find(root: Type, outer: Loop | None, above: tuple[Type, ...], found: list[Loop]) -> None:
    """The lists of one record; what contains itself is passed over."""
    for leaf in leaves(root, outer.item if outer else "", branches=False):
        items = _stripped(leaf.type.items)[0] if isinstance(leaf.type, Array) else None
        if not isinstance(items, Record) or items in above:
            continue
        lines = outer.lines if outer else ()
        item = _singular(leaf.names[-1], {line.split(" ")[0] for line in lines})
        path = ".".join((*((outer.path,) if outer else ()), *leaf.names))
        found.append(Loop((*lines, f"{item} in {leaf.path}"), item, path, items, outer))


def _types(loop: Loop) -> tuple[Type, ...]:
    return (loop.type, *(_types(loop.outer) if loop.outer else ()))


def _singular(name: str, taken: set[str]) -> str:
    """What an item of a list is called."""
    word = "_".join(words(name)) or "item"
    if word.endswith("ies"):
        word = word[:-3] + "y"
    elif word.endswith(("tuses", "xes", "ches", "shes", "sses")):
        word = word[:-2]
    elif word.endswith("s") and not word.endswith("ss"):
        word = word[:-1]
    else:
        word = "item" if word == name else word
    while word in taken:
        word += "_"
    return word
