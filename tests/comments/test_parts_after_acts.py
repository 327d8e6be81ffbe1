"""After any act, the page that is put together from kept parts is the one made from nothing."""

import gzip
import random
import re
import zlib

import pytest
from django.test import Client
from django.utils import timezone

from comments import own, thread_parts
from comments.errors import CommentError
from comments.models import Brake, Comment
from core.models import SiteSettings, StoredPage
from core.site import save_site
from moderation import services
from moderation.desk.locking import lock_branch, unlock_branch
from moderation.desk.moving import Target, move_branch
from moderation.desk.slowing import end_slow_mode, slow_branch
from moderation.desk.undoing import undo_act
from moderation.models import LogEntry
from tests.factories import make_post, make_user, publish, send

pytestmark = pytest.mark.django_db(transaction=True)

# What is of the moment that a page was made, not of what it shows.
STAMP = re.compile(rb'name="stamp" value="[^"]*"')
COMMENTS, ACTS = 16, 60


@pytest.fixture(autouse=True)
def small_parts(monkeypatch, settings):
    """As in a conversation of hundreds: parts of a few comments."""
    monkeypatch.setattr(thread_parts, "LONG", 6)
    monkeypatch.setattr(thread_parts, "ONE_IN", 4)
    settings.COMMENTS_PER_PAGE = 1_000
    thread_parts.memory.forget()
    yield
    thread_parts.memory.forget()


class Moderator:
    """Does something at random to a comment of two conversations."""

    def __init__(self, seed):
        self.random, self.user = random.Random(seed), make_user()  # noqa: S311
        self.posts = [make_post(slug="here", title="Here"), make_post(slug="there", title="There")]
        for _ in range(COMMENTS):
            self.reply(self.any())

    def any(self):
        found = Comment.objects.filter(status="published").order_by("pk")
        return self.random.choice([None, *found]) if found else None

    def reply(self, parent):
        post = parent.post if parent else self.random.choice(self.posts)
        text = f"As #{self.random.randint(1, 9)} says, {self.random.random()}."
        name = self.random.choice(["Ada", "Joon", "Zoë <b>"])
        return publish(send(post, text, parent, name=name), self.user)

    def act(self):
        comment = self.any()
        acts = {
            "remove": services.remove_comment, "restore": services.restore_comment,
            "spam": services.mark_spam, "lock": lock_branch, "unlock": unlock_branch,
            "slow": slow_branch, "run": end_slow_mode, "move": move_branch,
        }  # fmt: skip
        what = self.random.choice([*acts, "reply", "reply", "edit", "withdraw", "undo", "post"])
        if what == "reply" or comment is None:
            self.reply(comment)
        elif what == "restore":
            comment = self.random.choice([*Comment.objects.filter(status="removed"), comment])
        if what in acts:
            more = {
                "lock": {"reason": "Hot."}, "slow": {"reason": "Hot.", "minutes": 30},
                "move": {"target": self.target()},
            }.get(what, {})  # fmt: skip
            named = {"comment_id": comment.pk, "version": comment.version} if comment else {}
            if named:
                acts[what](**named, by=self.user, **more)
        elif what == "edit" and comment:
            Comment.objects.filter(pk=comment.pk).update(html=f"<p>Anew, {self.random.random()}.")
        elif what == "withdraw" and comment:
            own.withdraw_comment(comment_id=comment.pk, version=comment.version)
        elif what == "undo":
            entry = LogEntry.objects.filter(actor_id=self.user.pk).order_by("-pk").first()
            undo_act(entry_id=entry.pk, by=self.user)
        elif what == "post":
            post = self.random.choice(self.posts)
            post.refresh_from_db()
            post.comments_status = self.random.choice(["open", "closed"])
            post.save()
        return what

    def target(self):
        parent = self.any()
        return Target(parent.post if parent else self.random.choice(self.posts), parent)


def read(post, **headers):
    return Client().get(f"/posts/{post.slug}/", headers=headers)


def from_nothing(post):
    StoredPage.objects.all().delete()
    thread_parts.memory.forget()
    return STAMP.sub(b"", read(post).content)


def test_after_any_act_the_page_of_parts_is_the_one_made_from_nothing():
    moderator, done = Moderator(0), set()
    zones = [("Asia/Kathmandu", "de"), ("UTC", "en")]
    for n in range(ACTS):
        try:
            done.add(moderator.act())
        except CommentError:
            continue
        if n % 20 == 19:
            site = SiteSettings.objects.first() or SiteSettings()
            site.time_zone, site.language = zones[n // 20 % 2]
            save_site(site)
        for post in moderator.posts:
            packed = read(post, accept_encoding="gzip")
            assert packed["Content-Encoding"] == "gzip"
            whole = gzip.decompress(packed.content)  # which proves the check sum and the length
            assert whole == zlib.decompress(packed.content, 31)
            plain = read(post)
            assert plain.content == whole
            again = read(post, accept_encoding="gzip", if_none_match=packed["ETag"])
            assert again.status_code == 304
            kept = thread_parts.memory._parts.copy()
            assert STAMP.sub(b"", whole) == from_nothing(post)
            thread_parts.memory._parts.update(kept)
    assert done >= {"reply", "remove", "restore", "lock", "slow", "move", "edit", "undo", "post"}
    assert Brake.objects.in_force(timezone.now())
