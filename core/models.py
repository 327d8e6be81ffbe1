"""What every app needs and no domain model: settings of the site, sign-in links, rates, mails."""

from typing import Any

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator, URLValidator
from django.db import models
from django.utils import timezone

from core.choices import (
    PAPERS,
    SEARCH_LANGUAGES,
    colour_fault,
    languages,
    validate_links,
    validate_time_zone,
)


class SignInLink(models.Model):
    """A link that signs one user in, once. Only the digest of its token is stored."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE)
    digest = models.CharField(max_length=64, unique=True)
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"sign-in link for {self.user}"


class RateWindow(models.Model):
    """How often one thing was tried in one window; written by core.ratelimit alone."""

    key = models.CharField(max_length=64, primary_key=True)
    hits = models.PositiveIntegerField()
    ends_at = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return f"{self.hits} until {self.ends_at:%Y-%m-%d %H:%M}"


class MailQuerySet(models.QuerySet["Mail"]):
    def waiting(self) -> "MailQuerySet":
        return self.filter(sent_at=None, refused_at=None)


class Mail(models.Model):
    """A mail on its way, or proof that it went: of one `key` there is one mail.

    With a `maker` it holds ids only, and is written when it goes: see core.mail.enqueue_made_mail.
    Its text is blanked when it has gone, since the links in it may open something.
    """

    key = models.CharField(max_length=200, unique=True)
    to = models.CharField(max_length=254)
    subject = models.CharField(max_length=200, blank=True)
    text = models.TextField(blank=True)
    html = models.TextField(blank=True)
    maker = models.CharField(max_length=50, blank=True, default="", db_default="")
    made_of = models.JSONField(default=dict, blank=True, db_default={})
    queued_at = models.DateTimeField(default=timezone.now)
    sent_at = models.DateTimeField(null=True, blank=True)
    refused_at = models.DateTimeField(
        null=True, blank=True, help_text="When the server refused it, or nothing was left to tell."
    )
    # What went wrong last, in the mail server's words.
    trouble = models.TextField(blank=True)
    message_id = models.CharField(
        max_length=300,
        blank=True,
        default="",
        db_default="",
        help_text="Under which it was tried to be sent: by it a bounce is known to be of ours.",
    )
    # Beside those of every mail; kept only where texts are (core.mail.keeps_texts).
    headers = models.JSONField(default=dict, blank=True, db_default={})

    objects = MailQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(
                fields=["queued_at"],
                name="core_mail_waiting",
                condition=models.Q(sent_at=None, refused_at=None),
            ),
            models.Index(
                fields=["message_id"],
                name="core_mail_by_message_id",
                condition=~models.Q(message_id=""),
            ),
        ]

    def __str__(self) -> str:
        return self.key


class StoppedAddress(models.Model):
    """An address that gets no mail from this site, until somebody lifts that."""

    address = models.CharField(max_length=254, unique=True, help_text="In small letters.")
    reason = models.CharField(max_length=200)
    stopped_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name_plural = "stopped addresses"

    def __str__(self) -> str:
        return self.address


class MailFailure(models.Model):
    """What was heard of a mail that did not arrive, or was not wanted. Forgotten after 90 days."""

    class Kind(models.TextChoices):
        """What it says of the address."""

        HARD = "hard", "does not exist, or takes no mail"
        SOFT = "soft", "could not be reached"
        COMPLAINT = "complaint", "called it spam"

    event = models.CharField(
        max_length=200,
        unique=True,
        help_text="By which the same news is known again.",
    )
    address = models.CharField(max_length=254, db_index=True, help_text="In small letters.")
    kind = models.CharField(max_length=10, choices=Kind)
    detail = models.CharField(max_length=300, blank=True)
    heard_at = models.DateTimeField(default=timezone.now)
    # No longer held against the address: the stop that it led to was lifted.
    forgiven_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"{self.kind}: {self.address}"


class SiteSettings(models.Model):
    """What the keeper of the site chose, in one row; without it the environment's words hold."""

    class Comments(models.TextChoices):
        OPEN = "open", "open"
        CLOSED = "closed", "closed: shown, no new ones"
        HIDDEN = "hidden", "hidden: neither shown nor taken"

    id = models.PositiveSmallIntegerField(primary_key=True, default=1, editable=False)
    title = models.CharField(max_length=100, help_text="At the top of every page and in feeds.")
    tagline = models.CharField(max_length=200, blank=True, help_text="The line below it.")
    language = models.CharField(
        max_length=10,
        default="en",
        choices=languages,
        help_text="What posts are written in; dates and the admin follow it.",
    )
    search_language = models.CharField(
        max_length=20,
        default="english",
        choices=SEARCH_LANGUAGES,
        help_text="Whose word endings the search knows. After a change, posts and comments are"
        " indexed again by the worker.",
    )
    time_zone = models.CharField(
        max_length=50,
        default="UTC",
        validators=[validate_time_zone],
        help_text="In which times are shown and months are cut, such as Europe/Berlin.",
    )
    posts_per_page = models.PositiveSmallIntegerField(
        default=10, validators=[MinValueValidator(1), MaxValueValidator(100)]
    )
    new_posts_comments = models.CharField(
        "comments on new posts", max_length=10, choices=Comments, default=Comments.OPEN
    )
    comments_close_after_days = models.PositiveSmallIntegerField(
        default=0,
        help_text="Days after publication when comments close, unless the post has a date of its"
        " own; 0 is never.",
    )
    reports_to_hold = models.PositiveSmallIntegerField(
        "reports that take a comment back",
        default=0,
        db_default=0,
        help_text="At so many unanswered reports by different readers a comment waits for a"
        " moderator again; 0: reports never hide anything.",
    )
    claim_minutes = models.PositiveSmallIntegerField(
        "minutes that a claim holds",
        default=15,
        db_default=15,
        validators=[MaxValueValidator(1440)],
        help_text="For so long “I'm on it” at the desk tells other moderators that somebody is at a"
        " comment; 0: nobody is offered it.",
    )
    accent = models.CharField(
        "colour of links",
        max_length=7,
        blank=True,
        help_text="Such as #7a2e1d; empty: the colour that the site came with.",
    )
    accent_dark = models.CharField(
        "colour of links on dark",
        max_length=7,
        blank=True,
        help_text="For readers whose system is dark, such as #e5a08c.",
    )
    header_links = models.TextField(
        blank=True,
        validators=[validate_links],
        help_text="Beside the pages of the menu. One a line: the words, then the address, such as"
        " “My books https://example.org/books”.",
    )
    footer = models.TextField(
        blank=True, help_text="Plain text at the foot of every page; addresses become links."
    )
    sends_webmentions = models.BooleanField(
        "tell pages that posts link to them",
        default=False,
        db_default=False,
        help_text="Of listed posts only: the pages that they link to are asked whether they take"
        " webmentions, and told.",
    )
    takes_webmentions = models.BooleanField(
        "take such news from other sites",
        default=False,
        db_default=False,
        help_text="Who links to a post can say so. It becomes a comment that waits for a moderator,"
        " whatever the rules say. While 200 of them wait, or 20 of one host, no more are taken.",
    )
    websub_hub = models.URLField(
        "WebSub hub",
        max_length=500,
        blank=True,
        default="",
        db_default="",
        validators=[URLValidator(schemes=["http", "https"])],
        help_text="Told at once when the feed of all posts changes, so that readers hear of it"
        " sooner, such as https://hub.example/; empty: none.",
    )
    version = models.PositiveIntegerField(default=0, editable=False)
    changed_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        verbose_name = verbose_name_plural = "settings of the site"
        constraints = [
            models.CheckConstraint(name="core_one_row_of_settings", condition=models.Q(id=1)),
            models.CheckConstraint(
                name="core_posts_per_page_is_positive", condition=models.Q(posts_per_page__gte=1)
            ),
        ]

    def __str__(self) -> str:
        return self.title

    def clean(self) -> None:
        """Refuse colours that are none, or that could not be read on the paper."""
        faults = {
            name: fault
            for name, papers in PAPERS.items()
            if (fault := colour_fault(getattr(self, name), papers))
        }
        if faults:
            raise ValidationError(faults)

    @classmethod
    def from_environment(cls) -> "SiteSettings":
        """What holds until somebody chooses; not a row."""
        return cls(**cls.chosen_outside())

    @staticmethod
    def chosen_outside() -> dict[str, Any]:
        """The fields that the environment sets."""
        return {
            "title": settings.SITE_TITLE,
            "tagline": settings.SITE_TAGLINE,
            "language": settings.LANGUAGE_CODE,
            "time_zone": settings.TIME_ZONE,
            "posts_per_page": settings.POSTS_PER_PAGE,
            "comments_close_after_days": settings.COMMENTS_CLOSE_AFTER_DAYS,
            "reports_to_hold": settings.COMMENT_REPORTS_TO_HOLD,
        }


class Version(models.Model):
    """How often something that pages show has changed: `site`, or `post:12`. A row that is not
    there yet counts as 0. Triggers count (core_touch), at COMMIT, once a transaction.
    """

    key = models.CharField(max_length=40, primary_key=True)
    value = models.BigIntegerField()

    def __str__(self) -> str:
        return f"{self.key} {self.value}"


class StoredPage(models.Model):
    """A page as everybody gets it, with what it was made of: see core.stored_pages.

    The table is unlogged: a crash empties it, and a copy of the database can do without it.
    """

    path = models.CharField(max_length=300, primary_key=True)
    key = models.CharField(max_length=40, help_text="Of the version that it was made of.")
    key_version = models.BigIntegerField()
    site_version = models.BigIntegerField()
    release = models.CharField(max_length=40)
    valid_until = models.DateTimeField()
    etag = models.CharField(max_length=40)
    body = models.BinaryField(help_text="Compressed with gzip.")
    fragment = ArrayField(
        models.BigIntegerField(),
        null=True,
        help_text="From and to which byte of the body; check sum and size of what they unpack to.",
    )
    size = models.PositiveIntegerField(help_text="Of the body, as it is stored.")
    stored_at = models.DateTimeField(default=timezone.now)

    class Meta:
        indexes = [models.Index(fields=["-stored_at", "size"], name="core_page_newest")]

    def __str__(self) -> str:
        return self.path
