"""The part of a desktop's session manager that programs ask to keep the computer awake."""

import threading

import gi
gi.require_version('Gio', '2.0')
from gi.repository import Gio, GLib  # noqa: E402

NAME, PATH = 'org.gnome.SessionManager', '/org/gnome/SessionManager'
DESCRIPTION = f'''<node><interface name="{NAME}">
<method name="Inhibit"><arg type="s"/><arg type="u"/><arg type="s"/><arg type="u"/><arg type="u" direction="out"/></method>
<method name="Uninhibit"><arg type="u"/></method>
</interface></node>'''


class SessionManager:
    """Keeps what it was asked for in @wishes: cookie to (program, reason, flags)."""

    def __init__(self):
        self.wishes = {}
        self.n_asked = 0
        self.owned = threading.Event()
        threading.Thread(target=self._serve, daemon=True).start()
        if not self.owned.wait(20):
            raise RuntimeError('there is another session manager')

    def _serve(self):
        context = GLib.MainContext()
        context.push_thread_default()
        connection = Gio.bus_get_sync(Gio.BusType.SESSION)
        interface = Gio.DBusNodeInfo.new_for_xml(DESCRIPTION).interfaces[0]
        connection.register_object(PATH, interface, self._answer, None, None)
        Gio.bus_own_name_on_connection(connection, NAME, Gio.BusNameOwnerFlags.NONE, lambda *unused: self.owned.set(), None)
        GLib.MainLoop.new(context, False).run()

    def _answer(self, connection, sender, path, interface, method, arguments, invocation):
        if method == 'Uninhibit':
            self.wishes.pop(arguments.unpack()[0], None)
            invocation.return_value(None)
            return
        program, _, reason, flags = arguments.unpack()
        self.n_asked += 1
        self.wishes[self.n_asked] = (program, reason, flags)
        invocation.return_value(GLib.Variant('(u)', (self.n_asked,)))
