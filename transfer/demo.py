"""Something to look at on a new site: an account, a few posts, and one real argument."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group
from django.utils import timezone

from blog.models import Post, Tag
from comments import intake
from comments.models import Comment
from core.models import SiteSettings
from core.site import save_site
from moderation import services
from transfer.demo_texts import ABOUT, ARGUMENT, POSTS, DemoComment

if TYPE_CHECKING:
    from django.contrib.auth.models import User


@dataclass(frozen=True)
class Accounts:
    """The accounts that a new site starts with; none has a password."""

    owner: "User"
    author: "User"
    moderator: "User"


def is_empty() -> bool:
    """Whether nobody has used this site: no post and no account."""
    return not (Post.objects.exists() or get_user_model().objects.exists())


def make_owner() -> "User":
    """The first account, who may do everything and signs in by one-time link."""
    owner, _ = get_user_model().objects.get_or_create(
        username="owner",
        defaults={"is_staff": True, "is_superuser": True, "password": "!"},
    )
    return owner


def fill() -> None:
    """Accounts, posts and a conversation; the caller has made sure that the site is empty."""
    accounts = Accounts(
        owner=make_owner(),
        author=_make_staff("author", "Ada", "Bergman"),
        moderator=_make_staff("moderator", "Tomas", "Lind"),
    )
    save_site(SiteSettings.from_environment())
    posts = _make_posts(accounts.author)
    Argument(posts["numbered"], accounts).hold()


def _make_staff(role: str, first: str, last: str) -> "User":
    user = get_user_model().objects.create_user(
        role, first_name=first, last_name=last, is_staff=True
    )
    user.groups.add(Group.objects.get(name=role))
    return user


def _make_posts(author: "User") -> dict[str, Post]:
    now = timezone.now()
    posts = {}
    for demo in POSTS:
        post = Post.objects.create(
            title=demo.title,
            slug=demo.slug,
            body=demo.body,
            summary=demo.summary,
            author=author,
            status=Post.Status.PUBLISHED,
            published_at=now - timedelta(days=demo.days_ago),
        )
        for word in demo.tags:
            post.tags.add(Tag.objects.get_or_create(name=word, slug=word.replace(" ", "-"))[0])
        posts[demo.key] = post
    Post.objects.create(
        kind=Post.Kind.PAGE,
        in_menu=True,
        title="About",
        slug="about",
        body=ABOUT,
        author=author,
        status=Post.Status.PUBLISHED,
        published_at=now,
    )
    return posts


class Argument:
    """The demo conversation, made by the same intake and services as a real one."""

    def __init__(self, post: Post, accounts: Accounts) -> None:
        self.post = post
        self.accounts = accounts
        self.made: dict[str, Comment] = {}

    def hold(self) -> None:
        for demo in ARGUMENT:
            comment = self._send(demo)
            self.made[demo.key] = comment
            self._decide(comment, demo.ends)
        # Last, since a removed comment takes no replies and some of these have them.
        for demo in ARGUMENT:
            if demo.ends == "removed":
                self._act(services.remove_comment, self.made[demo.key])

    def _send(self, demo: DemoComment) -> Comment:
        parent = self.made.get(demo.answers)
        if parent is not None:
            parent.refresh_from_db()
        user: Any = self.accounts.author if demo.name == "" else None
        name = demo.name or self.accounts.author.get_full_name()
        draft = intake.make_draft(
            post=self.post, parent=parent, name=name, mail="", text=demo.text, user=user
        )
        return intake.receive(draft, sender=f"demo:{demo.key}")

    def _decide(self, comment: Comment, ends: str) -> None:
        if ends in {"published", "removed"} and not comment.is_published:
            self._act(services.publish_comment, comment)
        if ends == "spam":
            self._act(services.mark_spam, comment)

    def _act(self, service: Callable[..., Comment], comment: Comment) -> None:
        comment.refresh_from_db()
        service(comment_id=comment.pk, version=comment.version, by=self.accounts.moderator)
