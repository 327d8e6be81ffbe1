"""Workers that learn at the same time."""

import pytest

from moderation import services
from moderation.learning import store
from moderation.models import ClassifierState, TaughtLesson
from tests.factories import make_post, make_user, send

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.parametrize("known", [True, False])
def test_two_workers_lose_nothing_of_each_others_learning(at_once, known):
    by = make_user()
    post = make_post(author=by)
    comments = [send(post, f"Comment number {number} of many") for number in range(8)]
    if known:
        store.relearn()
    for number, comment in enumerate(comments):
        act = services.mark_spam if number % 2 else services.publish_comment
        act(comment_id=comment.pk, version=comment.version, by=by)

    def learn():
        return [store.learn_decision(comment.pk) for comment in comments]

    answers = at_once(learn, learn, learn)
    assert not [answer for answer in answers if isinstance(answer, Exception)]
    state = ClassifierState.objects.get()
    assert (state.good_ones, state.spam) == (4, 4)
    assert TaughtLesson.objects.count() == 8
    if known:
        assert sum(map(sum, answers)) == 8
