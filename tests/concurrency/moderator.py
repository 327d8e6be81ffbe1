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
from comments.models import Brake, Comment  # noqa: E402
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
        name, brake = _fit(chance, chance.choice(NAMES), comment)
        terms = {"reason": "Enough of this.", "minutes": chance.randint(1, 99), "brake": brake}
        takes = ACTS[name].takes
        given = {field: value for field, value in terms.items() if field in takes}
        ACTS[name].service(comment_id=comment.pk, version=version, by=by, **given)


def _fit(chance, name, comment):
    """Which of the acts on a brake, by what is so now, and the id of the one in force.

    Dice alone leave runs in which nobody unlocks.
    """
    for sets, *others in (("lock", "relock", "unlock"), ("slow", "reslow", "unslow")):
        if name in {sets, *others}:
            brakes = Brake.objects.in_force(timezone.now()).filter(head=comment)
            own = (brakes.locks() if sets == "lock" else brakes.slow_modes()).first()
            return (chance.choice(others), own.pk) if own else (sets, 0)
    return name, 0


if __name__ == "__main__":
    main()
