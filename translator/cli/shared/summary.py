"""How a conversion went, in words and as data."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from schemas.model import Record
from translator import formats
from translator.cli.shared.output import amount, many
from translator.cli.shared.sides import Input, Target
from translator.contract import End
from translator.streams.pump import Counts

SHOWN = 10
"""Names of ignored members that are listed as text."""


def summed(parts: Iterable[Counts]) -> Counts:
    """The counts of several runs as those of one."""
    total = Counts()
    for each in parts:
        for name in ("read", "written", "refused", "lost", "damaged", "bytes_in", "bytes_out", "seconds"):
            setattr(total, name, getattr(total, name) + getattr(each, name))
        total.cut_off = total.cut_off or each.cut_off
        for member, times in each.ignored.items():
            total.ignored[member] = total.ignored.get(member, 0) + times
    return total


def facts(parts: Sequence[tuple[Input, Target | None, Counts]]) -> dict[str, Any]:
    """What was read, with its counts, and what was written."""
    outputs = dict.fromkeys(target for _, target, _ in parts if target)
    return {
        "in": [_end(source) | _tally(counts) for source, _, counts in parts],
        "out": [_end(each) for each in outputs],
    }


def _end(each: Input | Target) -> dict[str, Any]:
    facts_ = {"path": each.path, "format": each.format, "container": each.container}
    return facts_ | ({"compressed": each.packed} if each.packed else {})


def _tally(counts: Counts) -> dict[str, Any]:
    return {"read": counts.read, "written": counts.written, "refused": counts.refused, "damaged": counts.damaged}


def told(counts: Counts, inputs: int, dead_letter: str | None, sources: Iterable[End]) -> Iterator[str]:
    """The summary as text. `sources`: what the inputs were read as, where that is known before them."""
    rate = counts.read / counts.seconds if counts.seconds else 0
    of = f" of {inputs} files" if inputs > 1 else ""
    yield (
        f"{many(counts.written, 'record')}{of} written, {amount(counts.bytes_in)} in, {amount(counts.bytes_out)} out, "
        f"{counts.seconds:.2f} s ({rate:,.0f} records/s)"
    )
    if counts.refused or counts.damaged:
        yield f"{many(counts.refused, 'record')} refused, {counts.damaged} damaged places: see {dead_letter}"
    if counts.lost:
        yield f"{many(counts.lost, 'record')} lost after refused ones whose end can't be known"
    if counts.cut_off:
        yield "after the last damage no record could be found: what follows it is not in the output"
    if counts.ignored:
        untyped = any(side.schema is None for side in sources)
        why = "no rule of the mapping reads them" if untyped else "the schema has no such field"
        yield f"ignored, since {why}: {_ignored(counts.ignored)}"


def warnings(counts: Counts, sources: Iterable[End]) -> list[str]:
    """What should not look fine although nothing was refused."""
    found = []
    named = sorted({name for side in sources for name in json_names(side)} & counts.ignored.keys())
    if named:
        found.append(
            f"{', '.join(named[:SHOWN])}: ignored, and these are JSON names of the .proto: "
            "say --from protojson (or otlp-json)"
        )
    if counts.read and not (counts.written or counts.refused or counts.lost or counts.damaged):
        found.append(
            f"{many(counts.read, 'record')} read, and nothing was made of {'it' if counts.read == 1 else 'them'}"
        )
    return found


def json_names(side: End) -> dict[str, str]:
    """The fields of a JSON message's root that aren't found by their JSON names: those names, and the fields' own."""
    root = side.root
    if not formats.is_text(side.format) or not isinstance(root, Record) or side.schema is None:
        return {}
    if side.schema.language != "protobuf":
        return {}
    named = {each.json_name: each for each in root.fields if each.json_name and root.field(each.json_name) is None}
    return {name: each.name for name, each in named.items() if name not in formats.known(side.format).spellings(each)}


def _ignored(members: dict[str, int]) -> str:
    names = sorted(members.items(), key=lambda item: (-item[1], item[0]))
    rest = f" and {len(names) - SHOWN} more (--json lists all)" if len(names) > SHOWN else ""
    return ", ".join(f"{name} ({times:,}×)" for name, times in names[:SHOWN]) + rest
