"""What all that translate a batch agree on: `Messages` go in, `Made` comes out, a `Translation` is between them.

A batch crosses every door in this form, so that no door looks into a message: one buffer with the places of its
messages, beside them what a protocol knows of each (headers, key, time, position). A refused message is an entry in
`Made.errors` at its place; it never stops or loses its neighbours.

Plans of the C core, registered transformers and messages by schema id are Translations; `translator.engine` makes them
from what users name, and nothing else does.
"""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import accumulate
from typing import TYPE_CHECKING, Any, Final, Literal, NamedTuple, Protocol, TypeAlias, TypeVar, runtime_checkable

from native.errors import tombstone
from translator import varints

if TYPE_CHECKING:
    from native.errors import DataError
    from schemas.model import Schema, Type
    from translator.framing import Headers
    from translator.losses import Losses

T = TypeVar("T")
Data: TypeAlias = bytes | bytearray | memoryview
Offsets: TypeAlias = "array[int] | memoryview"
"""A buffer of int64."""
Delimiting = Literal["none", "newline", "varint", "be32"]
"""What stands around each result in `Made.data`: nothing, a newline after it, or its length before it (a varint, or 4
bytes, big-endian)."""
HeaderList: TypeAlias = "list[tuple[str, bytes | None]]"
"""A message's headers. Kafka's names may come more than once, and a value may be None."""
RUN: Final = 1 << 16
"""Messages that one call takes of a run that doesn't say how many it has."""


class End(NamedTuple):
    """One end of a translation: the format's name, and the schema of its messages (None: untyped)."""

    format: str
    schema: Schema | None

    @property
    def root(self) -> Type | None:
        """The type of its messages."""
        return self.schema.root if self.schema else None


class Message(NamedTuple):
    """A message with its headers."""

    data: bytes
    headers: HeaderList


@dataclass(frozen=True, slots=True)
class Messages:
    """A batch: message i is `data[begins[i]:ends[i]]`. What a protocol knows of each message stands beside them, where
    it knows it: headers, key, time (nanoseconds since 1970), and the position by which its source acknowledges it."""

    data: Data
    begins: Offsets
    ends: Offsets
    headers: Sequence[Headers] | None = None
    keys: Sequence[bytes | None] | None = None
    times: Sequence[int | None] | None = None
    positions: Sequence[object] | None = None

    @classmethod
    def of(cls, messages: Iterable[Data], headers: Sequence[Headers] | None = None) -> Messages:
        """Messages that are not in one buffer yet. TypeError: it is one buffer, which needs its offsets. DataError: one
        is a tombstone."""
        if isinstance(messages, (bytes, bytearray, memoryview)):
            raise TypeError("one buffer of messages needs its offsets")
        parts = list(messages)
        if None in parts:
            raise tombstone(parts.index(None))  # type: ignore[arg-type]
        ends = array("q", accumulate(map(len, parts)))
        return cls(b"".join(parts), array("q", (0, *ends))[:-1], ends, headers)

    @classmethod
    def at(cls, data: Data, offsets: object, headers: Sequence[Headers] | None = None) -> Messages:
        """One buffer with `offsets`, an int64 buffer of n + 1 (Arrow's large_binary). TypeError: they are not that."""
        bounds = memoryview(offsets)  # type: ignore[arg-type]
        if bounds.itemsize != 8 or bounds.format not in ("q", "l", "<q"):
            raise TypeError("offsets are a buffer of int64")
        bounds = bounds.cast("B").cast("q")
        return cls(data, bounds[:-1], bounds[1:], headers)

    @classmethod
    def given(cls, data: Iterable[Data] | Data, offsets: object = None, headers: Any = None) -> Messages:
        """As callers of `translate_many` name them: a sequence of messages, or one buffer with its offsets."""
        return cls.of(data, headers) if offsets is None else cls.at(data, offsets, headers)  # type: ignore[arg-type]

    def __post_init__(self) -> None:
        """ValueError: what is said of each message is said of more or fewer than there are."""
        count = len(self.begins)
        for name in ("ends", "headers", "keys", "times", "positions"):
            said = getattr(self, name)
            if said is not None and len(said) != count:
                raise ValueError(f"{count} messages, and {name} of {len(said)}")

    def __len__(self) -> int:
        return len(self.begins)

    def some(self, indexes: Sequence[int]) -> Messages:
        """Of the same buffer, those messages alone."""
        begins, ends = (array("q", (of[i] for i in indexes)) for of in (self.begins, self.ends))
        headers, keys = _some(self.headers, indexes), _some(self.keys, indexes)
        return Messages(
            self.data, begins, ends, headers, keys, _some(self.times, indexes), _some(self.positions, indexes)
        )

    def __getitem__(self, index: int) -> bytes:
        return bytes(memoryview(self.data)[self.begins[index] : self.ends[index]])

    def __iter__(self) -> Iterator[bytes]:
        return (self[i] for i in range(len(self)))


def offsets_of(parts: Iterable[bytes]) -> array[int]:
    """Where each part begins once they are joined, and where the last one ends."""
    return array("q", accumulate(map(len, parts), initial=0))


def _some(values: Sequence[T] | None, indexes: Sequence[int]) -> list[T] | None:
    return None if values is None else [values[i] for i in indexes]


@dataclass(frozen=True, slots=True, repr=False)
class Made:
    """What a batch became: result i is `made[i]`, which is `data[offsets[i]:offsets[i + 1]]`, made of message
    `inputs[i]`.

    `offsets` are int64, n + 1 of them (Arrow's large_binary). Where a message makes one result, result i is that of
    message i, and empty if it was refused. Where a message makes any number, `items` has each result's number among
    those of its message (refused ones are counted), and only good results are here.

    `errors` say what was refused: by `index` the message, by `item` which of its results (None: all of it). `headers`:
    of each result, where the messages had any, or results get some.
    """

    data: bytes
    offsets: array[int]
    errors: list[DataError]
    inputs: Sequence[int]
    items: Sequence[int] | None = None
    headers: Sequence[HeaderList] | None = None

    def __repr__(self) -> str:
        return f"<{len(self)} made, {len(self.errors)} refused, {len(self.data)} bytes>"

    def __len__(self) -> int:
        return len(self.offsets) - 1

    def __getitem__(self, index: int) -> bytes:
        if not -len(self) <= index < len(self):
            raise IndexError(index)
        index %= len(self)
        return self.data[self.offsets[index] : self.offsets[index + 1]]

    @property
    def ends(self) -> memoryview:
        """Where each result ends in `data`."""
        return memoryview(self.offsets)[1:]

    def message(self, index: int) -> Message:
        """Result `index` with its headers."""
        return Message(self[index], self.headers[index] if self.headers is not None else [])

    def each(self) -> Made:
        """The good results alone, each with its number among those of its message."""
        if self.items is not None:
            return self
        refused = {each.index for each in self.errors}
        good = array("q", (i for i in range(len(self)) if i not in refused))
        offsets = array("q", (0, *(self.offsets[i + 1] for i in good)))
        headers = self.headers and _ChosenHeaders(self.headers, good)
        return Made(self.data, offsets, self.errors, good, array("q", bytes(8 * len(good))), headers)

    def some(self, indexes: Sequence[int]) -> Made:
        """Of many results, those alone."""
        parts = [self[i] for i in indexes]
        return replace(
            self, data=b"".join(parts), offsets=offsets_of(parts),
            inputs=array("q", (self.inputs[i] for i in indexes)),
            items=self.items and array("q", (self.items[i] for i in indexes)),
            headers=self.headers and _ChosenHeaders(self.headers, indexes),
        )  # fmt: skip

    def refusing(self, errors: list[DataError]) -> Made:
        """The same, but that these messages are refused as a whole."""
        if not errors:
            return self
        out = {each.index for each in errors}
        others = [each for each in self.errors if each.index not in out]
        told = sorted([*others, *errors], key=lambda each: (each.index, each.item or 0))
        if self.items is not None:
            return replace(self.some([i for i, message in enumerate(self.inputs) if message not in out]), errors=told)
        parts = [b"" if i in out else self[i] for i in range(len(self))]
        return replace(self, data=b"".join(parts), offsets=offsets_of(parts), errors=told)

    def wrapped(self, wrap: Callable[[bytes], bytes]) -> Made:
        """The same with something around each good result."""
        refused = {each.index for each in self.errors} if self.items is None else set[int]()
        parts = [b"" if i in refused else wrap(self[i]) for i in range(len(self))]
        return replace(self, data=b"".join(parts), offsets=offsets_of(parts))


class _ChosenHeaders(Sequence[HeaderList]):
    """The headers of some results."""

    def __init__(self, headers: Sequence[HeaderList], indexes: Sequence[int]) -> None:
        self._headers = headers
        self._indexes = indexes

    def __len__(self) -> int:
        return len(self._indexes)

    def __getitem__(self, index: Any) -> Any:
        return self._headers[self._indexes[index]]


class Run(NamedTuple):
    """What became of messages that stand back to back: what was made, which messages they were, and how many bytes
    they took."""

    made: Made
    messages: Messages
    used: int


@runtime_checkable
class Translation(Protocol):
    """Translates batches of messages from one end to the other. Shared between threads: keeps nothing of a message."""

    @property
    def source(self) -> End:
        """What goes in."""
        ...

    @property
    def target(self) -> End:
        """What comes out."""
        ...

    @property
    def losses(self) -> Losses:
        """What is lost, field by field, as far as it is known before the first message."""
        ...

    @property
    def many(self) -> bool:
        """Whether a message makes any number of results."""
        ...

    def translate_batch(self, messages: Messages, delimiting: Delimiting = "none") -> Made:
        """The whole batch. What is refused is in the errors; nothing else is raised because of a message."""
        ...

    def translate_run(
        self, data: Data, count: int | None = None, *, partial: bool = False, delimiting: Delimiting = "none",
        batch: int = RUN,
    ) -> Run:  # fmt: skip
        """Messages that stand back to back in `data`: `count` of them, or up to `batch` until it ends. `partial`: more
        may follow `data`, so that its last message may be cut off.

        PlanError: where these messages end can't be told.
        """
        ...

    def ignored(self) -> dict[str, int]:
        """Members that were passed over in this thread because the schema does not name them, by path (S36). Here and
        in `defaulted`, messages that were refused don't count."""
        ...

    def defaulted(self) -> dict[str, int]:
        """Defaults that were filled in in this thread because the source lacked a value, by the target's path."""
        ...

    def never_found(self) -> dict[str, int]:
        """What was looked for in this thread and no record had so far, by the source's path, with the number of records
        that were looked at."""
        ...


def delimiter(delimiting: Delimiting) -> Callable[[bytes], bytes]:
    """What puts a delimiting around a result, as the C core does. ValueError: there is no such delimiting."""
    if delimiting not in _DELIMITERS:
        raise ValueError(f"no delimiting {delimiting!r}; there are {', '.join(_DELIMITERS)}")
    return _DELIMITERS[delimiting]


_DELIMITERS: Final[dict[str, Callable[[bytes], bytes]]] = {
    "none": lambda message: message,
    "newline": lambda message: message + b"\n",
    "varint": lambda message: varints.encode(len(message)) + message,
    "be32": lambda message: len(message).to_bytes(4, "big") + message,
}
