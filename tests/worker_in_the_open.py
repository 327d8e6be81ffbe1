"""The worker, as a process for which this machine's own address counts as the internet.

Tests start it by `python -m tests.worker_in_the_open`; no setting of the site could open that.
"""

import sys

from core import outbound
from manage import main

real = outbound.is_public
outbound.is_public = lambda one: one == "127.0.0.1" or real(one)

sys.argv = ["manage.py", "worker"]
main()
