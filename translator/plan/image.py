"""Builds a plan's image: the tables of hal9_image.h, row by row, and at the end their bytes.

The image is all that the core knows of a plan, and the one definition between the two: it can be kept, sent to another
process and loaded there. Rows (`rows.py`) refer to each other by their numbers, so whatever adds one gives it back. A
record that refers to what isn't made yet is reserved first (`reserve`) and put in its place later: that is how records
contain themselves. Equal texts and equal chains of steps stand once.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from hashlib import blake2b

from native import binding
from native.binding import C
from translator.plan.instructions import Insn
from translator.plan.rows import (
    NONE,
    EnumRow,
    FieldRow,
    FillRow,
    Header,
    KeyRow,
    NodeRow,
    RecordRow,
    StepRow,
    SymbolRow,
)


@dataclass
class Image:
    """The tables under construction."""

    nodes: list[NodeRow] = field(default_factory=lambda: [NodeRow(C.H9_OP_NULL)])
    fields: list[FieldRow] = field(default_factory=lambda: [FieldRow(0)])  # `also` 0 means: no further field
    records: list[RecordRow] = field(default_factory=list)
    keys: list[KeyRow] = field(default_factory=list)
    fills: list[FillRow] = field(default_factory=list)
    enums: list[EnumRow] = field(default_factory=list)
    symbols: list[SymbolRow] = field(default_factory=list)
    steps: list[StepRow] = field(default_factory=lambda: [StepRow(C.H9_STEP_NONE)])
    insns: list[Insn] = field(default_factory=list)
    words64: list[int] = field(default_factory=list)
    words32: list[int] = field(default_factory=list)
    pool: bytearray = field(default_factory=bytearray)
    names: list[str] = field(default_factory=lambda: [""])
    found: int = 0
    """Words that a context keeps of what was found (S36)."""
    sought: dict[int, list[tuple[int, str]]] = field(default_factory=dict)
    """What is told where no record has it: of a record table the bits and names of members."""
    lookups: list[tuple[int, str]] = field(default_factory=list)
    """The same of instructions: their numbers, and the paths that they look for."""
    defaults: dict[int, str] = field(default_factory=dict)
    """The target's path of each row of fills that counts."""
    _texts: dict[bytes, int] = field(default_factory=dict)
    _names: dict[str, int] = field(default_factory=lambda: {"": 0})
    _chains: dict[tuple[StepRow, ...], int] = field(default_factory=dict)

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

    # --- nodes and their steps ---

    def node(self, row: NodeRow, steps: Sequence[StepRow] = ()) -> int:
        """Adds a node, with conversion steps after what it reads."""
        self.nodes.append(row._replace(conv=self.chain(steps)) if steps else row)
        return len(self.nodes) - 1

    def with_steps(self, node: int, steps: Sequence[StepRow]) -> int:
        """A copy of a node with further steps after its own."""
        row = self.nodes[node]
        return self.node(row, [*self.steps_of(row), *steps])

    def with_flag(self, node: int, flag: int) -> int:
        """A copy of a node with a flag more."""
        row = self.nodes[node]
        return self.node(row._replace(flags=row.flags | flag))

    def steps_of(self, row: NodeRow) -> list[StepRow]:
        """The steps of a node."""
        found = []
        at = row.conv
        while at:
            found.append(self.steps[at]._replace(next=0))
            at = self.steps[at].next
        return found

    def chain(self, steps: Sequence[StepRow]) -> int:
        """The first of a chain of conversion steps, 0 for none. The last stands first, as the core asks for it."""
        if not steps:
            return 0
        identity = tuple(steps)
        if identity not in self._chains:
            after = self.chain(steps[1:])
            self.steps.append(steps[0]._replace(next=after))
            self._chains[identity] = len(self.steps) - 1
        return self._chains[identity]

    # --- records ---

    def reserve(self) -> int:
        """The number of a record table that is made later."""
        self.records.append(RecordRow())
        return len(self.records) - 1

    def seek(self, bits: int) -> int:
        """Words for how many records were read and, in so many bits, what any of them had; the number of the first."""
        first = self.found
        self.found += 1 + (bits + 63) // 64
        return first

    def add_fields(self, rows: Iterable[FieldRow]) -> int:
        """Adds rows side by side; the number of the first."""
        first = len(self.fields)
        self.fields.extend(rows)
        return first

    def many32(self, values: Iterable[int]) -> int:
        """Adds words of 32 bits; the number of the first."""
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
        """A hash table of (text, index) pairs, as (first word, mask). The first of equal texts counts.

        Its seed is a digest of all the texts: whoever changes one to make it collide changes where all of them stand
        (B19), and the image is the same each time.
        """
        size = 4
        while size < 2 * len(spellings) + 1:
            size *= 2
        table = [0] * size
        first: dict[bytes, int] = {}
        for text, index in spellings:
            first.setdefault(text, index)
        seed = blake2b(b"\0".join(first), digest_size=4 * C.H9_SEED_WORDS).digest()
        hashes = binding.key_hashes(seed, first)
        for (text, index), hashed in zip(first.items(), hashes, strict=True):
            at = hashed & (size - 1)
            while table[at]:
                at = (at + 1) & (size - 1)
            self.keys.append(KeyRow(self.text(text), len(text), index, hashed))
            table[at] = len(self.keys)
        return self.many32([*table, *array("I", seed)]), size - 1

    # --- bytes ---

    def dump(
        self, *, reader: int, writer: int, read_root: int, write_root: int, skip_root: int = NONE,
        registers: int = 0, many: int = 0, tags: int = 0, lookups: int = NONE,
    ) -> bytes:  # fmt: skip
        """The image's bytes. `reader`, `writer`: h9_format; the roots: nodes; `registers` and `many`: of the
        instructions; `tags`: CBOR's policy; `lookups`: the first of the words that instructions have (`seek`)."""
        header = Header(
            reader, writer, read_root, write_root, skip_root, registers, many, tags,
            len(self.nodes), len(self.fields), len(self.records), len(self.keys), len(self.fills), len(self.enums),
            len(self.symbols), len(self.steps), len(self.insns), len(self.words64), len(self.words32), len(self.pool),
            len(self.names), found=self.found, found_insns=lookups,
        )  # fmt: skip
        out = bytearray(binding.pack("h9_header", [header]))
        for table in self._tables():
            out += bytes(-len(out) % 8)
            out += table
        return bytes(out)

    def _tables(self) -> list[bytes]:
        """In the header's order."""
        return [
            binding.pack("h9_node", self.nodes),
            binding.pack("h9_field", self.fields),
            binding.pack("h9_record", self.records),
            binding.pack("h9_key", self.keys),
            binding.pack("h9_fill", self.fills),
            binding.pack("h9_enum", self.enums),
            binding.pack("h9_symbol", self.symbols),
            binding.pack("h9_step", self.steps),
            binding.pack("h9_insn", self.insns),
            array("Q", self.words64).tobytes(),
            array("I", self.words32).tobytes(),
            bytes(self.pool),
        ]
