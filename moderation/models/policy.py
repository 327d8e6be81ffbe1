"""The comment policy: versions of numbered clauses. What is published never changes.

Triggers refuse to change, empty or delete a published version and its clauses.
"""

from typing import Final

from django.core.validators import RegexValidator
from django.db import models
from django.db.models import F, Q, Value
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils import timezone
from django.utils.safestring import SafeString, mark_safe

from blog import markup
from comments.models import Commenter

KEY: Final = RegexValidator(
    r"^[a-z][a-z0-9-]*\Z",
    "A key has small letters a to z, digits and hyphens, and begins with a letter.",
)


def _cleaned(html: str) -> SafeString:
    """HTML that blog.markup made of an author's words, for a page."""
    return mark_safe(html)  # noqa: S308


class PolicyQuerySet(models.QuerySet["Policy"]):
    """Sets of versions."""

    def published(self) -> "PolicyQuerySet":
        """The published versions, the current one first."""
        return self.filter(version__isnull=False).order_by("-version")

    def current(self) -> "Policy | None":
        """The version that holds now. One query."""
        return self.published().first()

    def draft(self) -> "Policy | None":
        """The version being written, of which there is at most one. One query."""
        return self.filter(version=None).first()


class Policy(models.Model):
    """One version of the policy. `version` is None for the draft, and given at publication.

    The HTML is made by `write`, when the words are written.
    """

    version = models.PositiveIntegerField(null=True, blank=True, editable=False)
    introduction = models.TextField(
        blank=True, help_text="Above the clauses, in Markdown; may be empty."
    )
    introduction_html = models.TextField(blank=True, editable=False)
    short_form = models.TextField(
        blank=True,
        help_text="Above every comment form, in Markdown, with a link to the whole policy after"
        " it; empty: the link alone.",
    )
    short_form_html = models.TextField(blank=True, editable=False)
    must_accept = models.BooleanField(
        "ask for “I have read it”",
        default=False,
        help_text="Who comments ticks once for each version that they have read it; who is not"
        " remembered by a cookie, each time. Staff are never asked.",
    )
    is_shipped = models.BooleanField(default=False, editable=False)
    changed_at = models.DateTimeField(default=timezone.now, editable=False)
    published_at = models.DateTimeField(null=True, blank=True, editable=False)

    objects = PolicyQuerySet.as_manager()

    class Meta:
        verbose_name = "version of the policy"
        verbose_name_plural = "comment policy"
        default_permissions = ["view"]
        permissions = [("publish_policy", "Can write and publish the comment policy")]
        constraints = [
            # Also the one draft: all without a version count as zero.
            models.UniqueConstraint(
                Coalesce(F("version"), Value(0)), name="moderation_one_policy_of_a_version"
            ),
            models.CheckConstraint(
                name="moderation_published_policy_has_a_version",
                condition=Q(version__isnull=True, published_at__isnull=True)
                | Q(version__gt=0, published_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"Version {self.version}" if self.version else "Draft"

    def get_absolute_url(self) -> str:
        """The public page of a published version."""
        return reverse("policy:version", args=[self.version])

    @property
    def is_draft(self) -> bool:
        """Whether it can still be changed."""
        return self.version is None

    @property
    def introduction_as_html(self) -> SafeString:
        """The stored HTML, which blog.markup has cleaned."""
        return _cleaned(self.introduction_html)

    @property
    def short_form_as_html(self) -> SafeString:
        """The stored HTML, which blog.markup has cleaned."""
        return _cleaned(self.short_form_html)

    def write(self, introduction: str, short_form: str) -> None:
        """Set the words and their HTML; nothing is saved."""
        self.introduction, self.short_form = introduction, short_form
        self.introduction_html = markup.render_markdown(introduction)
        self.short_form_html = markup.render_markdown(short_form)


class ClauseQuerySet(models.QuerySet["Clause"]):
    """Sets of clauses."""

    def current(self) -> "ClauseQuerySet":
        """Those of the version that holds now, in order, with it. No query of its own."""
        held = Policy.objects.published().values("pk")[:1]
        return self.filter(policy=held).select_related("policy").order_by("number")


class Clause(models.Model):
    """One numbered clause of one version. `key` is the same for it in every version."""

    policy = models.ForeignKey(Policy, on_delete=models.CASCADE, related_name="clauses")
    key = models.CharField(
        max_length=50,
        blank=True,
        validators=[KEY],
        help_text="What rules name it by, in every version; empty: made from the title. It can't"
        " be changed later.",
    )
    number = models.PositiveSmallIntegerField(editable=False)
    title = models.CharField(max_length=100)
    text = models.TextField(help_text="In Markdown.")
    html = models.TextField(editable=False)

    objects = ClauseQuerySet.as_manager()

    class Meta:
        ordering = ["policy", "number"]
        default_permissions = ["view"]
        constraints = [
            models.UniqueConstraint(
                name="moderation_one_clause_of_a_key", fields=["policy", "key"]
            ),
            models.UniqueConstraint(
                name="moderation_one_clause_of_a_number",
                fields=["policy", "number"],
                deferrable=models.Deferrable.DEFERRED,
            ),
            models.CheckConstraint(
                name="moderation_clause_has_a_key_and_a_number",
                condition=~Q(key="") & Q(number__gt=0),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number}. {self.title}"

    def get_absolute_url(self) -> str:
        """Its place on the page of its version; `policy` is selected."""
        return f"{self.policy.get_absolute_url()}#clause-{self.number}"

    @property
    def text_as_html(self) -> SafeString:
        """The stored HTML, which blog.markup has cleaned."""
        return _cleaned(self.html)

    def write(self, title: str, text: str) -> None:
        """Set the words and their HTML; nothing is saved."""
        self.title, self.text = title, text
        self.html = markup.render_markdown(text)


class Acceptance(models.Model):
    """A commenter has ticked that they have read one version of the policy."""

    commenter = models.ForeignKey(Commenter, on_delete=models.CASCADE, related_name="+")
    policy = models.ForeignKey(Policy, on_delete=models.PROTECT, related_name="+")
    accepted_at = models.DateTimeField(default=timezone.now)

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(name="moderation_accepted_once", fields=["commenter", "policy"])
        ]

    def __str__(self) -> str:
        return f"{self.commenter_id} has read {self.policy_id}"
