"""JSON Schema: whether all that is valid by a writer's schema is valid by a reader's, where that is plain.

There is no general answer in bounded time, so there are three: nothing is found, what breaks, and what can't be told
(`unknown`). Breaking is said where a change takes away values that the old schema plainly had; an old schema that
allows no value at all (`minLength` over `maxLength`) isn't noticed.

Theory of operation: pairs of subschemas wait on a list, each is compared once. Both sides are taken apart
(jsonviews.py) and each of the reader's parts must follow from one of the writer's. With one candidate it is compared in
place, and what is wrong is told where it is wrong; with several they are tried (`_Checker.tell`), within a budget
that all trials share (B69).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from schemas.compatibility.documents import JsonDocument
from schemas.compatibility.jsonshapes import ViewPair, arrays, objects
from schemas.compatibility.jsonvalues import Ternary, listed, numbers, strings
from schemas.compatibility.jsonviews import (
    TYPES,
    TooLargeError,
    View,
    ViewPart,
    Work,
    alike,
    allowance,
    enumerated,
    parts,
    plain_types,
    root,
    same_value,
    types,
)
from schemas.compatibility.verdicts import CANNOT_TELL, Difference, Sides
from schemas.identity import Identity

MAX_TRIALS: Final = 12
"""Trials inside trials."""
Tags = dict[str, tuple[frozenset[str], bool]]
"""Listed values: of the value itself (""), where it is listed; of members, and whether they must be there."""
_NUMBERS: Final = frozenset({"integer", "fraction"})


def differences(writer: JsonDocument, reader: JsonDocument, sides: Sides) -> list[Difference]:
    """What the writer's schema allows and the reader's does not, or may not. Raises SchemaError: a broken reference."""
    work = Work(allowance(writer, reader))
    run = _ComparisonRun([ViewPair((root(writer, work),), root(reader, work), "#")])
    try:
        _Checker(sides, work).go(run)
    except TooLargeError:
        run.found.append(Difference(CANNOT_TELL, "#/", "the schemas are too large to compare", unknown=True))
    return list(dict.fromkeys(run.found))


@dataclass(slots=True)
class _ComparisonRun:
    """One comparison: what was found, and what is still to be compared."""

    pending: list[ViewPair]
    found: list[Difference] = field(default_factory=list)
    seen: set[tuple[tuple[Identity, ...], Identity]] = field(default_factory=set)


@dataclass(slots=True)
class _Checker:
    sides: Sides
    work: Work
    depth: int = 0
    told: dict[tuple[Identity, Identity], Ternary] = field(default_factory=dict)
    tags: dict[Identity, Tags] = field(default_factory=dict)

    def go(self, run: _ComparisonRun, *, until_broken: bool = False) -> None:
        """Finds all differences, or those up to the first that breaks."""
        while run.pending and not (until_broken and any(not each.unknown for each in run.found)):
            each = run.pending.pop()
            key = tuple(view.key for view in each.writers), each.reader.key
            if key in run.seen:
                continue
            run.seen.add(key)
            self.work.spend()
            found, pairs = self._compared(each)
            run.found += [replace(one, unknown=True) for one in found] if each.loose else found
            run.pending += reversed([replace(one, loose=True) for one in pairs] if each.loose else pairs)

    def tell(self, writer: View, reader: View) -> Ternary:
        """Whether all that is valid by `writer` is valid by `reader`."""
        key = writer.key, reader.key
        if key not in self.told:
            if self.depth >= MAX_TRIALS:
                return "unknown"
            self.depth += 1
            run = _ComparisonRun([ViewPair((writer,), reader, "")])
            self.go(run, until_broken=True)
            self.depth -= 1
            broken = any(not each.unknown for each in run.found)
            self.told[key] = "no" if broken else "unknown" if run.found else "yes"
        return self.told[key]

    def _compared(self, pair: ViewPair) -> tuple[list[Difference], list[ViewPair]]:
        """What is found at once, and what is to be compared for it."""
        if any(alike(each, pair.reader) for each in pair.writers):
            return [], []
        wrote = [part for view in pair.writers for part in parts(view)]
        if any(part.shape == "never" for part in wrote):
            return [], []
        results = [each for part in parts(pair.reader) for each in self._follows(pair, wrote, part)]
        found = [_placed(each, pair.path) for each in results if isinstance(each, Difference)]
        return found, [each for each in results if isinstance(each, ViewPair)]

    def _follows(self, pair: ViewPair, wrote: Sequence[ViewPart], reads: ViewPart) -> Iterable[Difference | ViewPair]:
        """Whether one part of the reader's follows from what the writer's says."""
        if any(_same(each, reads) for each in wrote):
            return ()
        kinds = TYPES.intersection(*(types(each) for each in pair.writers))
        if not kinds:
            return ()
        if reads.shape == "never" or not (kinds & types(reads.view)):
            return (self._changed(kinds, types(reads.view)),)
        if len(wrote) <= 1:
            whole = ViewPart("plain", pair.writers[0].only())
            return self._one(wrote[0] if wrote else whole, reads, kinds, pair.path)
        return self._any(pair, wrote, reads, kinds)

    def _any(
        self, pair: ViewPair, wrote: Sequence[ViewPart], reads: ViewPart, kinds: frozenset[str]
    ) -> Iterable[Difference | ViewPair]:
        """One part of many must do; that none does alone says nothing of all together."""
        if any(self.tell(each.view, reads.view) == "yes" for each in wrote):
            return ()
        similar = [each for each in wrote if each.shape == reads.shape]
        if not similar:
            message = f"{_named(reads)} of {self.sides.reader} may refuse what several keywords allow together"
            return (_cannot_tell(message),)
        nearest = max(similar, key=lambda each: len(each.view.keywords & reads.view.keywords))
        if self.tell(nearest.view, reads.view) == "no" and _alone(nearest, wrote):
            return self._one(nearest, reads, kinds, pair.path)
        return (ViewPair((nearest.view,), reads.view, pair.path, loose=True),)

    # --- one part against one ---

    def _one(
        self, wrote: ViewPart, reads: ViewPart, kinds: frozenset[str], path: str
    ) -> Iterable[Difference | ViewPair]:
        match wrote.shape, reads.shape:
            case _, "whole":
                return self._whole(wrote, reads)
            case "anyOf" | "oneOf", _:
                return [ViewPair((each,), reads.view, path) for each in wrote.branches]
            case "whole", _:
                return (_cannot_tell(f"{_named(wrote)} of {self.sides.writer} is not looked into"),)
            case _, "plain":
                return self._plain(wrote.view, reads.view, kinds, path)
        return self._chosen(wrote.view, reads, kinds, path)

    def _whole(self, wrote: ViewPart, reads: ViewPart) -> Iterable[Difference | ViewPair]:
        """Keywords that are compared as a whole. `not`: what the reader's excludes the writer's must exclude too."""
        if "not" in reads.view.keywords and "not" in wrote.view.keywords and wrote.shape == "whole":
            answer = self.tell(*(each.view.child(each.view.get("not"), "not") for each in (reads, wrote)))
            if answer == "yes":
                return ()
            if answer == "no":
                message = f"{self.sides.reader} excludes more than {self.sides.writer}"
                return (Difference("NOT_TYPE_EXTENDED", "/not", message),)
        elif "not" in reads.view.keywords and self._apart(wrote.view, reads.view.child(reads.view.get("not"), "not")):
            return ()
        return (_cannot_tell(f"{_named(reads)} of {self.sides.reader} is not looked into"),)

    def _changed(self, wrote: frozenset[str], reads: frozenset[str]) -> Difference:
        message = f"{_shown(wrote)} in {self.sides.writer}, {_shown(reads)} in {self.sides.reader}"
        return Difference("TYPE_CHANGED", "", message, _shown(reads))

    def _plain(self, wrote: View, reads: View, kinds: frozenset[str], path: str) -> Iterator[Difference | ViewPair]:
        kinds = kinds & plain_types(wrote)
        few = listed(wrote, reads, kinds, self.sides) if enumerated(wrote) is not None else None
        if kinds - _listed_types(reads):
            yield self._narrowed(wrote, kinds, _listed_types(reads))
            return
        few = few or listed(wrote, reads, kinds, self.sides)
        if few is not None:
            yield from few
            return
        for each in self._of_types(wrote, reads, kinds):
            yield replace(each, path=f"{path}{each.path}") if isinstance(each, ViewPair) else each

    def _narrowed(self, wrote: View, kinds: frozenset[str], reads: frozenset[str]) -> Difference:
        message = f"{_shown(kinds)} in {self.sides.writer}, {_shown(reads)} in {self.sides.reader}"
        if kinds >= _NUMBERS and kinds - reads == {"fraction"}:
            return Difference("TYPE_NARROWED", "", message, _shown(reads))
        several = isinstance(wrote.get("type"), list) and bool(kinds & reads)
        return Difference("SUM_TYPE_NARROWED" if several else "TYPE_CHANGED", "", message, _shown(reads))

    def _of_types(self, wrote: View, reads: View, kinds: frozenset[str]) -> Iterator[Difference | ViewPair]:
        if kinds & _NUMBERS:
            yield from numbers(wrote, reads, whole="fraction" not in kinds, sides=self.sides)
        if "string" in kinds:
            yield from strings(wrote, reads, self.sides)
        if "array" in kinds:
            yield from arrays(wrote, reads, self.sides)
        if "object" in kinds:
            yield from objects(wrote, reads, self.sides)

    # --- anyOf, oneOf ---

    def _chosen(
        self, wrote: View, reads: ViewPart, kinds: frozenset[str], path: str
    ) -> Iterable[Difference | ViewPair]:
        """Plain keywords against branches: each kind of value must find one."""
        branches = [each for each in reads.branches if not self._apart(wrote, each)]
        if not branches:
            return (self._changed(kinds, types(reads.view)),)
        if len(branches) == 1:
            return (ViewPair((wrote,), branches[0], path),)
        kinds = kinds & plain_types(wrote)
        if len(kinds) > 1 and kinds != _NUMBERS and enumerated(wrote) is None:
            merged = (kinds - _NUMBERS) | ({"number"} if kinds >= _NUMBERS else kinds & _NUMBERS)
            return [ViewPair((wrote.typed(each),), reads.view, path) for each in sorted(merged)]
        answers = [self.tell(wrote, each) for each in branches]
        if "yes" not in answers:
            return (_cannot_tell(f"no branch of {self.sides.reader} alone has all of {self.sides.writer}"),)
        if reads.shape == "oneOf" and not self._exclusive(branches):
            return (_cannot_tell(f"branches of oneOf in {self.sides.reader} may overlap"),)
        return ()

    def _exclusive(self, branches: Sequence[View]) -> bool:
        return all(self._apart(a, b) for at, a in enumerate(branches) for b in branches[:at])

    def _apart(self, a: View, b: View) -> bool:
        """Plainly no value is valid by both: other types, other listed values, another tag."""
        self.work.spend()
        if not types(a) & types(b):
            return True
        ours, theirs = self._tags(a), self._tags(b)
        return any(name in theirs and not (ours[name][0] & theirs[name][0]) and (ours[name][1] or theirs[name][1])
                   for name in ours)  # fmt: skip

    def _tags(self, view: View) -> Tags:
        if view.key not in self.tags:
            self.tags[view.key] = _tags(view)
        return self.tags[view.key]


def _tags(view: View) -> Tags:
    found: Tags = {}
    for part in parts(view):
        if part.shape != "plain":
            continue
        own = enumerated(part.view)
        if own is not None:
            found[""] = frozenset(map(same_value, own)), True
        if types(view) == {"object"}:
            required = part.view.get("required", ())
            for name, each in part.view.children("properties").items():
                values = enumerated(each)
                if values is not None:
                    found[f"/{name}"] = frozenset(map(same_value, values)), name in required
    return found


def _listed_types(view: View) -> frozenset[str]:
    """The types that `type` names; what is listed is compared for itself."""
    return plain_types(view.only("type"))


def _same(wrote: ViewPart, reads: ViewPart) -> bool:
    return wrote.shape == reads.shape and alike(wrote.view, reads.view)


def _alone(part: ViewPart, wrote: Sequence[ViewPart]) -> bool:
    """No other part says more than which types there are."""
    others = (each for each in wrote if each is not part)
    return all(each.shape == "plain" and each.view.keywords <= {"type"} for each in others)


def _placed(difference: Difference, path: str) -> Difference:
    place = f"{path}{difference.path.rstrip('/')}"
    return replace(difference, path="#/" if place == "#" else place)


def _cannot_tell(message: str) -> Difference:
    return Difference(CANNOT_TELL, "", message, unknown=True)


def _named(part: ViewPart) -> str:
    return ", ".join(sorted(part.view.keywords - {"type"}) or ["type"])


def _shown(kinds: frozenset[str]) -> str:
    """Types in words."""
    names = sorted((kinds - _NUMBERS) | ({"number"} if kinds >= _NUMBERS else kinds & _NUMBERS))
    return "any value" if kinds == TYPES else " or ".join(names) or "no value"
