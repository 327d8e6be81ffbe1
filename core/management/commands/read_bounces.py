"""Take in what came back to the sender's mailbox."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from core import bounces


class Command(BaseCommand):
    help = (
        "Read MAILBOX, an mbox file or a maildir, for mails that did not arrive and complaints, and"
        " stop mail to those addresses. Nothing in it is changed; twice counts nothing twice."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("mailbox", metavar="MAILBOX", type=Path)

    def handle(self, *args: Any, **options: Any) -> str:
        try:
            count = bounces.read_mailbox(options["mailbox"])
        except bounces.NotAMailbox as error:
            raise CommandError(str(error)) from error
        return (
            f"{count.total()} mails: {count[bounces.STOPPED]} counted against an address,"
            f" {count[bounces.AGAIN]} known already, {count[bounces.NOT_OURS]} of mails that this"
            f" site did not send or has forgotten, {count[bounces.NO_REPORT]} no reports of a"
            " failure."
        )
