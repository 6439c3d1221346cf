"""The table of transformers, by (source format, target format).

Every pair of built-in formats is in it; a user registers a transformer in Python for a pair of these, or for formats
of the user's own, and `translator.compile` takes it wherever both names fit:

    def from_csv(source, target, mapping, options):
        return CsvReader(target)

    translator.register("csv", "neuron", from_csv)
    translator.compile("csv").translate(line)
"""

from __future__ import annotations

import threading
from abc import ABC, abstractmethod
from array import array
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any, Final, Literal, NamedTuple, Protocol, TypeAlias, runtime_checkable

from translator import formats

if TYPE_CHECKING:
    from native.binding import Limits
    from schemas.model import Schema
    from translator.engine.plan import Batch
    from translator.mapping.document import Mapping
    from translator.policies import Policies


@runtime_checkable
class Transformer(Protocol):
    """What translates messages of one format and schema into another: a `Plan`, or a user's own.

    Shared between threads, so that it must not keep anything of a message.
    """

    @property
    def translate(self) -> Callable[[bytes], bytes]:
        """Translates one message. DataError: it is refused."""
        ...

    def translate_many(
        self, data: Sequence[bytes] | bytes | bytearray | memoryview, offsets: Any = None, *, framing: str = "none"
    ) -> Batch:
        """Translates many (`Plan.translate_many`); a refused one is in the batch's errors and stops no other."""
        ...


class OneByOne(ABC):
    """A transformer for which it is enough to say how one message is translated."""

    @abstractmethod
    def translate(self, data: bytes) -> bytes:
        """Translates one message. DataError: it is refused."""

    def translate_many(
        self, data: Sequence[bytes] | bytes | bytearray | memoryview, offsets: Any = None, *, framing: str = "none"
    ) -> Batch:
        """Translates many, one after another."""
        return each(self.translate, data, offsets, framing=framing)


@dataclass(frozen=True)
class Options:
    """What a transformer is to be made with, besides schemas and mapping."""

    policies: Policies
    drop: tuple[str, ...]
    limits: Limits


Factory: TypeAlias = "Callable[[Schema | None, Schema | None, Mapping | None, Options], Transformer]"
"""Makes the transformer for (source schema, target schema, mapping, options). PlanError: there is none for these."""


class Entry(NamedTuple):
    """One pair of the table, and who serves it."""

    source: str
    target: str
    kind: Literal["native", "registered"]


_LOCK: Final = threading.Lock()
_registered: dict[tuple[str, str], Factory] = {}


def register(source: str, target: str, factory: Factory) -> None:
    """From now on `compile` has `factory` make the transformer from format `source` to format `target`.

    The formats may be built-in ones or of any new name; a pair that was registered before is replaced.
    ValueError: a name that is none.
    """
    for name in (source, target):
        if not name or not name.replace("-", "").replace("_", "").isalnum():
            raise ValueError(f"a format's name has letters, digits, - and _, unlike {name!r}")
    with _LOCK:
        _registered[source, target] = factory


def unregister(source: str, target: str) -> None:
    """Takes a registered transformer out again; the native one of the pair, if there is one, serves it as before.

    KeyError: none is registered.
    """
    with _LOCK:
        del _registered[source, target]


def transformers() -> list[Entry]:
    """The table: every pair of formats that can be translated, in order."""
    with _LOCK:
        registered = set(_registered)
    pairs = {(source, target) for source in formats.NAMES for target in formats.NAMES} | registered
    return [Entry(*pair, "registered" if pair in registered else "native") for pair in sorted(pairs)]


def registered_formats() -> set[str]:
    """The names of formats in registered pairs."""
    with _LOCK:
        return {name for pair in _registered for name in pair}


def find(source: str, target: str) -> Factory | None:
    """The registered factory of a pair, None where the native transformer serves it."""
    with _LOCK:
        return _registered.get((source, target))


def each(translate: Callable[[bytes], bytes], data: Any, offsets: Any = None, *, framing: str = "none") -> Batch:
    """`translate_many` by way of `translate`: a refused message is in the batch's errors and stops no other."""
    from native.errors import DataError
    from translator.engine.plan import Batch

    frame = frame_of(framing)
    parts: list[bytes] = []
    ends, errors = array("q", (0,)), list[DataError]()
    for i, message in enumerate(_messages(data, offsets)):
        try:
            part = frame(translate(message))
        except DataError as error:
            error.index = i
            errors.append(error)
            part = b""
        parts.append(part)
        ends.append(ends[-1] + len(part))
    return Batch(b"".join(parts), ends, errors)


def frame_of(framing: str) -> Callable[[bytes], bytes]:
    """What puts a framing around a message, as the C core does. ValueError: there is no such framing."""
    if framing not in _FRAMES:
        raise ValueError(f"no framing {framing!r}; there are {', '.join(_FRAMES)}")
    return _FRAMES[framing]


def _messages(data: Any, offsets: Any) -> list[bytes]:
    if offsets is None:
        if isinstance(data, (bytes, bytearray, memoryview)):
            raise TypeError("one buffer of messages needs its offsets")
        return [bytes(message) for message in data]
    whole, bounds = memoryview(data).cast("B"), memoryview(offsets).cast("B").cast("q")
    return [bytes(whole[begin:end]) for begin, end in pairwise(bounds)]


def _varint(size: int) -> bytes:
    out = bytearray()
    while size > 127:
        out.append(size & 127 | 128)
        size >>= 7
    return bytes([*out, size])


_FRAMES: Final[dict[str, Callable[[bytes], bytes]]] = {
    "none": lambda message: message,
    "newline": lambda message: message + b"\n",
    "varint": lambda message: _varint(len(message)) + message,
    "be32": lambda message: len(message).to_bytes(4, "big") + message,
}
