"""`translator inspect`: what a file holds, or one message field by field."""

from translator.cli.commands.inspect.command import inspect

__all__ = ["inspect"]
