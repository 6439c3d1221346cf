"""`translator completion`: the scripts, run in the shells that are here."""

from __future__ import annotations

import re
import shutil
import subprocess

import pytest

from translator import containers, formats
from translator.cli import main
from translator.policies import choices

BASH = """source /dev/stdin <<< "$SCRIPT"
COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); COMP_LINE="$*"; COMP_POINT=${#COMP_LINE}
_translator
printf '%s\\n' "${COMPREPLY[@]}"
"""
OTHERS = [shell for shell in ("zsh", "fish") if shutil.which(shell)]


@pytest.fixture(scope="module")
def scripts() -> dict[str, str]:
    """Each shell's script."""
    found = {}
    for shell in ("bash", "zsh", "fish"):
        with pytest.MonkeyPatch.context() as patch:
            lines: list[str] = []
            patch.setattr("builtins.print", lambda *texts, lines=lines, **_: lines.append(" ".join(map(str, texts))))
            assert main(["completion", shell]) == 0
        found[shell] = "\n".join(lines)
    return found


def offered(script: str, *words: str) -> list[str]:
    """What bash offers after these words; the last is being typed."""
    command = ["bash", "-c", BASH, "bash", "translator", *words]
    environment = {"SCRIPT": script, "PATH": "/bin:/usr/bin"}
    ran = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    assert ran.stderr == ""
    return ran.stdout.split()


def test_bash_offers_commands(scripts):
    """Commands and their commands."""
    assert offered(scripts["bash"], "con") == ["convert"]
    assert {"convert", "check", "map", "schema"} <= set(offered(scripts["bash"], ""))
    assert offered(scripts["bash"], "map", "") == ["new", "test"]


def test_bash_offers_options(scripts):
    assert offered(scripts["bash"], "convert", "a", "--dead") == ["--dead-letter"]
    assert "--show" in offered(scripts["bash"], "map", "test", "--")


def test_bash_offers_values(scripts):
    """Formats, containers and policies by their names."""
    assert offered(scripts["bash"], "convert", "a", "--to", "") == sorted(formats.NAMES)
    assert offered(scripts["bash"], "convert", "a", "-t", "ms") == ["msgpack"]
    assert offered(scripts["bash"], "convert", "--container", "") == sorted(containers.NAMES)
    assert offered(scripts["bash"], "check", "--policy", "nan") == [f"nan={value}" for value in choices()["nan"]]
    assert offered(scripts["bash"], "convert", "--codec", "sn") == ["snappy"]


def test_codes_are_offered(scripts):
    """Of errors and rules, as the argument of `explain`."""
    assert offered(scripts["bash"], "explain", "INE") == ["INEXACT"]
    assert offered(scripts["bash"], "explain", "--") == ["--json", "--help", "--version"]
    assert re.search(r"'1:An error[^\n]*:\(TRUNCATED [A-Z0-9_ ]* F28\)'", scripts["zsh"])
    assert re.search(r"^complete .* explain' -f -a 'TRUNCATED .* F28'$", scripts["fish"], re.MULTILINE)


def test_bash_offers_files_for_the_rest(scripts):
    """Of what it has no words for, it leaves files to bash."""
    assert offered(scripts["bash"], "convert", "--schema", "") == []
    assert re.search(r"^complete -o bashdefault -o default -F _translator translator$", scripts["bash"], re.MULTILINE)


def test_zsh_has_an_action_for_every_value(scripts):
    """Names where they are known, else files; zsh itself offers nothing for a value without an action."""
    values = re.findall(r"\]:([\w-]+)(:?[^']*)'", scripts["zsh"])
    assert {name for name, action in values if not action} == set()
    assert f"]:to:({' '.join(sorted(formats.NAMES))})'" in scripts["zsh"]


def test_fish_takes_names(scripts):
    """And files by itself."""
    assert f"-l to -x -a '{' '.join(sorted(formats.NAMES))}'" in scripts["fish"]


@pytest.mark.parametrize("shell", ["bash", *OTHERS])
def test_a_shell_reads_its_script(scripts, tmp_path, shell):
    """No shell that is here finds fault with it."""
    (tmp_path / "script").write_text(scripts[shell])
    ran = subprocess.run([shell, "-n", tmp_path / "script"], capture_output=True, text=True, check=False)
    assert (ran.returncode, ran.stderr) == (0, "")
