"""Which types may contain themselves: Tarjan's strongly connected components, without recursion, so that depth is no
matter."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from schemas.model import Type, children


class Cycles:
    """Answers for every type that can be reached from what was asked about; each is looked at once."""

    def __init__(self, resolve: Callable[[Type], Type]) -> None:
        """`resolve`: what a type stands for."""
        self._resolve = resolve
        self._order: dict[int, int] = {}
        self._low: dict[int, int] = {}
        self._cyclic: dict[int, bool] = {}
        self._open: list[Type] = []
        self._kept: list[Type] = []

    def has(self, type_: Type) -> bool:
        """Whether `type_` may contain itself, directly or through others (also through lists, maps and unions)."""
        if id(type_) not in self._order:
            self._search(type_)
        return self._cyclic[id(type_)]

    def _inside(self, type_: Type) -> Iterator[Type]:
        for child in children(type_):
            yield self._resolve(child)

    def _enter(self, type_: Type) -> tuple[Type, Iterator[Type]]:
        self._order[id(type_)] = self._low[id(type_)] = len(self._order)
        self._open.append(type_)
        self._kept.append(type_)  # so that its id stays its own
        return type_, self._inside(type_)

    def _search(self, root: Type) -> None:
        path = [self._enter(root)]
        while path:
            type_, inside = path[-1]
            child = next(inside, None)
            if child is None:
                path.pop()
                if path:
                    self._lower(path[-1][0], self._low[id(type_)])
                if self._low[id(type_)] == self._order[id(type_)]:
                    self._close(type_)
            elif id(child) not in self._order:
                path.append(self._enter(child))
            elif id(child) not in self._cyclic:
                self._lower(type_, self._order[id(child)])

    def _lower(self, type_: Type, low: int) -> None:
        self._low[id(type_)] = min(self._low[id(type_)], low)

    def _close(self, type_: Type) -> None:
        """All types above `type_` contain each other; one alone contains itself if it says so."""
        first = next(i for i in range(len(self._open) - 1, -1, -1) if self._open[i] is type_)
        together = self._open[first:]
        del self._open[first:]
        cyclic = len(together) > 1 or any(child is type_ for child in self._inside(type_))
        for each in together:
            self._cyclic[id(each)] = cyclic
