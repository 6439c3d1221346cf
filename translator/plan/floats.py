"""Numbers of schemas and mappings that are to be floats: S6, for what is known before the first message."""

from __future__ import annotations

import struct

from schemas.model import Float


def nearest(value: float, type_: Float) -> float:
    """The float nearest to a number. OverflowError: it is out of range."""
    if type_.bits == 64:
        return float(value)
    packed: float = struct.unpack("<f", struct.pack("<f", value))[0]
    return packed


def holds(value: float, type_: Float) -> bool:
    """Whether a number may be a float of that type: an integer has to be it, a fraction is the nearest, but 0 only by
    itself."""
    try:
        made = nearest(value, type_)
    except OverflowError:
        return False
    return made == value if isinstance(value, int) else bool(made) == bool(value)
