"""The examples that a mapping document brings: messages, and what must become of them.

    [schemas]                                   # paths are relative to the document's folder
    source = "order.avsc"
    target = "neuron:NeuronSignal"
    target_format = "json"                      # where the schema's language leaves a choice

    [[examples]]
    name = "an order of two lines"
    input = '{"id": "A", "lines": [{"sku": "x"}, {"sku": "y"}]}'    # JSON, or a table
    output = [{ content = "x" }, { content = "y" }]                 # a list where the mapping makes many
    ignore = ["signal_id", "timestamp"]                             # places that differ each time

    [[examples]]
    name = "an order without id"
    input_hex = "02 41"                         # a message of the source's format; also input_base64, input_file
    error = "MISSING"                           # the code of the refusal

A `.json` of `input_file` and `output_file` is JSON; any other `input_file` holds one message as it is.
"""

from __future__ import annotations

import base64
import json
import tomllib
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

from translator.mapping.document.errors import MappingError, Problems, item
from translator.mapping.document.loading import load as load_mapping
from translator.mapping.document.model import Mapping
from translator.mapping.document.tables import TomlTable, kind

_ENDS: Final = ("source", "target", "source_format", "target_format")
_INPUTS: Final = ("input", "input_file", "input_hex", "input_base64")
_OUTCOMES: Final = ("output", "output_file", "error")
_KEYS: Final = ("name", *_INPUTS, *_OUTCOMES, "ignore")


@dataclass(frozen=True)
class Example:
    """A message and what must become of it. `is_json`: the message is JSON, whatever the source's format.

    `output`: the messages that must come out; None: `error` is the code that it must be refused with.
    """

    key: str
    name: str
    data: bytes
    is_json: bool
    output: list[Any] | None
    error: str | None
    ignore: tuple[str, ...]


@dataclass(frozen=True)
class Suite:
    """A document with its examples. The ends are as it names them, paths made whole."""

    mapping: Mapping
    examples: tuple[Example, ...]
    source: str | None
    target: str | None
    source_format: str | None
    target_format: str | None

    def over(self, *ends: str | None) -> Suite:
        """The same, with what is named of source, target and their formats in place of what the document says."""
        named: dict[str, Any] = {name: value for name, value in zip(_ENDS, ends, strict=True) if value is not None}
        return replace(self, **named)


def load(path: Path) -> Suite:
    """The document in a file. MappingError, whose `problems` name every key that is wrong."""
    mapping = load_mapping(path)
    document = tomllib.loads(path.read_text("utf-8"))
    problems = Problems()
    ends = _ends(TomlTable("", document, problems), path.parent)
    given = document.get("examples", [])
    if not isinstance(given, list):
        problems.add("examples", "must be tables: [[examples]]")
        given = []
    found = [_example(item("examples", i), each, path.parent, problems) for i, each in enumerate(given)]
    problems.raise_any()
    return Suite(mapping, tuple(each for each in found if each is not None), *ends)


def _ends(table: TomlTable, folder: Path) -> list[str | None]:
    given = table.members.get("schemas", {})
    if not isinstance(given, dict):
        table.wrong("schemas", f"must be a table, not {kind(given)}")
        return [None] * len(_ENDS)
    inner = TomlTable("schemas", given, table.problems)
    inner.refuse_unknown(_ENDS)
    texts = [inner.text(name) for name in _ENDS]
    return [_placed(text, folder) if text and not name.endswith("format") else text
            for name, text in zip(_ENDS, texts, strict=True)]  # fmt: skip


def _placed(spec: str, folder: Path) -> str:
    """A schema's name, with its path made whole if it is one."""
    path, mark, type_ = spec.partition("#")
    found = folder / path
    return f"{found}{mark}{type_}" if found.is_file() else spec


class _BadExample(Exception):  # noqa: N818 - it is told as a problem of the document
    """What is wrong with a key."""

    def __init__(self, key: str, reason: str) -> None:
        super().__init__(reason)
        self.key = key
        self.reason = reason


def _example(key: str, given: Any, folder: Path, problems: Problems) -> Example | None:
    if not isinstance(given, dict):
        problems.add(key, f"must be a table, not {kind(given)}")
        return None
    table = TomlTable(key, given, problems)
    table.refuse_unknown(_KEYS)
    try:
        data, is_json = _input(table, folder)
        output, error = _outcome(table, folder)
    except _BadExample as wrong:
        problems.add(wrong.key, wrong.reason)
        return None
    ignore = tuple(each for each in given.get("ignore", ()) if isinstance(each, str))
    return Example(key, table.text("name") or key, data, is_json, output, error, ignore)


def _one(table: TomlTable, names: tuple[str, ...]) -> str:
    given = [name for name in names if table.has(name)]
    if len(given) != 1:
        raise _BadExample(table.key, f"has one of {', '.join(names)}" + (f", not {len(given)}" if given else ""))
    return given[0]


def _input(table: TomlTable, folder: Path) -> tuple[bytes, bool]:
    name = _one(table, _INPUTS)
    key, value = table.at(name), table.members[name]
    if name == "input":
        return (value.encode() if isinstance(value, str) else _dumped(key, value)), True
    if not isinstance(value, str):
        raise _BadExample(key, f"must be a text, not {kind(value)}")
    if name == "input_file":
        return _file(key, folder / value), value.lower().endswith(".json")
    read: Callable[[str], bytes] = bytes.fromhex if name == "input_hex" else _base64
    try:
        return read(value), False
    except ValueError as error:
        raise _BadExample(key, f"isn't {name.removeprefix('input_')}: {error}") from error


def _base64(text: str) -> bytes:
    return base64.b64decode("".join(text.split()), validate=True)


def _outcome(table: TomlTable, folder: Path) -> tuple[list[Any] | None, str | None]:
    name = _one(table, _OUTCOMES)
    key, value = table.at(name), table.members[name]
    if name == "error":
        return None, table.text("error")
    if name == "output_file":
        value = _file(key, folder / str(value)).decode("utf-8", "replace")
    if isinstance(value, str):
        try:
            value = json.loads(value)
        except (ValueError, RecursionError) as error:
            raise _BadExample(key, f"isn't JSON: {error}") from error
    else:
        value = json.loads(_dumped(key, value))
    return value if isinstance(value, list) else [value], None


def _file(key: str, path: Path) -> bytes:
    try:
        return path.read_bytes()
    except (OSError, ValueError) as error:
        raise _BadExample(key, f"{path} can't be read: {getattr(error, 'strerror', None) or error}") from error


def _dumped(key: str, value: Any) -> bytes:
    try:
        return json.dumps(value).encode()
    except (TypeError, ValueError, RecursionError) as error:
        raise _BadExample(key, "holds what JSON has no form for; write times as texts") from error


__all__ = ["Example", "MappingError", "Suite", "load"]
