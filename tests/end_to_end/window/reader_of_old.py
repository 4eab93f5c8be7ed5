"""Hears what a screen reader does that knows no announcements, as Orca 43 does.

Runs as reader.py does, beside a window that holds pictures already. Usage:
reader_of_old.py FOLDER OUT.json
"""

import gi

gi.require_version("Atspi", "2.0")
import pyatspi  # noqa: E402
from reader import app, dump, found, has, hear, heard, notified, one, press, until  # noqa: E402


def main():
    frame = until(lambda: app() and [n for n in app() if n.getRoleName() == "frame"], "the window")[
        0
    ]
    until(lambda: has(frame, pyatspi.STATE_ACTIVE), "the window is active")
    until(lambda: one("list", "Pictures"), "the list")
    pyatspi.Registry.registerEventListener(hear, "object:state-changed:showing")
    press("ctrl+l", "Home", "ctrl+d")
    until(lambda: any("Decorative: " in text for text in notified), "the first is said")
    press("ctrl+d")
    until(lambda: "Not decorative any more." in notified, "the second is said")
    pyatspi.Registry.registerEventListener(hear, "object:announcement")
    found["before"] = len(notified)
    press("ctrl+d")
    until(lambda: heard, "it is announced")
    press("ctrl+d")
    until(lambda: len(heard) == 2, "the next is announced")
    dump()


if __name__ == "__main__":
    main()
