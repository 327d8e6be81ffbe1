"""Posts and pages."""

from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.safestring import SafeString, mark_safe

from blog import markup
from blog.models.tag import Tag
from core.site import current

# First path segments that the site itself answers; a page may not take them.
RESERVED_SLUGS = frozenset(
    [
        "about-colloquy",
        "admin",
        "archive",
        "blogroll",
        "comments",
        "feed",
        "feeds",
        "livez",
        "policy",
        "posts",
        "readyz",
        "robots",
        "search",
        "signin",
        "sitemap",
        "static",
        "tags",
        *map(str, range(1900, 2100)),  # the archive of a year
    ]
)


class PostQuerySet(models.QuerySet["Post"]):
    """Sets of posts; `published` and `listed` alone say what the public may see, and where."""

    def published(self, now: datetime | None = None) -> "PostQuerySet":
        """What everybody may read at `now` by its address. Twin for one row: Post.is_published.

        Every list, feed, count and search takes `listed` instead.
        """
        return self.filter(status=Post.Status.PUBLISHED, published_at__lte=now or timezone.now())

    def listed(self, now: datetime | None = None) -> "PostQuerySet":
        """What is published and may be found without its address. Twin: Post.is_listed."""
        return self.published(now)

    def posts(self) -> "PostQuerySet":
        """Dated posts, without the pages."""
        return self.filter(kind=Post.Kind.POST)

    def pages(self) -> "PostQuerySet":
        """Undated pages such as About."""
        return self.filter(kind=Post.Kind.PAGE)

    def newest_first(self) -> "PostQuerySet":
        """The order of every list of posts; equal times fall back to the id."""
        return self.order_by("-published_at", "-pk")


class Post(models.Model):
    """Something an author wrote: a dated post, or a page beside them."""

    class Kind(models.TextChoices):
        POST = "post"
        PAGE = "page"

    class Status(models.TextChoices):
        DRAFT = "draft"
        PUBLISHED = "published"

    class Format(models.TextChoices):
        MARKDOWN = "markdown", "Markdown"
        HTML = "html", "HTML"

    class Comments(models.TextChoices):
        OPEN = "open", "open"
        CLOSED = "closed", "closed: shown, no new ones"
        HIDDEN = "hidden", "hidden: neither shown nor taken"

    kind = models.CharField(max_length=10, choices=Kind, default=Kind.POST)
    title = models.CharField(max_length=300)
    slug = models.SlugField(max_length=200, unique=True, allow_unicode=True)
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="posts"
    )
    summary = models.TextField(blank=True, help_text="Plain text for lists and previews.")
    body = models.TextField(blank=True)
    body_format = models.CharField(max_length=10, choices=Format, default=Format.MARKDOWN)
    body_html = models.TextField(blank=True, editable=False)
    status = models.CharField(max_length=10, choices=Status, default=Status.DRAFT)
    published_at = models.DateTimeField(
        null=True, blank=True, help_text="Left empty, publishing fills it in; later means later."
    )
    comments_status = models.CharField(
        "comments", max_length=10, choices=Comments, default=Comments.OPEN
    )
    comments_close_at = models.DateTimeField(
        null=True, blank=True, help_text="From then on no new comments. Empty: the site's rule."
    )
    comments_notice = models.TextField(
        blank=True, help_text="Plain text above the comment form of this post."
    )
    in_menu = models.BooleanField(
        "in the menu",
        default=False,
        help_text="Pages only: link to it from the head of every page.",
    )
    tags = models.ManyToManyField(Tag, blank=True, related_name="posts")
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    updated_at = models.DateTimeField(auto_now=True)

    objects = PostQuerySet.as_manager()

    class Meta:
        permissions = [("edit_any_post", "Can edit every author's posts")]
        constraints = [
            models.CheckConstraint(
                name="blog_published_post_has_a_time",
                condition=~Q(status="published") | Q(published_at__isnull=False),
                violation_error_message="A published post needs the time of its publication.",
            ),
        ]
        indexes = [
            # The front page and every other list of posts.
            models.Index(fields=["kind", "status", "-published_at"], name="blog_post_list"),
        ]

    def __str__(self) -> str:
        return self.title

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Keep `body_html` the HTML of `body`: it derives from this row alone."""
        self.body_html = self.rendered_body()
        if (fields := kwargs.get("update_fields")) is not None and "body" in fields:
            kwargs["update_fields"] = {*fields, "body_html"}
        super().save(*args, **kwargs)

    def get_absolute_url(self) -> str:
        route = "blog:post" if self.kind == self.Kind.POST else "blog:page"
        return reverse(route, args=[self.slug])

    def clean(self) -> None:
        """Fill in the time of publication, and refuse a page where the site itself answers."""
        if self.kind == self.Kind.PAGE and self.slug in RESERVED_SLUGS:
            raise ValidationError({"slug": f"/{self.slug}/ is an address of the site itself."})
        if self.status == self.Status.PUBLISHED and self.published_at is None:
            self.published_at = timezone.now()

    def rendered_body(self) -> str:
        """The body as safe HTML; not stored by this call."""
        if self.body_format == self.Format.HTML:
            return markup.clean(self.body)
        return markup.render_markdown(self.body)

    @property
    def body_as_html(self) -> SafeString:
        """The stored HTML, which blog.markup has cleaned."""
        return mark_safe(self.body_html)  # noqa: S308

    @property
    def is_published(self) -> bool:
        """Twin of PostQuerySet.published for one row, at this moment."""
        return (
            self.status == self.Status.PUBLISHED
            and self.published_at is not None
            and self.published_at <= timezone.now()
        )

    @property
    def is_listed(self) -> bool:
        """Twin of PostQuerySet.listed for one row, at this moment."""
        return self.is_published

    @property
    def comments_end_at(self) -> datetime | None:
        """When comments close by themselves: its own date, the site's rule, or never."""
        days = current().comments_close_after_days
        if self.comments_close_at or not days or self.published_at is None:
            return self.comments_close_at
        return self.published_at + timedelta(days=days)

    @property
    def shows_comments(self) -> bool:
        """Whether there is a conversation to be seen at all."""
        return self.comments_status != self.Comments.HIDDEN

    @property
    def accepts_comments(self) -> bool:
        """Whether a reader may add a comment now."""
        is_open = self.is_published and self.comments_status == self.Comments.OPEN
        end = self.comments_end_at
        return is_open and (end is None or timezone.now() < end)
