"""What a file of many records holds: container, format, schema, how many records, and the first of them as JSON."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final, cast

from native.errors import PlanError
from schemas.model import Presence, Record, Schema, Type
from translator import containers, formats, framing
from translator.cli.commands.inspect.asked import Asked
from translator.cli.shared import advice, sides
from translator.cli.shared.exits import UsageError
from translator.cli.shared.output import Report, amount, many
from translator.containers.avro import CODEC, SCHEMA
from translator.contract import Data, Delimiting, End, Translation
from translator.engine.compile import shared
from translator.formats.walking.kinds import describe
from translator.formats.walking.text import harmless
from translator.policies import Policies
from translator.streams.pump import Counts, Pump, Refusal

if TYPE_CHECKING:
    from translator.streams.schema_ids.adapter import Adapter

RECORD: Final = 2_000
"""Characters of one record that are shown as text."""
DOCUMENT: Final = 64 << 10
"""Bytes of one record that stand in a JSON document: it can't be cut, so a larger one is left out."""
_POLICIES: Final = Policies(nan="quote", unions="first", types="base64")
FIELDS: Final = 200
"""Fields of a schema, and entries of metadata, that are listed as text."""


@dataclass
class FoundFile:
    """What is known of a file."""

    source: sides.Input
    schema: Schema | None
    why_blind: str = ""
    """Why its records can't be decoded."""
    counts: Counts | None = None
    first: list[bytes] = field(default_factory=list)
    refusal: Refusal | None = None


class _FirstRecords:
    """A writer that keeps the first records and lets the others go."""

    delimiting: Delimiting = "none"

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

    def __enter__(self) -> _FirstRecords:
        return self

    def __exit__(self, *_: object) -> None:
        """Nothing to end."""


def look(source: sides.Input, wanted: Asked, records: int, count: bool) -> FoundFile:
    """Reads what is to be shown, and (`count`) everything after it."""
    spec, limits = wanted.schema, wanted.limits
    if source.format in framing.FRAMINGS and wanted.refers is not None:
        return _read(FoundFile(source, None), _adapter(source.format, wanted), records, None if count else records)
    if spec is None:
        spec = formats.known(source.format).schema
    try:
        found = FoundFile(source, sides.source_schema(source, spec))
        plan = shared.plan(
            End(source.format, found.schema), End("json", None), policies=_POLICIES, drop=("*",), limits=limits.plan(),
        )  # fmt: skip
    except UsageError as error:
        found = FoundFile(source, None, f"{error.message.partition(': ')[2]} ({error.hint})")
        return _counted(found, count)
    except PlanError as error:
        found.why_blind = error.problems[0][1]
        return _counted(found, count)
    return _read(found, plan, records, None if count else records)


def _counted(found: FoundFile, count: bool) -> FoundFile:
    """Without a plan messages are counted where the container knows them."""
    if count and containers.get(found.source.container).counts:
        found.counts = Counts(read=sum(block.count or 0 for block in found.source.reader))
    return found


def _adapter(name: str, wanted: Asked) -> Adapter:
    """To JSON from messages that each say their schema."""
    from translator.streams.schema_ids.making import adapter

    assert wanted.refers is not None
    return adapter(
        wanted.refers, "json", framing=cast("framing.Framing", name), policies=_POLICIES, drop=("*",),
        limits=wanted.limits.plan(),
    )  # fmt: skip


def _read(found: FoundFile, translation: Translation, records: int, limit: int | None) -> FoundFile:
    first = _FirstRecords(records)

    def note(refusal: Refusal) -> None:
        found.refusal = found.refusal or refusal

    found.counts = Pump(found.source.reader, translation, first, refused=note, limit=limit).run()
    found.first = first.records
    return found


def _metadata(found: FoundFile) -> dict[str, str]:
    items = found.source.reader.metadata.items()
    return {key: value.decode("utf-8", "backslashreplace") for key, value in items if key not in (SCHEMA, CODEC)}


def _codec(found: FoundFile) -> str | None:
    if not containers.get(found.source.container).codecs:
        return None
    return found.source.reader.metadata.get(CODEC, b"null").decode("utf-8", "backslashreplace")


def facts(found: FoundFile, *, everything: bool) -> dict[str, Any]:
    """As data. `first_left_out`: those of the first records that are too large for a document."""
    from msgspec import Raw

    source, counts = found.source, found.counts
    kept = [record for record in found.first if everything or len(record) <= DOCUMENT]
    cut = [{"index": i, "size": len(each)} for i, each in enumerate(found.first) if each not in kept]
    out: dict[str, Any] = {
        "file": source.name, "size": source.size, "format": source.format, "container": source.container,
        "packed": source.packed, "codec": _codec(found), "metadata": _metadata(found),
        "schema": schema_facts(found.schema),
        "records": counts and counts.read, "refused": counts and counts.refused,
        "first": [Raw(record) for record in kept], "undecoded": found.why_blind or None,
    }  # fmt: skip
    out |= {"first_left_out": cut} if cut else {}
    if found.refusal:
        out["error"] = advice.refused(source.name, found.refusal, letters=False).plain()
    return out


def schema_facts(schema: Schema | None) -> dict[str, Any] | None:
    """Language, name and fields."""
    if schema is None:
        return None
    rows = [{"name": name, "type": type_, "presence": presence} for name, type_, presence in _fields(schema.root)]
    return {"language": schema.language, "name": describe(schema.root), "fields": rows}


def _fields(root: Type) -> list[tuple[str, str, str]]:
    fields = root.fields if isinstance(root, Record) else []
    return [(each.name, describe(each.type), _PRESENCE[each.presence]) for each in fields]


_PRESENCE = {Presence.REQUIRED: "required", Presence.OPTIONAL: "optional", Presence.IMPLICIT: "implicit"}


def tell(found: FoundFile, report: Report, *, everything: bool) -> None:
    """As text."""
    for name, value in _lines(found, everything):
        report.line(f"{harmless(name):<10} {harmless(value)}")
    if found.schema is not None and isinstance(found.schema.root, Record):
        rows = _fields(found.schema.root)
        report.line()
        report.table(("field", "type", "presence"), rows if everything else rows[:FIELDS])
        _more(report, 0 if everything else len(rows) - FIELDS, "field")
    if found.first:
        report.line()
    for record in found.first:
        report.line(_shown(record, everything))
    if found.refusal:
        told = advice.refused(found.source.name, found.refusal, letters=False)
        report.note(told.lines()[0], important=True)
        if found.refusal.data is not None:
            report.note(f"  → --record {found.refusal.index} shows it field by field", important=True)


def _more(report: Report, count: int, name: str) -> None:
    if count > 0:
        report.line(f"… {many(count, name)} more (--all shows all)")


def _shown(record: bytes, everything: bool) -> str:
    if everything or len(record) <= RECORD:
        return harmless(record.decode("utf-8", "backslashreplace"))
    begin = harmless(record[:RECORD].decode("utf-8", "ignore"))
    return f"{begin}\n… {len(record) - RECORD:,} bytes more (--all shows all, --record N field by field)"


def _lines(found: FoundFile, everything: bool) -> list[tuple[str, str]]:
    source, schema = found.source, found.schema
    size = "" if source.size is None else f" ({amount(source.size)})"
    name = "none" if schema is None else f"{describe(schema.root)} ({schema.language})"
    name = "each record says its own" if source.format in framing.FRAMINGS else name
    lines = [("file", source.name + size), ("format", source.format), ("container", source.container)]
    lines += [("packed", source.packed)] if source.packed else []
    lines += [("codec", codec)] if (codec := _codec(found)) else []
    lines += [*_metadata(found).items()][: None if everything else FIELDS]
    lines += [("schema", name), ("records", _how_many(found.counts))]
    lines += [("undecoded", found.why_blind)] if found.why_blind else []
    return [(name, value if everything else value[:RECORD]) for name, value in lines]


def _how_many(counts: Counts | None) -> str:
    if counts is None:
        return "not counted"
    told = f"{counts.read:,}"
    return told + (f", {many(counts.refused, 'record')} refused" if counts.refused else "")
