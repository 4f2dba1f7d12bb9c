#!/usr/bin/python3
"""A window from which files are dragged, as from a file manager.

Usage: drag_source.py PATH...
"""

import sys

import gi

gi.require_version('Gdk', '4.0')
gi.require_version('Gtk', '4.0')
from gi.repository import Gdk, Gio, GLib, Gtk  # noqa: E402


def prepare(source, x, y):
    files = Gdk.FileList.new_from_list([Gio.File.new_for_path(path) for path in sys.argv[1:]])
    return Gdk.ContentProvider.new_for_value(files)


def main():
    window = Gtk.Window(title='Drag from here', default_width=200, default_height=200)
    window.set_child(Gtk.Label(label='\n'.join(sys.argv[1:])))
    source = Gtk.DragSource(actions=Gdk.DragAction.COPY)
    source.connect('prepare', prepare)
    window.add_controller(source)
    window.present()
    GLib.MainLoop().run()


main()
