"""Posts and pages."""

from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import URLValidator
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.safestring import SafeString, mark_safe
from simple_history.models import HistoricalRecords

from blog import markup
from blog.author_names import name_of
from blog.models.picture import Picture
from blog.models.tag import Tag
from blog.teasers import first_words
from core.moments import SAID, later, possible, validate_moment
from core.routes import address_of
from core.site import current

# First path segments that the site itself answers or leads on; a page may not take them.
RESERVED_SLUGS = frozenset(
    [
        "about-colloquy",
        "admin",
        "archive",
        "author",
        "blogroll",
        "card",
        "category",
        "comments",
        "decide",
        "feed",
        "feeds",
        "ledger",
        "livez",
        "mail",
        "p",
        "page",
        "pictures",
        "policy",
        "posts",
        "preview",
        "readyz",
        "robots",
        "search",
        "signin",
        "sitemap",
        "static",
        "tag",
        "tags",
        "webmention",
        *map(str, range(1900, 2100)),  # the archive of a year
    ]
)


class PostQuerySet(models.QuerySet["Post"]):
    """Sets of posts; `published` and `listed` alone say what the public may see, and where."""

    def published(self, now: datetime | models.Expression | None = None) -> "PostQuerySet":
        """What everybody may read at `now` by its address. Twin for one row: Post.is_published.

        Every list, feed, count and search takes `listed` instead.
        """
        return self.filter(status__in=Post.PUBLIC, published_at__lte=now or timezone.now())

    def listed(self, now: datetime | models.Expression | None = None) -> "PostQuerySet":
        """What is published and may be found without its address. Twin: Post.is_listed."""
        # One status, so that the index of lists gives them in their order.
        return self.published(now).filter(status=Post.Status.PUBLISHED)

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
        UNLISTED = "unlisted"

    class Format(models.TextChoices):
        MARKDOWN = "markdown", "Markdown"
        HTML = "html", "HTML"

    class Comments(models.TextChoices):
        OPEN = "open", "open"
        CLOSED = "closed", "closed: shown, no new ones"
        HIDDEN = "hidden", "hidden: neither shown nor taken"

    PUBLIC = frozenset([Status.PUBLISHED, Status.UNLISTED])
    # What a revision holds beside what was typed would only repeat it.
    NOT_IN_HISTORY = [
        "author", "body_html", "html_version", "version", "preview_key", "created_at", "updated_at",
    ]  # fmt: skip

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
    html_version = models.PositiveSmallIntegerField(default=0, editable=False)
    status = models.CharField(
        max_length=10,
        choices=Status,
        default=Status.DRAFT,
        help_text="Unlisted: everybody with the address can read it, but no list or feed has it.",
    )
    published_at = models.DateTimeField(
        null=True,
        blank=True,
        validators=[validate_moment],
        help_text="Left empty, publishing fills it in; later means later.",
    )
    canonical_url = models.URLField(
        "first published at",
        max_length=500,
        blank=True,
        validators=[URLValidator(schemes=["http", "https"])],
        help_text="If this stood elsewhere first: its address there. Search engines are told.",
    )
    comments_status = models.CharField(
        "comments", max_length=10, choices=Comments, default=Comments.OPEN
    )
    comments_close_at = models.DateTimeField(
        null=True,
        blank=True,
        validators=[validate_moment],
        help_text="From then on no new comments. Empty: the site's rule.",
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
    # Counts what was saved in the admin: whoever saves says which version they had read.
    version = models.PositiveIntegerField(default=1, editable=False)
    # In the private preview link; empty: there is none.
    preview_key = models.CharField(max_length=32, blank=True, editable=False)

    objects = PostQuerySet.as_manager()
    history = HistoricalRecords(excluded_fields=NOT_IN_HISTORY, cascade_delete_history=True)

    class Meta:
        permissions = [("edit_any_post", "Can edit every author's posts")]
        constraints = [
            models.CheckConstraint(
                name="blog_published_post_has_a_time",
                condition=Q(status="draft") | Q(published_at__isnull=False),
                violation_error_message="A published post needs the time of its publication.",
            ),
            models.CheckConstraint(
                name="blog_post_times_can_be_told",
                condition=possible("published_at") & possible("comments_close_at"),
                violation_error_message=SAID,
            ),
        ]
        indexes = [
            # The front page and every other list of posts.
            models.Index(fields=["kind", "status", "-published_at"], name="blog_post_list"),
            # When anything changed that the feed of all comments names.
            models.Index(fields=["-updated_at"], name="blog_post_last_changed"),
            # The list of posts in the admin.
            models.Index(fields=["-created_at", "-id"], name="blog_post_last_made"),
        ]

    def __str__(self) -> str:
        return self.title

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Keep `body_html` the HTML of `body`: it derives from this row alone."""
        self.body_html, self.html_version = self.rendered_body(), markup.VERSION
        if (fields := kwargs.get("update_fields")) is not None and "body" in fields:
            kwargs["update_fields"] = {*fields, "body_html", "html_version"}
        super().save(*args, **kwargs)

    def get_absolute_url(self) -> str:
        route = "blog:post" if self.kind == self.Kind.POST else "blog:page"
        return address_of(route, self.slug)

    def clean(self) -> None:
        """Fill in the time of publication, and refuse a page where the site itself answers."""
        if self.kind == self.Kind.PAGE and self.slug in RESERVED_SLUGS:
            raise ValidationError({"slug": f"/{self.slug}/ is an address of the site itself."})
        if self.status in self.PUBLIC and self.published_at is None:
            self.published_at = timezone.now()

    def rendered_body(self) -> str:
        """The body as safe HTML; not stored by this call. One query if it names pictures."""
        pictures = Picture.objects.sizes_in(self.body)
        if self.body_format == self.Format.HTML:
            return markup.clean(self.body, pictures)
        return markup.render_markdown(self.body, pictures)

    @property
    def body_as_html(self) -> SafeString:
        """The stored HTML, which blog.markup has cleaned."""
        return mark_safe(self.body_html)  # noqa: S308

    def body_rendered_now(self) -> SafeString:
        """The body as it would be stored, for a preview."""
        return mark_safe(self.rendered_body())  # noqa: S308

    @property
    def teaser(self) -> str:
        """What it says in short: the summary, else its first words. Plain text, maybe empty."""
        return self.summary or first_words(self.body_html)

    @property
    def author_name(self) -> str:
        """Who wrote it, as readers see it. No query where the author was fetched."""
        return name_of(self.author)

    @property
    def is_published(self) -> bool:
        """Twin of PostQuerySet.published for one row, at this moment."""
        return (
            self.status in self.PUBLIC
            and self.published_at is not None
            and self.published_at <= timezone.now()
        )

    @property
    def is_listed(self) -> bool:
        """Twin of PostQuerySet.listed for one row, at this moment."""
        return self.is_published and self.status != self.Status.UNLISTED

    @property
    def is_scheduled(self) -> bool:
        """Whether it will be published by the clock alone."""
        return self.status in self.PUBLIC and not self.is_published

    @property
    def comments_end_at(self) -> datetime | None:
        """When comments close by themselves: its own date, the site's rule, or never."""
        days = current().comments_close_after_days
        if self.comments_close_at or not days or self.published_at is None:
            return self.comments_close_at
        return later(self.published_at, timedelta(days=days))

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
