"""`translator inspect`: what a file holds, or one message field by field, with offsets."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path, PurePath
from typing import IO, Annotated, Any, Literal

from cyclopts import Group, Parameter

from native.errors import ContainerError
from translator import containers
from translator.cli.commands.inspect import file as inspect_file
from translator.cli.commands.inspect import message as inspect_message
from translator.cli.commands.inspect.asked import Asked
from translator.cli.shared import advice, files, sides
from translator.cli.shared.exits import DONE, REFUSED, UsageError
from translator.cli.shared.lookup import NO_LOOKUP_OPTIONS, Lookup, LookupOptions
from translator.cli.shared.options import FILE, NO_INPUT_OPTIONS, NO_LIMIT_OPTIONS, InputOptions, LimitOptions
from translator.cli.shared.output import Report
from translator.containers import detect, packing
from translator.formats.walking.walk import CUT
from translator.inspecting import LIMIT, dumps

Around = Literal["auto", "none", "confluent", "avro-single", "be32", "varint"]

Overview = tuple[int, bool]
"""How many records of a file are shown, and whether all of them are counted."""

_BYTES = Group("Bytes instead of a file", sort_key=5)
_SHOW = Group("What is shown", sort_key=20)
_TEXT = Parameter(allow_leading_hyphen=True, group=_BYTES)


def inspect(
    file: Annotated[str | None, FILE, Parameter(name="FILE", show_default=False)] = None,
    /,
    *,
    hex: Annotated[str | None, _TEXT] = None,  # noqa: A002
    base64: Annotated[str | None, _TEXT] = None,
    input: InputOptions = NO_INPUT_OPTIONS,  # noqa: A002
    lookup: LookupOptions = NO_LOOKUP_OPTIONS,
    framing: Annotated[Around, Parameter(group=_SHOW)] = "auto",
    record: Annotated[int | None, Parameter(group=_SHOW, show_default=False)] = None,
    limit: Annotated[int, Parameter(group=_SHOW)] = LIMIT,
    everything: Annotated[bool, Parameter(name="--all", negative=(), show_default=False, group=_SHOW)] = False,
    records: Annotated[int, Parameter(name=["--records", "-n"], group=_SHOW)] = 3,
    count: Annotated[bool, Parameter(group=_SHOW)] = True,
    json: Annotated[bool, Parameter(negative=(), show_default=False)] = False,
    limits: LimitOptions = NO_LIMIT_OPTIONS,
) -> int:
    """Show a message field by field: offset, size, bytes, path, type and value. Or what a file of many records holds.

    Bytes, a file that is one message, and --record N of any file are shown field by field, up to the damage if there
    is any. A schema makes names and types of it; without one Protobuf is shown by field numbers with likely readings,
    JSON and MessagePack as they are. Compression and framing (Confluent, Avro single-object, a length in front) are
    recognized and shown first. Other files are read to the end, and the first records shown as JSON.

    The exit code is 1 where something is refused.

    Parameters
    ----------
    file
        The file; - is stdin.
    hex
        The message's bytes as hexadecimal digits, or an xxd or hexdump -C dump; - is stdin, @FILE a file of such text.
    base64
        The same in base64, also URL-safe or unpadded.
    framing
        What stands around the message; auto finds out.
    record
        Which record of a file (or of bytes in a --container) to show field by field, from 0.
    limit
        How many fields to show.
    everything
        Show everything: all fields, long values in full.
    records
        How many records of a file to show as JSON.
    count
        Read a file to its end.
    json
        As one JSON document.
    """
    report = Report(json=json)

    def act() -> int:
        named = _schemas(input, Lookup(lookup))
        wanted = Asked(record, framing, None if everything else limit, None if everything else CUT, limits, **named)
        text = _text(file, hex, base64, wanted)
        if text is not None:
            return inspect_message.show(inspect_message.of_bytes(*text, input, wanted), wanted, report)
        return _file(file or files.STANDARD, input, wanted, (records, count), report)

    return report.guard(act)


def _text(file: str | None, hex_: str | None, base64: str | None, wanted: Asked) -> tuple[str, bytes] | None:
    """The bytes that stand in the command line, and what they are called; None: a file is meant. UsageError."""
    given = [each for each in (file, hex_, base64) if each is not None]
    if len(given) != 1:
        raise UsageError(
            "there is nothing to inspect" if not given else "one thing at a time",
            "name a file, or --hex BYTES, or --base64 BYTES",
        )
    if (wanted.record or 0) < 0 or (wanted.limit or 0) < 0:
        raise UsageError("records and limits are counted from 0", "leave out the minus")
    if file is not None:
        return None
    option, read = ("--hex", dumps.from_hex) if hex_ is not None else ("--base64", dumps.from_base64)
    try:
        return f"({option[2:]})", read(_written(given[0], option))
    except ValueError as error:
        raise UsageError(f"{option}: {error}", f"{option} BYTES, {option} @FILE, or {option} - for stdin") from None


def _schemas(input_: InputOptions, lookup: Lookup) -> dict[str, Any]:
    """What was said of the schema. UsageError, SchemaError."""
    options = lookup.options
    if input_.schema is not None and options.subject is not None:
        raise UsageError("--schema and --subject both name the schema", "leave one of them out")
    schema = lookup.one(input_.schema)
    if schema is not None and options.schemas:
        raise UsageError("--schemas are what framed messages refer to, and one schema is named", "leave that out")
    if schema is not None and options.registry and options.subject is None and isinstance(schema, str):
        raise UsageError("--schema and --registry both say where the schema comes from", "leave one of them out")
    if options.schemas and options.registry:
        raise UsageError("--schemas and --registry both have the messages' schemas", "leave one of them out")
    if schema is not None or not (options.schemas or options.registry):
        return {"schema": schema}
    return {"refers": lookup.known if options.schemas else lookup.registry, "framed": lookup.framing or "confluent"}


def _written(value: str, option: str) -> str:
    """The text that the option's value is or names."""
    if value == files.STANDARD:
        return sys.stdin.read()
    if value.startswith("@"):
        return Path(value[1:]).read_text("utf-8-sig", errors="replace")
    if value.startswith("--"):
        raise UsageError(f"{option} has no value: {value} is an option", f"{option}={value} if it is the bytes")
    return value


def _file(file: str, input_: InputOptions, wanted: Asked, overview: Overview, report: Report) -> int:
    """A message of it field by field, or the file as a whole, where it holds many and none was asked for."""
    framed = wanted.framing_of_records
    if framed is not None and input_.way[0] is not None:
        raise UsageError(f"--from {input_.way[0]}: the schemas of framed messages say their format", "use --container")
    unknown = _lone(file, input_) if framed else _unknown(file, input_, wanted)
    guess = unknown and input_.way[0] is None
    way = (input_.way[0] or containers.get("lone").usual, "lone") if unknown else input_.way
    with _damage_is_told(), sides.open_input(file, way, wanted.limits.stream(), framed=framed) as source:
        if source.container == "lone" or wanted.record is not None:
            found = inspect_message.of_source(source, input_, wanted, guess=guess or framed is not None)
            return inspect_message.show(found, wanted, report)
        facts = inspect_file.look(source, wanted, *overview)
        if report.json:
            report.document(inspect_file.facts(facts, everything=wanted.cut is None))
        else:
            inspect_file.tell(facts, report, everything=wanted.cut is None)
        return REFUSED if facts.refusal else DONE


@contextmanager
def _damage_is_told() -> Iterator[None]:
    """A container that can't be opened is an answer here, not a stop."""
    try:
        yield
    except sides.UnreadableError as error:
        raise advice.ToldError(replace(error.told, exit=REFUSED)) from error


def _lone(file: str, input_: InputOptions) -> bool:
    """Whether a file of framed messages is one, as far as its name tells."""
    return input_.way[1] is None and detect.detect(packing.strip(file)[0], b"") is None


def _unknown(file: str, input_: InputOptions, wanted: Asked) -> bool:
    """Whether neither options nor the file's name and first bytes tell its container: then it is one message."""
    format_, container = input_.way
    if container is not None or not os.path.isfile(file):
        return False
    if PurePath(file).suffix.lower() == ".bin" and format_ is None:
        return wanted.schema is None
    with open(file, "rb") as stream:
        head = stream.read(detect.HEAD)
        if codec := packing.sniff(head):
            stream.seek(0)
            head = _unpacked(stream, codec)
        return detect.detect(packing.strip(file)[0] if codec else file, head) is None


def _unpacked(stream: IO[bytes], codec: packing.Packing) -> bytes:
    """The first bytes of what is compressed, as far as there are any."""
    try:
        return packing.unpacked(stream, codec).read(detect.HEAD)
    except ContainerError:
        return b""
