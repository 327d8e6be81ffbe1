"""A long conversation made of nothing: to see, and to measure, what a large one is like."""

import random
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

from django.db import transaction
from django.utils import timezone
from django.utils.text import slugify

from blog.models import Post
from comments import markup, numbers, tree
from comments.models import Comment
from comments.rendering import render_text
from comments.status import Status
from moderation import services

if TYPE_CHECKING:
    from django.contrib.auth.models import User

NAMES: Final = (
    "Hanna Okafor", "Joon-ho", "Marta S.", "Peter", "L. Varga", "Mirela", "Lucian", "Ágnes",
    "Dmitri", "Rahel",
)  # fmt: skip
LINE: Final = (
    "the argument rests on a premise that nobody has defended since and yet every reply takes it"
    " for granted which is why I keep asking what would follow if it were false"
)
WORDS: Final = LINE.split()
SHARE_OF_TOP_LEVEL: Final = 0.15
DEEPEST: Final = 6


def hold_conversation(*, author: "User", size: int, seed: int = 7) -> Post:
    """A published post with `size` published comments, 60 to 120 words each; the same every time.

    One transaction; a log row for each comment, as for an import.
    """
    chance = random.Random(seed)  # noqa: S311 (the same words in every run)
    now = timezone.now()
    with transaction.atomic(durable=True):
        post = _make_post(author, size, now - timedelta(days=30))
        pairs: list[tree.Pair] = []
        for index in range(size):
            pairs.append(_next_comment(post, pairs, index, chance))
        numbers.allot_to_arrivals(pairs)
        tree.plant(pairs)
        services.log_import([(comment, "") for comment, _ in pairs], at=now)
    return post


def _make_post(author: "User", size: int, at: datetime) -> Post:
    title = f"What would follow if it were false ({size} comments)"
    return Post.objects.create(
        title=title,
        slug=f"{slugify(title)}-{Post.objects.count()}",
        body="A short post with a long conversation.",
        author=author,
        status=Post.Status.PUBLISHED,
        published_at=at,
    )


def _next_comment(
    post: Post, pairs: list[tree.Pair], index: int, chance: random.Random
) -> tree.Pair:
    parent = _parent(pairs, chance)
    at = (post.published_at or timezone.now()) + timedelta(minutes=index)
    text = _text(chance)
    comment = Comment(
        post=post,
        name=chance.choice(NAMES),
        text=text,
        html=render_text(text, post).html,
        html_version=markup.VERSION,
        status=Status.PUBLISHED,
        submitted_at=at,
        published_at=at,
        changed_at=at,
    )
    comment.level = parent.level + 1 if parent else 0
    return comment, parent


def _parent(pairs: list[tree.Pair], chance: random.Random) -> Comment | None:
    if not pairs or chance.random() < SHARE_OF_TOP_LEVEL:
        return None
    parent = chance.choice(pairs)[0]
    return parent if parent.level < DEEPEST - 1 else None


def _text(chance: random.Random) -> str:
    words = " ".join(chance.choices(WORDS, k=chance.randint(60, 120))).capitalize() + "."
    if chance.random() < 0.1:
        words = "> " + " ".join(chance.choices(WORDS, k=9)) + "\n\n" + words
    return words
