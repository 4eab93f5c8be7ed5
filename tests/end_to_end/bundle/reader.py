"""Reads the accessibility tree of the bundle's window from outside, then closes it by keys.

Runs in the system's Python, which has pyatspi. Usage: reader.py PICTURES OUT.json
"""

import json
import os
import subprocess
import sys
import time
from pathlib import Path

import gi

gi.require_version("Atspi", "2.0")
import pyatspi  # noqa: E402
from gi.repository import GLib  # noqa: E402

PICTURES, OUT = int(sys.argv[1]), Path(sys.argv[2])


def until(condition, what, seconds=60):
    """Return what condition returns once it is true; other programs run meanwhile."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        GLib.MainContext.default().iteration(False)
        try:
            value = condition()
        except GLib.GError:  # the object went away while it was looked at
            value = None
        if value:
            return value
        time.sleep(0.05)
    sys.exit(f"never happened: {what}")


def frame():
    """Return the window of the program; None while there is none."""
    for application in pyatspi.Registry.getDesktop(0):
        if application is not None and "lorgnette" in (application.name or ""):
            for child in application:
                if child is not None and child.getRoleName() == "frame":
                    return child
    return None


def tree(node, found):
    """Append role and name of node and what is below it to found, and return found."""
    found.append([node.getRoleName(), node.name])
    for child in node:
        if child is not None:
            tree(child, found)
    return found


def rows():
    """Return the names of the pictures' rows."""
    pictures = pyatspi.findDescendant(
        frame(), lambda node: node.getRoleName() == "list" and node.name == "Pictures"
    )
    return [] if pictures is None else [child.name for child in pictures]


def running():
    """Tell whether the window's process lives; a zombie does not."""
    try:
        stat = Path("/proc", os.environ["APP_PID"], "stat").read_text()
    except FileNotFoundError:
        return False
    return stat.rpartition(")")[2].split()[0] != "Z"


until(frame, "the window")
until(lambda: sum("draft" in row.lower() for row in rows()) == PICTURES, "drafts of all pictures")
seen = {"title": frame().name, "rows": rows(), "tree": tree(frame(), [])}
until(lambda: frame().getState().contains(pyatspi.STATE_ACTIVE), "the window is active")
subprocess.run(["xdotool", "key", "--clearmodifiers", "ctrl+q"], check=True)
until(lambda: not running(), "the window is closed")
OUT.write_text(json.dumps(seen), encoding="utf-8")
