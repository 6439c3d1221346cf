"""What a schema loses on its way to another language, place by place."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

Fidelity = Literal["exact", "widened", "narrowed", "dropped"]


@dataclass(frozen=True)
class SchemaLoss:
    """What became of one place of the source.

    `exact`: the same values. `widened`: all of them and others. `narrowed`: some values have no place.
    `dropped`: something that the source said is no longer said. `path`: fields joined by dots, `[]` a list's items,
    `{}` a map's values; a named type is told of where it is first met.
    """

    path: str
    verdict: Fidelity
    reason: str = ""


class LossReport:
    """Losses in the order in which they are met, the worst of each place first."""

    def __init__(self) -> None:
        self._found: dict[tuple[str, str], SchemaLoss] = {}

    def add(self, path: str, verdict: Fidelity, reason: str = "") -> None:
        """Notes a verdict; the same reason at the same place is one."""
        self._found.setdefault((path, reason), SchemaLoss(path, verdict, reason))

    def __iter__(self) -> Iterator[SchemaLoss]:
        """Every note; `exact` stands only where there is no other at its place."""
        marred = {each.path for each in self._found.values() if each.verdict != "exact"}
        return (each for each in self._found.values() if each.verdict != "exact" or each.path not in marred)
