"""Fill a new site with something to look at."""

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from transfer import demo


class Command(BaseCommand):
    help = "Fill an EMPTY site with accounts, posts and a conversation; touches no other site."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--accounts-only", action="store_true", help="only the account `owner`, nothing to read"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if not demo.is_empty():
            self.stdout.write("The site is in use; nothing was added.")
        elif options["accounts_only"]:
            demo.make_owner()
            self.stdout.write("Made the account `owner`.")
        else:
            demo.fill()
            self.stdout.write("Added demo accounts, posts and comments.")
