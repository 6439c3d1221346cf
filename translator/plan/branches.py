"""Which of a target's branches each of a source's goes to, where both are unions (S18, S19).

Between Avro's schemas the first branch that matches is taken, however often: that is Avro's rule. Everywhere else a
branch of the target is taken once, as far as there are enough: what comes out as the second of two byte strings has to
come back as it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from schemas.model import Type

Judge = Callable[[Type, Type], bool]


def one_to_one(sources: Sequence[Type], targets: Sequence[Type], alike: Judge, convertible: Judge) -> list[int] | None:
    """Pairs of all branches: each with one of its own kind and name, else in their order. None: there are none."""
    if len(sources) != len(targets):
        return None
    found = _by_kind(sources, targets, alike)
    if None not in found:
        return [each for each in found if each is not None]
    return list(range(len(targets))) if all(map(convertible, sources, targets)) else None


def _by_kind(sources: Sequence[Type], targets: Sequence[Type], alike: Judge) -> list[int | None]:
    left = dict(enumerate(targets))
    found: list[int | None] = []
    for s in sources:
        chosen = next((i for i, t in left.items() if alike(s, t)), None)
        found.append(chosen)
        if chosen is not None:
            del left[chosen]
    return found


def sparing(options: Sequence[Sequence[int]]) -> list[int | None]:
    """One of each branch's options, best first: one that no other takes, as far as there is one."""
    chosen: list[int | None] = [None] * len(options)
    for k in sorted(range(len(options)), key=lambda k: len(options[k])):
        free = [i for i in options[k] if i not in chosen]
        chosen[k] = next(iter(free or options[k]), None)
    return chosen


def shared(chosen: Sequence[int | None]) -> list[int]:
    """The places of branches that another one before them has taken the target of."""
    return [k for k, i in enumerate(chosen) if i is not None and i in chosen[:k]]
