"""A moderator as a process of its own: random acts of the desk, also on what is out of date.

Prints one JSON object: how many acts were done, refused as stale, and refused otherwise.
"""

import json
import os
import random
import sys

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.test")
django.setup()

from django.contrib.auth import get_user_model  # noqa: E402
from django.utils import timezone  # noqa: E402

from comments.errors import CommentError, StatusConflict  # noqa: E402
from comments.models import BranchLock, Comment  # noqa: E402
from moderation.desk.acts import ACTS  # noqa: E402
from moderation.desk.undoing import undo_act  # noqa: E402
from moderation.models import LogEntry  # noqa: E402

NAMES = [name for name in ACTS if name not in {"answer", "redact"}]


def main():
    name, seed, count = sys.argv[1], sys.argv[2], int(sys.argv[3])
    chance = random.Random(seed)  # noqa: S311 (the same dice in every run)
    by = get_user_model().objects.get(username=name)
    seen = {}
    found = {"done": 0, "stale": 0, "refused": 0}
    for _ in range(count):
        comment = chance.choice(list(Comment.objects.order_by("pk")))
        # Half of the forms are as old as when this moderator first saw the comment.
        version = seen.setdefault(comment.pk, comment.version)
        try:
            act(chance, comment, chance.choice([version, comment.version]), by)
            found["done"] += 1
        except StatusConflict:
            found["stale"] += 1
        except CommentError:
            found["refused"] += 1
    sys.stdout.write(json.dumps(found))


def act(chance, comment, version, by):
    if chance.random() < 0.25:
        entries = LogEntry.objects.filter(comment_id=comment.pk).order_by("-pk")
        undo_act(entry_id=chance.choice(list(entries[:3])).pk, by=by)
    else:
        chosen = ACTS[_fit(chance.choice(NAMES), comment)]
        words = {"reason": "Enough of this."} if "reason" in chosen.takes else {}
        chosen.service(comment_id=comment.pk, version=version, by=by, **words)


def _fit(name, comment):
    """To lock or to unlock, by what is so now: dice alone leave runs in which nobody unlocks."""
    if name not in {"lock", "unlock"}:
        return name
    is_locked = BranchLock.objects.in_force(timezone.now()).filter(head=comment).exists()
    return "unlock" if is_locked else "lock"


if __name__ == "__main__":
    main()
