"""Plays a person at the keyboard beside a screen reader, in a process of its own.

Runs in the system's Python, which has pyatspi. It finds the window on the accessibility bus,
presses keys with xdotool, and writes down what the bus says: one JSON object at the end, which
the tests judge. The window was
started in the folder above FOLDER. Usage: reader.py FOLDER OUT.json
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

FOLDER, OUT = Path(sys.argv[1]), Path(sys.argv[2])
PACE = float(os.environ.get("PACE", "0"))  # seconds after each key, for a voice to finish
EVENTS = ("object:announcement", "object:state-changed:focused", "object:state-changed:showing")
heard = []  # announcements
notified = []  # notifications, of which there are none for who hears announcements
focus = []  # role and name of what had it
found = {}


def until(condition, what, seconds=30):
    """Return what condition returns once it is true; other programs run meanwhile."""
    end = time.monotonic() + seconds
    while True:
        GLib.MainContext.default().iteration(False)
        try:
            value = condition()
        except GLib.GError:  # the object went away while it was looked at
            value = None
        if value:
            return value
        if time.monotonic() > end:
            dump()
            sys.exit(f"never happened: {what}")
        time.sleep(0.02)


def settle(seconds):
    """Let events come in for a while."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        GLib.MainContext.default().iteration(False)
        time.sleep(0.005)


def press(*keys):
    for key in keys:
        subprocess.run(["xdotool", "key", "--clearmodifiers", key], check=True)
        settle(0.12 + PACE)


def type_text(text):
    subprocess.run(["xdotool", "type", "--delay", "15", text], check=True)
    settle(0.2 + PACE)


def application():
    desktop = pyatspi.Registry.getDesktop(0)
    for child in desktop:
        if child is not None and "lorgnette" in (child.name or ""):
            return child
    return None


def every(top, test, limit=4000):
    """Return the descendants of top that pass test; the rows of a list are not entered."""
    result, waiting = [], [top]
    while waiting and limit:
        limit -= 1
        node = waiting.pop(0)
        if node is None:
            continue
        if test(node):
            result.append(node)
        if node.getRoleName() != "list":
            waiting += [node.getChildAtIndex(i) for i in range(min(node.childCount, 200))]
    return result


def one(role, name):
    nodes = every(app(), lambda node: node.getRoleName() == role and node.name == name)
    return nodes[0] if nodes else None


def app():
    return application()


def has(node, state):
    return node.getState().contains(state)


def describe(node):
    relations = {
        str(relation.getRelationType()).rpartition("_")[2].strip(">").lower(): [
            relation.getTarget(i).name for i in range(relation.getNTargets())
        ]
        for relation in node.getRelationSet()
    }
    return {
        "role": node.getRoleName(),
        "name": node.name,
        "description": node.description,
        "labels": [name for names in relations.values() for name in names],
        "focusable": has(node, pyatspi.STATE_FOCUSABLE),
        "showing": has(node, pyatspi.STATE_SHOWING),
        "expandable": has(node, pyatspi.STATE_EXPANDABLE),
        "expanded": has(node, pyatspi.STATE_EXPANDED),
    }


def focused():
    """Return role and name of what the bus has last told to have the focus."""
    return focus[-1] if focus else None


def in_list():
    """Tell whether the list of pictures has the focus, as itself or by its current row."""
    role, name = focused() or ["", ""]
    return [role, name] == ["list", "Pictures"] or (role == "list item" and "of 6" in name)


def rows():
    pictures = one("list", "Pictures")
    if pictures is None:
        return []
    return [pictures.getChildAtIndex(i).name for i in range(pictures.childCount)]


def field():
    return one("text", "Alt text")


def text_of(node):
    return node.queryText().getText(0, -1) if node is not None else None


def hear(event):
    if "announcement" in str(event.type):
        heard.append(event.any_data)
    elif "showing" in str(event.type):
        if event.source is not None and event.source.getRoleName() == "notification":
            notified.append(event.source.name)
    elif event.detail1 and event.source is not None:
        focus.append([event.source.getRoleName(), event.source.name])


def sidecars():
    return sorted(path.name for path in FOLDER.glob("*.xmp"))


def dump():
    found.update(heard=heard, notified=notified, focus=focus)
    OUT.write_text(json.dumps(found, indent=1, default=str), encoding="utf-8")


def main():
    frame = until(lambda: app() and [n for n in app() if n.getRoleName() == "frame"], "the window")[
        0
    ]
    for event in EVENTS:
        pyatspi.Registry.registerEventListener(hear, event)
    until(lambda: has(frame, pyatspi.STATE_ACTIVE), "the window is active")
    found["empty"] = [describe(n) for n in every(frame, lambda n: True)]

    press("ctrl+shift+o")
    until(lambda: every(app(), lambda n: n.getRoleName() in {"dialog", "file chooser"}), "dialog")
    type_text(str(FOLDER))
    press("Return")
    until(lambda: len(rows()) == 6, "six rows")
    until(lambda: all("Draft" in row for row in rows()), "six drafts")
    until(lambda: "%" not in frame.name, "captioning has ended")
    found["title"] = frame.name
    found["rows"] = rows()
    until(lambda: any("6 pictures captioned" in text for text in heard), "the summary")
    found["tree"] = [describe(n) for n in every(frame, lambda n: True)]
    found["row description"] = one("list", "Pictures").getChildAtIndex(0).description

    press("ctrl+l")
    until(in_list, "focus in the list")
    order = [focused()]
    for _ in range(16):
        press("Tab")
        order.append(focused())
        if in_list():
            break
    found["tab order"] = order

    press("ctrl+l", "Home", "F2")
    until(lambda: focused() == ["text", "Alt text"], "focus in the text")
    press("ctrl+a")
    type_text("Image of a red wall in the sun")
    press("Return", "BackSpace")  # Enter is only a new line
    settle(0.5)
    found["sidecars after Enter"] = sidecars()
    press("ctrl+1")
    press("ctrl+1")
    until(lambda: text_of(field()) == "A red wall in the sun.", "both notes are mended")
    press("ctrl+Return")
    until(lambda: "Reviewed" in rows()[0], "the first row is reviewed")
    found["row after accepting"] = rows()[0]
    press("ctrl+Return", "alt+2")
    found["after alt+2"] = text_of(field())
    press("ctrl+Return")
    until(lambda: sum("Reviewed" in row for row in rows()) == 3, "three are reviewed")
    press("ctrl+l", "Home", "ctrl+shift+c")
    until(lambda: "Copied as plain text." in heard, "the copy is announced")

    press("ctrl+s")
    write = until(lambda: one("push button", "Write 3 pictures"), "the plan")
    found["plan"] = [
        n.name for n in every(app(), lambda n: n.getRoleName() == "label")
        if n.name.startswith("3 pictures")
    ]  # fmt: skip
    until(lambda: has(write, pyatspi.STATE_SENSITIVE), "Write can be pressed")
    press("alt+w")
    until(lambda: len(sidecars()) == 3, "three sidecars")
    found["sidecars after writing"] = sidecars()
    until(lambda: "3 pictures written." in heard, "the batch is announced")
    press("ctrl+l", "ctrl+z")
    until(lambda: not sidecars(), "the batch is undone")
    until(lambda: any("as they were before" in text for text in heard), "undo is announced")

    press("ctrl+e")
    until(lambda: focused() == ["text", "Extended description"], "focus in the description")
    heading = one("push button", "Extended description")
    found["opened"] = describe(heading)
    actions = heading.queryAction()
    names = [actions.getName(i) for i in range(actions.nActions)]
    actions.doAction(names.index("Press"))
    until(lambda: not has(heading, pyatspi.STATE_EXPANDED), "the section is closed again")
    press("ctrl+l")
    until(in_list, "focus in the list")

    press("F8")
    until(lambda: one("list", "Messages"), "the messages")
    messages = one("list", "Messages")
    found["messages"] = [
        messages.getChildAtIndex(i).name for i in range(min(messages.childCount, 30))
    ]
    press("Escape")
    until(in_list, "focus is back in the list")
    dump()


if __name__ == "__main__":
    main()
