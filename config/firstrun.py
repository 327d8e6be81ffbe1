"""What `dev.py up` does before pages can answer, in one interpreter: a second start takes seconds.

Called with the address the site will have; `--no-demo` makes the accounts and no content.
The last line it prints is a one-time sign-in link.
"""

import sys

import django
from django.core.management import call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor


def migrate() -> None:
    """Apply what is missing; with nothing missing, `migrate` itself would cost half a second."""
    executor = MigrationExecutor(connection)
    if executor.migration_plan(executor.loader.graph.leaf_nodes()):
        call_command("migrate", interactive=False, verbosity=0)


def main(address: str, *options: str) -> None:
    django.setup()
    migrate()
    call_command("demo", *(["--accounts-only"] if "--no-demo" in options else []))
    call_command("signin_link", "owner", "--base", address)


if __name__ == "__main__":
    main(*sys.argv[1:])
