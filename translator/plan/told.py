"""What the numbers that the core counts stand for, by path (S36): members passed over, defaults filled in, and what was
looked for and never found.

The core counts by rows of the image and knows no paths. A record table has one, that of the first place which the
reader comes to it by; a table that contains itself is told by that one too. A member that is wanted several times is
read several times, into tables of their own: such a *copy* meets the same unknown members again, which count once.
"""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import NamedTuple

from native.binding import C
from translator.plan.image import Image

_Queue = deque[tuple[int, str, int]]


class Sought(NamedTuple):
    """A path that is looked for. `word`, `bit`: set where it was found; `within`: the word that says how often it was
    looked for; `looked`: a bit beside the other, set where it was looked for at all, or -1: it always is."""

    path: str
    word: int
    bit: int
    within: int
    looked: int = -1

    def found(self, word: Callable[[int], int]) -> bool:
        """Whether a record had it; `word`: gives the core's."""
        return bool(word(self.word) >> self.bit & 1)

    def times(self, word: Callable[[int], int]) -> int:
        """In how many records it was looked for."""
        asked = self.looked < 0 or word(self.word) >> self.looked & 1
        return word(self.within) if asked else 0


@dataclass(frozen=True, slots=True)
class CountedPaths:
    """Of one plan. `tables`: the path of each record that is read, and which copy it is; `defaults`: the path of each
    row of fills that counts."""

    sought: list[Sought] = field(default_factory=list)
    defaults: dict[int, str] = field(default_factory=dict)
    tables: dict[int, tuple[str, int]] = field(default_factory=dict)

    def ignored(self, members: Iterable[tuple[int, str, bytes, int]]) -> dict[str, int]:
        """Members passed over, by path: of (record, the field that it stands in, key, how often) each."""
        copies: dict[int, Counter[str]] = {}
        for record, within, key, count in members:
            path, copy = self.tables.get(record, ("", 0))
            name = key.decode("utf-8", "backslashreplace") or "(others)"
            copies.setdefault(copy, Counter())[".".join(filter(None, (path, within, name)))] += count
        return {path: max(each[path] for each in copies.values()) for each in copies.values() for path in each}

    def defaulted(self, times: Callable[[int], int]) -> dict[str, int]:
        """Defaults filled in, by the target's path; `times`: gives the core's count of a row."""
        counts: Counter[str] = Counter()
        for row, path in self.defaults.items():
            counts[path] += times(row)
        return dict(+counts)

    def found(self, word: Callable[[int], int]) -> dict[str, int]:
        """What was looked for, by path: 0 where a record had it, else in how many it was looked for in vain."""
        seen: dict[str, int] = {}
        for each in self.sought:
            if times := each.times(word):
                missed = 0 if each.found(word) else times
                seen[each.path] = min(missed, seen.get(each.path, missed))
        return seen


def never(found: dict[str, int]) -> dict[str, int]:
    """Of what was looked for (`CountedPaths.found`), what no record had; not what stands within such a one."""
    missed = {path: times for path, times in found.items() if times}
    return {path: times for path, times in missed.items() if not any(each in missed for each in _around(path))}


def _around(path: str) -> Iterable[str]:
    """The paths of what a path stands within."""
    return (path[:i] for i, character in enumerate(path) if character in ".[{:" and i)


def told(image: Image, read_root: int, *, lookups: int = -1) -> CountedPaths:
    """Of a finished image. `lookups`: of a mapping, the word that says how often its program ran: that often all of
    its paths were looked for, whatever stands around them."""
    tables: dict[int, tuple[str, int]] = {}
    sought = []
    waiting: _Queue = deque([(read_root, "", 0)])
    while waiting:
        node, path, copy = waiting.popleft()
        table = _open(image, node, path, copy, waiting)
        if table < 0 or table in tables:
            continue
        tables[table] = path, copy
        row = image.records[table]
        for i in range(row.first, row.first + row.count):
            at, again = i, copy
            while True:
                each = image.fields[at]
                waiting.append((each.node, _within(path, image.names[each.name]), again))
                at, again = each.also, again + 1
                if not at:
                    break
        sought += _members(image, table, path, lookups)
    sought += [
        Sought(path, lookups + 1 + insn // 32, insn % 32 * 2 + 1, lookups, insn % 32 * 2)
        for insn, path in image.lookups
    ]
    return CountedPaths(sought, image.defaults, tables)


def _members(image: Image, table: int, path: str, lookups: int) -> list[Sought]:
    at = image.records[table].found
    return [
        Sought(_within(path, name), at + 1 + bit // 64, bit % 64, at if lookups < 0 else lookups)
        for bit, name in image.sought.get(table, ())
    ]


def _open(image: Image, node: int, path: str, copy: int, waiting: _Queue) -> int:
    """The record table of a node, or -1; what else the node holds waits."""
    row = image.nodes[node]
    match row.op:
        case C.H9_OP_RECORD | C.H9_OP_INLINE:
            return row.a
        case C.H9_OP_OPTION | C.H9_OP_WRAPPED:
            waiting.append((row.a, path, copy))
        case C.H9_OP_LIST:
            waiting.append((row.a, f"{path}[]", copy))
        case C.H9_OP_MAP:
            waiting.append((row.b, f"{path}{{}}", copy))
        case C.H9_OP_UNION:
            waiting.extend((each, path, copy) for each in image.words32[row.a : row.a + row.b])
        case _:
            pass
    return -1


def _within(path: str, name: str) -> str:
    return f"{path}.{name}" if path else name
