"""`translator schema convert`, `show`, `infer`: schemas in another language, to look at, and from samples."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path, PurePath
from typing import Annotated, Any, Final, Literal

from cyclopts import App, Group, Parameter

from schemas.inferring import Rules
from schemas.model import Language, Schema
from schemas.writing import Choices, Lock, Written, names, write
from schemas.writing import lock as locks
from translator.cli.shared import files, samples, sides, tree
from translator.cli.shared.exits import DONE, UsageError
from translator.cli.shared.options import FILE, way
from translator.cli.shared.output import Report

schema = App(name="schema", help="Convert, show, infer and compare schemas.")
schema.command(
    "translator.cli.commands.compat:compat", name="compat",
    usage="Usage: translator schema compat NEW OLD... [OPTIONS]",
    help="Say whether a schema may follow the versions before it.",
)  # fmt: skip

_LANGUAGES: Final[dict[str, Language]] = {".avsc": "avro", ".proto": "protobuf", ".json": "jsonschema"}
_WRITING = Group("Writing", sort_key=20)


@Parameter(name="*")
@dataclass(frozen=True, kw_only=True)
class WritingOptions:
    """How a schema is written.

    Parameters
    ----------
    to
        The language, where the output's name (.avsc, .proto, .json) doesn't tell.
    naming
        Naming policies: exact, snake or camel for fields; prefixed (STATUS_ACTIVE) or bare (ACTIVE) for symbols;
        both as in snake,prefixed.
    lock
        A file that keeps Protobuf's numbers from one conversion to the next; it is made if it isn't there.
    any
        Untyped values in Avro: refuse, or json for their JSON text.
    uint64
        uint64 in Avro: decimal(20,0), or long.
    syntax
        Of a .proto: proto3, or edition 2023, which also says what is required, closed enums and defaults.
    """

    to: Annotated[Language | None, Parameter(name=["--to", "-t"], group=_WRITING)] = None
    naming: Annotated[str, Parameter(group=_WRITING)] = "exact"
    lock: Annotated[str | None, Parameter(group=_WRITING)] = None
    any: Annotated[Literal["refuse", "json"], Parameter(group=_WRITING)] = "refuse"
    uint64: Annotated[Literal["decimal", "long"], Parameter(group=_WRITING)] = "decimal"
    syntax: Annotated[Literal["proto3", "2023"], Parameter(group=_WRITING)] = "proto3"

    def language(self, out: str, usual: Language | None = None) -> Language:
        """As it is named, else by the output's name. UsageError: neither tells."""
        found = self.to or _LANGUAGES.get(PurePath(out).suffix.lower()) or usual
        if found is None:
            raise UsageError(
                f"{files.shown(out, '(stdout)')}: the name doesn't tell the language",
                "say --to avro, protobuf or jsonschema",
            )
        return found


_USUAL = WritingOptions()
JsonFlag = Annotated[bool, Parameter(negative=(), show_default=False)]


@schema.command(usage="Usage: translator schema convert IN [OUT] [OPTIONS]")
def convert(
    source: Annotated[str, Parameter(name="IN", show_default=False)],
    out: Annotated[str | None, FILE, Parameter(name="OUT", show_default=False)] = None,
    /,
    *,
    writing: WritingOptions = _USUAL,
    json: JsonFlag = False,
) -> int:
    """Write a schema in another language, and say what it loses, place by place.

    Exact: the same values. Widened: others too. Narrowed: some have no place. Dropped: something is no longer said.

    Parameters
    ----------
    source
        FILE, FILE#Type, neuron:NeuronSignal, or an .avro file.
    out
        The new schema's file; - is stdout.
    limit
        Looks at the first so many samples only.
    json
        The losses as one JSON document.
    """
    path = out or files.STANDARD
    report = Report(json=json, data_on_stdout=path == files.STANDARD)

    def act() -> int:
        language = writing.language(path)
        _tell(_write(_load(source), language, path, writing), report)
        return DONE

    return report.guard(act)


@schema.command(usage="Usage: translator schema show FILE[#Type] [--json]")
def show(source: Annotated[str, Parameter(name="FILE", show_default=False)], /, *, json: JsonFlag = False) -> int:
    """Show a schema as the translator understands it: types, presence, defaults, numbers, warnings.

    Parameters
    ----------
    source
        FILE, FILE#Type, neuron:NeuronSignal, or an .avro file.
    json
        As one JSON document.
    """
    report = Report(json=json)

    def act() -> int:
        found = _load(source)
        if json:
            report.document({"ok": True, "exit": DONE, **tree.document(found)})
            return DONE
        for line in tree.lines(found):
            report.line(line)
        return DONE

    return report.guard(act)


@schema.command(usage="Usage: translator schema infer FILE [OUT] [OPTIONS]")
def infer(
    file: Annotated[str, FILE, Parameter(name="FILE", show_default=False)],
    out: Annotated[str | None, FILE, Parameter(name="OUT", show_default=False)] = None,
    /,
    *,
    from_: Annotated[str | None, Parameter(name=["--from", "-f"])] = None,
    name: str = "Root",
    formats_from: int = 3,
    maps: Literal["never", "varied"] = "never",
    map_at: Annotated[list[str] | None, Parameter(negative=())] = None,
    mixed: Literal["union", "refuse"] = "union",
    limit: int | None = None,
    writing: WritingOptions = _USUAL,
    json: JsonFlag = False,
) -> int:
    """Infer a schema from sample messages: JSON, NDJSON or MessagePack.

    Parameters
    ----------
    file
        The samples; - is stdin.
    out
        The schema's file; - is stdout. JSON Schema unless its name or --to says another language.
    from_
        The samples' FORMAT or FORMAT:CONTAINER, where name and first bytes don't tell.
    name
        What the root's type is called.
    formats_from
        A text is a date-time or a uuid if it has at least this many samples and each is one.
    maps
        varied: objects of many names that vary from one to the next are maps; never: all objects are records.
    map_at
        The place of an object that is a map, like a.b or a[].b; may be repeated.
    mixed
        Values of several kinds at one place, null aside: a union, or refused with their places.
    json
        The losses as one JSON document.
    """
    path = out or files.STANDARD
    report = Report(json=json, data_on_stdout=path == files.STANDARD)

    def act() -> int:
        if limit is not None and limit < 1:
            raise UsageError(f"--limit is {limit}, and looks at 1 sample at least")
        seen, _ = samples.read(file, way(from_, None, "--from"), limit)
        found = seen.schema(Rules(formats_from, maps, frozenset(map_at or ()), name, mixed))
        written = _write(found, writing.language(path, "jsonschema"), path, writing)
        _tell(written, report, samples=seen.count)
        return DONE

    return report.guard(act)


def _load(spec: str) -> Schema:
    """A schema that an argument names. UsageError, SchemaError."""
    found = sides.of_schema(spec, None, "IN").schema
    if found is None:
        raise UsageError(f"{spec} is a format, not a schema", "name a file, FILE#Type or neuron:NeuronSignal")
    return found


def _write(found: Schema, language: Language, path: str, writing: WritingOptions) -> Written:
    """Writes the schema, and the lock before it: a number in the lock that no file has does no harm."""
    choices = Choices(writing.any, writing.uint64, writing.syntax)
    if writing.lock is not None and language != "protobuf":
        raise UsageError(f"--lock keeps Protobuf's numbers, and {language} has none", "leave it out")
    before = _lock(writing.lock)
    made = write(found, language, naming=names.parse(writing.naming), lock=before, choices=choices)
    if writing.lock is not None:
        _put(writing.lock, made.lock.text())
    _put(path, made.text)
    return made


def _lock(path: str | None) -> Lock | None:
    if path is None or not Path(path).exists():
        return None
    return locks.read(Path(path).read_bytes())


def _put(path: str, text: str) -> None:
    with files.writing(path) as stream:
        stream.write(text.encode())
        stream.flush()


def _tell(made: Written, report: Report, **more: Any) -> None:
    rows = [(each.path or "(root)", each.verdict, each.reason) for each in made.losses]
    if report.json:
        losses = [{"path": each.path, "verdict": each.verdict, "reason": each.reason} for each in made.losses]
        head = {"ok": True, "exit": DONE, **more, "losses": losses}
        report.document(head | {"warnings": made.schema.warnings})
        return
    told = [row for row in rows if row[2]]
    if told:
        report.table(("field", "verdict", "reason"), told)
    for warning in made.schema.warnings:
        report.note(f"warning: {warning}")
