"""Four hundred random acts by four processes: the log, read from its beginning, gives the table."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from django.utils import timezone

from comments import intake
from comments.models import Brake, Comment
from moderation.models import LogEntry

pytestmark = pytest.mark.server

MODERATOR = Path(__file__).parent / "moderator.py"
ROOT = MODERATOR.parent.parent.parent
PROCESSES, ACTS, COMMENTS = 4, 400, 12


def receive(post, parent=None):
    for number in range(COMMENTS // 2):
        draft = intake.make_draft(
            post=post, parent=parent, name="Reader", mail="", text=f"{parent} {number}"
        )
        yield intake.receive(draft, sender="somewhere")


def states_by_the_log():
    """The state of every comment by the log alone; each row has to continue the one before."""
    states, taken_back = {}, set()
    for entry in LogEntry.objects.order_by("pk"):
        before = states.get(entry.comment_id, "")
        assert entry.status_before == before, entry
        states[entry.comment_id] = entry.status_after
        if entry.undoes_id:
            assert entry.undoes_id not in taken_back
            taken_back.add(entry.undoes_id)
    return states


def braked_by_the_log(sets, changes, lifts):
    """What is locked or slowed since when, by the log alone: what was taken back changes nothing.

    That which is set is not set already, what is changed or lifted is there.
    """
    since = {}
    acts = LogEntry.objects.filter(act__in=[sets, changes, lifts]).standing()
    for entry in acts.order_by("pk"):
        assert (entry.act == sets) == (entry.comment_id not in since), entry
        since[entry.comment_id] = entry.at
        if entry.act == lifts:
            del since[entry.comment_id]
    return since


def in_force(brakes):
    return dict(brakes.in_force(timezone.now()).values_list("head_id", "set_at"))


def test_the_log_and_the_comments_agree(post, moderators, no_limits, environ, check_threads):
    list(receive(post))
    started = [
        subprocess.Popen(
            [sys.executable, MODERATOR, user.username, str(seed), str(ACTS // PROCESSES)],
            cwd=ROOT,
            env={
                **environ,
                "PYTHONPATH": str(ROOT),
                "DJANGO_SETTINGS_MODULE": "config.settings.test",
            },
            stdout=subprocess.PIPE,
            text=True,
        )
        for seed, user in enumerate(moderators * (PROCESSES // len(moderators)))
    ]
    told = [json.loads(process.communicate(timeout=120)[0]) for process in started]
    assert [process.returncode for process in started] == [0] * PROCESSES
    whole = {key: sum(one[key] for one in told) for key in told[0]}
    assert sum(whole.values()) == ACTS
    assert whole["done"] > 20
    assert whole["stale"] > 0
    assert states_by_the_log() == dict(Comment.objects.values_list("pk", "status"))
    locks, slow_modes = Brake.objects.locks(), Brake.objects.slow_modes()
    assert braked_by_the_log("locked", "lock changed", "unlocked") == in_force(locks)
    slowing = ("slowed", "slow mode changed", "no longer slowed")
    assert braked_by_the_log(*slowing) == in_force(slow_modes)
    acts = set(LogEntry.objects.values_list("act", flat=True))
    assert acts >= {"locked", "lock changed", "unlocked", "undone", *slowing}
    by_people = LogEntry.objects.filter(actor_id__isnull=False)
    assert by_people.count() >= whole["done"]
    assert check_threads()[0] == 0
