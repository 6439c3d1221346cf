"""Drafts a mapping: for each field of the target the rule that is the best guess, or a question.

A guess goes by names: the whole path, an alias, the last names, a name made of two (`sensor_id` and `sensor.id`), with
snake_case and camelCase being one. It is taken if nothing else fits as well, the types meet (with a cast, where that is
exact or refused), and the plan compiles with it. A time or UUID that must be there is the only one that the source has,
or a new one. All else is a question, with what comes nearest.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from native.errors import PlanError
from schemas.model import Array, Enum, Record, Type
from translator.cli.shared.leaves import Leaf, Loop, leaves, loops, words
from translator.contract import End
from translator.engine.compile import shared
from translator.mapping.document import load
from translator.mapping.document.errors import MappingError, child

_TEXTS: Final = ("bool", "int", "float", "uuid", "timestamp", "date", "time", "decimal")
_FROM_TEXT: Final = {"uuid": 'cast = "uuid"', "bool": 'cast = "bool"', "timestamp": 'time = "rfc3339"'}
_GENERATED: Final = {"uuid": "uuid4", "timestamp": "now"}
_COMMON: Final = {(each,) for each in ("id", "name", "type", "kind", "value", "key", "code", "status", "url", "text")}
"""Names that say little without what stands in front of them."""
_NEAR: Final = 3
"""Candidates that a question lists."""
_LISTED: Final = 200
"""Places that no rule reads, as listed."""
_WIDE: Final = 60
"""Characters of a type."""
_SURE: Final = 60
"""From which score on a name is a guess."""


@dataclass
class Line:
    """One field of the target. `value`: its rule in TOML; None: a question."""

    leaf: Leaf
    value: str | None = None
    note: str = ""


@dataclass
class MappingDraft:
    """A mapping to start from. `missing`: fields that the plan still asks for."""

    lines: list[Line]
    places: list[Leaf]
    chosen: tuple[str, ...] = ()
    offered: list[Loop] = field(default_factory=list)
    missing: list[tuple[str, str]] = field(default_factory=list)

    @property
    def open(self) -> list[Line]:
        """The fields that are questions."""
        return [each for each in self.lines if each.value is None]

    def text(self, head: Sequence[str] = ()) -> str:
        """The document, with `head` in front of its fields."""
        out = ["version = 1"]
        if self.chosen:
            out += [f"for_each = {json.dumps(self.chosen)}"]
        elif self.offered:
            out += ["", "# One message for each item, rather than one in all:"]
            out += [f"# for_each = {json.dumps(each.lines)}" for each in self.offered]
        out += [*head, "", "[fields]", *_aligned(self.lines)]
        idle = [each for each in self.places if not any(_reads(line, each) for line in self.lines)]
        if idle:
            out += ["", "# No rule reads:", *(f"#   {each.path}  ({_short(each.told)})" for each in idle[:_LISTED])]
            out += [f"#   … and {len(idle) - _LISTED} more"] if len(idle) > _LISTED else []
        return "\n".join(out) + "\n"


def draft(source: End, root: Type, target: End, loop: str | None = None) -> MappingDraft:
    """A draft of the mapping from `source` to `target`. `root`: the type of the source's messages, also where these are
    samples without a schema. `loop`: the list whose items become messages, as `lines` or `orders.lines`.

    ValueError: there is no such list. PlanError: the two can't make a plan whatever the mapping says.
    """
    offered = loops(root)
    taken = next((each for each in offered if each.path == loop), None)
    if loop is not None and taken is None:
        known = ", ".join(each.path for each in offered) or "none"
        raise ValueError(f"there is no list of records {loop!r}; there are: {known}")
    typed = source.schema is not None
    places = [*(taken.leaves(root, branches=typed) if taken else leaves(root, branches=typed))]
    assert target.root is not None
    lines = [_line(each, places) for each in leaves(target.root, branches=False)]
    made = MappingDraft(lines, places, taken.lines if taken else (), [] if taken else offered)
    _settle(made, source, target)
    if len(made.open) == len(lines):
        _hold_a_place(lines)
        _settle(made, source, target)
    return made


# --- one field ---


def _line(leaf: Leaf, places: Sequence[Leaf]) -> Line:
    ranked = sorted(((score, each) for each in places if (score := _score(leaf, each))), key=lambda pair: -pair[0])
    best = [each for score, each in ranked if score == ranked[0][0] and score >= _SURE]
    fitting = [each for each in best if _rule(each, leaf) is not None]
    if len(fitting) == 1:
        return Line(leaf, _rule(fitting[0], leaf), f"from {fitting[0].told}")
    near = ", ".join(_offer(each, leaf) for _, each in ranked[:_NEAR])
    note = f"candidates: {near}" if near else ""
    if leaf.required and leaf.kind in _GENERATED and not best:
        alike = [each for each in places if each.kind == leaf.kind]
        if len(alike) == 1:
            return Line(leaf, _rule(alike[0], leaf), f"the only {leaf.kind}")
        return Line(leaf, f'{{ generate = "{_GENERATED[leaf.kind]}" }}', note)
    return Line(leaf, note=note)


def _hold_a_place(lines: Sequence[Line]) -> None:
    """Where nothing is known: a mapping has at least one rule."""
    for line in sorted(lines, key=lambda each: not each.leaf.required):
        constant = json.dumps(line.leaf.type.symbols[0][0]) if isinstance(line.leaf.type, Enum) else None
        constant = constant or {"string": '"TODO"', "int": "0", "float": "0.0", "bool": "false"}.get(line.leaf.kind)
        if constant is not None:
            line.value = f"{{ const = {constant} }}"
            line.note = "; ".join(each for each in ("holds the place", line.note) if each)
            return


def _score(target: Leaf, source: Leaf) -> int:
    """How well the names of two places meet: 100 are the same, 0 have nothing in common."""
    wanted, has = [words(each) for each in target.names], [words(each) for each in source.names]
    if wanted == has:
        return 100
    spelled = {words(each) for each in (target.names[-1], *target.aliases)}
    if spelled & {words(each) for each in (source.names[-1], *source.aliases)}:
        return 80 if wanted[-2:-1] == has[-2:-1] else 50 if wanted[-1] in _COMMON else 70
    if wanted[-1] == sum(has[-2:], ()) or has[-1] == sum(wanted[-2:], ()):
        return _SURE
    ours, theirs = set(wanted[-1]), set(has[-1])
    common = len(ours & theirs)
    return 40 * common // len(ours | theirs) if common else 0


def _rule(source: Leaf, target: Leaf) -> str | None:
    """The rule that reads one into the other; None where their types don't meet without a decision."""
    path, ours, theirs = json.dumps(source.path, ensure_ascii=False), source.kind, target.kind
    if '"' in source.path and "'" not in source.path:
        path = f"'{source.path}'"
    if ours == theirs or "any" in (ours, theirs) or (ours, theirs) in _PLAIN:
        return path
    if (ours, theirs) == ("list", "map") and _is_entries(source.type):
        return f'{{ for_each = "entry in {source.path}", key = "entry.key", value = "entry.value" }}'
    if theirs == "string" and ours in _TEXTS:
        return f'{{ path = {path}, cast = "string" }}'
    if ours == "string" and theirs in _FROM_TEXT:
        return f"{{ path = {path}, {_FROM_TEXT[theirs]} }}"
    if ours == "string" and theirs in ("int", "float"):
        return f'{{ path = {path}, cast = "{theirs}{64 if theirs == "int" else _bits(target)}" }}'
    return None


def _is_entries(type_: Type) -> bool:
    """Whether it is a list of records that have a key and a value: a map in all but name."""
    items = type_.items if isinstance(type_, Array) else None
    return isinstance(items, Record) and {"key", "value"} <= {each.name for each in items.fields}


_PLAIN: Final = {("int", "float"), ("float", "int"), ("enum", "string"), ("string", "enum")}


def _bits(leaf: Leaf) -> int:
    return int(getattr(leaf.type, "bits", 64))


def _offer(source: Leaf, target: Leaf) -> str:
    """A candidate, with its type where that doesn't meet the target's."""
    return source.path if _rule(source, target) else f"{source.path} ({_short(source.told)})"


# --- all fields ---


def _settle(made: MappingDraft, source: End, target: End) -> None:
    """Turns guesses that don't compile into questions, until all do."""
    while any(each.value for each in made.lines):
        try:
            shared.plan(source, target, mapping=load(made.text()))
            made.missing = []
            return
        except (PlanError, MappingError) as error:
            if not _questioned(made, error.problems):
                made.missing = list(error.problems)
                return


def _questioned(made: MappingDraft, problems: Sequence[tuple[str, str]]) -> bool:
    """Whether a problem was about a guess, which is a question now."""
    before = len(made.open)
    for key, reason in problems:
        for line in made.lines:
            whole = child("fields", line.leaf.path)
            if line.value is not None and (key == whole or key.startswith((f"{whole}.", f"{whole}["))):
                line.note = f"{line.value.strip('{} ')}? {reason}"
                line.value = None
    return len(made.open) > before


# --- as text ---


def _aligned(lines: Sequence[Line]) -> list[str]:
    left = [_left(each) for each in lines]
    width = min(max((len(each) for each in left), default=0), 64)
    return [f"{text.ljust(width)}  # {_right(line)}" for text, line in zip(left, lines, strict=True)]


def _left(line: Line) -> str:
    key = child("", line.leaf.path)
    return f"{key} = {line.value}" if line.value is not None else f"# {key} = ?"


def _reads(line: Line, place: Leaf) -> bool:
    path = json.dumps(place.path, ensure_ascii=False)
    return line.value is not None and (path in line.value or f" in {path[1:]}" in line.value)


def _short(text: str) -> str:
    return text if len(text) <= _WIDE else f"{text[:_WIDE]}…"


def _right(line: Line) -> str:
    leaf = line.leaf
    parts = [_short(leaf.told) + (", required" if leaf.required else "")]
    if line.value is None and isinstance(leaf.type, Enum):
        parts.append(f'{{ const = "{leaf.type.symbols[0][0]}" }}')
    if line.value is None and isinstance(leaf.type, Record):
        parts.append("a record inside of itself")
    return "; ".join([*parts, *([line.note] if line.note else [])]).replace("\n", " ")
