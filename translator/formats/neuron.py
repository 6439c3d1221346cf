"""The neuron signal in Protobuf: the format that neurons speak. Its schema is the built-in one unless one is named.

Loses: what Protobuf loses.
"""

from __future__ import annotations

from dataclasses import replace

from translator.formats import protobuf

FORMAT = replace(protobuf.FORMAT, name="neuron")
