"""How gunicorn serves Colloquy, here and in production; every default is a variable away."""

import os
from pathlib import Path

wsgi_app = "config.wsgi"
bind = os.environ.get("COLLOQUY_BIND", "127.0.0.1:8000")

worker_class = "gthread"
workers = int(os.environ.get("COLLOQUY_WEB_WORKERS", "2"))
threads = int(os.environ.get("COLLOQUY_WEB_THREADS", "4"))

timeout = 30
graceful_timeout = 30
keepalive = 5

# The longest address here is a search: 200 characters, which escaped may take 2,400 bytes. Of more
# the page says that it was cut; over this, which is nginx's limit too, the answer is a plain 414.
limit_request_line = 8190
# Half of gunicorn's own: the largest header is a cookie.
limit_request_fields = 50
limit_request_field_size = 4095

# The heartbeat is a file: on a disk that stalls, healthy workers would be killed.
if Path("/dev/shm").is_dir():  # noqa: S108
    worker_tmp_dir = "/dev/shm"  # noqa: S108

# It would let every process of this account stop workers, and needs a home folder to write to.
control_socket_disable = True

accesslog = None
loglevel = "warning"
