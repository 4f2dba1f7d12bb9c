"""One file over HTTP on this computer, in parts and as slowly as a test wants it."""

import http.server
import threading
import time


class FileServer(http.server.ThreadingHTTPServer):
    """Serves @content as /NAME.gguf for any NAME, and nothing else."""

    daemon_threads = True

    def __init__(self, content):
        super().__init__(('127.0.0.1', 0), Handler)
        self.content = content
        self.tag = '"one"'
        self.pause = threading.Event()  # set: nothing is sent beyond the first half
        self.ranges = []  # of the requests so far, None where there was none
        threading.Thread(target=self.serve_forever, daemon=True).start()

    def address(self, name):
        return f'http://127.0.0.1:{self.server_port}/{name}'


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = 'HTTP/1.1'

    def log_message(self, *args):
        pass

    def wanted(self):
        """First and last byte of the part that is asked for, or None."""
        given = self.headers.get('Range')
        if given is None or self.headers.get('If-Range', self.server.tag) != self.server.tag:
            return None
        first, last = given.removeprefix('bytes=').split('-')
        return int(first), min(int(last), len(self.server.content) - 1) if last else len(self.server.content) - 1

    def do_GET(self):
        content, part = self.server.content, self.wanted()
        self.server.ranges.append(self.headers.get('Range'))
        if not self.path.endswith('.gguf'):
            self.send_error(404)
            return
        first, last = part or (0, len(content) - 1)
        self.send_response(206 if part else 200)
        if part:
            self.send_header('Content-Range', f'bytes {first}-{last}/{len(content)}')
        self.send_header('Content-Length', str(last - first + 1))
        self.send_header('ETag', self.server.tag)
        self.end_headers()
        try:
            self.send(content, first, last + 1)
        except OSError:
            self.close_connection = True

    def send(self, content, first, end):
        half, step = len(content) // 2, 1 << 16
        for at in range(first, end, step):
            while self.server.pause.is_set() and at >= half:
                time.sleep(0.02)
            self.wfile.write(content[at:min(at + step, end)])
