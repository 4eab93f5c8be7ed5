"""Ending when asked to, with what is in work done first."""

import contextlib
import signal
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from types import FrameType


@dataclass(slots=True)
class Stop:
    """Whether somebody asked for the end."""

    signal: int = 0  # by which; 0: nobody has yet

    @property
    def asked(self) -> bool:
        """Whether to end as soon as the pictures in work are done."""
        return self.signal != 0


@contextlib.contextmanager
def asked_to_stop(
    *signals: signal.Signals, then: Callable[[], object] = lambda: None
) -> Iterator[Stop]:
    """Yield what Ctrl+C and other signals set, so that pictures in work are finished.

    A second one stops at once.

    Args:
        then: called with the first, in the main thread between two of its steps.
    """
    stop = Stop()

    def note(number: int, _frame: FrameType | None) -> None:
        if stop.asked:
            raise KeyboardInterrupt
        stop.signal = number
        then()

    before = {each: signal.signal(each, note) for each in (signal.SIGINT, *signals)}
    try:
        yield stop
    finally:
        for each, handler in before.items():
            signal.signal(each, handler)
