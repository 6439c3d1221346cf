"""A conversion from beginning to end: every input through its plan into its output, and how it went."""

from __future__ import annotations

import io
import os
import stat
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import IO, Any

from native.errors import ContainerError, TranslatorError
from translator import containers
from translator.cli.shared import advice, files, inputs, remedies, sides
from translator.cli.shared.exits import DONE, REFUSED, STOPPED, UsageError
from translator.cli.shared.order import Order
from translator.cli.shared.output import Progress, Report, many
from translator.cli.shared.plans import Plans
from translator.cli.shared.stopping import Ended, Follower, terminable, unfinished
from translator.cli.shared.summary import facts, summed, told, warnings
from translator.containers import packing
from translator.containers.base import Writer, WriterOptions
from translator.contract import End, Translation
from translator.framing import FRAMINGS
from translator.streams.letters import Letters, placed
from translator.streams.pump import Counts, Meter, Pump, Refusal, StoppedError


@dataclass
class InputPart:
    """One input on its way: what it is, where it goes, how far it came; and what it is read as, where that is one."""

    source: sides.Input
    target: sides.Target | None
    counts: Counts = field(default_factory=Counts)
    end: End | None = None


@dataclass(frozen=True)
class Sink:
    """An opened output."""

    target: sides.Target
    writer: Writer
    meter: Meter


def run_order(order: Order, report: Report) -> int:
    """Does it all, and says how it went."""
    follower = Follower() if order.run.follow else None
    with terminable() if follower is None else follower.listening():
        return _ConvertRun(order, report, follower).go()


class _ConvertRun:
    def __init__(self, order: Order, report: Report, follower: Follower | None) -> None:
        self._order = order
        self._report = report
        self._follower = follower
        self._plans = Plans(order.plan, order.naming, order.limits.plan(), report, one=order.path is not None)
        self._progress = Progress(sys.stderr, _size(order), hidden=order.run.quiet or order.run.json)
        self._letters: Letters | None = None
        self._translation: Translation | None = None
        self._parts: list[InputPart] = []
        self._before = Counts()
        self._meter = Meter(io.BytesIO())
        self._written = 0
        """Bytes of the outputs before the one that `_meter` counts."""
        self._failures = 0
        self._started: float | None = None

    def go(self) -> int:
        """Runs it. An output's file is gone again if that fails; the dead letters stay where they explain why."""
        try:
            self._guarded()
        except StoppedError as stop:
            return self._fail(self._stopped(stop.refusal))
        except ContainerError as error:
            target = self._parts[-1].target
            text = f"{files.shown(target.path, '(stdout)') if target else ''}: {error.code}: {error.message}"
            return self._fail(advice.Told(STOPPED, error.code, text, advice.for_code(error)))
        except TranslatorError as error:
            if not (self._parts and advice.is_fault(error)):
                raise
            return self._fail(advice.explain(error))
        except OSError as error:
            if not self._parts or isinstance(error, BrokenPipeError):
                raise
            return self._fail(advice.stopped(error))
        finally:
            self._progress.clear()
        return self._summary()

    def _stopped(self, refusal: Refusal) -> advice.Told:
        """What a refusal says, with what would have helped."""
        source = self._parts[-1].source
        remedy = "" if self._translation is None else remedies.against(refusal, self._translation)
        mapped = self._order.plan.map is not None
        name, placed_ = placed(source, refusal)
        return advice.refused(name, placed_, container=source.container, mapped=mapped, remedy=remedy)

    def _guarded(self) -> None:
        stopped: StoppedError | None = None
        with self._lettering():
            try:
                self._into_one(self._order.path) if self._order.path is not None else self._into_many()
            except StoppedError as stop:
                if self._letters is None:
                    raise
                stopped = stop
        if stopped is not None:
            raise stopped

    @contextmanager
    def _lettering(self) -> Iterator[None]:
        """With the dead letters' file, if one is wanted."""
        path = self._order.run.dead_letter
        if path is None:
            yield
            return
        with files.writing(path) if self._follower is None else files.growing(path) as stream:
            self._letters = Letters(stream)
            yield

    # --- inputs and outputs ---

    def _into_one(self, path: str) -> None:
        """All inputs, in order, into one output, which the first decides on."""
        order, sink = self._order, None
        several = len(order.sources) > 1
        with ExitStack() as stack:
            for named in order.sources:
                with self._opened(named) as source:
                    if source is None:
                        continue
                    target = sink.target if sink else self._target(path, source, several=several)
                    plan, text = self._plans.get(source, target)
                    sink = sink or stack.enter_context(self._sink(target, text))
                    self._convert(source, plan, sink)
                if self._rest() == 0:
                    return

    def _into_many(self) -> None:
        """Each input into an output of its own."""
        taken: dict[str, str] = {}
        for named in self._order.sources:
            with self._opened(named) as source:
                if source is None:
                    continue
                target = self._placed(named, source, taken)
                plan, text = self._plans.get(source, target)
                with self._sink(target, text) as sink:
                    self._convert(source, plan, sink)
            if self._rest() == 0:
                return

    def _target(self, path: str, source: sides.Input, *, several: bool = False) -> sides.Target:
        output = self._order.output
        return sides.target(path, output.to, output.to_container, output.compress, source, several=several)

    def _placed(self, named: inputs.Named, source: sides.Input, taken: dict[str, str]) -> sides.Target:
        """An output in the folder, named like its input. UsageError: two inputs would share it, or it is an input."""
        order = self._order
        found = self._target(files.STANDARD, source)
        path = Path(order.output.output_dir or ".") / Path(packing.strip(str(named.inside))[0]).with_suffix("")
        name = str(path.with_name(path.name + sides.extension(found)))
        if name in taken:
            raise UsageError(f"{taken[name]} and {named.path} would both become {name}", "convert them by themselves")
        if inputs.identity(name) in order.read:
            raise UsageError(f"{name} is read and written", "name another folder")
        taken[name] = named.path
        Path(name).parent.mkdir(parents=True, exist_ok=True)
        return replace(found, path=name)

    @contextmanager
    def _opened(self, named: inputs.Named) -> Iterator[sides.Input | None]:
        """None: it can't be read, and is one of several, and the dead letters have it."""
        order = self._order
        with ExitStack() as stack:
            source: sides.Input | None = None
            try:
                opened = sides.open_input(
                    named.path, order.naming.input.way, order.limits.stream(), self._follower,
                    framed=order.naming.framing,
                )  # fmt: skip
                source = stack.enter_context(opened)
            except sides.UnreadableError as error:
                if self._letters is None or len(order.sources) == 1:
                    raise
                self._pass_over(error)
            yield source

    def _pass_over(self, error: sides.UnreadableError) -> None:
        self._begin(InputPart(error.source, None, Counts(damaged=1, cut_off=True)))
        self._refuse(error.refusal)
        if (self._patience() or 0) < 0:
            raise StoppedError(error.refusal)

    @contextmanager
    def _sink(self, target: sides.Target, text: str | None) -> Iterator[Sink]:
        with ExitStack() as stack:
            meter, stream = stack.enter_context(sides.open_output(target, self._follower))
            self._meter, self._written = meter, self._written + self._meter.bytes
            yield Sink(target, stack.enter_context(self._writer(target, text, stream)), meter)

    def _writer(self, target: sides.Target, text: str | None, stream: IO[bytes]) -> Writer:
        codec = self._order.output.codec
        if codec is not None and not containers.get(target.container).codecs:
            raise UsageError(f"--codec is for Avro files; this is {target.container}", "leave it out")
        metadata = None if text is None else {"avro.schema": text.encode()}
        return containers.get(target.container).writer(
            stream, metadata=metadata, options=WriterOptions(codec=codec or "null")
        )

    # --- messages ---

    def _convert(self, source: sides.Input, translation: Translation, sink: Sink) -> None:
        """One input into an opened output."""
        part = self._begin(InputPart(source, sink.target, end=_untold(translation)))
        self._started = self._started or time.monotonic()
        self._translation = translation
        pump = Pump(
            source.reader, translation, sink.writer,
            refused=self._refuse if self._letters else None, limit=self._rest(),
            max_errors=self._patience(), watch=lambda counts: self._watch(sink), meters=(source.meter, sink.meter),
        )  # fmt: skip
        part.counts = pump.counts
        try:
            pump.run()
        except Ended:
            left = unfinished(source.reader)
            if left:
                self._report.note(f"translator: the last {left} bytes are an unfinished record, and not in the output")

    def _begin(self, part: InputPart) -> InputPart:
        """There may be many inputs: of what went before the counts are summed up, and the reader's buffers let go."""
        self._before = self._counts()
        if self._parts:
            self._parts[-1].source = sides.closed(self._parts[-1].source)
        self._parts.append(part)
        return part

    def _refuse(self, refusal: Refusal) -> None:
        self._failures += 1
        if self._letters is not None:
            self._letters.put(self._parts[-1].source, refusal)

    def _watch(self, sink: Sink) -> None:
        if self._follower is not None:
            sink.writer.flush()
        self._progress(self._counts())

    def _rest(self) -> int | None:
        """How many records may still be read."""
        limit = self._order.run.limit
        return None if limit is None else max(limit - self._counts().read, 0)

    def _patience(self) -> int | None:
        """How many may still be refused."""
        most = self._order.run.max_errors
        return None if most is None else most - self._failures

    # --- words ---

    def _counts(self) -> Counts:
        counts = summed((self._before, *(part.counts for part in self._parts[-1:])))
        counts.bytes_out = self._written + self._meter.bytes
        counts.seconds = 0.0 if self._started is None else time.monotonic() - self._started
        return counts

    def _fail(self, reason: advice.Told) -> int:
        """What stood in the way, and how far it got."""
        self._progress.clear()
        counts = self._counts()
        if self._order.run.dead_letter:
            where = files.shown(self._order.run.dead_letter, "(stdout)")
            self._report.note(f"translator: what was refused so far is in {where}: {many(counts.refused, 'record')}")
        return self._report.failure(reason, **self._facts(counts))

    def _summary(self) -> int:
        self._progress.clear()
        counts = self._counts()
        code = DONE if counts.clean else REFUSED
        sources = [part.end for part in self._parts if part.end is not None]
        warned = warnings(counts, sources)
        if self._report.json:
            more = {"warnings": warned} if warned else {}
            self._report.document({"ok": counts.clean, "exit": code, **self._facts(counts), **more})
            return code
        for line in (*told(counts, len(self._parts), self._order.run.dead_letter, sources), *self._taken()):
            self._report.note(line)
        for line in warned:
            self._report.note(f"translator: warning: {line}", important=True)
        return code

    def _taken(self) -> Iterator[str]:
        """Containers that nobody named."""
        for each in dict.fromkeys(part.target for part in self._parts):
            if each is not None and each.taken:
                way = f"--to {each.format}:CONTAINER takes another"
                yield f"{each.path} is {each.format} in the container {each.container} ({way})"

    def _facts(self, counts: Counts) -> dict[str, Any]:
        return facts([(part.source, part.target, part.counts) for part in self._parts]) | asdict(counts)


def _untold(translation: Translation) -> End | None:
    """What messages are read as; None: framed ones, which each say it."""
    return None if translation.source.format in FRAMINGS else translation.source


def _size(order: Order) -> int | None:
    """Bytes of all inputs; None where that isn't known."""
    if order.run.follow or any(each.path == files.STANDARD for each in order.sources):
        return None
    found = [os.stat(each.path) for each in order.sources]
    return sum(each.st_size for each in found) if all(stat.S_ISREG(each.st_mode) for each in found) else None
