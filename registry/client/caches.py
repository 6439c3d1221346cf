"""Values that are kept for a while."""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Hashable
from typing import Generic, TypeVar

T = TypeVar("T")


class Cache(Generic[T]):
    """The last `size` values by key; each for `seconds`, or for ever. Guarded by its owner's lock."""

    def __init__(self, size: int, seconds: float | None = None) -> None:
        self._size = size
        self._seconds = seconds
        self._values: OrderedDict[Hashable, tuple[float, T]] = OrderedDict()

    def __len__(self) -> int:
        return len(self._values)

    def get(self, key: Hashable) -> T | None:
        found = self._values.get(key)
        if found is None or (self._seconds is not None and time.monotonic() - found[0] > self._seconds):
            return None
        self._values.move_to_end(key)
        return found[1]

    def put(self, key: Hashable, value: T) -> None:
        self._values[key] = (time.monotonic(), value)
        self._values.move_to_end(key)
        while len(self._values) > self._size:
            self._values.popitem(last=False)
