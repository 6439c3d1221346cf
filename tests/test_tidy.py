"""The house's habits, as tests: short lines, files and functions; no banned calls; nothing generated is kept."""

from __future__ import annotations

import ast
import re
import subprocess
from fnmatch import fnmatch
from importlib.util import find_spec
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
ROOMS = ("native", "schemas", "translator", "registry")
LINE, FILE, FUNCTION = 120, 500, 60
USUAL_FUNCTION = 15
"""Lines that nine of ten functions of a room stay within."""
GENERATED = ("*.so", "*.o", "*.a", "*.pyc", "*.whl", "*_pb2.py*", "*.binpb", "*/_core.c", "*/powers.h", "*.egg-info/*",
             "build/*", "dist/*", ".venv/*", "*/results.json", "*/.DS_Store", "*.part")  # fmt: skip
BANNED = ("strcpy", "strcat", "sprintf", "vsprintf", "gets", "strtok", "strtod", "strtol", "atoi", "atof", "sscanf",
          "printf", "fprintf", "puts", "setlocale", "alloca", "rand", "abort", "exit")  # fmt: skip


def kept() -> list[Path]:
    """The project's own files: those that git has, or would take."""
    if not (ROOT / ".git").exists():
        return [path for path in ROOT.rglob("*") if path.is_file() and not generated(path)]
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    names = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout.split("\0")
    return [ROOT / name for name in names if name and (ROOT / name).is_file()]


def generated(path: Path) -> bool:
    name = path.relative_to(ROOT).as_posix()
    return any(fnmatch(name, pattern) for pattern in GENERATED) or "/.venv/" in f"/{name}"


KEPT = kept()
CODE = [path for path in KEPT if path.suffix in (".py", ".c", ".h")]
PYTHON = [path for path in CODE if path.suffix == ".py"]
CORE = [path for path in CODE if path.is_relative_to(ROOT / "native") and path.suffix != ".py"]


def name(path: Path) -> str:
    return str(path.relative_to(ROOT))


def calls(text: str) -> list[str]:
    """The banned functions that C code calls, comments and strings aside."""
    bare = re.sub(r'/\*.*?\*/|//[^\n]*|"(?:\\.|[^"\\\n])*"', " ", text, flags=re.DOTALL)
    return re.findall(rf"\b({'|'.join(BANNED)})\s*\(", bare)


@pytest.mark.parametrize("path", CODE, ids=name)
def test_lines_and_files_are_short(path: Path) -> None:
    """No line is over 120 characters, no file over 500 lines, and no line ends in spaces."""
    lines = path.read_text().splitlines()
    assert [number for number, line in enumerate(lines, 1) if len(line) > LINE] == []
    assert [number for number, line in enumerate(lines, 1) if line != line.rstrip() or "\t" in line] == []
    assert len(lines) <= FILE


def lengths(text: str) -> dict[str, int]:
    """The lines of each function, by its name and place."""
    nodes = [node for node in ast.walk(ast.parse(text)) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]
    return {f"{node.name}:{node.lineno}": (node.end_lineno or 0) - node.lineno + 1 for node in nodes}


@pytest.mark.parametrize("path", PYTHON, ids=name)
def test_functions_are_short(path: Path) -> None:
    """No Python function is over 60 lines."""
    assert [each for each, lines in lengths(path.read_text()).items() if lines > FUNCTION] == []


@pytest.mark.parametrize("room", ROOMS)
def test_most_functions_are_very_short(room: str) -> None:
    """Nine of ten Python functions of a room have at most 15 lines."""
    found = {
        f"{name(path)} {each}": lines for path in PYTHON if path.is_relative_to(ROOT / room)
        for each, lines in lengths(path.read_text()).items()
    }  # fmt: skip
    longer = sorted((each for each, lines in found.items() if lines > USUAL_FUNCTION), key=lambda each: found[each])
    assert len(longer) <= len(found) // 10, f"too many over {USUAL_FUNCTION} lines, the shortest: {longer[:20]}"


def test_lengths_are_counted() -> None:
    """From `def` to the last line, in classes and functions too, whether it waits or not."""
    text = "def a():\n    def b(): pass\nclass C:\n    async def d(self):\n\n        pass\n"
    assert lengths(text) == {"a:1": 2, "b:2": 1, "d:4": 3}


@pytest.mark.parametrize("path", CORE, ids=name)
def test_no_banned_calls(path: Path) -> None:
    """The C core calls nothing that prints, follows the locale, writes without a bound, or ends the process."""
    assert calls(path.read_text()) == []


def test_banned_calls_are_seen() -> None:
    """A call is seen; a longer name, a comment or a text is not."""
    assert calls('x = atoi (s); h9_atoi(s); /* atoi(s) */ f("atoi(s)"); // printf(s)\n') == ["atoi"]


def test_nothing_generated_is_kept() -> None:
    """What a build writes is not in the repository."""
    assert [name(path) for path in KEPT if generated(path)] == []


@pytest.mark.parametrize("path", [p for p in KEPT if p.suffix in (".h", ".c") and "native" in p.parts], ids=name)
def test_no_dead_c_files(path: Path) -> None:
    """Every header is included by something, and every C file lies where the build finds it."""
    if path.suffix == ".c":
        assert path.parent.is_relative_to(ROOT / "native/src") or path.name.startswith("test_")
        return
    others = (other.read_text() for other in CODE if other != path)
    assert any(re.search(rf'["/]{re.escape(path.name)}"', text) for text in others)


def tool(*command: str) -> list[list[str]]:
    """The lines, in words, of a program that comes with the C compiler, about the compiled module."""
    spec = find_spec("native._core")
    assert spec is not None
    assert spec.origin is not None
    done = subprocess.run([*command, spec.origin], capture_output=True, text=True, check=True)
    return [line.split() for line in done.stdout.splitlines()]


def test_exported_symbols() -> None:
    """Every symbol that leaves the compiled module, its entry point aside, begins with h9_."""
    symbols = {words[-1] for words in tool("nm", "-D", "--defined-only") if words}
    entry = {symbol for symbol in symbols if symbol.startswith(("PyInit_", "_cffi_pypyinit_"))}
    assert entry
    assert {symbol for symbol in symbols - entry if not symbol.startswith("h9_")} == set()


def test_nothing_in_the_core_is_global_and_mutable() -> None:
    """Nothing of the core's is in a section that can be written to; cffi's and the linker's own things are."""
    writable = {words[-1] for words in tool("objdump", "-t") if {".data", ".bss", "*COM*"} & set(words)}
    assert "_cffi_exports" in writable
    assert {each for each in writable if not each.startswith(("_cffi_", "_", ".", "completed."))} == set()
