"""`translator map new` and `map test`: mappings to start from, and those that bring their own examples."""

from __future__ import annotations

import json as json_
import os
from dataclasses import dataclass
from pathlib import Path, PurePath
from typing import Annotated, Final

from cyclopts import App, Parameter

from schemas import loading
from schemas.model import Type
from translator import formats
from translator.cli.shared import files, inputs, sides
from translator.cli.shared.exits import DONE, REFUSED, UsageError
from translator.cli.shared.options import FILE, way
from translator.cli.shared.output import Report, many
from translator.contract import End
from translator.engine import specs

app = App(name="map", help="Draft mappings, and test them by their examples.", help_format="plaintext")
JsonFlag = Annotated[bool, Parameter(negative=(), show_default=False)]
_SCHEMAS: Final = (".avsc", ".proto", ".desc", ".binpb", ".protoset", ".fds")
"""Extensions of files that are schemas; a .json is one if it looks like one."""


@app.command(usage="Usage: translator map new SOURCE TARGET [OUT] [OPTIONS]")
def new(
    source: Annotated[str, FILE, Parameter(name="SOURCE", show_default=False)],
    target: Annotated[str, Parameter(name="TARGET", show_default=False)] = "neuron:NeuronSignal",
    out: Annotated[str, FILE, Parameter(name="OUT", show_default=False)] = files.STANDARD,
    /,
    *,
    from_: Annotated[str | None, Parameter(name=["--from", "-f"])] = None,
    to: Annotated[str | None, Parameter(name=["--to", "-t"])] = None,
    for_each: str | None = None,
    samples: int = 1000,
    json: JsonFlag = False,
) -> int:
    """Write a mapping to start from: for each field of the target the best guess, or a question.

    A guess is a rule, and all guesses make a plan; a question is a comment, with the type that is wanted and what
    comes nearest. What no rule reads is listed at the end.

    Parameters
    ----------
    source
        The schema of what there is, or sample data: JSON, NDJSON or MessagePack.
    target
        The schema of what is wanted; without it, the neuron signal.
    out
        The file to write; - is stdout.
    from_
        The format of the source; of samples FORMAT or FORMAT:CONTAINER.
    to
        The format of the target.
    for_each
        The list whose items become messages, like `lines` or `orders.lines`.
    samples
        How many samples are looked at, at most.
    json
        What was guessed and asked, as one JSON document.
    """
    report = Report(json=json, data_on_stdout=out == files.STANDARD)

    def act() -> int:
        if out != files.STANDARD and os.path.exists(out):
            raise UsageError(f"{out} is there already", "name a new file, or remove it")
        return _draft(_source(source, from_, samples), _target(target, to), out, for_each, report)

    return report.guard(act)


@dataclass(frozen=True)
class _NamedEnd:
    """One end as it was named. `root`: the type of its messages."""

    spec: str
    side: End
    root: Type

    def schemas(self, name: str, folder: Path) -> list[str]:
        """Its lines in the document's [schemas], with paths as from `folder`."""
        lines = [f"{name} = {json_.dumps(_relative(self.spec, folder))}"] if self.side.schema is not None else []
        usual = specs.end(self.side.schema).format if self.side.schema is not None else None
        usual = formats.USUAL if self.spec.startswith(loading.BUILT_IN) else usual
        return lines + ([] if usual == self.side.format else [f'{name}_format = "{self.side.format}"'])


def _relative(spec: str, folder: Path) -> str:
    path, mark, type_ = spec.partition("#")
    if not os.path.exists(path):
        return spec
    return PurePath(os.path.relpath(path, folder)).as_posix() + mark + type_


def _source(spec: str, named: str | None, samples: int) -> _NamedEnd:
    """A schema, or samples of what has none. UsageError, SchemaError."""
    if _is_schema(spec):
        return _end(spec, sides.of_schema(spec, named, "--from"))
    from translator.cli.shared import samples as samples_

    found, format_ = samples_.read(spec, way(named, None, "--from"), samples)
    return _NamedEnd(spec, End(format_, None), found.schema().root)


def _is_schema(spec: str) -> bool:
    path = spec.rpartition("#")[0] or spec
    if spec.startswith(loading.BUILT_IN) or path.lower().endswith(_SCHEMAS) or sides.carries(path):
        return True
    if path.lower().endswith(".json"):
        return _describes(path)
    return not os.path.exists(path) and path != files.STANDARD


def _describes(path: str) -> bool:
    """Whether a JSON document says that it is a schema."""
    try:
        document = json_.loads(Path(path).read_bytes())
    except (OSError, ValueError, RecursionError):
        return False
    if not isinstance(document, dict):
        return False
    return "$schema" in document or ("type" in document and bool({"properties", "fields", "items"} & set(document)))


def _target(spec: str, named: str | None) -> _NamedEnd:
    return _end(spec, sides.of_schema(spec, named, "--to"))


def _end(spec: str, side: End) -> _NamedEnd:
    if side.root is None:
        raise UsageError(f"{spec} is a format, not a schema", "name a file, FILE#Type or neuron:NeuronSignal")
    return _NamedEnd(spec, side, side.root)


def _draft(source: _NamedEnd, target: _NamedEnd, out: str, loop: str | None, report: Report) -> int:
    from translator.cli.shared import drafting

    try:
        made = drafting.draft(source.side, source.root, target.side, loop)
    except ValueError as error:
        raise UsageError(f"--for-each: {error}", "name one of them") from error
    if not made.lines:
        raise UsageError(f"{target.spec} has no fields that rules could write")
    folder = Path(out).parent if out != files.STANDARD else Path()
    head = ["", "[schemas]", *source.schemas("source", folder), *target.schemas("target", folder)]
    with files.writing(out) as stream:
        stream.write(made.text(head).encode())
        stream.flush()
    asked = [each.leaf.path for each in made.open]
    guessed = len(made.lines) - len(asked)
    if report.json:
        missing = [{"path": path.removeprefix("fields."), "reason": reason} for path, reason in made.missing]
        facts = {"out": out, "guessed": guessed, "questions": asked, "missing": missing}
        report.document({"ok": True, "exit": DONE, **facts})
        return DONE
    report.note(f"{many(guessed, 'field')} guessed, {len(asked)} asked: see the comments")
    for path, reason in made.missing:
        report.note(f"  {path.removeprefix('fields.')}: {reason}")
    return DONE


@app.command(name="test", usage="Usage: translator map test MAPPING... [OPTIONS]")
def run_examples(
    *mappings: Annotated[str, Parameter(name="MAPPING", show_default=False)],
    source: str | None = None,
    target: str | None = None,
    from_: Annotated[str | None, Parameter(name=["--from", "-f"])] = None,
    to: Annotated[str | None, Parameter(name=["--to", "-t"])] = None,
    show: Annotated[bool, Parameter(negative=(), show_default=False)] = False,
    json: JsonFlag = False,
) -> int:
    """Run the examples in mappings, and say where they give something else.

    Parameters
    ----------
    mappings
        The mappings' files, or a pattern in quotes.
    source
        The source's schema, in place of what the document's [schemas] says.
    target
        The target's schema, in the same way.
    from_
        The source's format, where the schema's language leaves a choice.
    to
        The target's format.
    show
        Print what each example gives.
    json
        As one JSON document.
    """
    report = Report(json=json)

    def act() -> int:
        if not mappings:
            raise UsageError("no mapping is named", "name its file")
        paths = [each.path for each in inputs.expand(mappings)]
        return _test(paths, (source, target, from_, to), show, report)

    return report.guard(act)


def _test(paths: list[str], named: tuple[str | None, ...], show: bool, report: Report) -> int:
    from translator.cli.shared import trials
    from translator.mapping.document import examples

    found: list[trials.Trial] = []
    for path in paths:
        suite = examples.load(Path(path))
        if not suite.examples:
            raise UsageError(f"{path} has no examples", "write [[examples]] into it; docs/cli.md shows how")
        found.append(trials.run(path, suite.over(*named), show, report))
    results = [result for each in found for result in each.results]
    failed = sum(not each["ok"] for each in results)
    if report.json:
        missed = {each.mapping: each.never_found for each in found if each.never_found}
        exit_ = REFUSED if failed else DONE
        report.document({"ok": not failed, "exit": exit_, "examples": results, "never_found": missed})
    else:
        report.line(f"{many(len(results), 'example')}, {failed or 'none'} failed")
    return REFUSED if failed else DONE
