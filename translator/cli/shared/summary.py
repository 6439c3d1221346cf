"""How a conversion went, in words and as data."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence
from typing import Any

from schemas.model import Record
from translator import formats
from translator.cli.shared.output import amount, many
from translator.cli.shared.sides import Input, Target
from translator.contract import End
from translator.mapping.document.errors import did_you_mean
from translator.streams.pump import Counts

SHOWN = 10
FEW = 3
"""Paths of one kind that are listed as text; and of those that only never came."""


def summed(parts: Iterable[Counts]) -> Counts:
    """The counts of several runs as those of one."""
    total = Counts()
    for each in parts:
        missed = each.never_found
        if total.read and each.read:
            missed = {path: n + total.never_found[path] for path, n in missed.items() if path in total.never_found}
        total.never_found = missed if each.read else total.never_found
        for name in ("read", "written", "refused", "lost", "damaged", "bytes_in", "bytes_out", "seconds"):
            setattr(total, name, getattr(total, name) + getattr(each, name))
        total.cut_off = total.cut_off or each.cut_off
        total.ignored = _added(total.ignored, each.ignored)
        total.defaulted = _added(total.defaulted, each.defaulted)
    return total


def _added(*counts: dict[str, int]) -> dict[str, int]:
    total = Counter[str]()
    for each in counts:
        total.update(each)
    return dict(total)


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
        yield f"ignored, since {why}: {_listed(counts.ignored)}"
    if counts.defaulted:
        yield f"by default, since the source has no value: {_listed(counts.defaulted)}"
    if counts.never_found:
        yield missed(counts.never_found, counts.ignored)


def missed(never_found: Iterable[str], ignored: Collection[str]) -> str:
    """What no record had; with what was passed over instead, where that is called much the same."""
    names = [path + _instead(path, ignored) for path in sorted(never_found)]
    return f"never found in any record: {_cut(names, FEW)}"


def _instead(path: str, ignored: Collection[str]) -> str:
    alike = {_plainly(each): each for each in ignored}
    found = alike.get(_plainly(path))
    parent, _, name = path.rpartition(".")
    beside = [own for above, _, own in (each.rpartition(".") for each in ignored) if above == parent]
    asked = f'; did you mean "{found}"?' if found else did_you_mean(name, beside)
    return f" ({asked.removeprefix('; ')})" if asked else ""


def _plainly(path: str) -> str:
    """A path without what is often written otherwise: the message's own name, capitals, hyphens."""
    return path.removeprefix("$.").replace("_", "").replace("-", "").lower()


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


def _listed(counted: dict[str, int]) -> str:
    names = sorted(counted.items(), key=lambda item: (-item[1], item[0]))
    return _cut([f"{name} ({times:,}×)" for name, times in names])


def _cut(names: list[str], most: int = SHOWN) -> str:
    rest = f" and {len(names) - most} more (--json lists all)" if len(names) > most else ""
    return ", ".join(names[:most]) + rest
