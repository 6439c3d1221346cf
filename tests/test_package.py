"""What is shipped: one wheel for every Python from 3.11, with what running needs and nothing else; quick to import."""

from __future__ import annotations

import shutil
import statistics
import subprocess
import sys
import time
import zipfile
from importlib.metadata import version
from pathlib import Path

import pytest

import translator

ROOT = Path(__file__).resolve().parents[1]
NEEDED = ("pyproject.toml", "setup.py", "README.md", "LICENSE", "native", "schemas", "translator", "registry")
BUILT = shutil.ignore_patterns("*.so", "*.o", "__pycache__", "*.egg-info", "_core.c", "powers.h", "*.binpb")
IMPORT_SECONDS = 0.15
VERSION_MODULES = 40
"""How many modules `translator --version` may load: ours, and `typing` with what it stands on."""
HEAVY = ("msgspec", "google", "fastavro", "jsonschema", "cyclopts", "rich", "cffi", "_cffi_backend", "native._core",
         "cramjam", "grpc_tools", "decimal", "asyncio", "http")  # fmt: skip

RUN = """
import native
assert native.__file__.startswith({folder!r}), native.__file__
import translator
from schemas import neuron
from translator import formats
from translator.plan.compiler import Side
assert neuron._prepared().exists()
schema = neuron.load("TopologyChanged", "protobuf")
plan = translator.Plan(Side(formats.get("json"), schema), Side(formats.get("protobuf"), schema))
assert plan.translate(b'{{"old":"a","new":"b"}}') == bytes([10, 1, 97, 18, 1, 98])
"""


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, built from a copy of the tree without anything that was built before."""
    folder = tmp_path_factory.mktemp("package")
    copy = folder / "tree"
    copy.mkdir()
    for name in NEEDED:
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, copy / name, ignore=BUILT)
        elif (ROOT / name).exists():
            shutil.copy(ROOT / name, copy / name)
    command = [sys.executable, "-m", "pip", "wheel", ".", "--quiet", "--disable-pip-version-check", "--no-index",
               "--no-build-isolation", "--no-deps", "--wheel-dir", str(folder)]  # fmt: skip
    done = subprocess.run(command, cwd=copy, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    (found,) = folder.glob("*.whl")
    return found


@pytest.fixture(scope="module")
def names(wheel: Path) -> set[str]:
    return set(zipfile.ZipFile(wheel).namelist())


def test_one_wheel_for_every_python(wheel: Path, names: set[str]) -> None:
    """The wheel is tagged abi3 from 3.11 on, and so is the compiled module in it."""
    assert "-cp311-abi3-" in wheel.name
    assert "native/_core.abi3.so" in names


def test_every_module_is_in(names: set[str]) -> None:
    """Every module and every typing mark of the rooms is in the wheel; what only building needs is not."""
    for room in ("native", "schemas", "translator", "registry"):
        files = {path.relative_to(ROOT).as_posix() for path in (ROOT / room).rglob("*.py*") if path.suffix != ".pyc"}
        assert files - names == ({"native/build.py", "native/powers.py"} & files)
        assert not files or f"{room}/py.typed" in names


def test_built_in_schemas_are_in(names: set[str]) -> None:
    """The built-in schemas are in, in every language, the compiled form and our own options too."""
    folder = ROOT / "schemas" / "neuron"
    files = {path.relative_to(ROOT).as_posix() for pattern in ("*.proto", "*.avsc", "*.json")
             for path in folder.rglob(pattern)}  # fmt: skip
    assert "schemas/neuron/hal9/options.proto" in files
    assert files <= names
    assert any(name.startswith("schemas/neuron/neuron-") and name.endswith(".binpb") for name in names)


def test_mapping_schema_is_in(names: set[str]) -> None:
    """The schema of mapping documents is in."""
    assert any(name.startswith("translator/") and name.endswith("/mapping.schema.json") for name in names)


def test_rules_are_in(names: set[str]) -> None:
    """The pages that `translator explain` reads are in."""
    pages = {f"translator/rules/{path.name}" for path in (ROOT / "docs/rules").glob("*.md")}
    assert pages
    assert pages <= names


def test_migrations_are_in(names: set[str]) -> None:
    """The steps that make the registry's database are in."""
    steps = {path.relative_to(ROOT).as_posix() for path in (ROOT / "registry/store/migrations").glob("*.sql")}
    assert steps
    assert steps <= names


def test_nothing_else_is_in(names: set[str]) -> None:
    """No C, no tests, no tools are in; nothing lies outside of the rooms and the wheel's own data."""
    assert {name for name in names if name.endswith((".c", ".h", ".o"))} == set()
    assert {name.split("/")[0].split("-")[0] for name in names} <= {
        "native", "schemas", "translator", "registry", "hal9_translator",
    }  # fmt: skip


def test_it_runs_from_the_wheel_alone(wheel: Path, tmp_path: Path) -> None:
    """Unpacked somewhere else, it translates by the built-in schemas."""
    zipfile.ZipFile(wheel).extractall(tmp_path)
    program = RUN.format(folder=str(tmp_path))
    command, environment = [sys.executable, "-c", program], {"PYTHONPATH": str(tmp_path)}
    done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def seconds(program: str) -> float:
    start = time.perf_counter()
    subprocess.run([sys.executable, "-c", program], cwd=ROOT, check=True)
    return time.perf_counter() - start


def test_import_is_quick() -> None:
    """`import translator` costs next to nothing (a generous bound), and loads nothing heavy."""
    pairs = [(seconds("pass"), seconds("import translator")) for _ in range(9)]
    assert statistics.median(b for _, b in pairs) - statistics.median(a for a, _ in pairs) < IMPORT_SECONDS
    program = f"import sys, translator; print(*[name for name in {HEAVY} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.split() == []


VERSION = f"""
import sys
sys.path.insert(0, {str(ROOT)!r})
before = set(sys.modules)
from translator.cli import main
assert main(["--version"]) == 0
print(*sorted(set(sys.modules) - before))
"""


def test_the_version_is_told_at_once() -> None:
    """`translator --version` loads two modules of ours and none that Python does not load with them."""
    command = [sys.executable, "-S", "-c", VERSION]  # without what an environment loads at every start
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    told, loaded = done.stdout.splitlines()
    assert told == translator.__version__ == version("hal9-translator")
    names = loaded.split()
    assert [name for name in names if name.startswith("translator")] == ["translator", "translator.cli"]
    assert len(names) <= VERSION_MODULES
    assert not {name.partition(".")[0] for name in names} - set(sys.stdlib_module_names) - {"translator"}
