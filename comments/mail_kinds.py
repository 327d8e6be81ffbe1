"""The kinds of mail that a commenter gets, and how often each may come."""

from django.db.models import TextChoices


class MailKind(TextChoices):
    """Each is a field of Commenter, which holds its Frequency."""

    DECISIONS = "decisions", "What becomes of my comments"
    ANSWERS = "answers", "Answers to my comments"
    FOLLOWED = "followed", "New comments in what I follow"

    @property
    def in_a_sentence(self) -> str:
        """The label without its capital; that of "I" stays."""
        return f"{self.label[0].lower()}{self.label[1:]}"


class Frequency(TextChoices):
    """How often mails of one kind come."""

    INSTANT = "instant", "at once"
    DAILY = "daily", "in one mail a day"
    OFF = "off", "never"
