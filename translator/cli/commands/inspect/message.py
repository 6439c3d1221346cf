"""One message field by field: where its bytes come from, what the core says of it, and how all that is shown."""

from __future__ import annotations

import io
from dataclasses import dataclass, field
from typing import Any, cast

from native.errors import ContainerError, DataError, PlanError, SchemaError, TranslatorError
from schemas.model import Schema
from translator import containers, formats
from translator import framing as frames
from translator.cli.commands.inspect import table
from translator.cli.commands.inspect.asked import Asked
from translator.cli.commands.inspect.file import schema_facts
from translator.cli.shared import advice, remedies, sides
from translator.cli.shared.exits import DONE, REFUSED, USAGE, UsageError
from translator.cli.shared.options import InputOptions
from translator.cli.shared.output import Report, many
from translator.containers import detect
from translator.containers.base import Reader
from translator.engine import sources, specs
from translator.engine.plan import Plan
from translator.formats.walking.text import harmless
from translator.inspecting import checking, look, reading, records
from translator.inspecting.reading import Inspected
from translator.inspecting.records import PickedRecord
from translator.streams.pump import Refusal


@dataclass(frozen=True)
class FoundMessage:
    """A message that was found. `name`: of what it was found in; `format` None: it must be guessed."""

    name: str
    format: str | None
    container: str
    schema: Schema | None
    record: PickedRecord
    packed: str | None = None
    """What the whole file is compressed with."""


def of_bytes(name: str, data: bytes, input_: InputOptions, wanted: Asked) -> FoundMessage:
    """The message that stands in the command line, or in a container that stands there."""
    format_, container = input_.way
    schema: Schema | None = None
    if wanted.schema is not None:
        format_, schema = _end(wanted.schema, format_)
    if container is None:
        looks = detect.detect(None, data) if schema is None else None
        container = looks[0] if looks and containers.get(looks[0]).carries and format_ in (None, looks[1]) else "lone"
    if container == "lone":
        return FoundMessage(name, format_, container, schema, PickedRecord(0, data, 0))
    format_ = format_ or containers.get(container).usual
    sides.fitting(format_, container)
    try:
        reader = containers.get(container).reader(io.BytesIO(data), limits=wanted.limits.stream())
        schema = schema or _carried(reader)
        return FoundMessage(name, format_, container, schema, _record(name, reader, format_, schema, wanted))
    except ContainerError as error:
        raise _damaged(name, error) from error


def of_source(source: sides.Input, input_: InputOptions, wanted: Asked, *, guess: bool) -> FoundMessage:
    """The message that a file is, or the record that was asked for. `guess`: its format isn't known."""
    format_, schema = None if guess else source.format, _carried(source.reader)
    if schema is not None and wanted.schema is not None:
        raise UsageError(f"{source.name} brings its own schema", "leave --schema out")
    if wanted.schema is not None:
        format_, schema = _end(wanted.schema, input_.way[0], format_)
    elif format_ is not None and schema is None and (own := formats.known(format_).schema):
        schema = sides.load(own, format_)
    try:
        record = _record(source.name, source.reader, format_, schema, wanted)
    except ContainerError as error:
        raise _damaged(source.name, error) from error
    return FoundMessage(source.name, format_, source.container, schema, record, source.packed)


def _end(spec: sides.Spec, named: str | None, looks: str | None = None) -> tuple[str, Schema]:
    """Format and schema: the format as named; else as the file looks, if the schema can describe it."""
    if isinstance(spec, str) and sides.carries(spec):
        carried = sides.load(spec)
        return named or specs.format_of(carried), carried
    found = specs.end(spec, named)
    assert found.schema is not None
    if named is None and looks is not None and found.schema.language in formats.known(looks).languages:
        return looks, found.schema
    return found.format, found.schema


def _carried(reader: Reader) -> Schema | None:
    from schemas import avro

    return None if reader.schema is None else avro.read(reader.schema)


def _damaged(name: str, error: ContainerError) -> advice.ToldError:
    """A container that is damaged before the record."""
    told = advice.refused(name, Refusal(error.index, error.offset, error, None), letters=False)
    return advice.ToldError(advice.Told(REFUSED, told.code, told.message, told.hint, more=told.more))


def _record(name: str, reader: Reader, format_: str | None, schema: Schema | None, wanted: Asked) -> PickedRecord:
    """The record that was asked for, else the first. UsageError: there is none; ContainerError."""
    index = wanted.record or 0
    try:
        plan = checking.plan(format_, schema, wanted.limits.plan()) if format_ else None
    except PlanError:
        plan = None
    try:
        found = records.find(reader, plan, index)
    except records.UnreachableError as error:
        text = f"{name}: record {index} can't be found: record {error.index} before it is refused: {error.code}"
        raise advice.ToldError(advice.Told(REFUSED, error.code, text, f"--record {error.index} shows why")) from error
    if isinstance(found, int):
        raise UsageError(f"{name}: there is no record {index}: it holds {many(found, 'record')}", "they begin at 0")
    return _ended(found, format_, schema)


def _ended(record: PickedRecord, format_: str | None, schema: Schema | None) -> PickedRecord:
    """Without what follows it."""
    if not record.endless or format_ is None:
        return record
    error = look(format_, record.data, schema, limit=0).error
    end = error.offset if error is not None and error.code == "TRAILING" else len(record.data)
    return PickedRecord(record.index, record.data[:end], record.offset, record.block)


# --- what is said of it ---


@dataclass
class Judgement:
    """Why the message is refused, if it is (offsets as in the reading), and what else there is to say."""

    error: DataError | None = None
    checked: bool = False
    notes: list[str] = field(default_factory=list)
    wrong: bool = False
    """The walk and the core contradict each other."""


def judge(found: Inspected, wanted: Asked) -> Judgement:
    """The core has the last word; where the walk ended elsewhere, that is said."""
    walked = found.shown.error
    verdict = Judgement(walked)
    if not found.walked or found.format is None:
        return verdict
    plan = _plan(found, wanted, verdict)
    if plan is None:
        return verdict
    verdict.checked = True
    verdict.error = reading.moved(checking.refusal(plan, found.message), found.begin)
    if walked and verdict.error and (walked.code, walked.offset) == (verdict.error.code, verdict.error.offset):
        verdict.error = (
            walked if not verdict.error.path else verdict.error
        )  # what has no schema has no path in the core
    wrong = checking.contradiction(walked, verdict.error)
    verdict.wrong = bool(wrong)
    verdict.notes += [wrong] if wrong else []
    if walked and not wrong and (verdict.error is None or walked.offset != verdict.error.offset):
        verdict.notes.append(f"fields are shown up to byte {walked.offset}: {walked.code}: {walked.message}")
    return verdict


def _plan(found: Inspected, wanted: Asked, verdict: Judgement) -> Plan | None:
    try:
        return checking.plan(found.format or "", found.schema, wanted.limits.plan())
    except PlanError as error:
        verdict.notes.append(f"not checked by the core: {error.problems[0][1]}")
    except TranslatorError as error:
        verdict.notes.append(f"not checked by the core: {error}")
    return None


def show(message: FoundMessage, wanted: Asked, report: Report) -> int:
    """Shows it. The exit code."""
    found = _read(message, wanted)
    verdict = judge(found, wanted)
    if report.json:
        report.document(_facts(message, found, verdict, wanted))
    else:
        _tell(message, found, verdict, wanted, report)
    if found.unread:
        return USAGE
    return REFUSED if verdict.error or verdict.wrong else DONE


def _read(message: FoundMessage, wanted: Asked) -> Inspected:
    """The message taken apart, by the schema that it refers to where that can be looked up."""
    found = reading.read(message.record.data, message.format, message.schema, wanted.options())
    at = next((i for i, each in enumerate(found.around) if each.kind in frames.FRAMINGS), None)
    if wanted.refers is None or message.schema is not None or at is None:
        return found
    part = found.around[at]
    reference = frames.parse(found.data[part.offset :], framing=cast("frames.Framing", part.kind)).reference
    try:
        schema = sources.referred(wanted.refers, reference)
    except SchemaError as error:
        begin = part.offset + part.own
        around = found.around[: at + 1]
        return Inspected(found.data, around, begin, framing=found.framing, unread=f"{part.value}: {error}")
    format_ = message.format or specs.format_of(schema)
    return reading.read(message.record.data, format_, schema, wanted.options())


# --- as text ---


def _tell(message: FoundMessage, found: Inspected, verdict: Judgement, wanted: Asked, report: Report) -> None:
    for name, value in _lines(message, found):
        report.line(f"{name:<10} {harmless(value)}")
    report.line()
    table.draw(found, verdict.error, cut=wanted.cut)
    left = _left_out(found)
    if left:
        report.line(left)
    for note in verdict.notes:
        report.note(f"translator: {note}", important=True)
    if verdict.error is not None:
        report.note(f"translator: {harmless(_where(message.name, verdict.error))}", important=True)
        hint = remedies.of_limit(verdict.error.code)
        report.note(f"  → {hint}", important=True) if hint else None
    if found.unread:
        report.note(f"translator: {found.unread}\n  → {_unread_hint(found)}", important=True)


def _where(name: str, error: DataError) -> str:
    path = f" in {error.path}" if error.path else ""
    return f"{name}: refused at byte {error.offset}{path}: {error.code}: {error.message}"


def _unread_hint(found: Inspected) -> str:
    by_id = ", or --registry URL, which knows the id" if found.framing.endswith("confluent") else ""
    return f"name what it was written by: --schema FILE.avsc{by_id}" + ("" if found.format else ", or --from FORMAT")


def _lines(message: FoundMessage, found: Inspected) -> list[tuple[str, str]]:
    record = message.record
    lines = [("message", f"{message.name}{_place(message)}, {many(len(record.data), 'byte')}")]
    if message.packed is not None:
        lines.append(("packed", f"{message.packed}; offsets are in what comes out of it"))
    if found.format is not None:
        guess = " (a guess: --from says otherwise)" if found.guessed else ""
        lines.append(("format", found.format + guess))
    if found.schema is not None:
        lines.append(("schema", f"{table.name_of(found.schema.root)} ({found.schema.language})"))
    if found.others:
        lines.append(("or", "; ".join(found.others)))
    return lines


def _place(message: FoundMessage) -> str:
    if message.container == "lone":
        return ""
    record = message.record
    if record.block is None:
        return f": record {record.index} at byte {record.offset:,}"
    return f": record {record.index} at byte {record.offset:,} of the block at byte {record.block:,}"


def _left_out(found: Inspected) -> str:
    shown = found.shown
    if shown.left_out == 0:
        return ""
    last = shown.items[-1] if shown.items else None
    begins = f", from byte {last.offset + last.own}" if last else ""
    count = "many more" if shown.left_out is None else f"{many(shown.left_out, 'field')} more"
    return f"… {count}{begins} (--limit N shows more, --all shows all)"


# --- as data ---


def _facts(message: FoundMessage, found: Inspected, verdict: Judgement, wanted: Asked) -> dict[str, Any]:
    record, error = message.record, verdict.error
    out: dict[str, Any] = {
        "file": message.name, "packed": message.packed, "container": message.container,
        "record": record.index, "offset": record.offset,
        "block": record.block, "size": len(record.data), "format": found.format, "guessed": found.guessed,
        "others": found.others, "schema": schema_facts(found.schema), "framing": found.framing or None,
        "begin": found.begin, "around": [table.plain(each, found.data, wanted.cut) for each in found.around],
        "items": [table.plain(each, found.data, wanted.cut) for each in found.shown.items],
        "left_out": found.shown.left_out, "checked": verdict.checked, "notes": verdict.notes,
        "undecoded": found.unread or None,
    }  # fmt: skip
    if error is not None:
        out["error"] = {"code": error.code, "message": error.message, "offset": error.offset, "path": error.path}
    return out
