"""`translator convert IN [OUT]`: files or a stream of messages into another format, schema and container."""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import Annotated

from cyclopts import Parameter

from native.errors import ContainerError
from translator.cli.shared import files, inputs
from translator.cli.shared.exits import UsageError
from translator.cli.shared.framed import NO_FRAMING_OPTIONS, FramingOptions, SchemaNaming
from translator.cli.shared.lookup import NO_LOOKUP_OPTIONS, Lookup, LookupOptions
from translator.cli.shared.options import (
    FILE,
    NO_INPUT_OPTIONS,
    NO_LIMIT_OPTIONS,
    NO_PLAN_OPTIONS,
    InputOptions,
    LimitOptions,
    PlanOptions,
)
from translator.cli.shared.order import NO_OUTPUT_OPTIONS, NO_RUN_OPTIONS, Order, OutputOptions, RunOptions
from translator.cli.shared.output import Report


def convert(
    *names: Annotated[str, FILE, Parameter(name="IN", show_default=False)],
    input: InputOptions = NO_INPUT_OPTIONS,  # noqa: A002
    lookup: LookupOptions = NO_LOOKUP_OPTIONS,
    framing: FramingOptions = NO_FRAMING_OPTIONS,
    output: OutputOptions = NO_OUTPUT_OPTIONS,
    run: RunOptions = NO_RUN_OPTIONS,
    plan: PlanOptions = NO_PLAN_OPTIONS,
    limits: LimitOptions = NO_LIMIT_OPTIONS,
) -> int:
    """Translate files or a stream of messages.

    One name is the input, and the output goes to stdout; two are input and output. More inputs are named with
    --output or --output-dir, or by a pattern in quotes ('logs/**/*.ndjson'). By default the output is neuron
    signals, length-delimited. An output file appears whole or not at all.

    Parameters
    ----------
    names
        The file to read, then the file to write; - is stdin or stdout.
    """
    report = Report(json=run.json, quiet=run.quiet, data_on_stdout=_to_stdout(names, output, run))

    def act() -> int:
        from translator.cli.shared.running import run_order

        sources, out = _taken(names, output)
        naming = SchemaNaming(input, output.to_schema, Lookup(lookup), framing)
        naming.check()
        order = Order(inputs.expand(sources), out, naming, output, run, plan, limits)
        _check(order)
        return run_order(order, report)

    return report.guard(act)


def _to_stdout(names: Sequence[str], output: OutputOptions, run: RunOptions) -> bool:
    if run.dead_letter == files.STANDARD or output.output_dir is not None:
        return run.dead_letter == files.STANDARD
    out = output.output or (names[1] if len(names) == 2 else files.STANDARD)
    return out == files.STANDARD


def _taken(names: Sequence[str], output: OutputOptions) -> tuple[Sequence[str], str | None]:
    """The inputs, and the output's file; None: a folder is named for it. UsageError."""
    if not names:
        raise UsageError("no input is named", "name a file, or - for stdin")
    if output.output is not None and output.output_dir is not None:
        raise UsageError("--output and --output-dir name two outputs", "leave one of them out")
    if output.output_dir is not None:
        return names, None
    if output.output is not None:
        return names, output.output
    if len(names) > 2:
        text = f"{len(names)} names, and it isn't said which is the output"
        raise UsageError(text, "-o FILE writes all into one file, -O FOLDER one for each")
    return names[:1], files.output_path(names[1] if len(names) == 2 else None)


def _check(order: Order) -> None:
    run = order.run
    if run.max_errors is not None and run.dead_letter is None:
        raise UsageError("--max-errors counts what --dead-letter sets aside", "name a file with --dead-letter")
    for name, value in (("--limit", run.limit), ("--max-errors", run.max_errors)):
        if value is not None and value < 0:
            raise UsageError(f"{name} {value}: a number from 0 is wanted")
    _check_codec(order.output.codec)
    _check_places(order)
    if run.follow and (len(order.sources) > 1 or order.path is None):
        raise UsageError("--follow reads one input into one output", "name one file, or - for stdin")
    folder = order.output.output_dir
    if folder is not None and os.path.exists(folder) and not os.path.isdir(folder):
        raise UsageError(f"--output-dir {folder} is not a folder", "name a folder")


def _check_codec(codec: str | None) -> None:
    from translator.containers import compression

    try:
        compression.compressor(codec or "null")
    except ContainerError as error:
        hint = f"the codecs are {', '.join(compression.CODECS)}"
        raise UsageError(f"--codec {codec}: there is no such codec", hint) from error


def _check_places(order: Order) -> None:
    """No file is read and written at once. (stdin and stdout are both `-`, and not the same; a device may be.)"""
    letters, out = order.run.dead_letter, order.path
    if out is not None and out != files.STANDARD and inputs.identity(out) in order.read:
        raise UsageError(f"{out} is read and written", "write another file, and rename it when it is right")
    if letters is None:
        return
    taken = order.read if letters != files.STANDARD else set()
    if inputs.identity(letters) in taken or (out is not None and inputs.identity(letters) == inputs.identity(out)):
        raise UsageError("--dead-letter names the same file as IN or OUT", "name another one")
