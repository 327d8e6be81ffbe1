"""Processor time, which other work on the machine lengthens less than it does the clock's."""

import time
from pathlib import Path

from django.db import connection


def processor_time():
    """Of this process and, where the system tells it, of its process in Postgres; in seconds."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        schedule = Path(f"/proc/{cursor.fetchone()[0]}/schedstat")
    of_postgres = int(schedule.read_text().split()[0]) / 1e9 if schedule.exists() else 0
    return time.process_time() + of_postgres
