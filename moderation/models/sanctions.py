"""What a moderator has set about a person, over and above the rules.

Unlike the log these rows can be erased: they hold what tells a person, and words to that person.
"""

from datetime import datetime
from typing import Final

from django.conf import settings
from django.db import models
from django.db.models import OuterRef, Q, Subquery
from django.utils import timezone

from blog.models import Post
from comments.models import Comment, Commenter
from core.moments import possible
from moderation.models.policy import Clause


def scope_in_words(*, post: str = "", branch: str | None = None) -> str:
    """Where something holds; `post` is a title, `branch` the number that it begins with.

    An empty number: the comment has none yet. Nothing given: everywhere.
    """
    if branch is not None:
        number = f"#{branch}" if branch else "a waiting comment"
        return f"in the branch from {number} under “{post}”"
    return f"under “{post}”" if post else "on the whole site"


def citation(number: int | None, title: str | None) -> str:
    """A clause as it is named to people; empty for none."""
    return f"clause {number} of the policy, “{title}”" if number else ""


class SanctionQuerySet(models.QuerySet["Sanction"]):
    """Sets of sanctions."""

    def in_force(self, at: datetime) -> "SanctionQuerySet":
        """Those that hold at a moment, also one in the past."""
        unended = Q(until_at=None) | Q(until_at__gt=at)
        unlifted = Q(lifted_at=None) | Q(lifted_at__gt=at)
        return self.filter(unended, unlifted, made_at__lte=at)

    def with_clauses(self) -> "SanctionQuerySet":
        """With `clause_number` and `clause_title`, as they were when the sanction was made."""
        named = Clause.objects.filter(
            policy__published_at__lte=OuterRef("made_at"), key=OuterRef("clause")
        )
        latest = named.order_by("-policy__version")
        return self.annotate(
            clause_number=Subquery(latest.values("number")[:1]),
            clause_title=Subquery(latest.values("title")[:1]),
        )


class Sanction(models.Model):
    """Somebody is barred, or held, or trusted: everywhere, under one post or in one branch.

    The target says by what the person is known. A mail address is matched by its digest; the
    address itself stands beside it for moderators, only while the sanction is in force.
    """

    NOTE_MAX_LENGTH: Final = 1000

    class Effect(models.TextChoices):
        """What becomes of the person's comments."""

        BAR = "bar", "Bar: the form comes back with the reason"
        HOLD = "hold", "Hold: every comment waits"
        TRUST = "trust", "Trust: what only a rule would hold appears at once"

    class Target(models.TextChoices):
        """By what the person is known."""

        IDENTITY = "identity", "the remembered or confirmed commenter"
        MAIL = "mail", "the mail address"
        NETWORK = "network", "the network"
        NAME = "name", "the name, or a pattern for names"

    effect = models.CharField(max_length=10, choices=Effect)
    target = models.CharField(max_length=10, choices=Target)
    commenter = models.ForeignKey(
        Commenter, on_delete=models.CASCADE, null=True, blank=True, related_name="sanctions"
    )
    mail_digest = models.CharField(max_length=64, blank=True)
    mail = models.EmailField(blank=True)
    network = models.CharField(max_length=32, blank=True)
    pattern = models.CharField(max_length=80, blank=True)
    post = models.ForeignKey(
        Post, on_delete=models.CASCADE, null=True, blank=True, related_name="+"
    )
    branch = models.ForeignKey(
        Comment, on_delete=models.CASCADE, null=True, blank=True, related_name="+"
    )
    clause = models.CharField(
        max_length=50, blank=True, help_text="The key of the clause of the policy that it cites."
    )
    note = models.CharField(max_length=NOTE_MAX_LENGTH, blank=True)
    regained_after = models.PositiveSmallIntegerField(
        default=2,
        help_text="Trust rests after a rejection, until so many comments were published since.",
    )
    occasion = models.ForeignKey(
        Comment, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    made_at = models.DateTimeField(default=timezone.now)
    until_at = models.DateTimeField(null=True, blank=True)
    lifted_at = models.DateTimeField(null=True, blank=True)

    objects = SanctionQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="moderation_sanction_has_its_target",
                condition=Q(target="identity", commenter__isnull=False)
                | Q(target="mail", commenter=None) & ~Q(mail_digest="")
                | Q(target="network", commenter=None) & ~Q(network="")
                | Q(target="name", commenter=None) & ~Q(pattern=""),
            ),
            models.CheckConstraint(
                name="moderation_sanction_has_one_scope",
                condition=Q(post=None) | Q(branch=None),
            ),
            models.CheckConstraint(
                name="moderation_sanction_end_can_be_told", condition=possible("until_at")
            ),
            models.CheckConstraint(
                name="moderation_only_an_identity_is_trusted",
                condition=~Q(effect="trust") | Q(target="identity"),
            ),
        ]
        indexes = [
            models.Index(
                fields=["mail_digest"],
                condition=~Q(mail_digest=""),
                name="moderation_sanctioned_mail",
            ),
            models.Index(
                fields=["network"], condition=~Q(network=""), name="moderation_sanctioned_net"
            ),
            # The list of those in force, which what was lifted or is over does not lengthen.
            models.Index(fields=["lifted_at", "until_at"], name="moderation_sanctions_in_force"),
        ]

    def __str__(self) -> str:
        return f"{self.effect}: {self.whom}"

    @property
    def whom(self) -> str:
        """The person, as far as a moderator may know. May query for the commenter."""
        match self.target:
            case self.Target.IDENTITY:
                return str(self.commenter)
            case self.Target.MAIL:
                return self.mail or "an address that is no longer kept"
            case self.Target.NETWORK:
                return f"the network {self.network[:8]}"
            case _:
                return f"the name “{self.pattern}”"

    @property
    def where(self) -> str:
        """Its scope in words. May query for post or branch."""
        if self.branch is not None:
            return scope_in_words(post=self.branch.post.title, branch=self.branch.number or "")
        return scope_in_words(post=self.post.title if self.post else "")

    def is_in_force(self, at: datetime) -> bool:
        """Twin of SanctionQuerySet.in_force."""
        unended = self.until_at is None or self.until_at > at
        unlifted = self.lifted_at is None or self.lifted_at > at
        return unended and unlifted and self.made_at <= at
