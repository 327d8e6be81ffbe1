"""Commenters who get mail, a clock that jumps, and what arrived."""

import re
from dataclasses import replace
from datetime import timedelta
from email import message_from_bytes, policy

from django.core import mail
from django.utils import timezone

from comments import intake
from comments.models import Comment, Commenter
from moderation import services
from tests.factories import counter, make_user, publish

LINK = re.compile(r"https?://[^\s<>\"()]+")


def make_commenter(mail="", **fields):
    """One with a confirmed address."""
    number = next(counter)
    defaults = {
        "name": f"Commenter {number}",
        "mail": mail or f"c{number}@mail.example",
        "confirmed_at": timezone.now(),
    }
    return Commenter.objects.create(**{**defaults, **fields})


def say(post, text="Some words.", *, by=None, parent=None, name="Reader", is_public=True):
    """A comment of a commenter, or of a stranger; decided on by a moderator unless it waits."""
    draft = intake.make_draft(
        post=post, parent=parent, name=by.name if by else name, mail="", text=text, commenter=by
    )
    comment = intake.receive(replace(draft, network=str(next(counter))), sender=str(next(counter)))
    return publish(comment) if is_public else comment


def act(service, comment, **told):
    """One act of a moderator on a comment as it is now."""
    comment = Comment.objects.get(pk=comment.pk)
    service(comment_id=comment.pk, version=comment.version, by=make_user(), **told)
    return Comment.objects.get(pk=comment.pk)


class Post:
    """What goes out, and when: `later` lets the undo window pass and every job run."""

    def __init__(self, run_jobs, clock):
        self.run_jobs, self.clock = run_jobs, clock
        self.clock.move_to(timezone.now(), tick=False)

    def wait(self, **time):
        self.clock.move_to(timezone.now() + timedelta(**time), tick=False)

    def later(self, **time):
        """The mails that went after some time, 31 seconds unless said."""
        before = len(mail.outbox)
        self.wait(**(time or {"seconds": 31}))
        for _ in range(3):  # a job may ask for another
            self.run_jobs()
        return mail.outbox[before:]

    def told(self, **time):
        """To whom they went and under which subject."""
        return sorted((one.to[0], one.subject) for one in self.later(**time))


def remove(comment):
    return act(services.remove_comment, comment)


def parsed(one):
    """A mail as another program reads it."""
    return message_from_bytes(one.message().as_bytes(), policy=policy.default)


def parts(one):
    """Text and HTML."""
    whole = parsed(one)
    return [whole.get_body((kind,)).get_content() for kind in ("plain", "html")]


def links(one):
    """Every address that a mail holds, also in its headers."""
    found = LINK.findall(parsed(one)["List-Unsubscribe"] or "")
    for part in parts(one):
        found += [address.rstrip(".,") for address in LINK.findall(part)]
    return list(dict.fromkeys(found))


def path_of(address):
    return re.sub(r"^https?://[^/]+", "", address)
