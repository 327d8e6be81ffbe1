"""Who writes, as far as that is known."""

from django.db import models
from django.db.models import Q
from django.utils import timezone

from comments.mail_kinds import Frequency


class Commenter(models.Model):
    """Somebody who asked to be remembered or confirmed a mail address; not an account.

    Found by a signed cookie (comments.commenters) or by the confirmed address, never by what was
    typed. Until `confirmed_at`, `name` and `mail` are the last ones typed and only fill the form.
    """

    name = models.CharField(max_length=80, blank=True)
    mail = models.EmailField(blank=True)
    confirmed_at = models.DateTimeField(null=True, blank=True)
    skeleton = models.CharField(
        max_length=400,
        blank=True,
        help_text="What the confirmed name looks like, to nobody else's use; empty if taken.",
    )
    created_at = models.DateTimeField(default=timezone.now)
    # How often mails of each kind come, once the address is confirmed.
    decisions = models.CharField(
        max_length=10, choices=Frequency, default=Frequency.INSTANT, db_default=Frequency.INSTANT
    )
    answers = models.CharField(
        max_length=10, choices=Frequency, default=Frequency.INSTANT, db_default=Frequency.INSTANT
    )
    followed = models.CharField(
        max_length=10, choices=Frequency, default=Frequency.INSTANT, db_default=Frequency.INSTANT
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="comments_one_commenter_of_an_address",
                fields=["mail"],
                condition=Q(confirmed_at__isnull=False),
            ),
            # Also the index by which a typed name is looked up.
            models.UniqueConstraint(
                name="comments_one_commenter_of_a_name",
                fields=["skeleton"],
                condition=~Q(skeleton=""),
            ),
            models.CheckConstraint(
                name="comments_only_the_confirmed_hold_a_name",
                condition=Q(skeleton="") | Q(confirmed_at__isnull=False),
            ),
            models.CheckConstraint(
                name="comments_confirmed_has_a_mail",
                condition=Q(confirmed_at__isnull=True) | ~Q(mail=""),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} ({'confirmed' if self.is_confirmed else 'remembered'})"

    @property
    def is_confirmed(self) -> bool:
        """Whether the address is known to be this commenter's."""
        return self.confirmed_at is not None
