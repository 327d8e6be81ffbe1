#!/usr/bin/env python
"""Django's commands, with the embedded Postgres attached where DATABASE_URL names no other."""

import os
import signal
import sys
from contextlib import AbstractContextManager, nullcontext

from config import embedded

WITHOUT_DATABASE = {
    "--help",
    "--version",
    "-h",
    "collectstatic",
    "compilemessages",
    "diffsettings",
    "evaluate_classifier",
    "findstatic",
    "help",
    "makemessages",
    "startapp",
    "startproject",
    "version",
}


def needs_database(arguments: list[str]) -> bool:
    if not arguments or "--help" in arguments or "-h" in arguments:
        return False
    if arguments[0] == "check":
        return any(argument.startswith("--database") for argument in arguments)
    return arguments[0] not in WITHOUT_DATABASE


def database(arguments: list[str]) -> AbstractContextManager[None]:
    if os.environ.get("DATABASE_URL") or not needs_database(arguments):
        return nullcontext()
    return embedded.attached(embedded.data_folder())


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.dev")
    # As an exception, so that a command that is told to end leaves no Postgres behind.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))
    from django.core.exceptions import ImproperlyConfigured  # noqa: PLC0415
    from django.core.management import execute_from_command_line  # noqa: PLC0415

    try:
        with database(sys.argv[1:]):
            execute_from_command_line(sys.argv)
    except (embedded.EmbeddedError, ImproperlyConfigured) as error:
        sys.exit(f"manage.py: {error}")


if __name__ == "__main__":
    main()
