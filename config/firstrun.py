"""What `dev.py up` does before pages can answer, in one interpreter: a second start takes seconds.

The first argument is the address the site will have; `--no-demo` makes the first account and no
content, `--link-only` neither. The last line printed is a one-time sign-in link.
"""

import os
import sys

import django
from django.contrib.auth import get_user_model
from django.core.management import CommandError, call_command
from django.db import OperationalError, connection
from django.db.migrations.executor import MigrationExecutor


def migrate() -> None:
    """Apply what is missing; with nothing missing, `migrate` itself would cost half a second."""
    executor = MigrationExecutor(connection)
    if executor.migration_plan(executor.loader.graph.leaf_nodes()):
        call_command("migrate", interactive=False, verbosity=0)


def keeper() -> str:
    """Who gets the link: `owner` of the first day, else whoever may do most since."""
    users = get_user_model().objects.filter(is_staff=True, is_active=True)
    names = list(users.order_by("-is_superuser", "pk").values_list("username", flat=True))
    if not names:
        raise CommandError("no account may enter the admin: run `manage.py createsuperuser`")
    return "owner" if "owner" in names else names[0]


def main(address: str, *options: str) -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.dev")
    django.setup()
    if "--link-only" not in options:
        migrate()
        call_command("demo", *(["--accounts-only"] if "--no-demo" in options else []))
    call_command("signin_link", keeper(), "--base", address)


if __name__ == "__main__":
    try:
        main(*sys.argv[1:])
    except CommandError as error:
        sys.exit(f"dev.py: {error}")
    except OperationalError as error:
        sys.exit(f"dev.py: the database does not answer: {error}".strip())
