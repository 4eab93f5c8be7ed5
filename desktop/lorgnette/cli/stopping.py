"""Ending when asked to, with what is in work done first."""

import contextlib
import signal
import threading
from collections.abc import Callable, Iterator
from types import FrameType


@contextlib.contextmanager
def asked_to_stop(
    *signals: signal.Signals, then: Callable[[], object] = lambda: None
) -> Iterator[threading.Event]:
    """Yield an event that Ctrl+C and other signals set, so that pictures in work are finished.

    A second one stops at once.

    Args:
        then: called with the first, in the main thread between two of its steps.
    """
    stop = threading.Event()

    def note(_signal: int, _frame: FrameType | None) -> None:
        if stop.is_set():
            raise KeyboardInterrupt
        stop.set()
        then()

    before = {each: signal.signal(each, note) for each in (signal.SIGINT, *signals)}
    try:
        yield stop
    finally:
        for each, handler in before.items():
            signal.signal(each, handler)
