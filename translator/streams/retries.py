"""Messages that make many, tried again for one of these: what a dead letter was about, and nothing of what was written.

An item's number holds only while the message makes as many as before: where it doesn't, the item is refused (`LETTER`).
"""

from __future__ import annotations

from array import array
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

from native.binding import Results, Run
from native.errors import DataError


@dataclass(frozen=True, slots=True)
class Wanted:
    """Of the `of` messages that a message made, refused ones too, number `item`."""

    item: int
    of: int


def totals(run: Run) -> Counter[int]:
    """How many messages each message of a run made, refused ones too."""
    found = Counter(each.index for each in run.errors if each.item is not None)
    if run.results is not None:
        found.update(run.results.records)
    return found


def only(run: Run, wanted: Sequence[Wanted | None]) -> Run:
    """The run with what is wanted of each message: None is all that it makes."""
    results = run.results
    if results is None:
        return run
    made = totals(run)
    whole = {each.index for each in run.errors if each.item is None}
    changed = {i for i, w in enumerate(wanted) if w is not None and i not in whole and made[i] != w.of}
    errors = [_marked(each, wanted[each.index]) for each in run.errors if _is_wanted(each.item, wanted[each.index])]
    errors = [each for each in errors if each.index not in changed] + [_changed(i, wanted[i]) for i in changed]
    kept = [
        i for i, (record, item) in enumerate(zip(results.records, results.items, strict=True))
        if record not in changed and _is_wanted(item, wanted[record])
    ]  # fmt: skip
    return _rebuilt(replace(run, errors=sorted(errors, key=lambda each: (each.index, each.item or 0))), results, kept)


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


def _rebuilt(run: Run, results: Results, kept: list[int]) -> Run:
    starts = [0, *results.ends]
    parts = [run.data[starts[i] : results.ends[i]] for i in kept]
    ends, at = array("q"), 0
    for part in parts:
        at += len(part)
        ends.append(at)
    records = array("q", (results.records[i] for i in kept))
    items = array("q", (results.items[i] for i in kept))
    return replace(run, data=b"".join(parts), results=Results(ends, records, items))
