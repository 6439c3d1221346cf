"""`translator inspect FILE`: what a file holds, and whether all of it can be read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Annotated, Any

from cyclopts import Parameter

from native.errors import PlanError
from schemas.model import Array, Enum, Fixed, Float, Int, Map, Presence, Record, Schema, Type, Union
from translator import formats
from translator.cli import advice, sides
from translator.cli.exits import DONE, REFUSED, UsageError
from translator.cli.options import FILE, NO_INPUT_OPTIONS, NO_LIMIT_OPTIONS, InputOptions, LimitOptions
from translator.cli.output import Report, amount, many
from translator.containers.avro import CODEC, SCHEMA
from translator.containers.base import Data, Framing
from translator.conversion import Conversion, Counts, Refusal
from translator.plan.compiler import Side
from translator.plan.handle import Plan
from translator.plan.policies import Policies


@dataclass
class Found:
    """What is known of a file."""

    source: sides.Input
    schema: Schema | None
    why_blind: str = ""
    """Why its records can't be decoded."""
    counts: Counts | None = None
    first: list[bytes] = field(default_factory=list)
    refusal: Refusal | None = None


def inspect(
    file: Annotated[str, FILE, Parameter(name="FILE", show_default=False)],
    /,
    *,
    input: InputOptions = NO_INPUT_OPTIONS,  # noqa: A002
    records: Annotated[int, Parameter(name=["--records", "-n"])] = 3,
    count: bool = True,
    json: Annotated[bool, Parameter(negative=(), show_default=False)] = False,
    limits: LimitOptions = NO_LIMIT_OPTIONS,
) -> int:
    """Show what a file holds: container, format, codec, schema, how many records, and the first of them as JSON.

    All of it is read and checked, unless --no-count; the exit code is 1 where something in it is refused.

    Parameters
    ----------
    file
        The file; - is stdin.
    records
        How many records to show.
    count
        Read to the end.
    json
        As one JSON document.
    """
    report = Report(json=json)

    def act() -> int:
        with sides.open_input(file, input.way, limits.stream()) as source:
            found = _look(source, input.schema, records, count, limits)
            report.document(_facts(found)) if json else _tell(found, report)
        return REFUSED if found.refusal else DONE

    return report.guard(act)


class _First:
    """A writer that keeps the first records and lets the others go."""

    framing: Framing = "none"

    def __init__(self, most: int) -> None:
        self._most = most
        self.records: list[bytes] = []

    def write(self, data: Data, ends: Sequence[int], count: int) -> None:
        wanted = min(count, self._most - len(self.records))
        for i in range(wanted):
            self.records.append(bytes(data[ends[i - 1] if i else 0 : ends[i]]))

    def flush(self) -> None:
        """Nothing is held back."""

    close = flush

    def __enter__(self) -> _First:
        return self

    def __exit__(self, *_: object) -> None:
        """Nothing to end."""


def _look(source: sides.Input, spec: str | None, records: int, count: bool, limits: LimitOptions) -> Found:
    if spec is None and source.format == "neuron":
        spec = sides.SIGNAL
    try:
        found = Found(source, sides.source_schema(source, spec))
        side = Side(formats.get(source.format), found.schema)
        plan = Plan(
            side, Side(formats.get("json"), None), policies=Policies(nan="quote", unions="first", unbuilt="run"),
            drop=("*",), limits=limits.plan(),
        )  # fmt: skip
    except UsageError as error:
        found = Found(source, None, f"{error.message.partition(': ')[2]} ({error.hint})")
        return _counted(found, count)
    except PlanError as error:
        found.why_blind = error.problems[0][1]
        return _counted(found, count)
    return _read(found, plan, records, None if count else records)


def _counted(found: Found, count: bool) -> Found:
    """Without a plan messages are counted where the container knows them."""
    if count and found.source.container != "msgpack-stream":
        found.counts = Counts(read=sum(block.count or 0 for block in found.source.reader))
    return found


def _read(found: Found, plan: Plan, records: int, limit: int | None) -> Found:
    first = _First(records)

    def note(refusal: Refusal) -> None:
        found.refusal = found.refusal or refusal

    found.counts = Conversion(found.source.reader, plan, first, refused=note, limit=limit).run()
    found.first = first.records
    return found


def _metadata(found: Found) -> dict[str, str]:
    items = found.source.reader.metadata.items()
    return {key: value.decode("utf-8", "backslashreplace") for key, value in items if key not in (SCHEMA, CODEC)}


def _codec(found: Found) -> str | None:
    if found.source.container != "avro":
        return None
    return found.source.reader.metadata.get(CODEC, b"null").decode("utf-8", "backslashreplace")


def _facts(found: Found) -> dict[str, Any]:
    """As data."""
    from msgspec import Raw

    source, counts = found.source, found.counts
    out: dict[str, Any] = {
        "file": source.name, "size": source.size, "format": source.format, "container": source.container,
        "codec": _codec(found), "metadata": _metadata(found), "schema": _schema_facts(found.schema),
        "records": counts and counts.read, "refused": counts and counts.refused,
        "first": [Raw(record) for record in found.first], "undecoded": found.why_blind or None,
    }  # fmt: skip
    if found.refusal:
        out["error"] = advice.refused(source.name, found.refusal, letters=False).plain()
    return out


def _schema_facts(schema: Schema | None) -> dict[str, Any] | None:
    if schema is None:
        return None
    rows = [{"name": name, "type": type_, "presence": presence} for name, type_, presence in _fields(schema.root)]
    return {"language": schema.language, "name": describe(schema.root), "fields": rows}


def _fields(root: Type) -> list[tuple[str, str, str]]:
    fields = root.fields if isinstance(root, Record) else []
    return [(each.name, describe(each.type), _PRESENCE[each.presence]) for each in fields]


_PRESENCE = {Presence.REQUIRED: "required", Presence.OPTIONAL: "optional", Presence.IMPLICIT: "implicit"}


def describe(type_: Type) -> str:
    """A type in a few words."""
    match type_:
        case Int():
            return f"{'' if type_.signed else 'u'}int{type_.bits}"
        case Float():
            return f"float{type_.bits}"
        case Array():
            return f"list of {describe(type_.items)}"
        case Map():
            return f"map of {describe(type_.keys)} to {describe(type_.values)}"
        case Union():
            return " | ".join(describe(each) for each in type_.branches)
        case Record():
            return type_.name or "record"
        case Enum():
            return f"enum {type_.name}"
        case Fixed():
            return f"fixed({type_.size})"
        case _:
            return type(type_).__name__.lower()


def _tell(found: Found, report: Report) -> None:
    """As text."""
    for name, value in _lines(found):
        report.line(f"{name:<10} {value}")
    if found.schema is not None and isinstance(found.schema.root, Record):
        report.line()
        report.table(("field", "type", "presence"), _fields(found.schema.root))
    if found.first:
        report.line()
    for record in found.first:
        report.line(record.decode("utf-8", "backslashreplace"))
    if found.refusal:
        told = advice.refused(found.source.name, found.refusal, letters=False)
        report.note(told.lines()[0], important=True)


def _lines(found: Found) -> list[tuple[str, str]]:
    source, schema = found.source, found.schema
    size = "" if source.size is None else f" ({amount(source.size)})"
    name = "none" if schema is None else f"{describe(schema.root)} ({schema.language})"
    lines = [("file", source.name + size), ("format", source.format), ("container", source.container)]
    lines += [("codec", codec)] if (codec := _codec(found)) else []
    lines += [(key, value) for key, value in _metadata(found).items()]
    lines += [("schema", name), ("records", _how_many(found.counts))]
    return lines + ([("undecoded", found.why_blind)] if found.why_blind else [])


def _how_many(counts: Counts | None) -> str:
    if counts is None:
        return "not counted"
    told = f"{counts.read:,}"
    return told + (f", {many(counts.refused, 'record')} refused" if counts.refused else "")
