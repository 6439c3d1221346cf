"""All that a conversion was asked for."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Annotated, Literal

from cyclopts import Group, Parameter

from translator.cli.shared import files, inputs
from translator.cli.shared.framed import SchemaNaming
from translator.cli.shared.options import FILE, LimitOptions, PlanOptions

_OUT = Group("Output", sort_key=20)
_RUN = Group("Run", sort_key=30)


@Parameter(name="*")
@dataclass(frozen=True, kw_only=True)
class OutputOptions:
    """What the output shall be.

    Parameters
    ----------
    output
        The file to write, where all names are inputs; - is stdout.
    output_dir
        Write a file for each input into this folder, named like it, with the extension of --to.
    to
        Its FORMAT or FORMAT:CONTAINER; without it the extension of OUT tells, else it is neuron signals.
    to_container
        Its container.
    to_schema
        Its schema, as for --schema.
    compress
        How the whole output is compressed; without it the extension of OUT tells (.gz, .zst).
    codec
        How the blocks of an Avro file are compressed: null, deflate, snappy, bzip2, xz, zstandard.
    """

    output: Annotated[str | None, FILE, Parameter(name=["--output", "-o"], group=_OUT)] = None
    output_dir: Annotated[str | None, Parameter(name=["--output-dir", "-O"], group=_OUT)] = None
    to: Annotated[str | None, Parameter(name=["--to", "-t"], group=_OUT)] = None
    to_container: Annotated[str | None, Parameter(group=_OUT)] = None
    to_schema: Annotated[str | None, Parameter(name=["--to-schema", "-T"], group=_OUT)] = None
    compress: Annotated[Literal["gzip", "zstd", "none"] | None, Parameter(group=_OUT)] = None
    codec: Annotated[str | None, Parameter(group=_OUT)] = None


@Parameter(name="*")
@dataclass(frozen=True, kw_only=True)
class RunOptions:
    """How the run goes.

    Parameters
    ----------
    dead_letter
        Go on after refused records, and write each to this file: a JSON object in a line. IN may be such a file.
    max_errors
        With --dead-letter: stop when more are refused, over all inputs.
    limit
        Read at most this many records, over all inputs.
    follow
        Wait for more at the end of IN, and write each record as it comes; Ctrl-C ends it.
    json
        The summary, or the error, as one JSON document.
    quiet
        No progress and no summary.
    """

    dead_letter: Annotated[str | None, FILE, Parameter(name=["--dead-letter", "-d"], group=_RUN)] = None
    max_errors: Annotated[int | None, Parameter(group=_RUN)] = None
    limit: Annotated[int | None, Parameter(name=["--limit", "-n"], group=_RUN)] = None
    follow: Annotated[bool, Parameter(negative=(), show_default=False, group=_RUN)] = False
    json: Annotated[bool, Parameter(negative=(), show_default=False, group=_RUN)] = False
    quiet: Annotated[bool, Parameter(name=["--quiet", "-q"], negative=(), show_default=False, group=_RUN)] = False


NO_OUTPUT_OPTIONS = OutputOptions()
NO_RUN_OPTIONS = RunOptions()


@dataclass(frozen=True)
class Order:
    """All that was asked for. `path`: the output's file; None: a folder is named for the outputs."""

    sources: list[inputs.Named]
    path: str | None
    naming: SchemaNaming
    output: OutputOptions
    run: RunOptions
    plan: PlanOptions
    limits: LimitOptions

    @cached_property
    def read(self) -> set[tuple[int, int] | str]:
        """The identities of all files that are read."""
        return {inputs.identity(each.path) for each in self.sources if each.path != files.STANDARD}
