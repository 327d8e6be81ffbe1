"""A conversation under a post: its comments, their numbers, and why one waits."""

from datetime import datetime
from typing import Any, Final, NoReturn

from django.conf import settings
from django.db import connection, models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.urls import reverse
from django.utils import timezone
from django.utils.safestring import SafeString
from mptt.managers import TreeManager
from mptt.models import MPTTModel, TreeForeignKey
from mptt.querysets import TreeQuerySet

from blog.models import Post
from comments import markup, references
from comments.errors import StatusConflict, WrongRoom
from comments.status import Remover, Status, may_follow

TREE_FIELDS = frozenset(
    {"parent", "parent_id", "post", "post_id", "lft", "rght", "tree_id", "level"}
)


class CommentQuerySet(TreeQuerySet):
    """Sets of comments."""

    def visible_to(self, user: Any = None) -> "CommentQuerySet":
        """What `user` may see under a post: everything with a number, published or as a tombstone.

        The only filter that pages, feeds, counts and search use. What of a row may be shown is
        `Comment.is_published`: a tombstone has neither name nor text. A comment without a number
        has never been public, and a post whose author hides its comments shows none. Readers and
        staff see the same; the queue has its own room.
        """
        hidden = Q(post__comments_status=Post.Comments.HIDDEN)
        return self.filter(~hidden, number__isnull=False)

    def published(self) -> "CommentQuerySet":
        """Visible with their text, under a post that the caller has judged."""
        return self.visible_to().filter(status=Status.PUBLISHED)

    def public(self) -> "CommentQuerySet":
        """What everybody may read, under whichever post: for feeds and search."""
        return self.published().filter(post__in=Post.objects.published())

    def waiting_of(self, commenter: "Commenter | None") -> "CommentQuerySet":
        """What waits and was never public, for the eyes of the one who wrote it alone.

        Shown only in an answer to that commenter's own cookie, which no cache may keep.
        """
        if commenter is None:
            return self.none()
        return self.filter(commenter=commenter, status=Status.PENDING, number=None)

    def answers_to(self, comment: "Comment") -> "CommentQuerySet":
        """Published replies to a comment; its own writer's continuations are none."""
        replies = self.published().filter(continues=False)
        return replies.filter(Q(parent=comment, answers=None) | Q(answers=comment))

    def delete(self) -> NoReturn:
        """Refused: a bulk delete leaves holes in trees."""
        raise WrongRoom("Comments are deleted through comments.tree.delete_leaf only.")


class CommentManager(TreeManager.from_queryset(CommentQuerySet)):  # type: ignore[misc]
    """mptt's manager with tree ids from a sequence."""

    def _get_next_tree_id(self) -> int:
        # mptt takes the maximum plus one, which two writers share even across posts.
        with connection.cursor() as cursor:
            cursor.execute("SELECT nextval('comments_tree_id')")
            row = cursor.fetchone()
        return int(row[0])


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


class Comment(MPTTModel):
    """One comment. `parent` is the truth; lft, rght, tree_id and level derive from it.

    Rows are made, moved and deleted by comments.tree, and change status by `change_status`.
    """

    post = models.ForeignKey(Post, on_delete=models.PROTECT, related_name="comments")
    parent = TreeForeignKey(
        "self", on_delete=models.RESTRICT, null=True, blank=True, related_name="replies"
    )
    answers = models.ForeignKey(
        "self",
        on_delete=models.RESTRICT,
        null=True,
        blank=True,
        related_name="+",
        help_text="What it replies to, where the depth limit attached it further up.",
    )
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    commenter = models.ForeignKey(
        Commenter, on_delete=models.SET_NULL, null=True, blank=True, related_name="comments"
    )
    name = models.CharField(max_length=80)
    mail = models.EmailField(blank=True)
    network = models.CharField(
        max_length=32,
        blank=True,
        default="",
        db_default="",
        help_text="A keyed digest of the sender's network; emptied with time.",
    )
    text = models.TextField()
    html = models.TextField()
    html_version = models.PositiveSmallIntegerField()
    status = models.CharField(max_length=10, choices=Status, default=Status.PENDING)
    status_before_removal = models.CharField(max_length=10, choices=Status, blank=True, default="")
    continues = models.BooleanField(
        default=False,
        db_default=False,
        help_text="The writer of the parent goes on here: shown joined to it.",
    )
    removed_by = models.CharField(max_length=10, choices=Remover, blank=True, default="")
    version = models.PositiveIntegerField(
        default=1, help_text="Grows with every change; a form made for an older one is refused."
    )
    number = models.CharField(max_length=600, null=True, blank=True)
    ordinal = models.PositiveIntegerField(
        null=True, blank=True, help_text="The last part of the number: the order among siblings."
    )
    submitted_at = models.DateTimeField(default=timezone.now)
    published_at = models.DateTimeField(null=True, blank=True)
    changed_at = models.DateTimeField(default=timezone.now)

    tree_id = models.PositiveIntegerField(editable=False)
    lft = models.PositiveIntegerField(editable=False)
    rght = models.PositiveIntegerField(editable=False)
    level = models.PositiveIntegerField(editable=False)

    objects = CommentManager()

    class Meta:
        # Three more stand in raw SQL in the first migration, since Django can't say them: one root
        # per tree, a parent in the same post, and a current number that was allotted.
        constraints = [
            models.UniqueConstraint(
                name="comments_one_place_in_a_tree",
                fields=["tree_id", "lft"],
                deferrable=models.Deferrable.DEFERRED,
            ),
            models.UniqueConstraint(name="comments_id_and_post", fields=["id", "post"]),
            # Deferred, since a branch that moves to another post is numbered anew there.
            models.UniqueConstraint(
                name="comments_one_holder_of_a_number",
                fields=["post", "number"],
                deferrable=models.Deferrable.DEFERRED,
            ),
            models.CheckConstraint(name="comments_lft_before_rght", condition=Q(lft__lt=F("rght"))),
            models.CheckConstraint(
                name="comments_published_has_a_number",
                condition=~Q(status=Status.PUBLISHED)
                | Q(number__isnull=False, published_at__isnull=False),
            ),
            models.CheckConstraint(
                name="comments_number_has_an_ordinal",
                condition=Q(number__isnull=True, ordinal__isnull=True)
                | Q(number__isnull=False, ordinal__isnull=False),
            ),
            models.CheckConstraint(
                name="comments_removed_says_from_what_and_by_whom",
                condition=Q(status=Status.REMOVED)
                & ~Q(status_before_removal="")
                & ~Q(removed_by="")
                | ~Q(status=Status.REMOVED) & Q(status_before_removal="", removed_by=""),
            ),
            models.CheckConstraint(
                name="comments_root_has_level_zero",
                condition=Q(parent__isnull=True, level=0) | Q(parent__isnull=False, level__gt=0),
            ),
        ]
        indexes = [
            # The queue: what waits, oldest first.
            models.Index(fields=["status", "submitted_at"], name="comments_queue"),
            # Feeds: the newest of all, and when anything changed. The same under one post, whose
            # feed would otherwise walk through everything that is newer elsewhere.
            models.Index(
                fields=["-published_at", "-id"],
                condition=Q(status=Status.PUBLISHED),
                name="comments_newest",
            ),
            models.Index(
                fields=["-changed_at"],
                condition=Q(number__isnull=False),
                name="comments_last_changed",
            ),
            models.Index(
                fields=["post", "-published_at", "-id"],
                condition=Q(status=Status.PUBLISHED),
                name="comments_newest_of_post",
            ),
            models.Index(
                fields=["post", "-changed_at"],
                condition=Q(number__isnull=False),
                name="comments_post_changed",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} on {self.post_id}" + (f" #{self.number}" if self.number else "")

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Save named fields of an existing row; never tree fields, never a whole row."""
        fields = set(kwargs.get("update_fields") or ())
        if self._state.adding or not fields or fields & TREE_FIELDS:
            raise WrongRoom("Comments are made and moved by comments.tree; name other fields.")
        models.Model.save(self, *args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> NoReturn:
        """Refused: see comments.tree.delete_leaf."""
        raise WrongRoom("Comments are deleted through comments.tree.delete_leaf only.")

    def get_absolute_url(self) -> str:
        """The permalink; only a comment with a number has one."""
        route = (
            "comments:permalink" if self.post.kind == Post.Kind.POST else "comments:page-permalink"
        )
        return reverse(route, args=[self.post.slug, self.number])

    def change_status(self, to: Status, *, at: datetime, removed_by: str = "") -> None:
        """Move this comment from the status and version it was read with to `to`; one UPDATE.

        The one updater of `status`; called by services, under the tree's lock. Publishing needs a
        number (comments.numbers). Raises StatusConflict when `to` may not follow, or when somebody
        else changed the row since it was read: then nothing is written.
        """
        if not may_follow(to, self.status, self.status_before_removal):
            raise StatusConflict(self.status, to)
        removing = to == Status.REMOVED
        changes = {
            "status": to,
            "status_before_removal": self.status if removing else "",
            "removed_by": removed_by if removing else "",
            "published_at": self.published_at or (at if to == Status.PUBLISHED else None),
        }
        self._update_unchanged(to, {**changes, "changed_at": at, "version": self.version + 1})

    def replace_text(self, text: str, html: str, *, by: str, at: datetime) -> "Revision":
        """Give this comment another text and keep the one it had; returns what was kept.

        The reasons of the verdict go with the text that they judged. Called by services, under
        the tree's lock; guarded as change_status is.
        """
        earlier = Revision(comment=self, text=self.text, replaced_by=by, replaced_at=at)
        changes = {"text": text, "html": html, "html_version": markup.VERSION, "changed_at": at}
        self._update_unchanged("edited", {**changes, "version": self.version + 1})
        earlier.save(force_insert=True)
        self.reasons.filter(revision=None).update(revision=earlier)
        return earlier

    def renew_version(self, act: str) -> None:
        """Make forms for the present version stale, where what they decide on has changed.

        Nothing that the public sees changes, so `changed_at` stays. Raises StatusConflict as
        change_status does; `act` stands in its sentence.
        """
        self._update_unchanged(act, {"version": self.version + 1})

    def _update_unchanged(self, act: str, changes: dict[str, Any]) -> None:
        unchanged = Comment.objects.filter(pk=self.pk, status=self.status, version=self.version)
        if not unchanged.update(**changes):
            raise StatusConflict(self.status, act)
        for field, value in changes.items():
            setattr(self, field, value)

    @property
    def is_published(self) -> bool:
        """Whether name and text are public; a number without this is a tombstone."""
        return self.status == Status.PUBLISHED

    @property
    def is_withdrawn(self) -> bool:
        """Whether its own writer took it back."""
        return self.status == Status.REMOVED and self.removed_by == Remover.COMMENTER

    @property
    def anchor(self) -> str:
        """The element's id on the post's page: `c-1-6`; another for one without a number."""
        return "c-" + self.number.replace(".", "-") if self.number else f"waiting-{self.pk}"

    @property
    def text_as_html(self) -> SafeString:
        """The stored HTML, which comments.markup has cleaned, with its references as plain text."""
        return markup.trusted(references.unlink(self.html))


class Conversation(models.Model):
    """What all comments of one post share: the counter of top-level numbers."""

    post = models.OneToOneField(
        Post, on_delete=models.PROTECT, primary_key=True, related_name="conversation"
    )
    top_level = models.PositiveIntegerField(default=0, db_default=0)

    def __str__(self) -> str:
        return f"conversation under {self.post_id}"


class Place(models.Model):
    """A number under a post: allotted once, never reused, with the comment it leads to.

    A moved comment holds several; `Comment.number` says which is the current one. `replies` counts
    the numbers allotted below it and only grows.
    """

    post = models.ForeignKey(Post, on_delete=models.PROTECT, related_name="+")
    number = models.CharField(max_length=600)
    comment = models.ForeignKey(Comment, on_delete=models.RESTRICT, related_name="places")
    replies = models.PositiveIntegerField(default=0, db_default=0)
    allotted_at = models.DateTimeField(default=timezone.now, db_default=Now())

    class Meta:
        constraints = [
            models.UniqueConstraint(name="comments_number_once", fields=["post", "number"])
        ]

    def __str__(self) -> str:
        return f"#{self.number} under {self.post_id}"


class Reference(models.Model):
    """`#1.6` in one comment's text, as of its last rendering: what back-links are made of."""

    source = models.ForeignKey(Comment, on_delete=models.CASCADE, related_name="references")
    target = models.ForeignKey(Comment, on_delete=models.CASCADE, related_name="referred_by")

    class Meta:
        constraints = [
            models.UniqueConstraint(name="comments_reference_once", fields=["source", "target"])
        ]

    def __str__(self) -> str:
        return f"{self.source_id} refers to {self.target_id}"


class Revision(models.Model):
    """A text that a comment had before its present one: its source, for writer and moderators."""

    class Replacement(models.TextChoices):
        """What put another text in its place."""

        EDIT = "edit"
        RESUBMISSION = "resubmission"

    comment = models.ForeignKey(Comment, on_delete=models.CASCADE, related_name="revisions")
    text = models.TextField()
    replaced_by = models.CharField(max_length=12, choices=Replacement)
    replaced_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                name="comments_resubmitted_once",
                fields=["comment"],
                condition=Q(replaced_by="resubmission"),
            )
        ]

    def __str__(self) -> str:
        return f"text of {self.comment_id} until {self.replaced_at:%Y-%m-%d %H:%M}"


class Appeal(models.Model):
    """What a commenter says against a rejection or removal; one for each comment. Erasable."""

    MAX_LENGTH: Final = 1000

    comment = models.OneToOneField(Comment, on_delete=models.CASCADE, related_name="appeal")
    text = models.CharField(max_length=MAX_LENGTH)
    made_at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return f"appeal for {self.comment_id}"


class RecordedReason(models.Model):
    """One reason of the verdict on a comment, kept with its evidence; erasable, unlike the log."""

    comment = models.ForeignKey(Comment, on_delete=models.CASCADE, related_name="reasons")
    revision = models.ForeignKey(
        Revision,
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="reasons",
        help_text="The earlier text that it judged; none: the present one.",
    )
    rule = models.CharField(max_length=50)
    effect = models.CharField(max_length=10)
    sentence = models.TextField()
    evidence = models.JSONField(default=dict, blank=True)
    advice = models.TextField(
        blank=True, default="", db_default="", help_text="The same for its writer; may be empty."
    )
    clause_id = models.BigIntegerField(
        null=True, blank=True, help_text="The screener's own, of the clause that the rule names."
    )
    recorded_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return self.sentence


class Confirmation(models.Model):
    """A link sent to the address that came with a comment; see comments.confirmations."""

    comment = models.ForeignKey(Comment, on_delete=models.CASCADE, related_name="+")
    mail = models.EmailField()
    digest = models.CharField(max_length=64, unique=True, help_text="Of the token in the link.")
    remember = models.BooleanField(help_text="The sender asked to be remembered.")
    expires_at = models.DateTimeField(db_index=True)
    used_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"confirmation of the address of {self.comment_id}"


class Submission(models.Model):
    """A form already received: the same one again within an hour leads to the same comment."""

    digest = models.CharField(max_length=64, primary_key=True)
    comment = models.ForeignKey(Comment, on_delete=models.CASCADE, related_name="+", null=True)
    received_at = models.DateTimeField(default=timezone.now, db_index=True)
    # That of the form that made the comment: who sends it again has the same page before them.
    stamp = models.CharField(max_length=200, blank=True, default="", db_default="")

    def __str__(self) -> str:
        return f"submission of {self.comment_id}"
