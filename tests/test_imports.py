"""The rooms stand in a row, and so do the sections inside a room: nothing imports what stands after it.

The picture is PICTURE below, as docs/internals.md draws it. An import counts wherever it stands: at the top, in a
function, under TYPE_CHECKING. Modules that stand in no row are checked for circles alone.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
ROOMS = ("native", "schemas", "translator", "registry")
OUTSIDE = ("tests", "bench", "examples")
FACE = "__init__"
"""A package's own `__init__`, in its row."""

PICTURE: Mapping[str, tuple[str, ...]] = {
    "native": (
        "errors build powers",  # what users see raised, in the lowest room; what only building needs
        FACE,
        "binding",  # the compiled module, by calls
    ),
    "schemas": (
        "identity model jsondocument descriptorset protoc",  # keys; the types; documents before they are types
        "places jsonfacts wellknown avrovalues",  # where a type stands; what a document says; what has a name; defaults
        "avro protobuf jsonschema",  # one file a language: documents into types
        "canonical neuron",  # one text for one schema; the built-in schemas
        "loading",  # any source by any language
        "writing compatibility texts",  # types into documents; one document against another; printed as they were
        "inferring",  # samples into types that can be written
        FACE,
    ),
    "translator": (
        "varints policies losses framing contract messages",  # what every section speaks of
        "formats",  # all of a format
        "plan",  # the compiler
        "mapping",  # instructions between reader and writer
        "engine",  # the one door
        "mesh",  # what our clients call through
        "streams containers inspecting neurons",
        "flows",
        "protocols plugins",
        FACE,  # the public names
        "cli",
        "__main__",
    ),
    "translator.plan": (
        "rows instructions branches reach floats",  # the image's rows; questions about types
        "steps nodes resolve image",
        "convert protobuf enums skipping told",  # from kind to kind
        "shapes",
        "frames",
        "compilation matching",  # what a compile shares
        "reading",
        "presence fills",
        "fields",
        "writing",
        "embedded natural",  # messages in an Any; typed values where the target has no type
        "compiler",
        FACE,
    ),
    "translator.mapping": (
        "errors path",
        "document",  # TOML into the model
        "terms",  # the model into typed terms
        "program",  # terms into instructions
        FACE,
    ),
    "translator.engine": (
        "objects words transformers sources",
        "plan specs",  # a compiled plan; what a user's words mean
        "registered known",
        "compile",  # the one door
        FACE,
    ),
    "translator.streams": ("retries schema_ids", "pump", "letters", FACE),
    "translator.cli": ("shared", "commands", "app", FACE),
    "registry": (
        "domain",
        "commands queries changes store auth telemetry sagas",
        "dispatcher",  # by type, and past the one place where a permission is asked
        "doors client",
        "server",
        "command",
        FACE,
    ),
}
"""The rows, by package: sections from the lowest to the highest, those of one height together. Sections of one height
may import one another, as long as they make no circle of sections."""

ASKED: Mapping[str, frozenset[str]] = {
    "registry.store": frozenset({"registry.server", "registry.command"}),
    "registry.auth": frozenset({"registry.server", "registry.command"}),
    "registry.telemetry": frozenset({"registry.server", "registry.command"}),
    "registry.sagas": frozenset({"registry.server", "registry.command"}),
    "registry.client": frozenset(),  # it plugs in by an entry point
}
"""What is asked through contracts that registry.domain states: these alone, which put things together, import it."""

APART = {("translator.mesh", section) for section in ("formats", "plan", "mapping", "engine", "framing", "messages")}
"""mesh knows no message: of ours it imports policies and errors."""

LATE: Mapping[str, str] = {
    "google.protobuf": "takes 90 ms, and only what reads or writes Protobuf schemas needs it",
    "grpc_tools": "takes 60 ms, and only what compiles .proto files needs it",
    "jsonschema": "takes 150 ms, and only what reads JSON Schema needs it",
    "jsonschema_specifications": "as jsonschema, which brings it",
    "referencing": "as jsonschema, which brings it",
    "cramjam": "of a container's codecs only the one that is chosen is loaded",
    "zlib": "as cramjam",
    "bz2": "as cramjam; and a Python can be built without it",
    "lzma": "as cramjam; and a Python can be built without it",
    "compression": "Python's own zstd, from 3.14 on",
    "backports": "zstd for older Pythons",
}
"""Libraries that are imported where they are needed, and why; all others are imported at the top of a file."""
FACES = ("translator.cli.app", "translator.cli.commands", "registry.command")
"""What answers a command, and imports what that command needs when it runs. So may the `__init__` of every package."""
QUICK = "translator.cli.shared"
"""What every command loads: of libraries (rich, msgspec) what only some need is imported there; of ours, nothing."""

Arrow = tuple[str, str]
"""Who imports, and what, each a module of ours by its full name."""


def module(path: Path) -> str:
    return ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(f".{FACE}")


FILES = sorted(path for room in ROOMS for path in (ROOT / room).rglob("*.py"))
MODULES = {module(path): path for path in FILES}


def imported(path: Path, text: str) -> Iterator[str]:
    """Every name that the file imports anywhere in it, in full: a module's, or that of something in one."""
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Import):
            yield from (each.name for each in node.names)
        elif isinstance(node, ast.ImportFrom):
            home = ".".join(path.relative_to(ROOT).parent.parts[: 1 - node.level or None]) if node.level else ""
            module = ".".join(part for part in (home, node.module) if part)
            yield from (f"{module}.{each.name}" for each in node.names)
        elif isinstance(node, ast.Call) and node.args and isinstance(node.args[0], ast.Constant):
            name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            if name in ("import_module", "__import__"):
                yield str(node.args[0].value)


def home(name: str) -> str:
    """The module of ours that a name is, or is in; "" where it is not ours."""
    while name and name not in MODULES:
        name = name.rpartition(".")[0]
    return name


def arrows() -> Iterator[Arrow]:
    """Every import of one module of ours by another. A module's own packages are not arrows: they are loaded anyway."""
    for importer, path in MODULES.items():
        for found in {home(name) for name in imported(path, path.read_text())} - {"", importer}:
            if not importer.startswith(f"{found}.") or found in ROOMS:
                yield importer, found


@cache
def all_arrows() -> list[Arrow]:
    return list(arrows())


def section(package: str, name: str) -> str:
    """The section of a package that a module is in."""
    return name.removeprefix(package).removeprefix(".").partition(".")[0] or FACE


def within(package: str) -> Iterator[Arrow]:
    """The arrows inside a package that lead from one section to another."""
    for importer, found in all_arrows():
        if f"{importer}.".startswith(f"{package}.") and f"{found}.".startswith(f"{package}."):
            yield importer, found


def heights(package: str) -> dict[str, int]:
    return {name: height for height, row in enumerate(PICTURE[package]) for name in row.split()}


def upward(package: str, importer: str, found: str) -> bool:
    """Whether an arrow inside a package leads to a section that stands above its own."""
    height = heights(package)
    return height.get(section(package, found), 0) > height.get(section(package, importer), len(height))


def circles(graph: Mapping[str, set[str]]) -> list[list[str]]:
    """The groups of nodes that all lead to one another."""
    reached = {name: reachable(graph, name) for name in graph}
    found = {frozenset(other for other in reached[name] if name in reached[other]) for name in graph}
    return sorted(sorted(group) for group in found if group)


def reachable(graph: Mapping[str, set[str]], start: str) -> set[str]:
    """The nodes that a walk from `start` comes to; `start` itself only by a circle."""
    found: set[str] = set()
    waiting = [start]
    while waiting:
        new = graph.get(waiting.pop(), set()) - found
        found |= new
        waiting += new
    return found


def graph(pairs: list[Arrow]) -> dict[str, set[str]]:
    made: dict[str, set[str]] = {name: set() for pair in pairs for name in pair}
    for importer, found in pairs:
        made[importer].add(found)
    return made


def wrong(path: Path, text: str) -> list[str]:
    """The imports of `path` that its room may not make."""
    room = ROOMS.index(path.relative_to(ROOT).parts[0])
    forbidden = {*ROOMS[room + 1 :], *OUTSIDE}
    return [name for name in imported(path, text) if name.split(".")[0] in forbidden]


def test_all_rooms_are_walked() -> None:
    """The walk finds the files at all."""
    assert {path.relative_to(ROOT).parts[0] for path in FILES} >= set(ROOMS[:3])


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_imports_run_one_way(path: Path) -> None:
    """A room imports only itself and the rooms before it."""
    assert wrong(path, path.read_text()) == []


@pytest.mark.parametrize("package", PICTURE)
def test_every_section_is_in_the_picture(package: str) -> None:
    """A new module or folder of a package with a row is named in that row."""
    there = {section(package, name) for name in MODULES if f"{name}.".startswith(f"{package}.")}
    unnamed = {f"{package}.{name}" for name in there - set(heights(package))}
    assert not unnamed, (
        f"not in the picture: {sorted(unnamed)}. Name each in PICTURE (tests/test_imports.py), row {package}, "
        "above all that it imports and below all that imports it; and in the drawing in docs/internals.md."
    )


@pytest.mark.parametrize("package", PICTURE)
def test_no_arrow_leads_upward(package: str) -> None:
    """Inside a room, too, nothing imports what stands after it."""
    assert [f"{one} imports {other}" for one, other in within(package) if upward(package, one, other)] == []


@pytest.mark.parametrize("package", PICTURE)
def test_sections_make_no_circle(package: str) -> None:
    """Sections of one height may import one another, but not in a circle."""
    pairs = {(section(package, one), section(package, other)) for one, other in within(package)}
    assert circles(graph([(one, other) for one, other in pairs if one != other])) == []


def test_modules_make_no_circle() -> None:
    """No modules import one another in a circle, in functions and under TYPE_CHECKING neither."""
    assert circles(graph(all_arrows())) == []


@pytest.mark.parametrize("asked", ASKED)
def test_what_is_asked_through_contracts_is_not_imported(asked: str) -> None:
    """The store and its like are imported by what puts the server together, and by nothing else."""
    askers = ASKED[asked] | {asked}
    inside = [(one, other) for one, other in all_arrows() if f"{other}.".startswith(f"{asked}.")]
    assert [pair for pair in inside if ".".join(pair[0].split(".")[:2]) not in askers] == []


@pytest.mark.parametrize(("one", "other"), sorted(APART))
def test_sections_that_do_not_know_each_other(one: str, other: str) -> None:
    """What is to know nothing of something imports none of it."""
    found = [
        pair for pair in all_arrows() if f"{pair[0]}.".startswith(f"{one}.") and f"{pair[1]}.".startswith(f"{other}.")
    ]
    assert found == []


def lazy(path: Path, text: str) -> Iterator[str]:
    """What the file imports inside of its functions, in full names."""
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            inside = ast.Module([each for each in node.body if isinstance(each, ast.stmt)], [])
            yield from imported(path, ast.unparse(inside))


def too_late(path: Path, text: str) -> list[str]:
    """The imports inside of functions that belong at the top of the file."""
    if path.name == "__init__.py" or f"{module(path)}.".startswith(tuple(f"{face}." for face in FACES)):
        return []
    found = {name for name in lazy(path, text) if not f"{name}.".startswith(tuple(f"{each}." for each in LATE))}
    if module(path).startswith(QUICK):
        found = {name for name in found if name.partition(".")[0] in ROOMS}
    return sorted(found)


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_imports_stand_at_the_top(path: Path) -> None:
    """Only a package's `__init__`, a command, and what needs a library of LATE import inside of functions."""
    assert too_late(path, path.read_text()) == []


@pytest.mark.parametrize(
    ("file", "text", "found"),
    [
        ("schemas/new.py", "def f():\n    from schemas import avro", ["schemas.avro"]),
        ("schemas/new.py", "class A:\n    def f(self):\n        import uuid", ["uuid"]),
        ("schemas/new.py", "def f():\n    from google.protobuf import message", []),
        ("schemas/new.py", "import zlib\nif 1:\n    import bz2", []),
        ("schemas/new/__init__.py", "def f():\n    from schemas import avro", []),
        ("translator/cli/commands/new.py", "def f():\n    import rich\n    from schemas import avro", []),
        ("translator/cli/shared/new.py", "def f():\n    import rich\n    from schemas import avro", ["schemas.avro"]),
    ],
)
def test_late_imports_are_seen(file: str, text: str, found: list[str]) -> None:
    """An import inside of a function or method is seen, one under a condition isn't one."""
    assert too_late(ROOT / file, text) == found


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_one_importer_of_the_compiled_module(path: Path) -> None:
    """Only native/binding.py imports native._core; what is needed for building alone, nobody."""
    names = list(imported(path, path.read_text()))
    core = [name for name in names if f"{name}.".startswith("native._core.")]
    assert not core or path == ROOT / "native" / "binding.py"
    assert not any(name.startswith(("native.build", "native.powers")) for name in names)


@pytest.mark.parametrize(
    ("file", "text"),
    [
        ("native/new.py", "import schemas"),
        ("native/new.py", "from translator.plan import handle"),
        ("schemas/new.py", "def f():\n    from translator import formats"),
        ("schemas/new.py", "if 1:\n    import registry.client"),
        ("schemas/sub/new.py", "import importlib\nimportlib.import_module('translator.engine.compile')"),
        ("translator/new.py", "import registry"),
        ("translator/new.py", "from tests import vectors"),
    ],
)
def test_wrong_arrows_are_seen(file: str, text: str) -> None:
    """The walk sees each way of importing what stands after."""
    assert wrong(ROOT / file, text)


@pytest.mark.parametrize(
    ("package", "importer", "found"),
    [
        ("translator", "translator.formats.json", "translator.plan.compiler"),
        ("translator", "translator.policies", "translator"),
        ("translator", "translator.cli.app", "translator.__main__"),
        ("translator.mapping", "translator.mapping.document.model", "translator.mapping.terms.values"),
        ("registry", "registry.domain.rules", "registry.queries"),
    ],
)
def test_arrows_inside_a_room_are_seen(package: str, importer: str, found: str) -> None:
    """An arrow to a section that stands after is seen; the same arrow the other way round is right."""
    assert upward(package, importer, found)
    assert not upward(package, found, importer)


def test_circles_are_seen() -> None:
    """A circle of any length is seen, what only leads to it is not, nor is a module by itself."""
    pairs = [("a", "b"), ("b", "c"), ("c", "a"), ("d", "a"), ("e", "f"), ("f", "e"), ("g", "h")]
    assert circles(graph(pairs)) == [["a", "b", "c"], ["e", "f"]]


@pytest.mark.parametrize(
    ("file", "text", "names"),
    [
        ("schemas/sub/new.py", "from . import other", ["schemas.sub.other"]),
        ("schemas/sub/new.py", "from .. import model", ["schemas.model"]),
        ("schemas/sub/new.py", "from ..model import Type", ["schemas.model.Type"]),
        ("schemas/new.py", "from native import _core", ["native._core"]),
    ],
)
def test_relative_imports_are_resolved(file: str, text: str, names: list[str]) -> None:
    """A relative import counts as the module that it means."""
    assert list(imported(ROOT / file, text)) == names


def test_names_are_resolved_to_modules() -> None:
    """`from package import x` means the module x where there is one, and the package where there is none."""
    assert home("native.errors") == home("native.errors.DataError") == "native.errors"
    assert home("native.nothing") == "native"
    assert home("msgspec.json") == ""
