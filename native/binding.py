"""The binding to the C core: plans, contexts, batches. Status in, exception out; no policy.

This is the only importer of the compiled module. The core's numbers are re-exported as `C` (`C.H9_OP_INT`).
"""

from __future__ import annotations

import os
import struct
import threading
from array import array
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from operator import itemgetter
from typing import Any, Final, NamedTuple, Protocol

from native._core import ffi, lib
from native.errors import DataError, LimitError, tombstone

C: Final[Any] = lib
"""The constants of the image and the core, by the names of the headers."""

MESSAGES: Final[dict[int, tuple[str, str]]] = {
    lib.H9_E_NO_MEMORY: ("NO_MEMORY", "no memory"),
    lib.H9_E_STOPPED: ("STOPPED", "stopped"),
    lib.H9_E_BAD_PLAN: ("BAD_PLAN", "the plan's image is damaged"),
    lib.H9_E_TRUNCATED: ("TRUNCATED", "the input ends inside a value"),
    lib.H9_E_TRAILING: ("TRAILING", "bytes after the end of the message"),
    lib.H9_E_SYNTAX: ("SYNTAX", "not this format's grammar"),
    lib.H9_E_VARINT: ("VARINT", "a variable-length integer over 64 bits"),
    lib.H9_E_LENGTH: ("LENGTH", "an impossible length or count"),
    lib.H9_E_UTF8: ("UTF8", "text that is not UTF-8"),
    lib.H9_E_ESCAPE: ("ESCAPE", "not an escape, or an unpaired surrogate"),
    lib.H9_E_NUMBER: ("NUMBER", "not a number"),
    lib.H9_E_TAG: ("TAG", "a tag or type byte that means nothing"),
    lib.H9_E_GROUP: ("GROUP", "a group's end that doesn't match its start"),
    lib.H9_E_BLOCK: ("BLOCK", "a block whose size is not the one it states"),
    lib.H9_E_TYPE: ("TYPE", "a value of another kind than the schema's"),
    lib.H9_E_NULL: ("NULL", "null where none may be"),
    lib.H9_E_MISSING: ("MISSING", "a required field is absent"),
    lib.H9_E_UNKNOWN_FIELD: ("UNKNOWN_FIELD", "a member that the schema doesn't know"),
    lib.H9_E_DUPLICATE: ("DUPLICATE", "a key or field that was there already"),
    lib.H9_E_BOOLEAN: ("BOOLEAN", "neither true nor false"),
    lib.H9_E_BRANCH: ("BRANCH", "a union branch that has no place in the target"),
    lib.H9_E_SYMBOL: ("SYMBOL", "an enum symbol that has no place in the target"),
    lib.H9_E_RANGE: ("RANGE", "out of the target's range"),
    lib.H9_E_INEXACT: ("INEXACT", "can't be held exactly by the target"),
    lib.H9_E_NOT_FINITE: ("NOT_FINITE", "NaN or infinity where the target has none"),
    lib.H9_E_BYTES: ("BYTES", "not bytes in the text form that the schema says"),
    lib.H9_E_UUID: ("UUID", "not a UUID"),
    lib.H9_E_TIME: ("TIME", "not a date or time, or out of its range"),
    lib.H9_E_DECIMAL: ("DECIMAL", "not a decimal, or over its precision"),
    lib.H9_E_SIZE: ("SIZE", "not the size of the fixed"),
    lib.H9_E_KEY: ("KEY", "a map key of a kind that can't be one"),
    lib.H9_E_EXTENSION: ("EXTENSION", "an extension type that the target can't say"),
    lib.H9_E_CONDITION: ("CONDITION", "the mapping found no value where one must be"),
    lib.H9_E_TYPE_URL: ("TYPE_URL", "not the type URL of a message that the schema knows"),
    lib.H9_E_DEPTH: ("DEPTH", "nested deeper than the limit"),
    lib.H9_E_ITEMS: ("ITEMS", "more items than the limit"),
    lib.H9_E_MEMORY: ("MEMORY", "more memory than the limit"),
    lib.H9_E_STRING: ("STRING", "a string longer than the limit"),
    lib.H9_E_RECORD: ("RECORD", "a message larger than the limit"),
}
"""What each code is called, and the constant message that goes with it."""

_FIRST_LIMIT: Final = lib.H9_E_DEPTH
_KEPT: Final = lib.H9_KEPT
DELIMITINGS: Final[dict[str, int]] = {
    "none": lib.H9_DELIMITING_NONE,
    "newline": lib.H9_DELIMITING_NEWLINE,
    "varint": lib.H9_DELIMITING_VARINT,
    "be32": lib.H9_DELIMITING_BE32,
}


@dataclass(frozen=True, slots=True)
class Limits:
    """What one message may cost at most: levels (never over 1,000), items and entries, bytes of working memory and
    again of the result, bytes of one string and of the message itself."""

    depth: int = 128
    items: int = 16_000_000
    memory: int = 512 << 20
    string: int = 256 << 20
    record: int = 1 << 30


class Output(NamedTuple):
    """What a call made: result i is data[offsets[i]:offsets[i + 1]], of message `inputs[i]`; and the refusals.

    `items` is None but for a plan that makes many: then it has each result's number among those of its message
    (refused ones are counted).
    """

    data: bytes
    offsets: array[int]
    errors: list[DataError]
    inputs: Sequence[int]
    items: Sequence[int] | None


class Usage(NamedTuple):
    """What calls cost: bytes that the context holds now; bytes of arena in the last call, at most at one time; items
    of its last message, and that one's number."""

    held: int
    arena: int
    items: int
    record: int


def error(code: int, names: Sequence[str] = (), raw: Any = None, places: Any = None) -> DataError:
    """The exception for a code of the core; `raw` and `places` say where."""
    name, message = MESSAGES[code]
    kind = LimitError if code >= _FIRST_LIMIT else DataError
    if raw is None:
        return kind(name, message)
    path = _path([places[raw.first_place + i] for i in range(raw.places)], names)
    item = None if raw.item == lib.H9_NO_ITEM else int(raw.item)
    return kind(name, message, int(raw.offset), int(raw.record), path, item)


def _path(places: list[Any], names: Sequence[str]) -> str:
    text = ""
    for place in places:
        if place.kind == lib.H9_PLACE_FIELD:
            text += ("." if text else "") + names[place.index]
        elif place.kind == lib.H9_PLACE_RULE:
            text += (": " if text else "") + names[place.index]
        elif place.kind == lib.H9_PLACE_ITEM:
            text += f"[{place.index}]"
        elif place.key == ffi.NULL:
            text += "[?]"
        else:
            key = bytes(ffi.buffer(place.key, place.index)).decode("utf-8", "backslashreplace")
            text += f'["{key}"]'
    return text


_stopping = threading.local()
"""What an exception in `_go_on` was, for the call that it stops."""


def _note(_kind: Any, exception: BaseException, _trace: Any) -> None:
    _stopping.exception = exception


@ffi.def_extern(name="h9_watched", error=1, onerror=_note)  # type: ignore[untyped-decorator]
def _go_on(_state: Any) -> int:
    """Asked by the core in long calls. Python runs what a signal's handler or another thread has for this one when it
    comes here, and what that raises stops the call."""
    return 0


def _failure(code: int) -> BaseException:
    """Why a call failed as a whole."""
    return _stopping.__dict__.pop("exception", None) or error(code) if code == lib.H9_E_STOPPED else error(code)


class Context:
    """What one thread needs to run plans; not to be shared between threads at one time."""

    __slots__ = ("raw", "size")

    def __init__(self, limits: Limits | None = None) -> None:
        chosen = limits or Limits()
        raw_limits = ffi.new("h9_limits *", [chosen.depth, chosen.items, chosen.memory, chosen.string, chosen.record])
        raw = lib.h9_context_new(ffi.NULL, raw_limits, os.urandom(16))
        if raw == ffi.NULL:
            raise MemoryError
        self.raw = ffi.gc(raw, lib.h9_context_free)
        lib.h9_context_watch(raw, lib.h9_watched, ffi.NULL)
        self.size = ffi.new("size_t *")

    def usage(self) -> Usage:
        """What the last call cost."""
        raw = lib.h9_context_usage(self.raw)
        return Usage(raw.held, raw.arena, raw.items, raw.record)

    def ignored(self) -> list[tuple[int, int, bytes, int]]:
        """Members passed over since this context was made: (record of the image; the name of the field in it that they
        stand in, or 0; key; how often)."""
        found = lib.h9_ignored_members(self.raw, self.size)
        rows = [found[i] for i in range(self.size[0])]
        return [
            (each.record, each.within, ffi.buffer(each.key, each.key_length)[:] if each.key_length else b"", each.count)
            for each in rows
        ]


Words = Callable[[str, int, str, bytes], tuple[str, str, str]]
"""Of a refusal's code, offset and path, and its message: what was found, what is wanted, what is nearest to it."""


class LoadedPlan:
    """A plan's image in the core: immutable, shared by any number of threads. `names` are the fields', for errors."""

    __slots__ = ("_image", "_local", "limits", "many", "names", "raw", "words")

    def __init__(self, image: bytes, names: Sequence[str], limits: Limits | None = None) -> None:
        out = ffi.new("h9_plan **")
        code = lib.h9_plan_load(image, len(image), ffi.NULL, out)
        if code:
            raise error(code)
        self.raw = ffi.gc(out[0], lib.h9_plan_free)
        self._image = image
        self.many = bool(lib.h9_plan_many(self.raw))
        """Whether a message makes any number of messages."""
        self.names = names
        self.limits = limits or Limits()
        self.words: Words | None = None
        """Asked for what a refusal found and wanted, if that is ever asked for."""
        self._local = threading.local()

    def __reduce__(self) -> Any:
        """So that `plan.translate` can be sent to another process."""
        return LoadedPlan, (self._image, self.names, self.limits)

    def context(self) -> Context:
        """This thread's context for this plan."""
        try:
            found: Context = self._local.context
        except AttributeError:
            found = self._local.context = Context(self.limits)
        return found

    def ignored(self) -> list[tuple[int, str, bytes, int]]:
        """`Context.ignored` of this thread's context, with the field's name ("": the record itself)."""
        return [(record, self.names[within], key, n) for record, within, key, n in self.context().ignored()]

    def found(self, word: int) -> int:
        """A word of what this thread's context found (h9_found_word)."""
        return int(lib.h9_found_word(self.context().raw, self.raw, word))

    def filled(self, row: int) -> int:
        """How often this thread's context filled in the default of a row."""
        return int(lib.h9_filled(self.context().raw, self.raw, row))

    def translate(self, data: bytes) -> bytes:
        """One message, of a plan that makes one. DataError: it is refused."""
        if data.__class__ is not bytes:
            data = _as_bytes(data)
        context = self.context()
        size = context.size
        out = lib.h9_translate_one(self.raw, context.raw, data, len(data), size)
        if not out:
            errors = self._errors(context, data, (0,), (len(data),))
            raise next(iter(errors), None) or _failure(lib.H9_E_STOPPED)
        made = ffi.unpack(out, size[0])
        if size[0] > _KEPT:
            lib.h9_context_release(context.raw)
        return made  # type: ignore[no-any-return]

    def _errors(self, context: Context, data: Any, begins: Sequence[int], ends: Sequence[int]) -> list[DataError]:
        size = context.size
        raw = lib.h9_errors(context.raw, size)
        count = size[0]
        if not count:
            return []
        places = lib.h9_places(context.raw)
        found = [error(raw[i].code, self.names, raw[i], places) for i in range(count)]
        if self.words is not None:
            for each in found:
                part = slice(begins[each.index], ends[each.index])
                each.look = _look(
                    self.words, each, data if isinstance(data, bytes) else bytes(memoryview(data)[part]), part
                )
        return found

    def translate_many(self, data: Any, begins: Any, ends: Any, delimiting: str = "none") -> Output:
        """Messages data[begins[i]:ends[i]], one after another. `begins` and `ends` are buffers of int64."""
        around = _delimiting(delimiting)
        context = self.context()
        first, last = ffi.from_buffer("int64_t[]", begins), ffi.from_buffer("int64_t[]", ends)
        count = len(first)
        if len(last) != count:
            raise ValueError("begins and ends differ in length")
        offsets = array("q", bytes(8 * (count + 1)))
        whole = ffi.from_buffer(data)
        made = ffi.from_buffer("int64_t[]", offsets, require_writable=True)
        code = lib.h9_translate(self.raw, context.raw, whole, len(whole), first, last, count, around, made + 1)
        if code:
            raise _failure(code)
        return self._made(context, offsets, count, data, first, last)

    def translate_run(
        self,
        data: Any,
        count: int | None = None,
        *,
        partial: bool = False,
        delimiting: str = "none",
        batch: int = 65536,
    ) -> tuple[Output, array[int], array[int], int]:
        """Messages that stand back to back in `data`: `count` of them, or up to `batch` until it ends.

        What was made, where each message began and ended, and how many bytes they took.
        """
        around = _delimiting(delimiting)
        context = self.context()
        whole = ffi.from_buffer(data)
        size = batch if count is None else count
        begins, ends, offsets = (array("q", bytes(8 * each)) for each in (size, size, size + 1))
        done, used = ffi.new("size_t *"), ffi.new("size_t *")
        first, last, made = (
            ffi.from_buffer("int64_t[]", each, require_writable=True) for each in (begins, ends, offsets)
        )
        code = lib.h9_translate_run(
            self.raw, context.raw, whole, len(whole), size, partial, around, first, last, made + 1, done, used
        )
        if code:
            raise _failure(code)
        n = done[0]
        return self._made(context, offsets[: n + 1], n, data, begins, ends), begins[:n], ends[:n], used[0]

    def _made(self, context: Context, offsets: array[int], count: int, data: Any, begins: Any, ends: Any) -> Output:
        """`offsets`: of a plan that makes one result of each of the `count` messages."""
        out, errors = self._output(context), self._errors(context, data, begins, ends)
        if not self.many:
            lib.h9_context_release(context.raw)
            return Output(out, offsets, errors, range(count), None)
        raw = lib.h9_results(context.raw, context.size)
        results = context.size[0]
        numbers = array("q", ffi.buffer(raw, results * ffi.sizeof("h9_result"))[:] if results else b"")
        lib.h9_context_release(context.raw)
        return Output(out, array("q", (0,)) + numbers[0::3], errors, numbers[1::3], numbers[2::3])

    def _output(self, context: Context) -> bytes:
        out = lib.h9_output(context.raw, context.size)
        size = context.size[0]
        return ffi.buffer(out, size)[:] if size else b""


def _look(words: Words, refusal: DataError, data: bytes, part: slice) -> Callable[[], tuple[str, str, str]]:
    """`part`: of all messages, which may be one after another in `data`; a copy has the one alone."""
    code, offset, path = refusal.code, refusal.offset, refusal.path
    return lambda: words(code, offset, path, data[part] if len(data) > part.stop - part.start else data)


def _delimiting(name: str) -> int:
    """ValueError: there is no such delimiting."""
    if name not in DELIMITINGS:
        raise ValueError(f"no delimiting {name!r}; there are {', '.join(DELIMITINGS)}")
    return DELIMITINGS[name]


def _as_bytes(data: Any) -> bytes:
    """Any buffer's bytes. TypeError: it is not a buffer. DataError: it is a tombstone."""
    if data is None:
        raise tombstone()
    return bytes(memoryview(data))


def key_hashes(seed: bytes, texts: Iterable[bytes]) -> list[int]:
    """`h9_key_hash` of each text, with a table's seed."""
    words = ffi.from_buffer("uint32_t[]", seed)
    return [lib.h9_key_hash(words, text, len(text)) for text in texts]


class Row(Protocol):
    """A row of an image's table: a named tuple of members of its struct."""

    @property
    def _fields(self) -> tuple[str, ...]: ...

    def __iter__(self) -> Iterator[int]: ...


def pack(name: str, rows: Sequence[Row]) -> bytes:
    """The bytes of an image's table of the struct `name` of hal9_image.h. What a row doesn't name is 0.

    OverflowError: a number that its member can't hold.
    """
    layout, members = _layout(name)
    try:
        return b"".join([layout.pack(*values) for values in _ordered(rows, members)])
    except struct.error as problem:
        raise OverflowError(str(problem)) from None


def _ordered(rows: Sequence[Row], members: tuple[str, ...]) -> Iterable[Iterable[int]]:
    """The rows' numbers in the struct's order. Rows of one table are of one kind."""
    if not rows:
        return []
    fields = rows[0]._fields
    return rows if fields == members else map(_order(fields, members), ((*row, 0) for row in rows))


@cache
def _order(fields: tuple[str, ...], members: tuple[str, ...]) -> itemgetter[tuple[int, ...]]:
    """Takes a row's members in the struct's order; what the row lacks is its last, a 0."""
    if unknown := set(fields) - set(members):
        raise TypeError(f"the struct has no {', '.join(sorted(unknown))}")
    return itemgetter(*(fields.index(each) if each in fields else -1 for each in members))


@cache
def _layout(name: str) -> tuple[struct.Struct, tuple[str, ...]]:
    """How a struct of integers lies in memory, and its members in their order."""
    codes, at = "=", 0
    members: tuple[str, ...] = ()
    for each, member in ffi.typeof(name).fields:
        size = ffi.sizeof(member.type)
        signed = int(ffi.cast(member.type, -1)) < 0
        code = {1: "b", 2: "h", 4: "i", 8: "q"}[size]
        codes += f"{member.offset - at}x{code if signed else code.upper()}"
        at, members = member.offset + size, (*members, each)
    return struct.Struct(f"{codes}{ffi.sizeof(name) - at}x"), members


def split(delimiting: str, data: Any, *, last: bool, limit: int, batch: int) -> tuple[array[int], array[int], int]:
    """Where up to `batch` messages begin and end in `data`, and how many bytes they take with their delimiters.

    DataError: a delimiter is damaged at the very start; what stands before damage is given first.
    """
    whole = ffi.from_buffer(data)
    begin, end = array("q", bytes(8 * batch)), array("q", bytes(8 * batch))
    views = [ffi.from_buffer("int64_t[]", each, require_writable=True) for each in (begin, end)]
    done, used = ffi.new("size_t *"), ffi.new("size_t *")
    code = lib.h9_split(DELIMITINGS[delimiting], whole, len(whole), last, limit, batch, *views, done, used)
    if code and not used[0]:
        raise error(code)
    return begin[: done[0]], end[: done[0]], used[0]


class ArraySplitter:
    """Finds the items of a JSON array in pieces of it. `closed`: its end was met; `scanned`: bytes of the current item
    that were looked at."""

    __slots__ = ("_raw", "scanned")

    def __init__(self) -> None:
        self._raw = ffi.new("h9_array_scan *")
        self.scanned = 0

    @property
    def closed(self) -> bool:
        return bool(self._raw.closed)

    def split(self, data: Any, *, limit: int, batch: int) -> tuple[array[int], array[int], int]:
        """Where up to `batch` items begin and end in `data`, and how many bytes they take with their commas. `data`
        begins with the first of them; the next call's with what is left over, which is not looked at twice.

        DataError: damage at `scanned`; what stands before it is given first.
        """
        whole = ffi.from_buffer(data)
        begin, end = array("q", bytes(8 * batch)), array("q", bytes(8 * batch))
        views = [ffi.from_buffer("int64_t[]", each, require_writable=True) for each in (begin, end)]
        done, used, scanned = ffi.new("size_t *"), ffi.new("size_t *"), ffi.new("size_t *", self.scanned)
        code = lib.h9_split_array(self._raw, whole, len(whole), limit, batch, *views, done, used, scanned)
        self.scanned = scanned[0] - used[0]
        if code and not done[0]:
            raise error(code)
        return begin[: done[0]], end[: done[0]], used[0]
