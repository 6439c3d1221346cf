"""Mapping documents: which field of the target comes from where, as a small TOML file.

    version = 1
    [fields]
    from_neuron = "sensor.id"
    "payload.activation.strength" = { path = "value", scale = 0.01, cast = "float32", rounding = "round" }

A value is a path (path.py) or a table with exactly one source (path, const, first, join, uuid5, generate; lists, maps
and records: for_each, merge, entries, fields) and modifiers, which apply in this order wherever they stand: when,
[source], decode, decimal, encode, time, enum and otherwise, scale, offset, cast, lower, upper, default, required.
Besides [fields] a document may have for_each, when, where and alternatives: then a message becomes any number of
messages (model.RuleBlock). mapping.schema.json describes all of it for editors; what it can't say (paths, targets that
meet) is checked here. All problems of a document are told at once, each with its key.
"""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Any, get_args

from translator.mapping.document.errors import MappingError, Problems, item
from translator.mapping.document.model import Mapping, Otherwise, Rule, RuleBlock
from translator.mapping.document.places import Places, place_of, refuse_meeting
from translator.mapping.document.tables import TomlTable, kind
from translator.mapping.document.values import ValueReader
from translator.policies import choices

VERSION = 1
KEYS = ("when", "for_each", "where", "fields", "alternatives", "otherwise")
"""Of a block: the document itself, or one of its alternatives."""
_KEYS = ("version", "description", "policies", "schemas", "examples", *KEYS)
_OTHERWISE: tuple[Otherwise, ...] = get_args(Otherwise)
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
    mapping = _read(TomlTable("", document, problems))
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
        return "; a table in { } must be on one line, and has no comma after its last key"
    return ""


def _read(table: TomlTable) -> Mapping:
    if not _version(table):
        return Mapping(VERSION, "", (), RuleBlock(""))
    table.refuse_unknown(_KEYS)
    block = _RuleBlockReader(ValueReader(table.problems)).block(table, {})
    return Mapping(VERSION, table.text("description") or "", _policies(table), block)


def _version(table: TomlTable) -> bool:
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


def _policies(table: TomlTable) -> tuple[tuple[str, str], ...]:
    if not table.has("policies"):
        return ()
    inner = _table(table, "policies")
    if inner is None:
        return ()
    known = choices()
    inner.refuse_unknown(tuple(known))
    named = [(name, inner.text(name)) for name in inner.members if name in known]
    return tuple((name, text) for name, text in named if text is not None and inner.one_of(name, text, known[name]))


def _table(table: TomlTable, name: str) -> TomlTable | None:
    given = table.members[name]
    if isinstance(given, dict):
        return TomlTable(table.at(name), given, table.problems)
    table.wrong(name, f"must be a table, not {kind(given)}")
    return None


class _RuleBlockReader:
    """Reads blocks: what a message, or each item of its lists, becomes."""

    def __init__(self, reader: ValueReader) -> None:
        self._reader = reader
        self._problems = reader.problems

    def block(self, table: TomlTable, outer: Places) -> RuleBlock:
        """A block without its unknown keys. `outer`: the places that the rules around it write."""
        reader = self._reader
        when = reader.condition_of(table, "when")
        with reader.names.scope():
            over = reader.names.read(table.at("for_each"), table.members["for_each"]) if table.has("for_each") else ()
            where = reader.condition_of(table, "where")
            found = self._rules(table)
            own = [(rule.key, place_of(rule.target)) for rule in found]
            places = refuse_meeting(outer, own, self._problems if outer else Problems())
            inner = self._alternatives(table, places)
        if not table.has("alternatives") and not table.has("fields") and not outer:
            table.wrong("fields", "is missing; it is the table of the target's fields")
        return RuleBlock(table.key, when, over, where, found, inner, self._otherwise(table))

    def _rules(self, table: TomlTable) -> tuple[Rule, ...]:
        if not table.has("fields"):
            return ()
        given = table.members["fields"]
        if not isinstance(given, dict):
            table.wrong("fields", f"must be a table, not {kind(given)}")
            return ()
        if not given:
            table.wrong("fields", "is empty; a mapping has at least one field")
        return self._reader.rules(table.key, TomlTable(table.at("fields"), given, self._problems))

    def _alternatives(self, table: TomlTable, outer: Places) -> tuple[RuleBlock, ...]:
        if not table.has("alternatives"):
            return ()
        given = table.array("alternatives")
        key = table.at("alternatives")
        read = [self._alternative(item(key, i), each, outer) for i, each in enumerate(given or ())]
        blocks = tuple(block for block in read if block is not None)
        for block in blocks[:-1]:
            if block.when is None and len(blocks) == len(read):
                self._problems.add(block.key, "has no `when`, so that those after it are never tried")
        return blocks

    def _alternative(self, key: str, given: Any, outer: Places) -> RuleBlock | None:
        if not isinstance(given, dict):
            self._problems.add(key, f"must be a table, not {kind(given)}")
            return None
        if not self._reader.enter(key):
            return None
        table = TomlTable(key, given, self._problems)
        table.refuse_unknown(KEYS)
        block = self.block(table, outer)
        self._reader.leave()
        return block

    def _otherwise(self, table: TomlTable) -> Otherwise:
        if table.has("otherwise") and not table.has("alternatives"):
            table.wrong("otherwise", 'has no meaning without "alternatives"')
        return table.choice("otherwise", _OTHERWISE) or "refuse"
