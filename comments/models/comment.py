"""One comment: its place, its status, its text."""

from datetime import datetime
from typing import TYPE_CHECKING, Any, Final, NoReturn

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.safestring import SafeString
from mptt.models import MPTTModel, TreeForeignKey

from blog.models import Post
from comments import markup, references
from comments.errors import NoLongerKept, StatusConflict, WrongRoom
from comments.models.commenter import Commenter
from comments.models.querysets import CommentManager
from comments.status import Remover, Status, may_follow
from core.routes import address_of

if TYPE_CHECKING:
    from comments.models.judged import Revision

LINE: Final = 60  # characters that a line break is worth where length is room on a page
TREE_FIELDS = frozenset(
    {"parent", "parent_id", "post", "post_id", "lft", "rght", "tree_id", "level"}
)


def anchor_of(number: str | None, pk: int) -> str:
    """The id of a comment's element; a number has the same one for ever."""
    return "c-" + number.replace(".", "-") if number else f"waiting-{pk}"


class Comment(MPTTModel):
    """One comment. `parent` is the truth; lft, rght, tree_id and level derive from it.

    Rows are made, moved and deleted by comments.tree, and change status by `change_status`.
    """

    # Where a tree is renumbered, all of its rows go into every index anew: so the keys below that
    # begin an index in Meta have none of their own.
    post = models.ForeignKey(
        Post, on_delete=models.PROTECT, related_name="comments", db_index=False
    )
    parent = TreeForeignKey(
        "self", on_delete=models.RESTRICT, null=True, blank=True, related_name="replies"
    )
    answers = models.ForeignKey(
        "self",
        on_delete=models.RESTRICT,
        null=True,
        blank=True,
        related_name="+",
        db_index=False,
        help_text="What it replies to, where the depth limit attached it further up.",
    )
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        db_index=False,
    )
    commenter = models.ForeignKey(
        Commenter,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="comments",
        db_index=False,
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
    edited_at = models.DateTimeField(
        null=True, blank=True, help_text="When its text last changed after publication."
    )
    changed_at = models.DateTimeField(default=timezone.now)

    tree_id = models.PositiveIntegerField(editable=False)
    lft = models.PositiveIntegerField(editable=False)
    rght = models.PositiveIntegerField(editable=False)
    level = models.PositiveIntegerField(editable=False)

    objects = CommentManager()

    came_before = False  # set by intake on one that the same form led to before

    class Meta:
        # Three more stand in raw SQL in the migrations, since Django can't say them: one root per
        # tree, a parent in the same post, and a current number that was allotted to this comment.
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
            models.CheckConstraint(
                name="comments_status_is_one_of_the_listed",
                condition=Q(status__in=Status.values),
            ),
            models.CheckConstraint(
                name="comments_status_before_removal_is_one_of_the_listed",
                condition=Q(status_before_removal__in=["", *Status.values]),
            ),
            models.CheckConstraint(
                name="comments_removed_by_one_of_the_listed",
                condition=Q(removed_by__in=["", *Remover.values]),
            ),
        ]
        indexes = [
            # The queue: what waits, oldest first. With what the ledger counts, so that it need not
            # read the texts.
            models.Index(
                fields=["status", "submitted_at"],
                include=["post", "published_at"],
                name="comments_queue",
            ),
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
            # What somebody sent before: the screening asks for the latest, of each new comment.
            models.Index(
                fields=["commenter", "-submitted_at"],
                condition=Q(commenter__isnull=False),
                name="comments_of_commenter",
            ),
            models.Index(
                fields=["user", "-submitted_at"],
                condition=Q(user__isnull=False),
                name="comments_of_user",
            ),
            models.Index(
                fields=["network", "-submitted_at"],
                condition=~Q(network=""),
                name="comments_of_network",
            ),
            # The desk: what else came with a typed address, and what was edited when public.
            models.Index(
                fields=["mail", "-submitted_at"], condition=~Q(mail=""), name="comments_of_mail"
            ),
            models.Index(
                fields=["edited_at"],
                condition=Q(edited_at__isnull=False),
                name="comments_edited",
            ),
            # Of few: those at the depth limit.
            models.Index(
                fields=["answers"], condition=Q(answers__isnull=False), name="comments_answering"
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
        return address_of(route, self.post.slug, self.number or "")

    def change_status(self, to: Status, *, at: datetime, removed_by: str = "") -> None:
        """Move this comment from the status and version it was read with to `to`; one UPDATE.

        The one updater of `status`; called by services, under the tree's lock. Publishing needs a
        number (comments.numbers). Raises NoLongerKept for what would show or judge an erased text,
        and StatusConflict when `to` may not follow, or when somebody
        else changed the row since it was read: then nothing is written.
        """
        if self.is_erased and to in {Status.PUBLISHED, Status.PENDING}:
            raise NoLongerKept
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
        was = self.text
        changes = {"text": text, "html": html, "html_version": markup.VERSION, "changed_at": at}
        changes["edited_at"] = at if self.published_at else None  # what readers have seen before
        self._update_unchanged("edited", {**changes, "version": self.version + 1})
        earlier: Revision = self.revisions.create(text=was, replaced_by=by, replaced_at=at)
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
    def is_erased(self) -> bool:
        """Whether its text is no longer kept; nobody can send an empty one."""
        return not self.text

    @property
    def is_long(self) -> bool:
        """Whether a page shows it folded at first."""
        limit: int = settings.COMMENT_FOLD_LENGTH
        return 0 < limit <= len(self.text) + LINE * self.text.count("\n")

    @property
    def anchor(self) -> str:
        """The element's id on the post's page: `c-1-6`; another for one without a number."""
        return anchor_of(self.number, self.pk)

    @property
    def text_as_html(self) -> SafeString:
        """The stored HTML, which comments.markup has cleaned, with its references as plain text."""
        return markup.trusted(references.unlink(self.html))
