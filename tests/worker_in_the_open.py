"""The worker, as a process for which this machine's own address counts as the internet.

Tests start it by `python -m tests.worker_in_the_open`; no setting of the site could open that. Its
name server is a stranger's, who has some names of his own.
"""

import socket
import sys
from collections import Counter

from core import outbound
from manage import main

real = outbound.is_public
outbound.is_public = lambda one: one == "127.0.0.1" or real(one)

OUTSIDE, INSIDE = "127.0.0.1", "127.0.0.2"
NAMES = {"inner.example": [INSIDE], "both.example": [OUTSIDE, INSIDE]}
ask = socket.getaddrinfo
asked = Counter()


def look_up(host, port, *args, **kwargs):
    addresses = NAMES.get(host)
    if host.endswith(".turning.example"):
        asked[host] += 1
        addresses = [OUTSIDE if asked[host] == 1 else INSIDE]
    if addresses is None:
        return ask(host, port, *args, **kwargs)
    return [found for one in addresses for found in ask(one, port, *args, **kwargs)]


socket.getaddrinfo = look_up

sys.argv = ["manage.py", "worker"]
main()
