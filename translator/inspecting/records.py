"""One message out of a container: the n-th, as its bytes stand there."""

from __future__ import annotations

from dataclasses import dataclass

from native.errors import DataError
from translator.containers.base import Block, Reader
from translator.contract import Run
from translator.engine.plan import Plan

BATCH = 1 << 16


@dataclass(frozen=True)
class PickedRecord:
    """A message. `offset`: where it begins in the stream; in Avro, whose blocks are compressed, `block` is where its
    block begins, and `offset` counts from the first byte that came out of it."""

    index: int
    data: bytes
    offset: int
    block: int | None = None
    endless: bool = False
    """It is refused, and only its walker may tell where it ends: `data` goes on after it."""


class UnreachableError(DataError):
    """The message can't be found, since the one with this `index` before it is refused and its end isn't known."""


def find(reader: Reader, plan: Plan | None, wanted: int) -> PickedRecord | int:
    """The message with that index, from 0; or how many there are, where it isn't among them.

    `plan`: reads what stands before it where only reading tells where messages end. UnreachableError, ContainerError.
    """
    seen = 0
    for block in reader:
        if block.begin is not None and block.end is not None:
            count = block.count or 0
            if wanted < seen + count:
                begin, end = block.begin[wanted - seen], block.end[wanted - seen]
                return PickedRecord(wanted, bytes(memoryview(block.data)[begin:end]), block.offset + begin)
            seen += count
        elif block.count is not None and wanted >= seen + block.count:
            seen += block.count
        else:
            assert plan is not None
            found = _counted if block.count is not None else _uncounted
            record, done, used = found(block, plan, wanted, seen)
            if record is not None:
                return record
            seen += done
            reader.consumed(used)
    return seen


_Search = tuple[PickedRecord | None, int, int]
"""The message, if it is here; how many others are; how many bytes they take."""


def _counted(block: Block, plan: Plan, wanted: int, first: int) -> _Search:
    """In a run that has it; `first` is the index of the run's first message."""
    data, base = memoryview(block.data), 0
    while True:
        asked = min(wanted - first + 1, BATCH)
        run = plan.translate_run(data[base:], asked)
        if wanted - first < len(run.messages):
            begin, end, endless = _place(run, wanted - first, len(data) - base)
            piece = bytes(data[base + begin : base + end])
            return PickedRecord(wanted, piece, base + begin, block.offset, endless), 0, 0
        if len(run.messages) < asked:
            raise _unreachable(run, first)
        first, base = first + asked, base + run.used


def _uncounted(block: Block, plan: Plan, wanted: int, first: int) -> _Search:
    run = plan.translate_run(block.data, partial=not block.last, batch=min(wanted - first + 1, BATCH))
    done, used = len(run.messages), run.used
    ends_refused = bool(run.made.errors) and run.made.errors[-1].index == done - 1
    if not block.last and ends_refused and run.messages.ends[-1] == len(block.data):
        done, used = done - 1, run.messages.begins[done - 1]  # it goes on in the next block
    if wanted - first < done:
        begin, end, endless = _place(run, wanted - first, len(block.data))
        piece = bytes(memoryview(block.data)[begin:end])
        return PickedRecord(wanted, piece, block.offset + begin, endless=endless), 0, 0
    if block.last and ends_refused:
        raise _unreachable(run, first)
    return None, done, used


def _place(run: Run, wanted: int, size: int) -> tuple[int, int, bool]:
    """Where the message stands; one that is refused may end anywhere after that, and is then given all of it."""
    refused = any(each.index == wanted for each in run.made.errors)
    return run.messages.begins[wanted], run.messages.ends[wanted], refused and run.messages.ends[wanted] == size


def _unreachable(run: Run, first: int) -> UnreachableError:
    error = run.made.errors[-1] if run.made.errors else DataError("TRUNCATED", "the block ends here")
    return UnreachableError(error.code, error.message, error.offset, first + error.index, error.path)
