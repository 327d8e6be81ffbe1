"""Print a one-time sign-in link."""

from typing import Any
from urllib.parse import urljoin

from django.contrib.auth import get_user_model
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import ProgrammingError
from django.urls import reverse

from core.signin import make_link_token


class Command(BaseCommand):
    help = "Print a link that signs USER in to the admin, once, within 10 minutes."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("user", metavar="USER", help="the user's name")
        parser.add_argument("--base", default="http://127.0.0.1:8000/", help="the site's address")

    def handle(self, *args: Any, **options: Any) -> str:
        users = get_user_model()
        try:
            user = users.objects.get_by_natural_key(options["user"])
        except users.DoesNotExist as error:
            raise CommandError(f"There is no user {options['user']!r}.") from error
        except ProgrammingError as error:
            raise CommandError("This database has no site yet: run `migrate` first.") from error
        if not user.is_staff or not user.is_active:
            raise CommandError(f"{options['user']!r} is not allowed into the admin.")
        path = reverse("core:signin", args=[make_link_token(user=user)])
        return urljoin(options["base"], path)
