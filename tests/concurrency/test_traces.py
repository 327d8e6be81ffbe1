"""The same sources posted by many at once, while traces are taken of what was there before."""

from functools import partial

from comments.models import Comment
from moderation import traces
from moderation.models import Fingerprint, Source, SourceUse
from tests.factories import make_post, send

LINKS = [f"https://example.org/{n}" for n in range(12)]


def send_some(post, who):
    """Each in an order of its own, so that two wait for each other if they can."""
    links = LINKS if who % 2 else LINKS[::-1]
    return [send(post, f"{who}.{n}: {' '.join(links)}", sender=f"{who}") for n in range(4)]


def take_over_and_over():
    Fingerprint.objects.update(version=0)
    return sum(traces.take_stale(lambda done: None) for _ in range(10))


def test_each_source_has_one_row_and_every_use_is_kept(transactional_db, at_once):
    posts = [make_post() for _ in range(3)]
    send_some(posts[0], 0)
    senders = [partial(send_some, posts[who % 3], who) for who in range(1, 7)]
    outcomes = at_once(*senders, take_over_and_over)
    assert [one for one in outcomes if isinstance(one, Exception)] == []
    traces.take_stale(lambda done: None)
    assert Comment.objects.count() == Fingerprint.objects.count() == 28
    assert sorted(Source.objects.values_list("address", flat=True)) == sorted(LINKS)
    assert SourceUse.objects.count() == 28 * len(LINKS)
    assert not traces.stale().exists()
