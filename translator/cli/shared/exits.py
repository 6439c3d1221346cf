"""What the exit codes mean, and the failures that end in them."""

from __future__ import annotations

from typing import Final

from native.errors import TranslatorError

DONE: Final = 0
REFUSED: Final = 1
"""Some records were refused and set aside; a plan doesn't compile, where that was the question."""
USAGE: Final = 2
"""Nothing was begun: wrong options, schemas, mapping or plan."""
STOPPED: Final = 3
"""Stopped at a refused record, damaged input, or a fault of the machine."""
INTERRUPTED: Final = 130
BROKEN_PIPE: Final = 141


class UsageError(TranslatorError):
    """What was asked for can't be begun. `hint`: what to do about it."""

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint
