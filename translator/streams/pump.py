"""The pump: a container's messages through a translation into another container, at constant memory.

Theory of operation. A reader gives blocks, the translation takes a block in one call and puts the target container's
delimiters around each result, the writer passes that on; between blocks nothing is kept but counts. Offsets and indexes
in errors are made absolute here: a translation knows its batch only, this knows the stream.

    with containers.get("delimited").writer(target) as writer:
        counts = Pump(containers.get("ndjson").reader(source), translation, writer).run()

The first refusal ends the run (`StoppedError`), unless `refused` takes refusals: then each is handed over, and the run
goes on with its neighbours. Damage to the container is a refusal without bytes; the run goes on where the container
finds messages again. A refused message that has no end to be found (Avro) costs what comes after it in its block:
`lost` counts that.
"""

from __future__ import annotations

import time
from array import array
from bisect import bisect_left
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import IO, TYPE_CHECKING, cast

from native.errors import ContainerError, DataError
from translator.containers.base import Block, Reader, Wanted, Writer, kept
from translator.contract import Made, Messages
from translator.streams.retries import only, totals

if TYPE_CHECKING:
    from translator.contract import Data, Translation

BATCH = 1 << 16
"""Messages of one call of the core at most."""


@dataclass(slots=True)
class Counts:
    """What a run has done so far. `read` is `written` and `refused`, unless a message makes any number of them (then
    these count what was made of it); bytes are counted where meters were given."""

    read: int = 0
    written: int = 0
    refused: int = 0
    lost: int = 0
    """Messages that a container announces, after a refused one whose end can't be known."""
    damaged: int = 0
    """Places where the container itself was damaged."""
    cut_off: bool = False
    """After the last damage no message could be found."""
    ignored: dict[str, int] = field(default_factory=dict)
    """Members that the source's schema doesn't name, by path (S14)."""
    defaulted: dict[str, int] = field(default_factory=dict)
    """Defaults that were filled in, by the target's path (S36)."""
    never_found: dict[str, int] = field(default_factory=dict)
    """What was looked for and no record had, by the source's path, with the number of records (S36): in this run, or
    before it by the same translation."""
    bytes_in: int = 0
    bytes_out: int = 0
    seconds: float = 0.0

    @property
    def clean(self) -> bool:
        """Nothing was refused, lost or damaged."""
        return not (self.refused or self.lost or self.damaged)


@dataclass(frozen=True, slots=True)
class Refusal:
    """A message that was refused, or (`data` is None) damage to the container.

    `index`: of the message in the stream, from 0. `offset`: where it begins in the stream (in Avro: its block).
    `error.offset`: bytes from there, in the message. `of`: how many messages it made, if `error.item` is one of them.
    """

    index: int
    offset: int
    error: DataError
    data: bytes | None
    lost: int = 0
    of: int | None = None


class StoppedError(DataError):
    """The run ended at `refusal`. `index` is the message's in the stream."""

    def __init__(self, refusal: Refusal) -> None:
        error = refusal.error
        super().__init__(error.code, error.message, error.offset, refusal.index, error.path, error.item)
        self.refusal = refusal
        self.look = error.looked

    def __reduce__(self) -> tuple[type[StoppedError], tuple[Refusal]]:
        return StoppedError, (self.refusal,)


class Meter:
    """A stream that counts what goes through it. `live`: what is written goes on at once."""

    def __init__(self, stream: IO[bytes], *, live: bool = False) -> None:
        self._stream = stream
        self._read: Callable[[int], bytes] = getattr(stream, "read1", stream.read)
        self._live = live
        self.bytes = 0

    def read(self, size: int = -1) -> bytes:
        data = self._read(size)
        self.bytes += len(data or b"")
        return data

    def write(self, data: Data) -> int:
        taken = self._stream.write(data)
        self.bytes += taken or 0
        if self._live:
            self._stream.flush()
        return taken

    def flush(self) -> None:
        self._stream.flush()

    @property
    def stream(self) -> IO[bytes]:
        """This, as what readers and writers ask for: of a stream they use nothing but the above."""
        return cast("IO[bytes]", self)


class Pump:
    """One run. `limit`: messages to read at most; `max_errors`: refusals that may be handed over before it ends.

    `refused`: takes refusals (None: the first one ends the run); `watch`: is called with the counts after each block;
    `meters`: of the source and the target, to have their bytes in the counts.
    """

    def __init__(
        self,
        reader: Reader,
        translation: Translation,
        writer: Writer,
        *,
        refused: Callable[[Refusal], None] | None = None,
        limit: int | None = None,
        max_errors: int | None = None,
        watch: Callable[[Counts], None] | None = None,
        meters: tuple[Meter, Meter] | None = None,
    ) -> None:
        self.counts = Counts()
        self._reader = reader
        self._translation = translation
        self._writer = writer
        self._refused = refused
        self._limit = limit
        self._allowed = max_errors if refused else 0
        self._watch = watch
        self._meters = meters
        self._failures = 0
        self._started = time.monotonic()
        self._before = translation.ignored(), translation.defaulted(), translation.never_found()

    def run(self) -> Counts:
        """To the end of the stream, or to the limit. StoppedError: at a refusal; all messages before it are written.

        The caller closes the writer (leaving `with` does), whose last bytes `tally` then counts.
        """
        try:
            while self._room() and (block := self._next()) is not None:
                self._translate(block)
                if self._watch:
                    self._watch(self.tally())
        finally:
            self.tally()
            self._by_path()
        return self.counts

    def _by_path(self) -> None:
        counts, translation = self.counts, self._translation
        ignored, defaulted, never_found = self._before
        counts.ignored = _since(ignored, translation.ignored())
        counts.defaulted = _since(defaulted, translation.defaulted())
        counts.never_found = _since(never_found, translation.never_found())

    def tally(self) -> Counts:
        """The counts, with time and bytes as they stand now. What is told by path comes when the run ends."""
        counts = self.counts
        counts.seconds = time.monotonic() - self._started
        if self._meters:
            counts.bytes_in, counts.bytes_out = (meter.bytes for meter in self._meters)
        return counts

    def _room(self, most: int = BATCH) -> int:
        """How many messages may be read now."""
        return most if self._limit is None else min(most, self._limit - self.counts.read)

    def _next(self) -> Block | None:
        while not self.counts.cut_off:
            try:
                return next(self._reader, None)
            except ContainerError as error:
                self._damage(error)
        return None

    def _damage(self, error: ContainerError) -> None:
        """Goes on after it, if the container can."""
        self.counts.damaged += 1
        self._hand_over(Refusal(self.counts.read, error.offset, error, None))
        self.counts.cut_off = not self._reader.resync()

    def _translate(self, block: Block) -> None:
        if block.begin is not None and block.end is not None:
            self._split(block, block.begin, block.end)
        elif block.count is not None:
            self._counted(block, block.count)
        else:
            self._uncounted(block)

    def _split(self, block: Block, begins: array[int], ends: array[int]) -> None:
        count = self._room(len(begins))
        messages = Messages(block.data, begins[:count], ends[:count])
        made = self._translation.translate_batch(messages, self._writer.delimiting)
        if block.wanted is not None:
            made = only(made, block.wanted)
        self._take(made, count, _PlaceInBlock(messages, block.offset, wanted=block.wanted))

    def _counted(self, block: Block, count: int) -> None:
        """A run that says how many messages it has, in batches."""
        data = memoryview(block.data)
        while count and (batch := self._room(min(count, BATCH))):
            run = self._translation.translate_run(data, batch, delimiting=self._writer.delimiting)
            done = len(run.messages)
            lost = count - done if done < batch else 0
            self._take(run.made, done, _PlaceInBlock(run.messages, block.offset, fixed=True, lost=lost))
            data, count = data[run.used :], count - done - lost
        if not count and len(data):
            self._damage_in(block, "bytes after the block's last message")

    def _damage_in(self, block: Block, message: str) -> None:
        self.counts.damaged += 1
        error = ContainerError("CONTAINER_BLOCK", message, block.offset, self.counts.read)
        self._hand_over(Refusal(self.counts.read, block.offset, error, None))

    def _uncounted(self, block: Block) -> None:
        """A run whose last message may go on in the next block."""
        made, messages, used = self._translation.translate_run(
            block.data, partial=not block.last, delimiting=self._writer.delimiting, batch=self._room()
        )
        done = len(messages)
        if _unfinished(made, messages, block):
            done, used = done - 1, messages.begins[done - 1]
        self._take(made, done, _PlaceInBlock(messages, block.offset))
        self._reader.consumed(used)

    def _take(self, made: Made, done: int, place: _PlaceInBlock) -> None:
        """Of what the first `done` messages made the good is written, the refused handed over."""
        errors = [each for each in made.errors if each.index < done]
        fatal = self._fatal(errors)
        if fatal is not None:
            done, errors = fatal.index + 1, errors[: errors.index(fatal) + 1]
        first = self.counts.read
        self.counts.read += done
        self.counts.refused += len(errors)
        if made.items is None:
            self._write(made.data, made.ends, done, errors)
        else:
            self._write(made.data, made.ends, _results(made.inputs, made.items, done, fatal), [])
        total = totals(made) if errors and made.items is not None else Counter[int]()
        for error in errors:
            self._hand_over(place.refusal(error, first, done, total[error.index]))
        self.counts.lost += place.lost

    def _fatal(self, errors: list[DataError]) -> DataError | None:
        """The one that is too many."""
        if self._allowed is None or self._failures + len(errors) <= self._allowed:
            return None
        return errors[self._allowed - self._failures]

    def _write(self, data: Data, ends: Sequence[int] | memoryview, done: int, errors: list[DataError]) -> None:
        """The first `done` messages of the output; some were refused."""
        good = done - len(errors)
        self.counts.written += good
        if not good:
            return
        size = ends[done - 1]
        data = data if size == len(data) else memoryview(data)[:size]
        self._writer.write(data, kept(ends, done, (each.index for each in errors)) if errors else ends, good)

    def _hand_over(self, refusal: Refusal) -> None:
        self._failures += 1
        if self._refused:
            self._refused(refusal)
        if self._allowed is not None and self._failures > self._allowed:
            raise StoppedError(refusal)


@dataclass(frozen=True, slots=True)
class _PlaceInBlock:
    """Where a batch stands in the stream; `fixed`: its bytes were compressed, so all have the block's offset."""

    messages: Messages
    offset: int
    fixed: bool = False
    lost: int = 0
    wanted: Sequence[Wanted | None] | None = None

    def refusal(self, error: DataError, first: int, done: int, total: int) -> Refusal:
        offset = self.offset if self.fixed else self.offset + self.messages.begins[error.index]
        lost = self.lost if error.index == done - 1 else 0
        tried = self.wanted[error.index] if self.wanted is not None else None
        of = None if error.item is None else tried.of if tried else total
        return Refusal(first + error.index, offset, error, self.messages[error.index], lost, of)


def _since(before: dict[str, int], now: dict[str, int]) -> dict[str, int]:
    return {name: n - before.get(name, 0) for name, n in now.items() if n > before.get(name, 0)}


def _results(inputs: Sequence[int], items: Sequence[int], done: int, fatal: DataError | None) -> int:
    """How many results the first `done` messages made; of the last one only those before its fatal refusal."""
    count = bisect_left(inputs, done)
    if fatal is None or fatal.item is None:
        return count
    return bisect_left(range(count), (fatal.index, fatal.item), key=lambda i: (inputs[i], items[i]))


def _unfinished(made: Made, messages: Messages, block: Block) -> bool:
    """Whether the last message was refused with no end in sight, though more input follows: it is read again then."""
    if block.last or not made.errors or not len(messages):
        return False
    return made.errors[-1].index == len(messages) - 1 and messages.ends[-1] == len(block.data)
