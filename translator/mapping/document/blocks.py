"""Reading the blocks of a document: what a message, or each item of its lists, becomes."""

from __future__ import annotations

from typing import Any

from translator.mapping.document.collections import Places, loops, place_of, refuse_meeting, rules, scope
from translator.mapping.document.errors import Problems, item
from translator.mapping.document.model import Block, Condition, Otherwise, Rule
from translator.mapping.document.tables import Table, kind
from translator.mapping.document.values import ValueReader

KEYS = ("when", "for_each", "where", "fields", "alternatives", "otherwise")


class BlockReader:
    """Reads blocks; what is wrong goes to the reader's problems."""

    def __init__(self, reader: ValueReader) -> None:
        self._reader = reader
        self._problems = reader.problems

    def block(self, table: Table, outer: Places) -> Block:
        """A block without its unknown keys. `outer`: the places that the rules around it write."""
        reader = self._reader
        when = self._condition(table, "when")
        with scope(reader):
            over = loops(reader, table.at("for_each"), table.members["for_each"]) if table.has("for_each") else ()
            where = self._condition(table, "where")
            found = self._rules(table)
            own = [(rule.key, place_of(rule.target)) for rule in found]
            places = refuse_meeting(outer, own, self._problems if outer else Problems())
            inner = self._alternatives(table, places)
        if not table.has("alternatives") and not table.has("fields") and not outer:
            table.wrong("fields", "is missing; it is the table of the target's fields")
        return Block(table.key, when, over, where, found, inner, self._otherwise(table))

    def _condition(self, table: Table, name: str) -> Condition | None:
        return self._reader.condition(table.at(name), table.members[name]) if table.has(name) else None

    def _rules(self, table: Table) -> tuple[Rule, ...]:
        if not table.has("fields"):
            return ()
        given = table.members["fields"]
        if not isinstance(given, dict):
            table.wrong("fields", f"must be a table, not {kind(given)}")
            return ()
        if not given:
            table.wrong("fields", "is empty; a mapping has at least one field")
        return rules(self._reader, table.key, Table(table.at("fields"), given, self._problems))

    def _alternatives(self, table: Table, outer: Places) -> tuple[Block, ...]:
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

    def _alternative(self, key: str, given: Any, outer: Places) -> Block | None:
        if not isinstance(given, dict):
            self._problems.add(key, f"must be a table, not {kind(given)}")
            return None
        if not self._reader.enter(key):
            return None
        table = Table(key, given, self._problems)
        table.refuse_unknown(KEYS)
        block = self.block(table, outer)
        self._reader.depth -= 1
        return block

    def _otherwise(self, table: Table) -> Otherwise:
        if table.has("otherwise") and not table.has("alternatives"):
            table.wrong("otherwise", 'has no meaning without "alternatives"')
        chosen: Otherwise | None = table.choice("otherwise", Otherwise)
        return chosen or "refuse"


__all__ = ["KEYS", "BlockReader"]
