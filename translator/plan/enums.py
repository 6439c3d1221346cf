"""Enum tables of an image: symbols meet by name (S17)."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from schemas.model import Enum
from translator.formats.base import Format
from translator.plan.image import Image
from translator.plan.rows import EnumRow, SymbolRow

NO_TARGET = -(1 << 63)
_Memo = tuple[Enum, Enum, str] | tuple[Enum, int]
_TargetNumbers = Sequence[int | None]


class Enums:
    """The enum tables of one side of a plan, kept once each."""

    def __init__(self, image: Image, format_: Format) -> None:
        self._image = image
        self._format = format_
        self._made: dict[_Memo, int] = {}

    def reading(self, s: Enum, t: Enum) -> tuple[int, str]:
        """The table that reads `s` as `t`'s numbers, and what it may refuse ("" where nothing)."""
        numbers = dict(reversed(t.symbols))
        unknown = numbers[t.default] if t.default is not None and t.default in numbers else NO_TARGET
        targets = [numbers.get(name) for name, _ in s.symbols]
        lost = [name for (name, _), target in zip(s.symbols, targets, strict=True) if target is None]
        keeps_open = s.open and t.open
        table = self._add((s, t, "r"), s, targets, unknown, is_open=keeps_open, key=lambda name: b"")
        if unknown != NO_TARGET:
            return table, ""
        if lost:
            return table, f"refused: {', '.join(lost[:5])}{' …' if len(lost) > 5 else ''}"
        return table, "a number without a name is refused" if s.open and not t.open else ""

    def names(self, t: Enum) -> int:
        """A table between the plain names of `t` and its numbers."""
        numbers = [number for _, number in t.symbols]
        return self._add((t, t, "n"), t, numbers, self._default(t), is_open=t.open, key=str.encode)

    def table(self, e: Enum, targets: _TargetNumbers, unknown: int | None) -> int:
        """A table of a mapping's own: the symbols of `e` to numbers, and what an unknown one becomes."""
        memo = (e, len(self._made))  # never the same: each mapping has its own
        otherwise = NO_TARGET if unknown is None else unknown
        return self._add(memo, e, targets, otherwise, is_open=False, key=lambda name: name.encode())

    def writing(self, t: Enum) -> int:
        """The table that writes `t`, its names as they stand on the wire."""
        encode = self._format.encode_key or (lambda name: b"")
        numbers = [number for _, number in t.symbols]
        return self._add((t, t, "w"), t, numbers, NO_TARGET, is_open=t.open, key=encode)

    def _default(self, t: Enum) -> int:
        return dict(t.symbols).get(t.default, NO_TARGET) if t.default is not None else NO_TARGET

    def _add(
        self, memo: _Memo, e: Enum, targets: _TargetNumbers, unknown: int, *, is_open: bool, key: Callable[[str], bytes]
    ) -> int:
        if memo not in self._made:
            self._made[memo] = self._table(e, targets, unknown, is_open, key)
        return self._made[memo]

    def _table(self, e: Enum, targets: _TargetNumbers, unknown: int, is_open: bool, key: Callable[[str], bytes]) -> int:
        image = self._image
        keys, mask = image.key_table([(name.encode(), i) for i, (name, _) in enumerate(e.symbols)])
        order = sorted(range(len(e.symbols)), key=lambda i: (e.symbols[i][1], i))
        first = len(image.symbols)
        for (name, number), target in zip(e.symbols, targets, strict=True):
            text = key(name)
            mapped = int(target is not None)
            image.symbols.append(SymbolRow(image.text(text), len(text), number, target or 0, mapped))
        by_number = image.many32(order)
        image.enums.append(EnumRow(first, len(e.symbols), keys, mask, unknown, int(is_open), by_number=by_number))
        return len(image.enums) - 1
