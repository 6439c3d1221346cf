"""Errors in words: what happened, where, and what to do next."""

from __future__ import annotations

import errno
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from native.errors import ContainerError, DataError, PlanError, SchemaError, TranslatorError
from translator.cli.shared.exits import STOPPED, USAGE, UsageError

if TYPE_CHECKING:
    from translator.streams.pump import Refusal

_SHOWN = 20
"""Problems of a plan that are listed as text."""

_BY_CODE = {
    "CONTAINER_LIMIT": "--max-record SIZE (in Avro: --max-block SIZE) allows more, if you trust the file",
    "CONTAINER_MAGIC": "it is something else: name it with --from FORMAT:CONTAINER",
    "CONTAINER_FRAME": "it may be another container: name it with --from FORMAT:CONTAINER",
    "CONTAINER_TRUNCATED": "the file is incomplete, or another container: name it with --from FORMAT:CONTAINER",
    "CONTAINER_LETTER": "the message itself is where the letter says: convert that file again",
    "LETTER": "convert the record itself again, from the file that the letter names",
    "CONTAINER_LONE": "a lone file holds one record: name a container for many, like --to-container delimited",
    "FRAME_MAGIC": "the messages aren't framed that way, or the container is another: see --framing and --container",
    "FRAME_SCHEMA": "--registry URL or --schemas says where schemas are looked up",
    "FRAME_PLAN": "--map, --policy and --drop change the plan; `translator check` tells it field by field",
    "REGISTRY": "--registry URL or $HAL9_REGISTRY_URL says where it is",
    "CONTAINER_CODEC": "the codecs are null, deflate, snappy, bzip2, xz, zstandard",
}
"""What to do about what no plan and no message tells more of."""
_BY_ERRNO = {
    errno.ENOENT: "check the name",
    errno.EACCES: "check the permissions",
    errno.EISDIR: "name a file in it",
    errno.ENOSPC: "make room and run it again; no unfinished file was left",
}


@dataclass(frozen=True)
class Told:
    """A failure, ready to be said. `more` holds what machines want besides."""

    exit: int
    code: str
    message: str
    hint: str = ""
    problems: Sequence[tuple[str, str]] = ()
    more: dict[str, Any] = field(default_factory=dict)

    def lines(self) -> list[str]:
        """As text."""
        listed = [f"  {path or '(message)'}: {reason}" for path, reason in self.problems[:_SHOWN]]
        hidden = len(self.problems) - len(listed)
        rest = [f"  … and {hidden} more (--json lists all)"] if hidden > 0 else []
        return [f"translator: {self.message}", *listed, *rest, *([f"  → {self.hint}"] if self.hint else [])]

    def plain(self) -> dict[str, Any]:
        """As data."""
        out: dict[str, Any] = {"code": self.code, "message": self.message, **self.more}
        if self.problems:
            out["problems"] = [{"path": path, "reason": reason} for path, reason in self.problems]
        return out | ({"hint": self.hint} if self.hint else {})


class ToldError(TranslatorError):
    """A failure that is ready to be said."""

    def __init__(self, told: Told) -> None:
        super().__init__(told.message)
        self.told = told


def stopped(error: OSError) -> Told:
    """A fault of the machine in the middle of the work."""
    return Told(STOPPED, "IO", _named(error), hint=for_os(error))


def explain(error: TranslatorError | OSError) -> Told:
    """A failure that kept a command from beginning, or stopped it without a place in the input."""
    match error:
        case ToldError():
            return error.told
        case UsageError():
            return Told(USAGE, "USAGE", error.message, error.hint)
        case SchemaError():
            return Told(USAGE, "SCHEMA", str(error))
        case DataError():
            return Told(STOPPED, error.code, str(error), for_code(error))
        case OSError():
            return Told(USAGE, "IO", _named(error), for_os(error))
        case _:
            return _unmade(error)


def is_fault(error: TranslatorError) -> bool:
    """Whether what was asked stands, and something that it takes (a registry) failed."""
    known = isinstance(error, ToldError | UsageError | SchemaError | DataError)
    return not known and not hasattr(error, "problems")


def _unmade(error: TranslatorError) -> Told:
    """A plan or a mapping that can't be made, with every reason; or the fault of what another package brings."""
    problems: list[tuple[str, str]] | None = getattr(error, "problems", None)
    if problems is None:
        code = type(error).__name__.removesuffix("Error").upper()
        return Told(STOPPED, code, f"{code.lower()}: {error}", _BY_CODE.get(code, ""))
    if isinstance(error, PlanError):
        return Told(USAGE, "PLAN", "the schemas make no plan:", for_problems(error), problems)
    if isinstance(error.__cause__, OSError):
        return Told(USAGE, "IO", _named(error.__cause__), for_os(error.__cause__))
    hint = "correct these keys in the mapping's file" if any(key for key, _ in problems) else ""
    return Told(USAGE, "MAPPING", "the mapping can't be used:", hint, problems)


def for_problems(error: PlanError) -> str:
    """Which options and keys would let a plan compile."""
    problems = error.problems
    reasons = " ".join(reason for _, reason in problems)
    dropped = [path for path, reason in problems if "would be dropped" in reason]
    options = ["--map FILE says where the target's fields come from"] if "source has no such field" in reasons else []
    if dropped:
        options.append(f"--drop '{dropped[0]}'" + (" (or a pattern, like '*')" if len(dropped) > 1 else ""))
    return "; ".join(options + [f"--policy {each}" for each in error.policies])


def refused(
    name: str, refusal: Refusal, *, letters: bool = True, container: str = "", mapped: bool = False, remedy: str = ""
) -> Told:
    """The refusal that a conversion stopped at, with its place in the file called `name`.

    `letters`: --dead-letter would have helped. `container`: in which the message stood. `mapped`: by a mapping.
    `remedy`: the options with which this message, tried again, came farther.
    """
    error = refusal.error
    known = _for_message(error, mapped) or remedy or for_code(error)
    hint = "; ".join(each for each in (_for_text(refusal, container), known, _for_letters(error, letters)) if each)
    place = {"file": name, "index": refusal.index, "offset": refusal.offset}
    place |= {"path": error.path, "reason": error.message}
    place |= {} if error.item is None else {"item": error.item}
    if refusal.data is None:
        text = f"{name}, byte {refusal.offset}, after {refusal.index} records: {error.code}: {error.message}"
        return Told(STOPPED, error.code, text, hint, more=place)
    where = f" in {error.path}" if error.path else ""
    item = "" if error.item is None else f", item {error.item}"
    text = (
        f"{name}: record {refusal.index}{item} (at byte {refusal.offset}) "
        f"is refused at its byte {error.offset}{where}: {error.code}: {error.message}"
        f"{f': {error.described}' if error.described else ''}"
    )
    place |= {name: words for name, words in (("found", error.found), ("wanted", error.wanted)) if words}
    return Told(STOPPED, error.code, text, hint, more=place | {"byte": error.offset})


_RULE = re.compile(r"(?:^|: |\.)fields\.")
"""In a path: it is a key of the mapping, not a place in the input."""
_MARKS = (b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")
"""Byte order marks: of UTF-8, and of UTF-16 both ways."""


def _for_text(refusal: Refusal, container: str) -> str:
    """What to do about what isn't JSON for a reason that many files share."""
    data, error = refusal.data or b"", refusal.error
    if container in ("lone", "ndjson", "json-array") and data.startswith(_MARKS) and not refusal.index:
        utf8 = data.startswith(_MARKS[0])
        way = "tail -c +4 FILE" if utf8 else "iconv -f UTF-16 -t UTF-8 FILE"
        return f"the file begins with a byte order mark{'' if utf8 else ': it is UTF-16'}; `{way}` takes it away"
    if container == "lone" and error.code == "TRAILING" and data.lstrip().startswith((b"{", b"[")):
        return "the file has several JSON documents; `jq -c . FILE` makes lines of them, for --from json:ndjson"
    if container == "ndjson" and data.strip() in (b"{", b"["):
        return "a document goes over many lines: --from json:lone reads one, `jq -c . FILE` makes lines of many"
    return ""


def _for_message(error: DataError, mapped: bool) -> str:
    """What to do about a refusal that isn't about a value in the input."""
    if error.code == "NULL" and not error.path and error.item is None:
        return "the message itself is null (in Kafka a tombstone), not a record: leave it out beforehand"
    if mapped and error.code == "MISSING" and _RULE.search(error.path):
        return "in the mapping `default` says what it is where its source is absent"
    if mapped and error.code == "CONDITION" and error.path.endswith("alternatives"):
        return 'no alternative\'s `when` holds; otherwise = "skip" passes over what no alternative takes'
    return ""


def _for_letters(error: DataError, letters: bool) -> str:
    if not letters:
        return ""
    damage = isinstance(error, ContainerError)
    return f"--dead-letter FILE {'goes on after the damage' if damage else 'sets such records aside'}"


def for_code(error: DataError) -> str:
    """What to do about a refusal."""
    return _BY_CODE.get(error.code, "")


def for_os(error: OSError) -> str:
    return _BY_ERRNO.get(error.errno or 0, "")


def _named(error: OSError) -> str:
    return f"{error.filename}: {error.strerror}" if error.filename else str(error)
