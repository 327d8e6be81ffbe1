"""Run what requests left to do: mails and housekeeping."""

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from core import jobs


class Command(BaseCommand):
    help = "Run waiting jobs until SIGINT or SIGTERM, which let the one at hand end."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--once", action="store_true", help="end when no job is due")

    def handle(self, *args: Any, **options: Any) -> None:
        jobs.work(wait=not options["once"])
