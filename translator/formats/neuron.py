"""The neuron signal in Protobuf: the format that neurons speak. Its schema is the built-in one unless one is named.

Loses: what Protobuf loses.
"""

from __future__ import annotations

from dataclasses import replace

from translator.formats import protobuf
from translator.formats.base import never_guessed

SCHEMA = "neuron:NeuronSignal"

FORMAT = replace(
    protobuf.FORMAT,
    name="neuron",
    suffixes={".signals": "delimited", ".nsig": "delimited"},
    likely=never_guessed,
    usual_for=None,
    schema=SCHEMA,
)
