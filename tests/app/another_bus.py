"""A bus of its own for a program, which then knows nothing of another run of itself, as on another computer."""

import os
import pathlib
import subprocess
import tempfile

CONFIGURATION = '''<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig><type>session</type><listen>unix:dir={folder}</listen><auth>EXTERNAL</auth>
<policy context="default"><allow send_destination="*"/><allow receive_sender="*"/><allow own="*"/></policy></busconfig>
'''


class AnotherBus:
    """Until the end of a with statement."""

    def __enter__(self):
        self.folder = tempfile.TemporaryDirectory()
        file = pathlib.Path(self.folder.name) / 'bus.conf'
        file.write_text(CONFIGURATION.format(folder=self.folder.name))
        self.process = subprocess.Popen(['dbus-daemon', '--config-file', str(file), '--print-address', '--nofork'],
                                        stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        return self

    def __exit__(self, *unused):
        self.process.kill()
        self.process.wait()
        self.folder.cleanup()

    def environment(self):
        """For a program; its widgets are in the tree that all others are in."""
        reply = subprocess.run(['gdbus', 'call', '--session', '--dest', 'org.a11y.Bus', '--object-path', '/org/a11y/bus',
                                '--method', 'org.a11y.Bus.GetAddress'], capture_output=True, text=True, check=True).stdout
        return {**os.environ, 'AT_SPI_BUS_ADDRESS': reply.split("'")[1],
                'DBUS_SESSION_BUS_ADDRESS': self.process.stdout.readline().strip()}
