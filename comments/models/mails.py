"""What is kept for the mails to commenters: whom to tell of what, and what they were told."""

from django.db import models
from django.db.models import Q
from django.utils import timezone

from comments.mail_kinds import MailKind
from comments.status import Status


class Subscription(models.Model):
    """A commenter follows all comments under a post, or those below one comment."""

    commenter = models.ForeignKey(
        "comments.Commenter", on_delete=models.CASCADE, related_name="subscriptions"
    )
    post = models.ForeignKey(
        "blog.Post", on_delete=models.CASCADE, null=True, blank=True, related_name="+"
    )
    branch = models.ForeignKey(
        "comments.Comment",
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="+",
        help_text="The comment that it begins with; it may move to another post.",
    )
    made_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="comments_a_post_or_a_branch_is_followed",
                condition=Q(post__isnull=True) ^ Q(branch__isnull=True),
            ),
            models.UniqueConstraint(
                name="comments_a_post_followed_once",
                fields=["commenter", "post"],
                condition=Q(post__isnull=False),
            ),
            models.UniqueConstraint(
                name="comments_a_branch_followed_once",
                fields=["commenter", "branch"],
                condition=Q(branch__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        what = f"post {self.post_id}" if self.post_id else f"the branch of {self.branch_id}"
        return f"{self.commenter_id} follows {what}"


class Mute(models.Model):
    """A commenter wants no mail about the conversation under a post."""

    commenter = models.ForeignKey(
        "comments.Commenter", on_delete=models.CASCADE, related_name="mutes"
    )
    post = models.ForeignKey("blog.Post", on_delete=models.CASCADE, related_name="+")
    made_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(name="comments_muted_once", fields=["commenter", "post"])
        ]

    def __str__(self) -> str:
        return f"{self.commenter_id} hears nothing of post {self.post_id}"


class Told(models.Model):
    """What the mails about a comment have said so far, so that none says it twice."""

    comment = models.OneToOneField(
        "comments.Comment", on_delete=models.CASCADE, primary_key=True, related_name="+"
    )
    status = models.CharField(
        max_length=10,
        choices=Status,
        default=Status.PENDING,
        help_text="The last one that its writer knows of.",
    )
    announced_at = models.DateTimeField(
        null=True, blank=True, help_text="When others were told that it is public; they are once."
    )
    redactions = models.PositiveSmallIntegerField(
        default=0, db_default=0, help_text="Of how many its writer knows."
    )

    def __str__(self) -> str:
        return f"of {self.comment_id} its writer knows that it is {self.status}"


class DigestItem(models.Model):
    """One thing that a commenter is told in the next daily mail; goes with that mail's row."""

    commenter = models.ForeignKey(
        "comments.Commenter", on_delete=models.CASCADE, related_name="digest_items"
    )
    comment = models.ForeignKey("comments.Comment", on_delete=models.CASCADE, related_name="+")
    kind = models.CharField(max_length=10, choices=MailKind)
    queued_at = models.DateTimeField(default=timezone.now)
    mail = models.ForeignKey(
        "core.Mail", on_delete=models.CASCADE, null=True, blank=True, related_name="+"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="comments_one_waiting_item_of_a_kind",
                fields=["commenter", "comment", "kind"],
                condition=Q(mail__isnull=True),
            )
        ]
        indexes = [
            models.Index(
                fields=["commenter", "queued_at"],
                condition=Q(mail__isnull=True),
                name="comments_next_digest",
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind} for {self.commenter_id}: comment {self.comment_id}"
