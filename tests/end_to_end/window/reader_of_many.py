"""Goes down a list of thousands by the arrow key, and writes down what each key makes the bus say.

Runs as reader.py does, beside a window that holds COUNT pictures already. Usage:
reader_of_many.py FOLDER OUT.json COUNT
"""

import subprocess
import sys
import time

import gi

gi.require_version("Atspi", "2.0")
import pyatspi  # noqa: E402
from reader import app, dump, found, has, one, press, settle, until  # noqa: E402

COUNT = int(sys.argv[3])
KEYS = 25
told = []  # every event since the last key: its type, the row that has the focus, and when it came


def tell(event):
    came, kind = time.monotonic(), str(event.type)
    gained = kind == "object:state-changed:focused" and event.detail1 and event.source is not None
    told.append([kind, event.source.name if gained else "", came])


def reached(place):
    """Return when the bus said that the row in that place has the focus; None: not yet."""
    end = f" {place} of {COUNT}"
    return next(
        (
            came for _, name, came in told if name.replace(",", "").endswith(end)
        ),
        None,
    )  # fmt: skip


def main():
    frame = until(lambda: app() and [n for n in app() if n.getRoleName() == "frame"], "the window")[
        0
    ]
    until(lambda: has(frame, pyatspi.STATE_ACTIVE), "the window is active")
    until(lambda: one("list", "Pictures"), "the list")
    pictures = one("list", "Pictures")
    until(lambda: pictures.childCount == COUNT, "all rows", seconds=120)
    pyatspi.Registry.registerEventListener(tell, "object", "focus")
    press("ctrl+l", "End")
    until(lambda: reached(COUNT), "the last row has the focus")
    found["last row"] = pictures.getChildAtIndex(COUNT - 1).name
    press("Home")
    until(lambda: reached(1), "the first row has the focus")
    found["keys"], found["milliseconds"] = [], []
    for place in range(2, KEYS + 2):
        told.clear()
        begun = time.monotonic()
        subprocess.run(["xdotool", "key", "Down"], check=True)
        settle(0.6)
        came = until(lambda place=place: reached(place), f"row {place} has the focus")
        found["milliseconds"].append(round((came - begun) * 1000, 1))
        found["keys"].append([kind for kind, _, _ in told])
    dump()


if __name__ == "__main__":
    main()
