"""`translator convert IN [OUT]`: a file or stream of messages into another format, schema and container."""

from __future__ import annotations

import json as json_
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass
from typing import IO, Annotated, Any, NoReturn

from cyclopts import Group, Parameter

from native.errors import ContainerError
from translator import containers
from translator.cli import advice, files, sides
from translator.cli.exits import DONE, REFUSED, STOPPED, TERMINATED, UsageError
from translator.cli.options import (
    FILE,
    NO_INPUT_OPTIONS,
    NO_LIMIT_OPTIONS,
    NO_PLAN_OPTIONS,
    InputOptions,
    LimitOptions,
    PlanOptions,
    make_plan,
)
from translator.cli.output import Progress, Report, amount, many
from translator.containers.base import Options, Writer
from translator.containers.streams import send
from translator.conversion import Conversion, Counts, Meter, Refusal, StoppedError, letter
from translator.plan.handle import Plan

_OUT = Group("Output", sort_key=20)
_RUN = Group("Run", sort_key=30)


@Parameter(name="*")
@dataclass(frozen=True, kw_only=True)
class OutputOptions:
    """What the output shall be.

    Parameters
    ----------
    to
        Its FORMAT or FORMAT:CONTAINER; without it the extension of OUT tells, else it is neuron signals.
    to_container
        Its container.
    to_schema
        Its schema, as for --schema.
    codec
        How an Avro file is compressed: null, deflate, snappy, bzip2, xz, zstandard.
    """

    to: Annotated[str | None, Parameter(name=["--to", "-t"], group=_OUT)] = None
    to_container: Annotated[str | None, Parameter(group=_OUT)] = None
    to_schema: Annotated[str | None, Parameter(name=["--to-schema", "-T"], group=_OUT)] = None
    codec: Annotated[str | None, Parameter(group=_OUT)] = None


@Parameter(name="*")
@dataclass(frozen=True, kw_only=True)
class RunOptions:
    """How the run goes.

    Parameters
    ----------
    dead_letter
        Go on behind refused records, and write each to this file: a JSON object in a line.
    max_errors
        With --dead-letter: stop when more are refused.
    limit
        Read at most so many records.
    json
        The summary, or the error, as one JSON document.
    quiet
        No progress and no summary.
    """

    dead_letter: Annotated[str | None, Parameter(name=["--dead-letter", "-d"], group=_RUN)] = None
    max_errors: Annotated[int | None, Parameter(group=_RUN)] = None
    limit: Annotated[int | None, Parameter(name=["--limit", "-n"], group=_RUN)] = None
    json: Annotated[bool, Parameter(negative=(), show_default=False, group=_RUN)] = False
    quiet: Annotated[bool, Parameter(name=["--quiet", "-q"], negative=(), show_default=False, group=_RUN)] = False


NO_OUTPUT_OPTIONS = OutputOptions()
NO_RUN_OPTIONS = RunOptions()


@dataclass(frozen=True)
class _Order:
    """All that was asked for."""

    source: str
    path: str
    input: InputOptions
    output: OutputOptions
    run: RunOptions
    plan: PlanOptions
    limits: LimitOptions


def convert(
    source: Annotated[str, FILE, Parameter(name="IN", show_default=False)],
    out: Annotated[str | None, FILE, Parameter(name="OUT")] = None,
    /,
    *,
    input: InputOptions = NO_INPUT_OPTIONS,  # noqa: A002
    output: OutputOptions = NO_OUTPUT_OPTIONS,
    run: RunOptions = NO_RUN_OPTIONS,
    plan: PlanOptions = NO_PLAN_OPTIONS,
    limits: LimitOptions = NO_LIMIT_OPTIONS,
) -> int:
    """Translate a file or stream of messages.

    Without more words the output is neuron signals, length-delimited. OUT appears whole or not at all.

    Parameters
    ----------
    source
        The file to read; - is stdin.
    out
        The file to write; - is stdout, which is also meant where OUT is left out and stdout is no terminal.
    """
    report = Report(json=run.json, quiet=run.quiet, data_on_stdout=out in (None, files.STANDARD))

    def act() -> int:
        order = _Order(source, files.output_path(out), input, output, run, plan, limits)
        _check(order)
        return _convert(order, report)

    return report.guard(act)


def _check(order: _Order) -> None:
    run = order.run
    if run.max_errors is not None and run.dead_letter is None:
        raise UsageError("--max-errors counts what --dead-letter sets aside", "name a file with --dead-letter")
    if run.dead_letter is not None and run.dead_letter in (order.path, order.source):
        raise UsageError("--dead-letter names the same file as IN or OUT", "name another one")
    for name, value in (("--limit", run.limit), ("--max-errors", run.max_errors)):
        if value is not None and value < 0:
            raise UsageError(f"{name} {value}: a number from 0 is wanted")


def _convert(order: _Order, report: Report) -> int:
    """Opens both ends, and says how it went."""
    with terminable(), sides.open_input(order.source, order.input.way, order.limits.stream()) as source:
        target = sides.target(order.path, order.output.to, order.output.to_container, source)
        mapped = order.plan.map is not None
        ends = sides.ends(source, target, order.input.schema, order.output.to_schema, mapped=mapped)
        plan = make_plan(ends.source, ends.target, order.plan, order.limits.plan())
        for warning in plan.warnings:
            report.note(f"translator: warning: {warning}")
        return _Run(order, report, source, target, plan, ends.text).go()


class _Run:
    """A conversion whose ends are known."""

    def __init__(
        self, order: _Order, report: Report, source: sides.Input, target: sides.Target, plan: Plan, text: str | None
    ) -> None:
        self._order = order
        self._report = report
        self._source = source
        self._target = target
        self._plan = plan
        self._text = text
        self._progress = Progress(sys.stderr, source.size, hidden=order.run.quiet or order.run.json)
        self._conversion: Conversion | None = None

    def go(self) -> int:
        """Runs it. The output's file is gone again if that fails; the dead letters stay where they explain why."""
        try:
            counts = self._stream()
        except StoppedError as stop:
            return self._fail(advice.refused(self._source.name, stop.refusal))
        except ContainerError as error:
            text = f"{files.shown(self._target.path, '(stdout)')}: {error.code}: {error.message}"
            return self._fail(advice.Told(STOPPED, error.code, text, advice.for_code(error)))
        except OSError as error:
            if self._conversion is None or isinstance(error, BrokenPipeError):
                raise
            return self._fail(advice.stopped(error))
        finally:
            self._progress.clear()
        return self._summary(counts)

    def _stream(self) -> Counts:
        with ExitStack() as stack:
            letters = self._letters(stack)
            conversion = self._run(letters)
        if isinstance(conversion, StoppedError):
            raise conversion
        return conversion.tally()

    def _run(self, letters: Callable[[Refusal], None] | None) -> Conversion | StoppedError:
        """A run that stopped is given back where dead letters are to be kept for it."""
        run = self._order.run
        try:
            with files.writing(self._target.path) as stream:
                meter = Meter(stream, live=self._target.path == files.STANDARD)
                with self._writer(meter.stream) as writer:
                    self._conversion = Conversion(
                        self._source.reader, self._plan, writer, refused=letters, limit=run.limit,
                        max_errors=run.max_errors, watch=self._progress, meters=(self._source.meter, meter),
                    )  # fmt: skip
                    self._conversion.run()
        except StoppedError as stop:
            if letters is None:
                raise
            return stop
        return self._conversion

    def _writer(self, stream: IO[bytes]) -> Writer:
        codec = self._order.output.codec
        if codec is not None and self._target.container != "avro":
            raise UsageError(f"--codec is for Avro files; this is {self._target.container}", "leave it out")
        metadata = None if self._text is None else {"avro.schema": self._text.encode()}
        return containers.get(self._target.container).writer(
            stream, metadata=metadata, options=Options(codec=codec or "null")
        )

    def _letters(self, stack: ExitStack) -> Callable[[Refusal], None] | None:
        if self._order.run.dead_letter is None:
            return None
        stream = stack.enter_context(files.writing(self._order.run.dead_letter))
        return lambda refusal: send(stream, json_.dumps(letter(refusal)).encode() + b"\n")

    def _fail(self, told: advice.Told) -> int:
        """What stood in the way, and how far it got."""
        self._progress.clear()
        counts = self._conversion.tally() if self._conversion else Counts()
        if self._order.run.dead_letter:
            self._report.note(f"translator: {counts.refused} refused records are in {self._order.run.dead_letter}")
        return self._report.failure(told, **self._facts(counts))

    def _summary(self, counts: Counts) -> int:
        self._progress.clear()
        code = DONE if counts.clean else REFUSED
        if self._report.json:
            self._report.document({"ok": counts.clean, "exit": code, **self._facts(counts)})
            return code
        for line in _told(counts, self._order.run.dead_letter):
            self._report.note(line)
        return code

    def _facts(self, counts: Counts) -> dict[str, Any]:
        source, target = self._source, self._target
        return {
            "in": {"path": self._order.source, "format": source.format, "container": source.container},
            "out": {"path": target.path, "format": target.format, "container": target.container},
            **asdict(counts),
        }


def _told(counts: Counts, dead_letter: str | None) -> Iterator[str]:
    """The summary as text."""
    rate = counts.read / counts.seconds if counts.seconds else 0
    yield (
        f"{many(counts.written, 'record')} written, {amount(counts.bytes_in)} in, {amount(counts.bytes_out)} out, "
        f"{counts.seconds:.2f} s ({rate:,.0f} records/s)"
    )
    if counts.refused or counts.damaged:
        yield f"{many(counts.refused, 'record')} refused, {counts.damaged} damaged places: see {dead_letter}"
    if counts.lost:
        yield f"{many(counts.lost, 'record')} lost behind refused ones whose end can't be known"
    if counts.cut_off:
        yield "behind the last damage no record could be found: what follows it is not in the output"
    if counts.ignored:
        names = sorted(counts.ignored.items(), key=lambda item: (-item[1], item[0]))
        yield "ignored, since the schema has no such field: " + ", ".join(f"{name} ({n:,}×)" for name, n in names)


@contextmanager
def terminable() -> Iterator[None]:
    """Being told to end (SIGTERM) takes the unfinished output away, as an interrupt does."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def end(number: int, frame: object) -> NoReturn:
        raise SystemExit(TERMINATED)

    before = signal.signal(signal.SIGTERM, end)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)
