"""Avro: whether a reader's schema resolves a writer's (specification, "Schema Resolution"), and where it does not.

Theory of operation: a pair of types is readable if all its *clauses* hold; a clause is a failure, or a choice of pairs
of which one must be readable. The pairs reachable from the root are laid out first. Then unreadability spreads from
failures to all that depends on them; what it does not reach is readable, also types that contain themselves. So a
schema of any depth costs no stack, each pair is looked at once, and unions meet by name (B40: linear).

Kinds are those of Java's library. Beyond it: a decimal's scale must stay and its precision may only grow, since the
specification matches decimals and another scale would change every value. Names match by their last part or by an
alias of the reader's.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Final

from schemas import model
from schemas.avro import branch_name
from schemas.compatibility.documents import AvroDocument
from schemas.compatibility.verdicts import Difference, Sides
from schemas.model import MISSING, Array, Decimal, Enum, Field, Fixed, Map, Record, Type, Union

TypePair = tuple[Type, Type]

_PROMOTED: Final = {
    "int": ("int", "long", "float", "double"),
    "long": ("long", "float", "double"),
    "float": ("float", "double"),
    "string": ("string", "bytes"),
    "bytes": ("bytes", "string"),
}
"""What a reader may be for a writer of this type."""
_NAMED: Final = ("record", "enum", "fixed")


@dataclass(frozen=True, slots=True)
class _Clause:
    """`choices`: pairs of which one must be readable, at `path` below. `failure`: what it is if none can be.

    Where there is only one choice, what is wrong with it is told too, at `inner` below (at `path` where that is None).
    """

    path: str
    choices: tuple[tuple[Type, Type], ...] = ()
    failure: Difference | None = None
    inner: str | None = None


def differences(writer: AvroDocument, reader: AvroDocument, sides: Sides) -> list[Difference]:
    """Why `reader` can't read what `writer` wrote; a pair of types is reported where it first stands."""
    rules = _PairClauses(reader.aliases, sides)
    clauses = _AllClauses()
    clauses.lay_out((writer.schema.root, reader.schema.root), rules)
    return list(clauses.failures((writer.schema.root, reader.schema.root)))


def _key(pair: tuple[Type, Type]) -> TypePair:
    return pair[0], pair[1]


@dataclass(slots=True)
class _AllClauses:
    """The clauses of every pair, and the pairs that can't be read."""

    clauses: dict[TypePair, list[_Clause]] = field(default_factory=dict)
    broken: set[TypePair] = field(default_factory=set)
    _users: dict[TypePair, list[tuple[TypePair, int]]] = field(default_factory=dict)
    _left: dict[tuple[TypePair, int], int] = field(default_factory=dict)

    def lay_out(self, root: tuple[Type, Type], rules: _PairClauses) -> None:
        """Every pair reachable from the root, then what breaks."""
        pending = [root]
        failed: list[TypePair] = []
        while pending:
            pair = pending.pop()
            key = _key(pair)
            if key in self.clauses:
                continue
            self.clauses[key] = list(rules.clauses(*pair))
            for at, clause in enumerate(self.clauses[key]):
                self._left[key, at] = len(clause.choices)
                failed += [] if clause.choices else [key]
                pending += clause.choices
                for choice in clause.choices:
                    self._users.setdefault(_key(choice), []).append((key, at))
        self._spread(failed)

    def _spread(self, failed: list[TypePair]) -> None:
        while failed:
            key = failed.pop()
            if key in self.broken:
                continue
            self.broken.add(key)
            for user, at in self._users.get(key, ()):
                self._left[user, at] -= 1
                if not self._left[user, at]:
                    failed.append(user)

    def failures(self, root: tuple[Type, Type]) -> Iterator[Difference]:
        """What is wrong, in the order of the document."""
        pending = [("", root)]
        seen: set[TypePair] = set()
        while pending:
            path, pair = pending.pop()
            key = _key(pair)
            if key in seen or key not in self.broken:
                continue
            seen.add(key)
            inner = []
            for clause in self.clauses[key]:
                if any(_key(choice) not in self.broken for choice in clause.choices):
                    continue
                if clause.failure is not None:
                    yield replace(clause.failure, path=f"{path}{clause.path}" or "/")
                if len(clause.choices) == 1:
                    below = clause.path if clause.inner is None else clause.inner
                    inner.append((f"{path}{below}", clause.choices[0]))
            pending += reversed(inner)


@dataclass(frozen=True, slots=True)
class _PairClauses:
    """The clauses of one pair of types."""

    aliases: Mapping[str, tuple[str, ...]]
    sides: Sides
    _indexes: dict[Type, _Branches] = field(default_factory=dict)

    def clauses(self, writer: Type, reader: Type) -> Iterator[_Clause]:
        if isinstance(writer, Union):
            both = isinstance(reader, Union)
            for at, branch in enumerate(writer.branches):
                yield self._chosen(branch, reader, f"/{at}") if both else _Clause("", ((branch, reader),))
        elif isinstance(reader, Union):
            yield self._chosen(writer, reader, "")
        else:
            yield from self._plain(writer, reader)

    def _chosen(self, writer: Type, reader: Type, path: str) -> _Clause:
        """A writer's type among the branches of the reader's union: the first one that can read it (S18)."""
        assert isinstance(reader, Union)
        index = self._indexes.get(reader)
        if index is None:
            index = self._indexes[reader] = _Branches(reader, self.aliases)
        found = index.candidates(writer)
        message = f"no branch of the union in {self.sides.reader} reads {_shown(writer)} of {self.sides.writer}"
        detail = f"reader union lacking writer type: {_kind(writer).upper()}"
        choices = tuple((writer, reader.branches[at]) for at in found)
        return _Clause(
            path, choices, Difference("MISSING_UNION_BRANCH", "", message, detail), f"/{found[0]}" if found else None
        )

    def _fails(self, kind: str, path: str, message: str, detail: str) -> _Clause:
        return _Clause(path, failure=Difference(kind, "", message, detail))

    def _plain(self, writer: Type, reader: Type) -> Iterator[_Clause]:
        """Two types that are not unions."""
        wrote, reads = _kind(writer), _kind(reader)
        if reads not in _PROMOTED.get(wrote, (wrote,)):
            yield self._mismatch(_shown(writer), _shown(reader), wrote, reads)
            return
        if reads in _NAMED:
            yield from self._named(writer, reader)
        match writer, reader:
            case Record(), Record():
                yield from self._fields(writer, reader)
            case Enum(), Enum():
                yield from self._symbols(writer, reader)
            case Array(), Array():
                yield _Clause("/items", ((writer.items, reader.items),))
            case Map(), Map():
                yield _Clause("/values", ((writer.values, reader.values),))
            case Decimal(), Decimal():
                yield from self._decimals(writer, reader)
        if reads == "fixed":
            yield from self._sizes(writer, reader)

    def _mismatch(self, wrote: str, reads: str, *kinds: str) -> _Clause:
        message = f"{reads} in {self.sides.reader} can't read {wrote} of {self.sides.writer}"
        of, by = (each.upper() for each in kinds or (wrote, reads))
        return self._fails("TYPE_MISMATCH", "", message, f"reader type: {by} not compatible with writer type: {of}")

    def _named(self, writer: Type, reader: Type) -> Iterator[_Clause]:
        wrote, reads = branch_name(writer), branch_name(reader)
        if _last(wrote) != _last(reads) and wrote not in _aliases(reader, self.aliases):
            message = f"{reads} in {self.sides.reader} is called {wrote} in {self.sides.writer}, and has no such alias"
            yield self._fails("NAME_MISMATCH", "/name", message, f"expected: {wrote}")

    def _fields(self, writer: Record, reader: Record) -> Iterator[_Clause]:
        written = {each.name: each for each in writer.fields}
        for at, each in enumerate(reader.fields):
            found = next((written[name] for name in (each.name, *each.aliases) if name in written), None)
            if found is not None:
                yield _Clause(f"/fields/{at}/type", ((found.type, each.type),))
            elif each.default is MISSING:
                yield self._without_default(at, each)

    def _without_default(self, at: int, each: Field) -> _Clause:
        message = f"the field {each.name!r} has no default in {self.sides.reader}, and {self.sides.writer} lacks it"
        return self._fails("READER_FIELD_MISSING_DEFAULT_VALUE", f"/fields/{at}", message, each.name)

    def _symbols(self, writer: Enum, reader: Enum) -> Iterator[_Clause]:
        known = {name for name, _ in reader.symbols}
        lost = [name for name, _ in writer.symbols if name not in known]
        if lost and reader.default is None:
            message = f"{self.sides.reader} has no {', '.join(lost)} of {self.sides.writer}, nor a default symbol"
            yield self._fails("MISSING_ENUM_SYMBOLS", "/symbols", message, f"[{', '.join(lost)}]")

    def _decimals(self, writer: Decimal, reader: Decimal) -> Iterator[_Clause]:
        if writer.scale != reader.scale or writer.precision > reader.precision:
            wrote, reads = (f"decimal({each.precision},{each.scale})" for each in (writer, reader))
            yield self._mismatch(wrote, reads)

    def _sizes(self, writer: Type, reader: Type) -> Iterator[_Clause]:
        wrote, reads = _size(writer), _size(reader)
        if wrote != reads:
            message = f"{reads} bytes in {self.sides.reader} are {wrote} in {self.sides.writer}"
            yield self._fails("FIXED_SIZE_MISMATCH", "/size", message, f"expected: {wrote}, found: {reads}")


class _Branches:
    """A union's branches by what they can read."""

    def __init__(self, union: Union, aliases: Mapping[str, tuple[str, ...]]) -> None:
        self._places: dict[tuple[str, str], list[int]] = {}
        for at, branch in enumerate(union.branches):
            for name in _met(branch, aliases):
                self._places.setdefault((_kind(branch), name), []).append(at)

    def candidates(self, writer: Type) -> list[int]:
        """The places of the branches that may read a type."""
        kind = _kind(writer)
        if kind in _NAMED:
            name = branch_name(writer)
            keys = [(kind, f".{_last(name)}"), (kind, name)]
        else:
            keys = [(reads, "") for reads in _PROMOTED.get(kind, (kind,))]
        return sorted({at for key in keys for at in self._places.get(key, ())})


def _met(branch: Type, aliases: Mapping[str, tuple[str, ...]]) -> Iterable[str]:
    """The names that a branch is found by: with a dot before it the last part, and the aliases in full."""
    if _kind(branch) not in _NAMED:
        return ("",)
    return {f".{_last(branch_name(branch))}", *_aliases(branch, aliases)}


def _last(name: str) -> str:
    return name.rpartition(".")[2]


def _aliases(type_: Type, more: Mapping[str, tuple[str, ...]]) -> tuple[str, ...]:
    own = type_.aliases if isinstance(type_, Record | Enum | Fixed) else ()
    return own or more.get(branch_name(type_), ())


def _kind(type_: Type) -> str:
    """Avro's name for the kind of type that carries it."""
    match type_:
        case Record():
            return "record"
        case Enum():
            return "enum"
        case Union():
            return "union"
    return "fixed" if _size(type_) is not None else branch_name(type_)


def _size(type_: Type) -> int | None:
    match type_:
        case Fixed(size=size) | Decimal(size=size):
            return size
        case model.Uuid(form="bytes"):
            return 16
        case model.Period():
            return 12
    return None


def _shown(type_: Type) -> str:
    """A type in words: `record a.B`, `long`."""
    kind = _kind(type_)
    return f"{kind} {branch_name(type_)}" if kind in _NAMED else kind
