"""Who elsewhere was told of posts: pages that they link to, and the hub of the feeds."""

from django.db import models
from django.utils import timezone

from blog.models.post import Post


class LinksRead(models.Model):
    """That the links of a post were read, and of which state of it."""

    post = models.OneToOneField(Post, models.CASCADE, primary_key=True, related_name="links_read")
    as_of = models.DateTimeField()

    def __str__(self) -> str:
        return f"links of post {self.post_id}"


class SentMention(models.Model):
    """One page that a post links to, or did, and whether it was told of the post's present text."""

    class State(models.TextChoices):
        WAITING = "waiting", "on its way"
        SENT = "sent", "told"
        NOT_TAKEN = "not taken", "takes none"
        GIVEN_UP = "given up", "given up"
        DROPPED = "dropped", "not public by then"

    post = models.ForeignKey(Post, models.CASCADE, related_name="sent_mentions")
    target = models.CharField("page", max_length=1000)
    content = models.CharField(max_length=64, help_text="A digest of what it is told of.")
    state = models.CharField(max_length=10, choices=State, default=State.WAITING)
    attempts = models.PositiveSmallIntegerField(default=0)
    tried_at = models.DateTimeField(null=True, blank=True)
    answer = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering = ["-pk"]
        verbose_name = "webmention that was sent"
        verbose_name_plural = "webmentions that were sent"
        constraints = [
            models.UniqueConstraint(name="blog_one_mention_of_a_page", fields=["post", "target"])
        ]

    def __str__(self) -> str:
        return self.target


class HubPing(models.Model):
    """What a hub was last told of the feeds: a digest of their state."""

    hub = models.CharField(max_length=500, unique=True)
    state = models.CharField(max_length=64)
    changed_at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return self.hub
