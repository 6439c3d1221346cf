"""How often a property is tried: by Hypothesis's profile (tests/conftest.py)."""

from __future__ import annotations

from hypothesis import settings

CI_EXAMPLES = 200


def examples(count: int) -> settings:
    """Settings for a property that CI tries `count` times: in proportion to what the profile has of CI's examples."""
    return settings(max_examples=max(1, count * settings.default.max_examples // CI_EXAMPLES))
