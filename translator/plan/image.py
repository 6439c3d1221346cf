"""Builds a plan's image: the tables of hal9_image.h, row by row, and at the end their bytes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from native import binding
from native.binding import C

Row = dict[str, Any]
_MASK64 = (1 << 64) - 1


def key_hash(key: bytes) -> int:
    """`h9_key_hash` of core/lookup.h, bit for bit."""
    n = len(key)
    a = b = 0
    if n >= 8:
        a, b = int.from_bytes(key[:8], "little"), int.from_bytes(key[-8:], "little")
    elif n >= 4:
        a, b = int.from_bytes(key[:4], "little"), int.from_bytes(key[-4:], "little")
    elif n > 0:
        a = key[0] | key[n >> 1] << 8 | key[n - 1] << 16
    a = (a ^ (n * 0x9E3779B97F4A7C15 & _MASK64)) * 0xBF58476D1CE4E5B9 & _MASK64
    b = (b ^ (a >> 29)) * 0x94D049BB133111EB & _MASK64
    a ^= b ^ (b >> 31)
    return (a ^ (a >> 32)) & 0xFFFFFFFF


@dataclass
class Image:
    """The tables under construction. Every `add_*` returns the index of what it added."""

    nodes: list[Row] = field(default_factory=list)
    fields: list[Row] = field(default_factory=list)
    records: list[Row] = field(default_factory=list)
    keys: list[Row] = field(default_factory=list)
    fills: list[Row] = field(default_factory=list)
    enums: list[Row] = field(default_factory=list)
    symbols: list[Row] = field(default_factory=list)
    steps: list[Row] = field(default_factory=lambda: [{"code": C.H9_STEP_NONE}])
    insns: list[Row] = field(default_factory=list)
    words64: list[int] = field(default_factory=list)
    words32: list[int] = field(default_factory=list)
    pool: bytearray = field(default_factory=bytearray)
    names: list[str] = field(default_factory=list)
    _texts: dict[bytes, int] = field(default_factory=dict)
    _names: dict[str, int] = field(default_factory=dict)
    _chains: dict[tuple[tuple[Any, ...], ...], int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.fields.append({"node": 0, "slot": C.H9_NO_SLOT, "group": C.H9_NONE})  # 0 means: no further field
        self.name("")
        self.node(C.H9_OP_NULL)

    def text(self, data: bytes) -> int:
        """Where `data` stands in the pool."""
        at = self._texts.get(data)
        if at is None:
            at = self._texts[data] = len(self.pool)
            self.pool += data
        return at

    def name(self, name: str) -> int:
        """The number of a field's name, for errors."""
        if name not in self._names:
            self._names[name] = len(self.names)
            self.names.append(name)
        return self._names[name]

    def node(self, op: int, **values: int) -> int:
        self.nodes.append({"op": op, **values})
        return len(self.nodes) - 1

    def chain(self, steps: Sequence[Row]) -> int:
        """The first of a chain of conversion steps, 0 for none; equal chains are kept once."""
        if not steps:
            return 0
        identity = tuple(tuple(sorted(step.items())) for step in steps)
        if identity not in self._chains:
            after = self.chain(steps[1:])
            self.steps.append({**steps[0], "next": after})
            self._chains[identity] = len(self.steps) - 1
        return self._chains[identity]

    def many32(self, values: Iterable[int]) -> int:
        at = len(self.words32)
        self.words32.extend(values)
        return at

    def mask(self, slots: Iterable[int], words: int) -> int:
        """A presence mask of `words` words with the bits of `slots`."""
        at = len(self.words64)
        masks = [0] * words
        for slot in slots:
            masks[slot >> 6] |= 1 << (slot & 63)
        self.words64.extend(masks)
        return at

    def key_table(self, spellings: Sequence[tuple[bytes, int]]) -> tuple[int, int]:
        """A hash table of (text, index) pairs, as (first word, mask). The first of equal texts counts."""
        size = 4
        while size < 2 * len(spellings) + 1:
            size *= 2
        table = [0] * size
        seen: set[bytes] = set()
        for text, index in spellings:
            if text in seen:
                continue
            seen.add(text)
            hashed = key_hash(text)
            at = hashed & (size - 1)
            while table[at]:
                at = (at + 1) & (size - 1)
            self.keys.append({"text": self.text(text), "size": len(text), "index": index, "hash": hashed})
            table[at] = len(self.keys)
        return self.many32(table), size - 1

    def header(self, **values: int) -> Row:
        counts = {
            name: len(getattr(self, name))
            for name in ("nodes", "fields", "records", "keys", "fills", "enums", "symbols", "steps", "insns")
        }
        return {
            "magic": C.H9_IMAGE_MAGIC,
            "version": C.H9_IMAGE_VERSION,
            **counts,
            "words64": len(self.words64),
            "words32": len(self.words32),
            "pool": len(self.pool),
            "names": len(self.names),
            **values,
        }

    def dump(self, **values: int) -> bytes:
        """The image's bytes; `values` are the header's formats, roots and registers."""
        tables = [
            binding.pack("h9_node", self.nodes),
            binding.pack("h9_field", self.fields),
            binding.pack("h9_record", self.records),
            binding.pack("h9_key", self.keys),
            binding.pack("h9_fill", self.fills),
            binding.pack("h9_enum", self.enums),
            binding.pack("h9_symbol", self.symbols),
            binding.pack("h9_step", self.steps),
            binding.pack("h9_insn", self.insns),
            b"".join(word.to_bytes(8, "little") for word in self.words64),
            b"".join(word.to_bytes(4, "little") for word in self.words32),
            bytes(self.pool),
        ]
        out = bytearray(binding.pack("h9_header", [self.header(**values)]))
        for table in tables:
            out += bytes(-len(out) % 8)
            out += table
        return bytes(out)
