"""`translator schema compat`: whether a schema may follow the versions before it, without a registry."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any, Final

from cyclopts import Parameter

import schemas
from native.errors import SchemaError
from schemas import compatibility, protoc
from schemas.compatibility import Document, Level, Verdict
from schemas.model import Language
from translator.cli.shared.exits import DONE, REFUSED, UsageError
from translator.cli.shared.output import Report

_DESCRIPTORS: Final = (".desc", ".binpb", ".pb", ".protoset", ".fds")
_MOST: Final = 50
"""Rows of a table."""


def compat(
    new: Annotated[str, Parameter(name="NEW", show_default=False)],
    /,
    *old: Annotated[str, Parameter(name="OLD", show_default=False)],
    level: Level = "BACKWARD",
    reference: Annotated[list[str] | None, Parameter(negative=())] = None,
    language: Language | None = None,
    json: Annotated[bool, Parameter(negative=(), show_default=False)] = False,
) -> int:
    """Say whether a schema may follow the versions before it, and what breaks, where, against which.

    BACKWARD: the new schema reads what the last version wrote. FORWARD: the last version reads what the new schema
    writes. FULL: both. With _TRANSITIVE all versions count. The exit code is 0 if it is compatible, 1 if not.

    Parameters
    ----------
    new
        The new schema: an .avsc, .proto or .json file, or a FileDescriptorSet.
    old
        The versions before it, the oldest first.
    level
        What is asked for.
    reference
        NAME=FILE: what the schemas refer to by NAME (an Avro file, a JSON Schema's URI); may be repeated.
    language
        Where the file's name leaves a choice (.json).
    json
        As one JSON document.
    """
    report = Report(json=json)

    def act() -> int:
        if not old:
            raise UsageError("there is nothing to compare with", "name the versions before it, the oldest first")
        references = dict(_reference(each) for each in reference or ())
        documents = [_document(each, language, references) for each in (*old, new)]
        verdict = compatibility.check(documents[-1], documents[:-1], level, names=old)
        report.document(_facts(verdict, old, level)) if json else _tell(verdict, new, old, level, report)
        return DONE if verdict.compatible else REFUSED

    return report.guard(act)


def _reference(text: str) -> tuple[str, str]:
    name, mark, path = text.partition("=")
    if not mark:
        raise UsageError(f"--reference {text!r} isn't NAME=FILE", "name it as the schemas do, like a.avsc=dir/a.avsc")
    return name, _content(Path(path)).decode()


def _content(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        raise UsageError(f"{path} can't be read ({reason})", "check the name") from None


def _document(name: str, language: Language | None, references: dict[str, str]) -> Document:
    """A file, ready to be compared. SchemaError says which file."""
    path = Path(name)
    content = _content(path)
    try:
        if path.suffix.lower() in _DESCRIPTORS:
            return _descriptors(content)
        kind = language or _language(path, references)
        if kind == "protobuf":
            sources = {**protoc.gather(path), **references}
            return _descriptors(protoc.compiled(sources))
        return compatibility.read(content, kind, references)
    except SchemaError as error:
        raise error if name in error.path else SchemaError(str(error), name) from error


def _descriptors(data: bytes) -> Document:
    from google.protobuf.descriptor_pb2 import FileDescriptorSet
    from google.protobuf.message import DecodeError

    try:
        return compatibility.of_protobuf(FileDescriptorSet.FromString(data))
    except DecodeError as error:
        raise SchemaError(f"not a descriptor set that can be read: {error}") from error


def _language(path: Path, references: dict[str, str]) -> Language:
    """By the suffix; a .json by what it looks like."""
    match path.suffix.lower():
        case ".avsc":
            return "avro"
        case ".proto":
            return "protobuf"
        case ".json":
            return "jsonschema" if references else schemas.load(path).language
    raise UsageError(f"{path}: the name doesn't tell the language", "say --language avro, protobuf or jsonschema")


def _facts(verdict: Verdict, old: tuple[str, ...], level: Level) -> dict[str, Any]:
    rows = [
        {
            "kind": each.kind,
            "path": each.path,
            "message": each.message,
            "direction": each.direction,
            "version": each.version,
            "file": old[each.version - 1],
            "unknown": each.unknown,
        }
        for each in verdict.incompatibilities
    ]
    code = DONE if verdict.compatible else REFUSED
    return {
        "ok": verdict.compatible,
        "exit": code,
        "level": level,
        "unknown": verdict.unknown,
        "incompatibilities": rows,
    }


def _tell(verdict: Verdict, new: str, old: tuple[str, ...], level: Level, report: Report) -> None:
    against = f"all {len(old)} versions" if level.endswith("_TRANSITIVE") and len(old) > 1 else old[-1]
    if verdict.compatible:
        report.line(f"{new} is {level} compatible with {against}")
        return
    word = "may not be" if verdict.unknown else "is not"
    report.line(f"{new} {word} {level} compatible with {against}")
    found = verdict.incompatibilities
    rows = [(old[each.version - 1], each.direction, each.kind, each.path, each.message) for each in found[:_MOST]]
    report.table(("version", "direction", "kind", "place", "what"), rows)
    if len(found) > _MOST:
        report.line(f"and {len(found) - _MOST} more (--json has all)")
