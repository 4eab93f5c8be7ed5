"""Files that nobody made: generated from grammars, and read by ours and by other programs.

As part of the suite each test takes a few seconds, and makes the same examples each time.
`LORGNETTE_FUZZ=200 pytest tests/fuzz --hypothesis-seed=1` makes two hundred times as many, the same
for the same seed; without a seed they are new each time, and what was found is kept in .hypothesis
and tried first.
"""

import os
from collections.abc import Callable
from typing import TypeVar

from hypothesis import HealthCheck, Phase, settings

Test = TypeVar("Test", bound=Callable[..., object])


def examples(count: int) -> Callable[[Test], Test]:
    """Return a decorator that has hypothesis make so many examples, times LORGNETTE_FUZZ."""
    decorator: Callable[[Test], Test] = settings(
        max_examples=count * int(os.environ.get("LORGNETTE_FUZZ", "1")),
        deadline=None,
        suppress_health_check=list(HealthCheck),
        phases=[Phase.explicit, Phase.reuse, Phase.generate],  # to shrink one takes minutes
    )
    return decorator
