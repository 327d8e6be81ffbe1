"""Add a post with a long conversation."""

from typing import Any

from django.contrib.auth import get_user_model
from django.core.management.base import BaseCommand, CommandError, CommandParser

from transfer.demo_conversation import hold_conversation


class Command(BaseCommand):
    help = "Add a published post with N published comments of made-up words, and print its path."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("size", type=int, metavar="N", help="how many comments")
        parser.add_argument("--author", default="author", help="whose post it is (author)")

    def handle(self, *args: Any, **options: Any) -> str:
        author = get_user_model().objects.filter(username=options["author"]).first()
        if author is None:
            raise CommandError(f"There is no user {options['author']!r}.")
        return hold_conversation(author=author, size=options["size"]).get_absolute_url()
