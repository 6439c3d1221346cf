"""Messages that make many, tried again for one of these: what a dead letter was about, and nothing of what was written.

An item's number holds only while the message makes as many as before: where it doesn't, the item is refused (`LETTER`).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from native.errors import DataError
from translator.containers.base import Wanted
from translator.contract import Made


def totals(made: Made) -> Counter[int]:
    """How many results each message made, refused ones too."""
    found = Counter(each.index for each in made.errors if each.item is not None)
    if made.items is not None:
        found.update(made.inputs)
    return found


def only(made: Made, wanted: Sequence[Wanted | None]) -> Made:
    """What is wanted of each message: None is all that it makes."""
    if made.items is None:
        return made
    total = totals(made)
    whole = {each.index for each in made.errors if each.item is None}
    changed = {i for i, w in enumerate(wanted) if w is not None and i not in whole and total[i] != w.of}
    errors = [_marked(each, wanted[each.index]) for each in made.errors if _is_wanted(each.item, wanted[each.index])]
    errors = [each for each in errors if each.index not in changed] + [_changed(i, wanted[i]) for i in changed]
    kept = [
        i for i, (message, item) in enumerate(zip(made.inputs, made.items, strict=True))
        if message not in changed and _is_wanted(item, wanted[message])
    ]  # fmt: skip
    return replace(made.some(kept), errors=sorted(errors, key=lambda each: (each.index, each.item or 0)))


def _is_wanted(item: int | None, wanted: Wanted | None) -> bool:
    return wanted is None or item is None or item == wanted.item


def _marked(error: DataError, wanted: Wanted | None) -> DataError:
    """The refusal of a whole message is that of the one item that it was tried for."""
    if wanted is None or error.item is not None:
        return error
    return type(error)(error.code, error.message, error.offset, error.index, error.path, wanted.item)


def _changed(index: int, wanted: Wanted | None) -> DataError:
    item = None if wanted is None else wanted.item
    text = "the message no longer makes as many messages as when the letter was written"
    return DataError("LETTER", text, 0, index, "", item)
