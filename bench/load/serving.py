"""gunicorn as it is configured here, with one application or another."""

import os
import socket
import subprocess
import sys
import time
from contextlib import contextmanager


@contextmanager
def serving(application, *, workers=1, **environ):
    """The port on which it answers, for as long as the context lasts."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    ours = {"COLLOQUY_BIND": f"127.0.0.1:{port}", "COLLOQUY_WEB_WORKERS": str(workers)}
    command = [sys.executable, "-m", "gunicorn", application, "--threads", "4"]
    server = subprocess.Popen(command, env={**os.environ, **ours, **environ})
    try:
        _wait(port, server)
        yield port
    finally:
        server.terminate()
        server.wait(30)


def _wait(port, server):
    until = time.monotonic() + 30
    while time.monotonic() < until:
        try:
            socket.create_connection(("127.0.0.1", port)).close()
        except ConnectionError:
            if server.poll() is not None:
                sys.exit("gunicorn ended before it answered")
            time.sleep(0.05)
        else:
            return
    sys.exit("gunicorn did not answer within 30 seconds")
