"""Stands for a desktop on a bus of its own: takes notifications and files to show.

Runs in the system's Python, which has gi. It says that it is ready, then prints a line of JSON a
call: the method and what it was given.
"""

import json
import sys

from gi.repository import Gio, GLib

METHODS = """<node>
<interface name="org.freedesktop.Notifications"><method name="Notify">
<arg type="s" direction="in"/><arg type="u" direction="in"/><arg type="s" direction="in"/>
<arg type="s" direction="in"/><arg type="s" direction="in"/><arg type="as" direction="in"/>
<arg type="a{sv}" direction="in"/><arg type="i" direction="in"/><arg type="u" direction="out"/>
</method></interface>
<interface name="org.freedesktop.FileManager1"><method name="ShowItems">
<arg type="as" direction="in"/><arg type="s" direction="in"/></method></interface>
</node>"""


def tell(*what: object) -> None:
    sys.stdout.write(json.dumps(what) + "\n")
    sys.stdout.flush()


def take(_bus, _sender, _path, _interface, method, given, invocation) -> None:
    tell(method, given.unpack())
    invocation.return_value(GLib.Variant("(u)", (7,)) if method == "Notify" else None)


def main() -> None:
    bus = Gio.bus_get_sync(Gio.BusType.SESSION)
    node = Gio.DBusNodeInfo.new_for_xml(METHODS)
    for interface in node.interfaces:
        place = "/" + interface.name.replace(".", "/")
        bus.register_object(place, interface, take, None, None)
        Gio.bus_own_name_on_connection(bus, interface.name, Gio.BusNameOwnerFlags.NONE, None, None)
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    GLib.MainLoop().run()


main()
