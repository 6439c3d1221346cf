"""Completion scripts: what cyclopts makes, with files wherever a value may be one, and the names that options take.

cyclopts knows the commands and options; of a value it knows what a type says, and most of ours are texts. So its
script is completed here, option by option and for a command's first argument, in each shell's own words.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final, Literal

from cyclopts import App

Shell = Literal["bash", "zsh", "fish"]


def script(app: App, shell: Shell) -> str:
    """The script that a shell evaluates."""
    text = _FINISH[shell](app.generate_completion(shell=shell), _values())
    for command, words in _first_words().items():
        text = _FIRST[shell](text, command, " ".join(words))
    return text


def _values() -> dict[str, list[str]]:
    """What can follow an option, by the option's name."""
    from translator import containers
    from translator.engine.transformers import SHARED
    from translator.policies import choices

    formats_, containers_ = SHARED.formats(), sorted(containers.NAMES)
    policies = [f"{name}={value}" for name, values in choices().items() for value in values]
    codecs = [codec for name in containers.NAMES for codec in containers.get(name).codecs]
    known = {"from": formats_, "f": formats_, "to": formats_, "t": formats_, "policy": policies, "p": policies}
    return known | {"container": containers_, "to-container": containers_, "codec": codecs}


def _first_words() -> dict[str, list[str]]:
    """What a command's first argument can be, by the command."""
    from translator.cli.commands.explain import entries

    return {"explain": [each.code for each in entries()]}


def _bash(text: str, values: dict[str, list[str]]) -> str:
    """Of what it knows nothing, bash is to offer files."""

    def named(found: re.Match[str]) -> str:
        words = values.get(found[2].lstrip("-"))
        known = " ".join(words or ())
        return f'{found[1]}COMPREPLY=( $(compgen -W "{known}" -- "${{cur}}") )' if known else found[0]

    text = re.sub(r"(^ +(--?[\w-]+)\)\n +)COMPREPLY=\(\)$", named, text, flags=re.MULTILINE)
    return re.sub(r"^complete -F", "complete -o bashdefault -o default -F", text, flags=re.MULTILINE)


def _zsh(text: str, values: dict[str, list[str]]) -> str:
    """An action after each value that lacks one: `:name` becomes `:name:_files`."""

    def named(found: re.Match[str]) -> str:
        words = values.get(found[2])
        action = f"({' '.join(words)})" if words else "_files"
        return f"{found[1]}:{action}{found[3]}"

    options = r"""^( +'\*?--?([\w-]+)\[(?:[^'\\]|\\.|'\\'')*\]:[\w-]+)('(?: \\)?)$"""
    positional = r"""^( +'(?:\d+|\*):(?!:)(?:[^':\\]|\\.|'\\'')*())('(?: \\)?)$"""
    return re.sub(positional, named, re.sub(options, named, text, flags=re.MULTILINE), flags=re.MULTILINE)


def _fish(text: str, values: dict[str, list[str]]) -> str:
    """fish offers files by itself."""

    def named(found: re.Match[str]) -> str:
        words = values.get(found[2])
        return f"{found[1]} -x -a '{' '.join(words)}'" if words else found[0]

    return re.sub(r"^(complete .* -[ls] ([\w-]+)) -r(?= )", named, text, flags=re.MULTILINE)


_FINISH: Final[dict[Shell, Callable[[str, dict[str, list[str]]], str]]] = {"bash": _bash, "zsh": _zsh, "fish": _fish}


def _bash_first(text: str, command: str, words: str) -> str:
    """Where cyclopts offers nothing, since it is no option."""
    nothing = rf'(^ +"{command}"\)\n.*? else\n +)COMPREPLY=\(\)$'
    return _replaced(nothing, rf'\g<1>COMPREPLY=( $(compgen -W "{words}" -- "${{cur}}") )', text)


def _zsh_first(text: str, command: str, words: str) -> str:
    """In place of files."""
    return _replaced(rf"(^ +{command}\)\n +_arguments \\\n +'1:[^\n]*):_files'", rf"\g<1>:({words})'", text)


def _fish_first(text: str, command: str, words: str) -> str:
    return f"{text}\ncomplete -c translator -n '__fish_translator_using_command {command}' -f -a '{words}'"


def _replaced(pattern: str, new: str, text: str) -> str:
    return re.sub(pattern, new, text, count=1, flags=re.MULTILINE | re.DOTALL)


_FIRST: Final[dict[Shell, Callable[[str, str, str], str]]] = {
    "bash": _bash_first, "zsh": _zsh_first, "fish": _fish_first,
}  # fmt: skip
