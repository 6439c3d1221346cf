"""English as a native reader would write it, and one word for one thing: our slips, found.

A slip is a construction that is correct word by word and that nobody uses. Each comes with what to write instead and a
planted sentence that proves that it is found. Prose wraps, so texts are read with their lines joined. Code is not
prose: of Python and C only comments and strings are read.
"""

from __future__ import annotations

import ast
import io
import re
import tokenize
from bisect import bisect
from collections import defaultdict
from pathlib import Path
from typing import NamedTuple

import pytest

from tests.test_tidy import KEPT, PYTHON, ROOMS, ROOT, name

# --- slips ---


class Slip(NamedTuple):
    """What is found, what to write instead, and a sentence that has it."""

    pattern: str
    instead: str
    planted: str


A_THING = r"(?!longer|more|less|such|way|different|fewer|later|one)\w+"
SLIPS = (
    Slip(r"\b(?:that|which|it|what) (?:is|are|was|were) none\b", "is not one", "a name that is none"),
    Slip(r"\bturns? out to be none\b", "turns out not to be one", "a pair that turns out to be none"),
    Slip(r"(?<!there )\b(?:is|are) none (?:of its|in|elsewhere)\b", "is not one of", "a name is none in Avro"),
    Slip(rf"\b(?:that|which|what|who|they) (?:is|are|was|were) no {A_THING}", "is not a", "text that is no number"),
    Slip(r"(?<!here )\b(?:is|are) no (?:error|matter|problem|burden|names?|JSON|UUID|URL|object|number|match)\b",
         "is not an error; doesn't matter", "what else it holds is no matter"),
    Slip(r"\b(?:hasn't|haven't|hadn't)(?: got\b| (?:a|any|it)\b|[.,:;)])", "doesn't have", "a member that it hasn't."),
    Slip(r"\bhas not (?:any|a|the)\b", "lacks; doesn't have", "the reader has not any of them"),
    Slip(r"\bas of (?:the|an?|its|`|another|join|load)", "as in; like that of", "a key twice, as of a point's"),
    Slip(r"\b[Rr]eckon", "compute, count", "(reckoned in float32)"),
    Slip(r"\b(?:bytes|stands?|comes?|goes|ends?|one|found|is|are|what|map|reference) behind\b", "after",
         "bytes behind the message"),
    Slip(r"\b[Bb]ehind (?:it|them|the|its|that|this|an?)\b", "after", "an entry behind the map"),
    Slip(r"\b[Ww]ithout more words\b", "by default", "Without more words it is JSON"),
    Slip(r"\b(?:and|is|are|was) said so\b", "and says so", "not built yet, and said so by the plan"),
    Slip(r"\banew\b", "again", "the file is opened anew"),
    Slip(r"\b[Ll]ikewise[.;:)]", "the same for …", "four bytes more, likewise."),
    Slip(r"\b(?:is|are|was|were|be) (?:to be )?had\b", "is there, is available", "a runner that is to be had"),
    Slip(r"\bof whom\b", "whose", "clients of whom nobody knows"),
    Slip(r"[,;] of which (?!the|both|all|some)\w+", "some of which; whose", "five signals, of which 1 is refused"),
    Slip(r"\bas well as may be\b", "as well as it can", "it fits as well as may be"),
    Slip(r"\ba one of (?:them|these|those|the|many)\b", "one of", "it is a one of many"),
    Slip(r"\b(?:is|are) called so\b", "has that name", "no field is called so"),
    Slip(r"\bframed so\b", "framed that way", "messages that aren't framed so"),
    Slip(r"\bone behind the other\b", "one after another", "documents, one behind the other"),
    Slip(r"\b(?:has|have) to be such\b", "must be one", "the key has to be such"),
    Slip(r"\bstands? (?:there )?twice\b", "appears twice", "an item stands there twice"),
    Slip(r"\bover against\b", "next to, compared with", "JSON over against a schema"),
    Slip(r"\bgo(?:es)? round\b", "form a circle", "references that go round"),
    Slip(r"\bstands? in each other\b", "are nested", "lists stand in each other"),
    Slip(r"\bbeside (?:for|None|being|having)\b", "besides; other than", "the types beside None"),
)  # fmt: skip

TOKENS = (tokenize.COMMENT, tokenize.STRING, getattr(tokenize, "FSTRING_MIDDLE", tokenize.STRING))
TEXTS = (".py", ".c", ".h", ".md", ".toml", ".proto", ".sql", ".yml", ".yaml", ".txt", ".cfg", ".ini", ".sh")


def pieces(path: Path) -> list[tuple[int, str]]:
    """The lines of a file's prose, by their numbers: of code the comments and strings, else all."""
    text = path.read_text()
    if path.suffix == ".py":
        tokens = tokenize.generate_tokens(io.StringIO(text).readline)
        found = [(each.start[0], each.string) for each in tokens if each.type in TOKENS]
    elif path.suffix in (".c", ".h"):
        matches = re.finditer(r'/\*.*?\*/|//[^\n]*|"(?:\\.|[^"\\\n])*"', text, re.DOTALL)
        found = [(text.count("\n", 0, each.start()) + 1, each.group()) for each in matches]
    else:
        found = [(1, text)]
    return [(number + i, line) for number, each in found for i, line in enumerate(each.split("\n"))]


def slips(lines: list[tuple[int, str]]) -> list[str]:
    """What is found in a text, as `line: words → instead`."""
    begins, text = [], ""
    for _, line in lines:
        begins.append(len(text))
        text += re.sub(r'^[\s*#/"]+|["\s]+$', "", line) + " "
    return [
        f"{lines[bisect(begins, found.start()) - 1][0]}: {found.group()} → {slip.instead}"
        for slip in SLIPS for found in re.finditer(slip.pattern, text)
    ]  # fmt: skip


def found_in(path: Path) -> list[str]:
    """The slips of a file. Its whole text is looked at first, since telling prose from code takes longer."""
    whole = list(enumerate(path.read_text().split("\n"), 1))
    return slips(pieces(path)) if slips(whole) else []


def prose() -> list[Path]:
    kinds = [path for path in KEPT if path.suffix in TEXTS or path.name in ("Makefile", "run")]
    return [path for path in kinds if name(path) != "tests/test_english.py"]


@pytest.mark.parametrize("path", prose(), ids=name)
def test_no_slips(path: Path) -> None:
    """Comments, docstrings, messages and documentation have none of the constructions in SLIPS."""
    assert found_in(path) == []


@pytest.mark.parametrize("slip", SLIPS, ids=lambda slip: slip.planted)
def test_a_planted_slip_is_found(slip: Slip) -> None:
    """Each pattern finds its sentence, also where a line ends in it."""
    assert re.search(slip.pattern, slip.planted)
    words = slip.planted.split(" ")
    wrapped = [(1, "    " + " ".join(words[:-1])), (2, f" * {words[-1]}")]
    assert any(found.endswith(f"→ {slip.instead}") for found in slips(wrapped))


def test_code_is_not_prose(tmp_path: Path) -> None:
    """A name in code is passed over; a comment and a string are not."""
    python, c = tmp_path / "a.py", tmp_path / "a.c"
    python.write_text('anew = 1\n# opened anew\nx = "made anew"\n')
    c.write_text('int anew; /* opened\n * anew */ f("anew");\n')
    assert [found.split(":")[0] for path in (python, c) for found in found_in(path)] == ["2", "3", "2", "2"]


# --- names ---

TWICE = {
    "Json": "dict[str, Any], wherever a document is one; and the term that is JSON text",
    "JsonFlag": "two commands' own option, of one form",
    "Shell": "the shells that there are, once where the parser of arguments isn't loaded yet",
}
"""Names that occur twice in the rooms, and why."""


def named(path: Path) -> list[str]:
    """The classes of a module, and the types that it gives a name, without leading underscores."""
    tree = ast.parse(path.read_text())
    found = [node.name for node in ast.walk(tree) if isinstance(node, ast.ClassDef)]
    for node in tree.body:
        target = node.targets[0] if isinstance(node, ast.Assign) else getattr(node, "target", None)
        if isinstance(target, ast.Name) and getattr(node, "value", None) is not None:
            found.append(target.id)
    bare = [each.lstrip("_") for each in found]
    return [each for each in bare if each[:1].isupper() and not each.isupper()]


def twice(paths: list[Path]) -> dict[str, list[str]]:
    """Names that more than one module has."""
    found: dict[str, list[str]] = defaultdict(list)
    for path in paths:
        for each in named(path):
            found[each].append(path.name if not path.is_relative_to(ROOT) else name(path))
    return {each: places for each, places in found.items() if len(places) > 1}


def test_no_name_occurs_twice() -> None:
    """In the four rooms no two classes or types share a name, private ones too; but for those in TWICE."""
    rooms = [path for path in PYTHON if path.relative_to(ROOT).parts[0] in ROOMS]
    assert {each: places for each, places in twice(rooms).items() if each not in TWICE} == {}
    assert set(TWICE) <= set(twice(rooms)), "a reason for what no longer occurs twice"


def test_names_are_found(tmp_path: Path) -> None:
    """A class in a function, a private one, and a type with a name; no constant, no variable."""
    one, other = tmp_path / "one.py", tmp_path / "other.py"
    one.write_text("def f():\n    class Report: ...\n\nKind = str\nLIMIT = 1\nx = 2\n")
    other.write_text("class _Report: ...\n\nKind: object = int\nLIMIT = 2\nx = 3\n")
    assert sorted(twice([one, other])) == ["Kind", "Report"]
