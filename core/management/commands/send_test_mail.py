"""Send one mail on the way that all mails take."""

from typing import Any
from uuid import uuid4

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from core.mail import NotAnAddress, enqueue_mail, mail_trouble
from core.site import current


class Command(BaseCommand):
    help = "Have the worker send a test mail to ADDRESS."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("address", metavar="ADDRESS")

    def handle(self, *args: Any, **options: Any) -> str:
        try:
            enqueue_mail(
                to=options["address"],
                subject=f"A test mail from {current().title}",
                text=f"{settings.SITE_URL}/ can send mail.\n",
                key=f"test:{uuid4()}",
            )
        except NotAnAddress as error:
            raise CommandError(str(error)) from error
        return mail_trouble() or "The mail is with the worker."
