"""The commands and the Python in the documentation run, and print what stands below them.

Every ```console and ```python block of README.md and of all documents below docs/ is run, a document's blocks in order
and in one new folder:

    ```json FILE=order.json            a block with `FILE=NAME`, of any language, is written to that file first
    {"id": 1}
    ```

    ```console
    $ translator convert order.json - --to json          a command begins with `$ `; `\\` at the end continues it
    {"id":1}                                             below it what it prints, stdout and stderr as on a terminal
    1 record written, …                                  `…` stands for any text in a line
    ...                                                  `...` alone for any lines
    ```

    ```console exit=3                  of the block's last command; otherwise it is 0
    ```console norun                   not run: it needs a network or never ends
    ```console background              one command that runs until the document ends; what is below it must come first

    ```python                          a document's Python blocks share their names; `norun` as above
    print(1)
    ```
    ```output                          what the Python block before it prints
    1
    ```

A command with nothing below it must succeed, whatever it prints. Commands are bash's; one that is `translator` and
plain words is run in this process, which is faster. `examples` is there, as in the repository. Where a document runs
something in the background, 8081 (the registry's port) stands for a free one.
"""

from __future__ import annotations

import contextlib
import io
import os
import re
import shlex
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from translator.cli import main
from translator.engine import sources

ROOT = Path(__file__).resolve().parents[1]
FENCE = re.compile(r"^```(\w+)[ \t]*(.*?)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
SHELL = re.compile(r"[|<>;&$`*?\\~(){}!\[\]]")
COMMENT = re.compile(r"\s+#\s.*")
QUOTED = re.compile(r"'[^']*'")
"""What makes a line more than plain words; what it isn't; and what it doesn't look into."""
RUN = ("console", "python", "output")
BACKGROUND = "background"


@dataclass
class Command:
    """A command of a document. `printed`: the lines below it."""

    line: int
    text: str
    printed: list[str] = field(default_factory=list)
    code: int = 0


def blocks(text: str) -> Iterator[tuple[int, str, str, str]]:
    """Line, language, info and body of each fenced block."""
    for found in FENCE.finditer(text):
        yield text.count("\n", 0, found.start()) + 1, found[1], found[2], found[3]


def commands(line: int, info: str, body: str) -> list[Command]:
    """The commands of a console block."""
    made: list[Command] = []
    continued = False
    for number, text in enumerate(body.splitlines(), line + 1):
        if continued:
            made[-1].text += f"\n{text}"
        elif text.startswith("$ "):
            made.append(Command(number, text[2:]))
        else:
            assert made, f"line {number}: a console block begins with `$ `"
            made[-1].printed.append(text)
        continued = text.endswith("\\") and (continued or text.startswith("$ "))
    wanted = re.search(r"\bexit=(\d+)", info)
    made[-1].code = int(wanted[1]) if wanted else 0
    return made


def matches(wanted: list[str], printed: list[str]) -> bool:
    """Whether lines are the wanted ones, `…` and `...` being what they say."""
    if not wanted:
        return not printed
    if wanted[0] == "...":
        return any(matches(wanted[1:], printed[n:]) for n in range(len(printed) + 1))
    pattern = ".*".join(re.escape(part) for part in wanted[0].split("…"))
    return bool(printed and re.fullmatch(pattern, printed[0].rstrip()) and matches(wanted[1:], printed[1:]))


def act(text: str, folder: Path, patch: pytest.MonkeyPatch) -> tuple[int, str]:
    """Runs a command; its exit code and all that it printed."""
    plain = COMMENT.sub("", text)
    if plain.startswith("translator ") and not SHELL.search(QUOTED.sub("", plain)):
        return here(shlex.split(plain)[1:], patch)
    options = {"stdin": subprocess.DEVNULL, "stdout": subprocess.PIPE, "stderr": subprocess.STDOUT}
    ran = subprocess.run(["bash", "-c", text], cwd=folder, env=environment(folder), timeout=60, check=False, **options)
    return ran.returncode, ran.stdout.decode()


def environment(folder: Path) -> dict[str, str]:
    """Of what runs outside of this process: `translator` is on its path."""
    path = os.pathsep.join(filter(None, (str(ROOT), os.environ.get("PYTHONPATH"))))
    return os.environ | {"PATH": f"{folder / '.bin'}:{os.environ['PATH']}", "PYTHONPATH": path}


def here(argv: list[str], patch: pytest.MonkeyPatch) -> tuple[int, str]:
    """Runs the command line in this process."""
    out = io.BytesIO()
    stream = io.TextIOWrapper(out, "utf-8", write_through=True)
    with patch.context() as streams:
        streams.setattr(sys, "stdout", stream)
        streams.setattr(sys, "stderr", stream)
        code = main(argv)
    stream.flush()
    return code, out.getvalue().decode()


def prepare(folder: Path) -> None:
    """What every document finds: the examples, and the command."""
    (folder / "examples").symlink_to(ROOT / "examples")
    (folder / ".bin").mkdir()
    command = folder / ".bin" / "translator"
    command.write_text(f'#!/bin/sh\nexec {shlex.quote(sys.executable)} -m translator "$@"\n')
    command.chmod(0o755)


@dataclass
class Play:
    """A document on the stage. AssertionError: something in it doesn't do what it says."""

    folder: Path
    patch: pytest.MonkeyPatch
    names: dict[str, Any] = field(default_factory=dict)
    printed: str = ""
    count: int = 0
    children: list[subprocess.Popen[str]] = field(default_factory=list)

    def console(self, line: int, info: str, body: str) -> None:
        """Runs the commands of a block."""
        for command in commands(line, info, body):
            code, printed = act(command.text, self.folder, self.patch)
            told = f"line {command.line}: $ {command.text}\n(exit {code}) it printed:\n{printed}"
            assert code == command.code, told
            assert not command.printed or matches(command.printed, printed.splitlines()), told
            self.count += 1

    def background(self, line: int, info: str, body: str) -> None:
        """Starts a block's command, and waits for what it is said to print."""
        (command,) = commands(line, info, body)
        child = subprocess.Popen(["bash", "-c", command.text], cwd=self.folder, env=environment(self.folder), text=True,
                                 stdout=subprocess.PIPE, stderr=subprocess.STDOUT, start_new_session=True)  # fmt: skip
        self.children.append(child)
        assert child.stdout
        told = [child.stdout.readline().rstrip() for _ in command.printed]
        assert matches(command.printed, told), f"line {command.line}: it printed:\n{told}"
        self.count += 1

    def end(self) -> None:
        """Stops what runs in the background, and what this process had open for it."""
        sources.close()
        for child in self.children:
            os.killpg(child.pid, signal.SIGTERM)
            child.communicate(timeout=30)

    def python(self, line: int, info: str, body: str) -> None:
        """Runs a block of Python, at its lines of the document."""
        out = io.StringIO()
        code = compile("\n" * line + body, "(document)", "exec", dont_inherit=True)
        with contextlib.redirect_stdout(out):
            exec(code, self.names)
        self.printed = out.getvalue()
        self.count += 1

    def output(self, line: int, info: str, body: str) -> None:
        """Compares what the last block of Python printed."""
        told = f"line {line}: it printed:\n{self.printed}"
        assert matches(body.splitlines(), self.printed.splitlines()), told


def play(text: str, folder: Path, patch: pytest.MonkeyPatch) -> int:
    """Runs a document in a folder; how many commands and blocks of Python it has."""
    prepare(folder)
    patch.chdir(folder)
    stage = Play(folder, patch, {"__name__": "document"})
    try:
        for line, language, info, body in blocks(served(text, patch)):
            named = re.search(r"\bFILE=(\S+)", info)
            if named:
                (folder / named[1]).parent.mkdir(parents=True, exist_ok=True)
                (folder / named[1]).write_text(body)
            elif language in RUN and "norun" not in info.split():
                getattr(stage, BACKGROUND if BACKGROUND in info else language)(line, info, body)
    finally:
        stage.end()
    return stage.count


def served(text: str, patch: pytest.MonkeyPatch) -> str:
    """The document with a free port for the registry, if it starts one."""
    if f"```console {BACKGROUND}\n" not in text:
        return text
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port = str(found.getsockname()[1])
    patch.setenv("HAL9_REGISTRY_URL", f"http://127.0.0.1:{port}")
    sources.close()
    return text.replace("8081", port)


APART = {ROOT / "docs/adding.md"}
"""Its blocks are edits of the project, which tests/recipes makes in a copy."""


def runs(path: Path) -> bool:
    """Whether a document has something to run."""
    return path not in APART and any(
        language in RUN and "norun" not in info for _, language, info, _ in blocks(path.read_text())
    )


DOCUMENTS = [path for path in (ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))) if runs(path)]


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_a_document_runs(path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its commands, in order, end and print as it says."""
    assert play(path.read_text(), tmp_path, monkeypatch)


GOOD = """
```json FILE=in/a.ndjson
{"n":1}
```
```console
$ translator convert in/a.ndjson - --to json
{"n":1}
1 record written, …
```
```console norun
$ rm -rf /
```
```python
n = 3
```
```python
print(n)
print("more")
```
```output
3
m…e
```
```console background
$ echo ready && sleep 60
ready
```
```console exit=2
$ translator formats
...
types       refuse, base64
...
$ translator convert none
...
```
```console
$ cat in/a.ndjson |\\
  translator convert - --to json --quiet | tr 1 2
{"n":2}
```
"""


def test_what_is_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Files, continued lines, pipes, exit codes, Python, and what isn't to be run."""
    assert play(GOOD, tmp_path, monkeypatch) == 7


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        ('{"n":1}\n1 record', '{"n":3}\n1 record'),
        ("1 record written, …", "2 records written, …"),
        ("exit=2", "exit=0"),
        ("types       refuse, base64", "types  refuse, base64"),
        ('{"n":2}', "...\nmore"),
        ("3\nm…e", "3"),
        ("print(n)", "print(n + 1)"),
    ],
)
def test_what_is_wrong_is_seen(right: str, wrong: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Another line, a line too much, another exit code."""
    with pytest.raises(AssertionError, match=r"it printed:"):
        play(GOOD.replace(right, wrong), tmp_path, monkeypatch)
