"""Runs the official .proto compiler, in a folder that holds nothing but what it may read.

A .proto file and all that it imports are gathered first, as a mapping of file names to texts with the main
file first; the compiler then sees a temporary folder with these files and the bundled ones. So an import can
name no file outside of its own tree (B53), a cycle is an error of the compiler (B54), and a schema can be
read again from its texts alone.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Final

from native.errors import SchemaError

if TYPE_CHECKING:
    from google.protobuf.descriptor_pb2 import DescriptorProto

Sources = dict[str, str]

SECONDS: Final = 30
"""How long the compiler may take."""

OPTIONS: Final = "hal9/options.proto"
"""Our own options (`(hal9.logical)`): any schema may import them."""

_OWN_FOLDER: Final = Path(__file__).parent / "neuron"

_TOKEN: Final = re.compile(
    r"""(?P<skip> \s+ | //[^\n]* | /\*.*?\*/ )
      | (?P<text> "(?:\\.|[^"\\\n])*" | '(?:\\.|[^'\\\n])*' )
      | (?P<word> \w+ )
      | (?P<sign> . )""",
    re.VERBOSE | re.DOTALL,
)
_DIAGNOSTIC: Final = re.compile(r"^(?P<file>[^:\n]+):(?:(?P<line>\d+):(?:\d+:)?)? (?P<message>.+)$", re.MULTILINE)


def gather(path: str | Path, include: Sequence[str | Path] = ()) -> Sources:
    """The file at `path` and all that it imports, by import name, itself first; bundled files are left out.

    An import is looked for in `include`, then in the file's folder and that folder's parents.
    SchemaError: a file that can't be read, or an import outside of these folders (B53).
    """
    main = Path(os.path.abspath(path))
    text = _text(main, main.name)
    roots = [*(Path(os.path.abspath(each)) for each in include), *main.parents]
    found: dict[str, Path] = {}
    for name in imports(text, main.name):
        _find(name, roots, found)
    home = _home(main, roots[: len(include)], found)
    sources = {home: text}
    waiting = list(found)
    while waiting:
        name = waiting.pop()
        if name in sources:
            continue
        _find(name, roots, found)
        if name in found:
            sources[name] = _text(found[name], name)
            waiting += imports(sources[name], name)
    return sources


def _find(name: str, roots: list[Path], found: dict[str, Path]) -> None:
    """Notes where the import called `name` lies; a name that isn't found is left to the compiler's message."""
    if name in found or _bundled(name):
        return
    for root in roots:
        candidate = root / name
        if candidate.is_file():
            if not candidate.resolve().is_relative_to(root.resolve()):
                raise SchemaError(f"import {name!r} is a link that leaves {root}")
            found[name] = candidate
            return


def _home(main: Path, include: list[Path], found: dict[str, Path]) -> str:
    """The main file's own import name: relative to the root of its tree."""
    roots = [*include, *(_root(path, name) for name, path in found.items())]
    inside = (main.relative_to(root).as_posix() for root in roots if main.is_relative_to(root))
    return next(inside, main.name)


def _root(path: Path, name: str) -> Path:
    return path.parents[len(PurePosixPath(name).parts) - 1]


def _text(path: Path, name: str) -> str:
    try:
        return path.read_bytes().decode()
    except (OSError, UnicodeDecodeError, ValueError) as error:
        raise SchemaError(f"can't be read: {error}", name) from error


def _bundled(name: str) -> bool:
    return name == OPTIONS or (_compiler_folder() / name).is_file()


@lru_cache(maxsize=1)
def _compiler_folder() -> Path:
    """Where the compiler keeps the well-known files."""
    spec = find_spec("grpc_tools")
    if spec is None or not spec.submodule_search_locations:
        raise SchemaError("reading .proto files needs the package grpcio-tools")
    return Path(spec.submodule_search_locations[0]) / "_proto"


def imports(text: str, name: str) -> list[str]:
    """The files that a .proto text imports. SchemaError: a name that could leave the folder (B53)."""
    tokens = _tokens(text)
    found = []
    start = True
    for kind, value in tokens:
        if start and (kind, value) == ("word", "import"):
            imported = _imported(tokens)
            _check_name(imported, name)
            found.append(imported)
        else:
            start = value in (";", "}")
    return found


def _tokens(text: str) -> Iterator[tuple[str, str]]:
    for match in _TOKEN.finditer(text.removeprefix("\ufeff")):
        kind = match.lastgroup or "sign"
        if kind != "skip":
            yield kind, match.group()


def _imported(tokens: Iterator[tuple[str, str]]) -> str:
    """The string of an import statement, whose `import` is already read; its pieces are joined."""
    pieces = []
    for kind, value in tokens:
        if kind == "text":
            pieces.append(value[1:-1])
        elif kind != "word":
            break
    return "".join(pieces)


def _check_name(imported: str, place: str) -> None:
    """A file's name must stay inside of its root (B53), and be that of a .proto file."""
    parts = imported.split("/")
    if "\\" in imported or "\0" in imported or any(part in ("", ".", "..") for part in parts):
        raise SchemaError(f"{imported!r} is not a plain relative path", place)
    if not imported.endswith(".proto"):
        raise SchemaError(f"{imported!r} is not the name of a .proto file", place)


# --- map_entry, written out ---

_ENTRY: Final = "hal9_map_entry"
"""A reserved name that marks an entry for as long as the compiler runs."""


def _without_entries(text: str) -> str:
    """`text` with each `option map_entry` as a mark. The compiler makes entries itself and refuses written ones, but
    texts that were printed from descriptors have them, and registries hold such texts."""
    found = list(_spans(text))
    words = [text[begin:end] for begin, end in found]
    mark = f"reserved {_ENTRY};" if words[:1] == ["edition"] else f'reserved "{_ENTRY}";'
    for i in range(len(words) - 5, -1, -1):
        if words[i : i + 3] == ["option", "map_entry", "="] and words[i + 4] == ";":
            instead = mark if words[i + 3] == "true" else ";"
            text = text[: found[i][0]] + instead + text[found[i + 4][1] :]
    return text


def _spans(text: str) -> Iterator[tuple[int, int]]:
    return (match.span() for match in _TOKEN.finditer(text) if match.lastgroup != "skip")


def _with_entries(compiled: bytes) -> bytes:
    """The descriptors with the marked messages as entries again."""
    if _ENTRY.encode() not in compiled:
        return compiled
    from google.protobuf.descriptor_pb2 import FileDescriptorSet

    files = FileDescriptorSet.FromString(compiled)
    for file in files.file:
        for message in file.message_type:
            _restore(message, f"{file.package}.{message.name}".lstrip("."), file.name)
    return files.SerializeToString()


def _restore(message: DescriptorProto, path: str, file: str) -> None:
    if _ENTRY in message.reserved_name:
        raise SchemaError("map_entry is an option of a message in the one that has the map", f"{file}: {path}")
    for nested in message.nested_type:
        inner = f"{path}.{nested.name}"
        if _ENTRY in nested.reserved_name:
            nested.reserved_name.remove(_ENTRY)
            if not _is_entry(nested, message, inner):
                raise SchemaError(
                    "a map entry has a key 1 and a value 2, and is a repeated field's", f"{file}: {inner}"
                )
            nested.options.map_entry = True
        _restore(nested, inner, file)


def _is_entry(entry: DescriptorProto, outer: DescriptorProto, path: str) -> bool:
    from google.protobuf.descriptor_pb2 import FieldDescriptorProto as Field

    fields = [(each.name, each.number, each.label) for each in entry.field]
    users = [each.label for each in outer.field if each.type_name == f".{path}"]
    key, value = ("key", 1, Field.LABEL_OPTIONAL), ("value", 2, Field.LABEL_OPTIONAL)
    return fields == [key, value] and users == [Field.LABEL_REPEATED]


def compiled(sources: Mapping[str, str]) -> bytes:
    """The serialized FileDescriptorSet of `sources`, whose first file is the main one; imports come with it.

    What was compiled is kept by content. SchemaError: what the compiler says, at file:line.
    """
    if not sources:
        raise SchemaError("no .proto file is given")
    return _compiled(tuple(sources.items()))


@lru_cache(maxsize=128)
def _compiled(sources: tuple[tuple[str, str], ...]) -> bytes:
    main = sources[0][0]
    for name, text in sources:
        _check_name(name, main)
        imports(text, name)
    with tempfile.TemporaryDirectory(prefix="hal9-protoc-") as folder:
        _lay_out(Path(folder), sources)
        _run(Path(folder), main)
        return _with_entries((Path(folder) / "out.binpb").read_bytes())


def _lay_out(folder: Path, sources: tuple[tuple[str, str], ...]) -> None:
    options = (_OWN_FOLDER / OPTIONS).read_text()
    for name, text in (*sources, (OPTIONS, options)):
        path = folder / "src" / name
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(_without_entries(text).encode())
        except (OSError, UnicodeEncodeError) as error:
            raise SchemaError(f"can't be compiled: {error}", name) from error


def _run(folder: Path, main: str) -> None:
    """One run of the compiler. `-P` and relative paths: no file that was laid out is ever run or an argument."""
    command = [sys.executable, "-P", "-m", "grpc_tools.protoc", "-Isrc"]
    command += ["--include_imports", "--descriptor_set_out=out.binpb", f"src/{main}"]
    try:
        done = subprocess.run(
            command, cwd=folder, stdin=subprocess.DEVNULL, capture_output=True, timeout=SECONDS, check=False
        )
    except subprocess.TimeoutExpired as error:
        raise SchemaError(f"the .proto compiler took over {SECONDS} s", main) from error
    if done.returncode != 0:
        raise _refusal(done.stderr.decode(errors="replace"), done.returncode, main)


def _refusal(output: str, status: int, main: str) -> SchemaError:
    """The compiler's first error, with its place; the others follow in the message."""
    found = [each for each in _DIAGNOSTIC.finditer(output) if not each["message"].startswith("warning:")]
    if not found:
        return SchemaError(f"the .proto compiler failed ({status}): {output.strip()[:500]}", main)
    first = found[0]
    place = first["file"].removeprefix("src/") + (f":{first['line']}" if first["line"] else "")
    more = [each.group().removeprefix("src/") for each in found[1:20]]
    return SchemaError("\n".join([first["message"], *more]), place)
