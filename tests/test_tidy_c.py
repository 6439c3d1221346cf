"""The C core's habits, as tests: rooms that import one way, nothing that nobody uses, short functions."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
NATIVE = ROOT / "native"
LINES = 20
"""What nine in ten functions keep to."""
ROOMS = ("values", "core", "steps", "formats", "")
"""Lowest first; the last is the core's root. A file includes its own room's headers, and those of rooms before it."""
Sources = dict[str, str]
"""C files by their paths from native/src, or from native/include."""


def bare(text: str) -> str:
    """C code without its comments and texts."""
    return re.sub(r'/\*.*?\*/|"(?:\\.|[^"\\\n])*"', " ", text, flags=re.DOTALL)


def sources() -> Sources:
    files = [path for path in sorted(NATIVE.rglob("*.[ch]")) if path.name not in ("powers.h", "_core.c")]
    folders = (NATIVE / "src", NATIVE / "include")
    return {
        str(path.relative_to(next(f for f in folders if path.is_relative_to(f)))): path.read_text() for path in files
    }


def python() -> str:
    """All Python that may name the core's constants and functions."""
    folders = (NATIVE, ROOT / "translator")
    return "\n".join(path.read_text() for folder in folders for path in sorted(folder.rglob("*.py")))


# --- rooms ---


def room(name: str) -> str:
    return name.split("/")[0] if "/" in name else ""


def included(text: str) -> list[str]:
    return re.findall(r'#include "([^"]+)"', text)


def arrows_up(files: Sources) -> list[tuple[str, str]]:
    """Includes that point to a room above, or from one format to another."""
    found = []
    for name, text in files.items():
        if name.startswith("hal9_"):
            continue
        for other in included(text):
            up = "/" in other and ROOMS.index(room(other)) > ROOMS.index(room(name))
            folders = [each.rpartition("/")[0] for each in (name, other)]
            across = all(each.startswith("formats") for each in folders) and folders[1] not in ("formats", folders[0])
            if up or across:
                found.append((name, other))
    return found


def circles(files: Sources) -> list[str]:
    """Headers that include themselves by way of others."""

    def reached(name: str, seen: set[str]) -> set[str]:
        for other in included(files.get(name, "")):
            if other not in seen:
                seen.add(other)
                reached(other, seen)
        return seen

    return [name for name in files if name in reached(name, set())]


def test_rooms_import_one_way() -> None:
    """values, core, steps, formats, and what runs them: no include points to a later one, or to another format."""
    assert arrows_up(sources()) == []


def test_no_header_includes_itself() -> None:
    """Not by way of others either."""
    assert circles(sources()) == []


@pytest.mark.parametrize(
    ("name", "other"),
    [("core/a.c", "formats/json/lex.h"), ("values/a.h", "core/slot.h"), ("steps/a.c", "formats/keyed.h"),
     ("formats/avro/a.c", "formats/json/lex.h"), ("formats/keyed.c", "formats/json/lex.h")],
)  # fmt: skip
def test_an_arrow_up_is_seen(name: str, other: str) -> None:
    """From any room, and from one format to another."""
    assert arrows_up({name: f'#include "{other}"\n'}) == [(name, other)]


def test_a_circle_is_seen() -> None:
    """Of three headers."""
    files = {"core/a.h": '#include "core/b.h"', "core/b.h": '#include "core/c.h"', "core/c.h": '#include "core/a.h"'}
    assert circles(files) == list(files)


# --- what nobody uses ---


def constants(text: str) -> set[str]:
    """Macros and enumerators; no header's guard."""
    enums = re.findall(r"\benum\b\s*\w*\s*\{([^}]*)\}", text)
    members = {name for body in enums for name in re.findall(r"(?:^|,)\s*([A-Za-z]\w*)", body)}
    return members | {name for name in re.findall(r"#define (\w+)", text) if not name.endswith("_H")}


def functions(text: str) -> list[str]:
    """What is declared or defined at the outermost level, as often as it is."""
    depth, outer = 0, []
    for part in re.split(r"([{}])", re.sub(r"^#.*(?:\\\n.*)*", "", text, flags=re.MULTILINE)):
        depth += (part == "{") - (part == "}")
        outer.append(part if depth == 0 and part != "}" else " ")
    return re.findall(r"\b(h9_\w+)\s*\([^;]*?\)\s*(?:;|$|\n|\s)", "".join(outer))


def struct_members(text: str) -> set[str]:
    bodies = re.findall(r"\b(?:struct|union)\b\s*\w*\s*\{((?:[^{}]|\{[^{}]*\})*)\}", text)
    names = re.compile(r"\b(\w+)\s*(?:\[[^\]]*\])?\s*[,;]|\(\*(\w+)\)\s*\(")
    return {one or other for body in bodies for one, other in names.findall(body)}


def unused(files: Sources, users: str) -> set[str]:
    """Names that occur in C where they are declared, and defined, only, and nowhere in `users`, which is Python."""
    code = {name: bare(text) for name, text in files.items()}
    count = Counter(word for text in code.values() for word in re.findall(r"\b[A-Za-z_]\w*\b", text))
    known = set(re.findall(r"\b[A-Za-z_]\w*\b", users))
    declared: Counter[str] = Counter()
    for text in code.values():
        declared.update(constants(text) | struct_members(text))
        declared.update(functions(text))
    return {name for name, times in declared.items() if count[name] <= times and name not in known}


SYSTEM = {"_POSIX_C_SOURCE"}
"""What is defined for a header of the system."""


def test_no_dead_names() -> None:
    """Every constant, function and struct member of the core is used by its code, or by Python."""
    assert unused(sources(), python()) - SYSTEM == set()


@pytest.mark.parametrize(
    "planted",
    ["#define H9_PLANTED 5\n", "enum { H9_ONE, H9_PLANTED = 2 };", "bool h9_planted(int a);\n",
     "bool h9_planted(int a);\nbool h9_planted(int a)\n{ return a; }\n", "struct a { int used, planted; };",
     "struct a { int planted[4]; /* planted */ };", "struct a { void (*planted)(int a); };"],
)  # fmt: skip
def test_dead_names_are_seen(planted: str) -> None:
    """A name in a comment or a text is not a use of it."""
    users = 'int a, used, H9_ONE; /* h9_planted, H9_PLANTED */ char *s = "planted";'
    files = {"core/a.h": planted, "core/b.c": users}
    assert {name.lower().removeprefix("h9_") for name in unused(files, "")} >= {"planted"}
    assert not unused(files, "h9_planted H9_PLANTED planted")


# --- sizes ---


def lengths(text: str) -> list[int]:
    """Lines of each function, from its name's to its last brace's."""
    found, start = [], None
    for number, line in enumerate(text.splitlines()):
        if re.match(r"[A-Za-z]", line) and not line.startswith(("typedef", "enum", "struct", "union", "extern", "#")):
            start = number
        if line.startswith("}") or (line.startswith("{") and line.rstrip().endswith("}")):
            if start is not None and not re.match(r"\}.*;", line):
                found.append(number - start + 1)
            start = None
        elif re.match(r"[A-Za-z].*\{.*\}$", line):
            found.append(1)
            start = None
    return found


def ninth(sizes: list[int]) -> int:
    """What nine in ten are at most."""
    return sorted(sizes)[max(0, -(-len(sizes) * 9 // 10) - 1)]


def test_functions_are_short() -> None:
    """Nine in ten of the core's functions have no more than 20 lines."""
    assert ninth([size for text in sources().values() for size in lengths(text)]) <= LINES


def test_lengths_are_counted() -> None:
    """Functions on one line and on two, and long ones; neither tables nor types."""
    text = "static int a(void)\n{ return 1; }\n\nint b(void) { return 2; }\n\nint c(void)\n{\n    x();\n    y();\n}\n"
    assert lengths(text + "typedef struct {\n    int a;\n} b;\nstatic const int t[] = {\n    1,\n};\n") == [2, 1, 5]
    assert (ninth([1] * 9 + [99]), ninth([1] * 8 + [99] * 2)) == (1, 99)
