"""A plan as users hold it: compile once, translate many."""

from __future__ import annotations

import threading
from array import array
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING, Any, TypeVar, overload

from native import binding
from native.binding import Limits
from native.errors import DataError, PlanError
from translator.losses import Losses
from translator.plan.compiler import Compiled, Side, compile_pair
from translator.policies import Policies

if TYPE_CHECKING:
    from schemas.model import Schema
    from translator.mapping.document import Mapping

T = TypeVar("T")
Translate = Callable[[bytes], bytes]


class Batch:
    """The result of `translate_many`: message i is `data[offsets[i]:offsets[i + 1]]`.

    `offsets` are int64 (Arrow's large_binary layout). A refused message is empty there and has its place in `errors`,
    whose `index` says which it is.
    """

    __slots__ = ("data", "errors", "offsets")

    def __init__(self, data: bytes, offsets: array[int], errors: list[DataError]) -> None:
        self.data = data
        self.offsets = offsets
        self.errors = errors

    def __repr__(self) -> str:
        return f"<{type(self).__name__} of {len(self)}, {len(self.errors)} refused, {len(self.data)} bytes>"

    def __len__(self) -> int:
        return len(self.offsets) - 1

    def __getitem__(self, index: int) -> bytes:
        if not -len(self) <= index < len(self):
            raise IndexError(index)
        index %= len(self)
        return self.data[self.offsets[index] : self.offsets[index + 1]]


class EachBatch(Batch):
    """The result of `translate_each`: result i is `data[offsets[i]:offsets[i + 1]]`, made of input `inputs[i]` as its
    item `items[i]`. Both count from 0, items within their input, refused ones too. `errors` say by `index` and `item`
    what was refused; an `item` of None is an input as a whole, which then made nothing.
    """

    __slots__ = ("inputs", "items")

    def __init__(
        self, data: bytes, offsets: array[int], errors: list[DataError], inputs: array[int], items: array[int]
    ) -> None:
        super().__init__(data, offsets, errors)
        self.inputs = inputs
        self.items = items


class Plan:
    """A translation, compiled for one pair of schemas. Immutable; safe to share between threads.

    Pickles as its schemas and options, and is compiled again where it is loaded.
    """

    def __init__(
        self,
        source: Side,
        target: Side,
        *,
        mapping: Mapping | None = None,
        policies: Policies | None = None,
        drop: Sequence[str] = (),
        limits: Limits | None = None,
    ) -> None:
        """PlanError: the pair doesn't make a plan; it lists every reason."""
        self.source = source
        self.target = target
        self.mapping = mapping
        self.policies = policies or Policies()
        self.drop = tuple(drop)
        self.limits = limits or Limits()
        compiled = self._compile()
        self.losses: Losses = compiled.losses
        """What is lost, field by field."""
        self.warnings = compiled.warnings
        """What the schemas say in a way that its author may not have meant (S27)."""
        self._core = binding.Plan(compiled.image, compiled.names, self.limits)
        self.many = self._core.many
        """Whether its mapping makes any number of messages of one: then `translate_each` is for it."""
        self.translate: Callable[[bytes], bytes] = self._core.translate if not self.many else _needs_each
        """Translates one message. DataError: it is refused, and why and where."""
        self._prepare()

    def _prepare(self) -> None:
        """What `decode` and `encode` make when they are first called."""
        self._lock = threading.Lock()
        self._decoders: dict[Any, tuple[Translate, Callable[[bytes], Any]]] = {}
        self._encoder: tuple[Callable[[Any], bytes], Translate] | None = None
        self._plain_decoder: Translate | None = None

    def __repr__(self) -> str:
        kinds = ", ".join(f"{len(self.losses.of(verdict))} {verdict}" for verdict in ("exact", "checked", "dropped"))
        return f"<Plan {self.source.format.name} to {self.target.format.name}: {kinds}>"

    def _compile(self) -> Compiled:
        try:
            return self._compiled()
        except RecursionError:
            raise PlanError([("", "the schemas are nested too deep")]) from None
        except OverflowError as error:  # a table or a frame over the image's 16 bits
            raise PlanError([("", f"the schemas are too large: {error}")]) from None

    def _compiled(self) -> Compiled:
        if self.mapping is None:
            return compile_pair(self.source, self.target, self.policies, self.drop)
        from translator.mapping.program import compile_mapping

        return compile_mapping(self.source, self.target, self.mapping, self.policies)

    def translate_many(
        self, data: Sequence[bytes] | bytes | bytearray | memoryview, offsets: Any = None, *, framing: str = "none"
    ) -> Batch:
        """Translates many messages in one call.

        `data`: a sequence of messages; or one buffer with `offsets`, an int64 buffer of n + 1 (Arrow's large_binary).
        A refused message is an entry in the batch's `errors` and nothing in its data.
        """
        if self.many:
            _needs_each(b"")
        if offsets is None:
            data, offsets = _joined(data)
        bounds = _bounds(offsets)
        run = self._core.translate_many(data, bounds[:-1], bounds[1:], framing)
        return Batch(run.data, array("q", (0,)) + run.ends, run.errors)

    def translate_each(
        self, data: Sequence[bytes] | bytes | bytearray | memoryview, offsets: Any = None, *, framing: str = "none"
    ) -> EachBatch:
        """Translates messages of which each makes any number, as the mapping's `for_each` says.

        `data`: one message, a sequence of messages, or one buffer with `offsets` as in `translate_many`. What is
        refused is an entry in the batch's `errors`, by input and item; its neighbours are there.
        """
        if offsets is None and isinstance(data, (bytes, bytearray, memoryview)):
            offsets = array("q", (0, len(data)))
        if offsets is None:
            data, offsets = _joined(data)
        if not self.many:
            return _one_each(self.translate_many(data, offsets, framing=framing))
        bounds = _bounds(offsets)
        run = self._core.translate_many(data, bounds[:-1], bounds[1:], framing)
        assert run.results is not None
        made = run.results
        return EachBatch(run.data, array("q", (0,)) + made.ends, run.errors, made.records, made.items)

    @property
    def core(self) -> binding.Plan:
        """The loaded plan itself, for those who bring their own batches (the containers do)."""
        return self._core

    @overload
    def decode(self, data: bytes) -> Any: ...
    @overload
    def decode(self, data: bytes, type: type[T]) -> T: ...

    def decode(self, data: bytes, type: Any = Any) -> Any:  # noqa: A002
        """One message as Python objects: dicts, or a `msgspec.Struct` (or what msgspec can make) if `type` is given.

        In dicts decimals, UUIDs and times are text, with nanoseconds where there are any (RFC 3339), enums names.
        What a type can't hold is refused (nanoseconds in a datetime: INEXACT); members that it hasn't are passed over.
        DataError: the message is refused. msgspec.ValidationError: it doesn't fit `type`. PlanError: `type` has times,
        and no schema says where they are.
        """
        try:
            translate, read = self._decoders[type]
        except (KeyError, TypeError):
            translate, read = self._decoder(type)
        return read(translate(data))

    def decode_each(self, data: bytes, type: Any = Any) -> list[Any]:  # noqa: A002
        """All that one message makes (`translate_each`), as `decode` gives it. DataError: the first that is refused."""
        import msgspec

        batch = self._plan_to_python(self._schema_for(type)).translate_each(data)
        if batch.errors:
            raise batch.errors[0]
        read = msgspec.msgpack.Decoder(type).decode
        return [read(batch[i]) for i in range(len(batch))]

    def encode(self, value: Any) -> bytes:
        """Python objects (as `decode` gives them, Structs, datetimes, UUIDs, Decimals) as a message of the target.

        A float is rounded to a float32; None leaves an optional field unset; a member that the schema hasn't is refused
        (unless by policy unknown=ignore). DataError: they don't fit its schema. TypeError: msgspec has no such type.
        """
        write, translate = self._encoder or self._make_encoder()
        try:
            return translate(write(value))
        except OverflowError:  # beyond 64 bits, where MessagePack ends
            raise DataError("RANGE", "out of the target's range") from None

    def _decoder(self, type_: Any) -> tuple[Translate, Callable[[bytes], Any]]:
        import msgspec

        pair = self._to_python(type_), msgspec.msgpack.Decoder(type_).decode
        with suppress(TypeError), self._lock:  # TypeError: a type without a hash is prepared each time
            self._decoders[type_] = pair
        return pair

    def _to_python(self, type_: Any) -> Translate:
        """What turns a message of the source into MessagePack for `type_`."""
        schema = self._schema_for(type_)
        if schema is not self._decoded_schema():
            return self._translation_to_python(schema)
        with self._lock:
            found = self._plain_decoder = self._plain_decoder or self._translation_to_python(self.target.schema)
        return found

    def _schema_for(self, type_: Any) -> Schema | None:
        """The schema of what is decoded, with just what `type_` can hold."""
        from translator.engine.objects import narrowed

        schema = self._decoded_schema()
        return schema if type_ is Any else narrowed(schema, type_)

    def _decoded_schema(self) -> Schema | None:
        """Of the messages that `decode` gives."""
        return self.target.schema or (None if self.mapping else self.source.schema)

    def _translation_to_python(self, schema: Schema | None) -> Translate:
        return self._plan_to_python(schema).translate

    def _plan_to_python(self, schema: Schema | None) -> Plan:
        return Plan(
            self.source, Side(python_format(), schema),
            mapping=self.mapping, policies=self.policies, drop=self.drop, limits=self.limits,
        )  # fmt: skip

    def _make_encoder(self) -> tuple[Callable[[Any], bytes], Translate]:
        import msgspec

        with self._lock:
            if self._encoder is None:
                self._encoder = msgspec.msgpack.Encoder().encode, self._translation_from_python()
            return self._encoder

    def _translation_from_python(self) -> Translate:
        from translator.engine.objects import for_objects, widened

        schema = self._decoded_schema()
        source = Side(python_format(), widened(schema) if schema else None)
        target = Side(self.target.format, schema)
        return Plan(source, target, policies=for_objects(self.policies), limits=self.limits).translate

    def ignored(self) -> dict[str, int]:
        """Members passed over in this thread because the source's schema doesn't name them (S14), by name."""
        counts: dict[str, int] = {}
        for _, key, count in self._core.context().ignored():
            name = key.decode("utf-8", "backslashreplace") or "(others)"
            counts[name] = counts.get(name, 0) + count
        return counts

    def __reduce__(self) -> Any:
        return _rebuild, (
            self.source.format.name, self.source.schema, self.target.format.name, self.target.schema,
            self.mapping, self.policies, self.drop, self.limits,
        )  # fmt: skip


def _rebuild(
    source: str, s: Any, target: str, t: Any, mapping: Any, policies: Policies, drop: tuple[str, ...], limits: Limits
) -> Plan:
    return Plan(
        Side(_format(source), s), Side(_format(target), t), mapping=mapping, policies=policies, drop=drop, limits=limits
    )


def _format(name: str) -> Any:
    from translator import formats

    return formats.get(name)


def python_format() -> Any:
    from translator.formats.msgpack import PYTHON

    return PYTHON


def _needs_each(data: bytes) -> bytes:
    raise PlanError([("", "its mapping makes any number of messages of one: use translate_each")])


def _bounds(offsets: Any) -> memoryview:
    bounds = memoryview(offsets)
    if bounds.itemsize != 8 or bounds.format not in ("q", "l", "<q"):
        raise TypeError("offsets are a buffer of int64")
    return bounds.cast("B").cast("q")


def _one_each(batch: Batch) -> EachBatch:
    """A batch in which each message made one, or was refused."""
    refused = {each.index for each in batch.errors}
    good = array("q", (i for i in range(len(batch)) if i not in refused))
    offsets = array("q", (0, *(batch.offsets[i + 1] for i in good)))
    return EachBatch(batch.data, offsets, batch.errors, good, array("q", bytes(8 * len(good))))


def _joined(messages: Any) -> tuple[bytes, array[int]]:
    """Messages side by side, with their offsets."""
    if isinstance(messages, (bytes, bytearray, memoryview)):
        raise TypeError("one buffer of messages needs its offsets")
    messages, offsets, total = list(messages), array("q", (0,)), 0
    for message in messages:
        total += len(message)
        offsets.append(total)
    return b"".join(messages), offsets


__all__ = ["Batch", "EachBatch", "Plan", "PlanError"]
