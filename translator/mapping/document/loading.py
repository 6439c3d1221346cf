"""Mapping documents: which field of the target comes from where, as a small TOML file.

    version = 1
    [fields]
    from_neuron = "sensor.id"
    "payload.activation.strength" = { path = "value", scale = 0.01, cast = "float32", rounding = "round" }

A value is a path (path.py) or a table with exactly one source (path, const, first, join, uuid5, generate; lists, maps
and records: for_each, merge, entries, fields) and modifiers, which apply in this order wherever they stand: when,
[source], decode, decimal, encode, time, enum and otherwise, scale, offset, cast, lower, upper, default, required.
Beside [fields] a document may have for_each, when, where and alternatives: then a message becomes any number of
messages (model.Block). mapping.schema.json describes all of it for editors; what it can't say (paths, targets that
meet) is checked here. All problems of a document are told at once, each with its key.
"""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Any

from translator.mapping.document.blocks import KEYS, BlockReader
from translator.mapping.document.errors import MappingError, Problems
from translator.mapping.document.model import Block, Mapping, Rule, Value
from translator.mapping.document.tables import Table, kind
from translator.mapping.document.values import ValueReader
from translator.policies import choices

__all__ = ["VERSION", "Mapping", "MappingError", "Rule", "Value", "load"]

VERSION = 1
_KEYS = ("version", "description", "policies", "schemas", "examples", *KEYS)
_DOTTED = re.compile(
    r"""(?<![\w-])(?:[\w-]++|"[^"\n]*+"|'[^'\n]*+')(?:[ \t]*+\.[ \t]*+(?:[\w-]++|"[^"\n]*+"|'[^'\n]*+')){200}+"""
)
"""A dotted key of parts without end: what tomllib keeps for one grows with the square of their number."""


def load(source: str | Path | dict[str, Any]) -> Mapping:
    """The mapping that `source` describes: a document's text, the path of its file, or its parsed form.

    MappingError, whose `problems` name every key that is wrong, where it can't be read or isn't a mapping.
    """
    problems = Problems()
    document = source if isinstance(source, dict) else _parse(source)
    mapping = _read(Table("", document, problems))
    problems.raise_any()
    return mapping


def _parse(source: str | Path) -> dict[str, Any]:
    try:
        text = source.read_text("utf-8") if isinstance(source, Path) else source
        if _DOTTED.search(text):
            raise MappingError([("", "not TOML that can be read: a key of over 200 parts")])
        return tomllib.loads(text)
    except OSError as error:
        raise MappingError([("", f"{source} can't be read: {error.strerror or error}")]) from error
    except RecursionError as error:
        raise MappingError([("", "not TOML that can be read: nested too deeply")]) from error
    except ValueError as error:
        raise MappingError([("", f"not TOML: {error}{_hint(str(error))}")]) from error


def _hint(error: str) -> str:
    """What people stumble over in TOML."""
    if "Invalid initial character for a key part" in error or "Unclosed inline table" in error:
        return "; a table in { } stands on one line, and has no comma behind its last key"
    return ""


def _read(table: Table) -> Mapping:
    if not _version(table):
        return Mapping(VERSION, "", (), Block(""))
    table.refuse_unknown(_KEYS)
    block = BlockReader(ValueReader(table.problems)).block(table, {})
    return Mapping(VERSION, table.text("description") or "", _policies(table), block)


def _version(table: Table) -> bool:
    """Of another version nothing else can be judged."""
    if not table.has("version"):
        table.wrong("version", f"is missing; this is version {VERSION}")
        return True
    version = table.members["version"]
    if type(version) is int and version == VERSION:
        return True
    shown = version if type(version) is int and abs(version) < 1 << 64 else kind(version)
    table.wrong("version", f"must be {VERSION}, not {shown}")
    return False


def _policies(table: Table) -> tuple[tuple[str, str], ...]:
    if not table.has("policies"):
        return ()
    inner = _table(table, "policies")
    if inner is None:
        return ()
    known = choices()
    inner.refuse_unknown(tuple(known))
    named = [(name, inner.text(name)) for name in inner.members if name in known]
    return tuple((name, text) for name, text in named if text is not None and inner.one_of(name, text, known[name]))


def _table(table: Table, name: str) -> Table | None:
    given = table.members[name]
    if isinstance(given, dict):
        return Table(table.at(name), given, table.problems)
    table.wrong(name, f"must be a table, not {kind(given)}")
    return None
