"""Three recipes of docs/adding.md, followed to the letter in a copy of the project: `make recipes`.

Each changes the files that the page lists and no other, the touched rooms' tests pass there, and what is new works.
"""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.recipes.support import ROOT, Edit, copied, edits, rows, sections

HOUSE = ("tests/test_tidy.py", "tests/test_imports.py", "tests/test_dead_python.py", "tests/test_docs_pages.py",
         "tests/test_rules.py")  # fmt: skip
"""What holds every change."""


@dataclass(frozen=True)
class Recipe:
    """One that is followed. `tests`: of the rooms that it touches; `shown`: that what is new works."""

    title: str
    page: str
    tests: tuple[str, ...]
    shown: str
    builds: bool = False

    @property
    def edits(self) -> list[Edit]:
        """Those that the page shows, then the tests and pages that it only names."""
        return edits(sections()[self.title]) + edits((Path(__file__).parent / self.page).read_text())


FORMAT = Recipe(
    "A format",
    "format.md",
    ("tests/translator/formats", "tests/translator/semantics/test_hex_json.py",
     "tests/translator/containers/test_detect.py",
     "tests/translator/containers/test_containers_page.py", "tests/translator/cli/test_formats.py",
     "tests/translator/cli/test_completion.py", "tests/translator/engine/test_transformers.py"),
    """
import json
from pathlib import Path
from translator.cli import main
Path("r.avsc").write_text('{"type":"record","name":"R","fields":[{"name":"a","type":"bytes"}]}')
Path("in.ndjson").write_text('{"a":"AP8="}\\n')
assert main(["convert", "in.ndjson", "out.hexjson", "--schema", "r.avsc"]) == 0
assert json.loads(Path("out.hexjson").read_text()) == [{"a": "00ff"}]
assert main(["convert", "out.hexjson", "back.ndjson", "--schema", "r.avsc"]) == 0
assert Path("back.ndjson").read_bytes() == Path("in.ndjson").read_bytes()
""",
)  # fmt: skip
STEP = Recipe(
    "A step",
    "step.md",
    ("tests/translator/plan", "tests/translator/semantics", "tests/native/test_instructions.py", "tests/test_tidy_c.py",
     "tests/test_rules_examples.py"),
    """
import translator
ends = [{"type": "record", "name": "R", "fields": [{"name": "a", "type": {"type": type_, "logicalType": logical}}]}
        for type_, logical in (("long", "timestamp-millis"), ("int", "date"))]
plan = translator.compile(("json", ends[0]), ("json", ends[1]))
assert plan.translate(b'{"a":"2026-11-22T00:00:00Z"}') == b'{"a":"2026-11-22"}'
made = plan.translate_many([b'{"a":"2026-11-22T00:00:01Z"}'])
assert [(each.code, each.offset, each.path) for each in made.errors] == [("INEXACT", 5, "a")], made.errors
""",
    builds=True,
)  # fmt: skip
STORE = Recipe(
    "A store",
    "store.md",
    ("tests/registry/store/test_contract.py", "tests/registry/store/test_memory.py", "tests/registry/test_rooms.py",
     "tests/registry/test_plugs.py", "tests/registry/test_registering.py", "tests/registry/test_deleting.py",
     "tests/registry/test_dispatcher.py"),
    """
from registry import ANONYMOUS, Candidate, commands, queries
from registry.dispatcher import dispatcher
from registry.store.memory import MemoryStore
ways = dispatcher(MemoryStore())
made = ways.run(commands.Register("a", Candidate(text='"string"')), ANONYMOUS)
assert ways.ask(queries.SchemaById(made.schema.id), ANONYMOUS).text == '"string"'
""",
)  # fmt: skip
RECIPES = [pytest.param(each, id=each.title) for each in (FORMAT, STEP, STORE)]


@pytest.mark.parametrize("recipe", RECIPES)
def test_the_edits_are_those_that_the_page_lists(recipe: Recipe) -> None:
    """No file is changed that the recipe doesn't list, and all are that it says are always changed."""
    listed = rows(sections()[recipe.title].partition("\n### ")[0])
    touched = {each.path for each in recipe.edits}
    assert {path for path in touched if not any(row.matches(path) for row in listed)} == set()
    assert [row.path for row in listed if row.needed and not any(map(row.matches, touched))] == []


@pytest.mark.parametrize("recipe", RECIPES)
def test_the_edits_fit(recipe: Recipe, tmp_path: Path) -> None:
    """Each can be made in the project as it stands."""
    for path in {each.path for each in recipe.edits if each.language == "diff"}:
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text((ROOT / path).read_text())
    for each in recipe.edits:
        each.make(tmp_path)


@pytest.mark.recipe
@pytest.mark.parametrize("recipe", RECIPES)
def test_a_recipe_is_followed(recipe: Recipe, tmp_path: Path) -> None:
    """In a copy: it is laid out as all else, the tests of the rooms that it touches pass, and what is new works."""
    project = copied(tmp_path)
    for each in recipe.edits:
        each.make(project)
    if recipe.builds:
        run(project, "setup.py", "--quiet", "build_ext", "--inplace")
    python = sorted({each.path for each in recipe.edits if each.path.endswith(".py")})
    run(project, "-m", "ruff", "check", "--no-cache", *python)
    run(project, "-m", "ruff", "format", "--no-cache", "--check", *python)
    run(project, "-m", "pytest", "-p", "no:cacheprovider", *recipe.tests, *HOUSE)
    here = f"import translator; assert translator.__file__.startswith({str(project)!r})\n"
    run(tmp_path, "-c", here + recipe.shown, path=project)


def run(folder: Path, *words: str, path: Path | None = None) -> None:
    """Runs Python in a folder, with the copy's packages. AssertionError: it fails; says what was printed."""
    environment = os.environ | {"PYTHONPATH": str(path or folder), "PYTHONDONTWRITEBYTECODE": "1"}
    done = subprocess.run([sys.executable, *words], cwd=folder, env=environment, capture_output=True, text=True,
                          check=False)  # fmt: skip
    assert done.returncode == 0, f"{words}\n{done.stdout[-6000:]}\n{done.stderr[-3000:]}"
