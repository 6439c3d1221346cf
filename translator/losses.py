"""What a plan loses, field by field, known before the first byte."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from fnmatch import fnmatchcase
from typing import Literal

import msgspec

LossVerdict = Literal["exact", "checked", "dropped"]


class Loss(msgspec.Struct, frozen=True):
    """`path` is the target's field, or the source's where it is dropped."""

    path: str
    verdict: LossVerdict
    reason: str = ""


class Losses:
    """The report of one plan: every leaf, in the target's order, then what is dropped."""

    def __init__(self) -> None:
        self._by_path: dict[str, Loss] = {}

    def add(self, path: str, verdict: LossVerdict, reason: str = "") -> None:
        """Notes a verdict; a worse one for the same path stands, and equal ones stand together."""
        before = self._by_path.get(path)
        rank = ("exact", "checked", "dropped")
        if before is None or rank.index(verdict) > rank.index(before.verdict):
            self._by_path[path] = Loss(path, verdict, reason)
        elif verdict == before.verdict and reason and reason not in before.reason:
            self._by_path[path] = Loss(path, verdict, f"{before.reason}; {reason}" if before.reason else reason)

    def __iter__(self) -> Iterator[Loss]:
        return iter(sorted(self._by_path.values(), key=lambda loss: loss.verdict == "dropped"))

    def __len__(self) -> int:
        return len(self._by_path)

    def __getitem__(self, path: str) -> Loss:
        return self._by_path[path]

    def keep(self, wanted: Callable[[Loss], bool]) -> None:
        """Forgets all others."""
        self._by_path = {path: loss for path, loss in self._by_path.items() if wanted(loss)}

    def of(self, verdict: LossVerdict) -> list[Loss]:
        """The fields with that verdict."""
        return [loss for loss in self if loss.verdict == verdict]

    def unnamed(self, allowed: tuple[str, ...]) -> list[Loss]:
        """What is dropped though no pattern of `allowed` names it."""
        return [loss for loss in self.of("dropped") if not any(fnmatchcase(loss.path, each) for each in allowed)]
