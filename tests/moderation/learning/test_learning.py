"""From decisions to the queue: what teaches, what is said of what waits, once each."""

import pytest
from django.urls import reverse

from comments import own
from comments.models import Comment
from moderation import services
from moderation.learning import features, store
from moderation.learning.model import Model
from moderation.models import Band, ClassifierState, Likeness, TaughtLesson
from tests.factories import make_post, make_user, send
from tests.moderation.learning.sets import make_texts

pytestmark = pytest.mark.django_db(transaction=True)
QUEUE = "moderation:queue"
SPAM = "Buy cheap viagra online without prescription at kasino.ru"
GOOD = "I think you misread Kant here: chapter 12 is about liberty, not property."

publish, spam = services.publish_comment, services.mark_spam


def decide(act, comment, by, **note):
    comment = Comment.objects.get(pk=comment.pk)
    return act(comment_id=comment.pk, version=comment.version, by=by, **note)


@pytest.fixture
def by():
    return make_user()


@pytest.fixture
def post(by):
    return make_post(author=by)


def learned(post, by, run_jobs, each):
    """So many decisions of each kind, learned."""
    good, bad = make_texts(1, each, spam=False), make_texts(2, each, spam=True)
    for one, other in zip(good, bad, strict=True):
        decide(publish, send(post, one, sender=one), by)
        decide(spam, send(post, other, sender=other), by)
    run_jobs()
    run_jobs()


@pytest.fixture
def enough(post, by, run_jobs):
    """Twelve decisions of each kind, learned."""
    learned(post, by, run_jobs, 12)


def state():
    return ClassifierState.objects.get()


def numbers():
    return state().good_ones, state().spam


def test_after_sixty_decisions_a_new_comment_has_a_band_and_words(post, by, run_jobs):
    learned(post, by, run_jobs, 30)
    assert numbers() == (30, 30)
    bad, good = send(post, SPAM), send(post, GOOD)
    run_jobs()
    assert bad.likeness.band == Band.SPAM
    assert good.likeness.band == Band.FINE
    assert dict(bad.likeness.words)["viagra"] > 0
    assert min(weight for _, weight in good.likeness.words) < 0
    assert set(Comment.objects.filter(pk__in=[bad.pk, good.pk]).values_list("status")) == {
        ("pending",)
    }


def test_the_queue_says_so_and_can_be_ordered_by_it(enough, post, by, client, run_jobs):
    client.force_login(by)
    first = [send(post, text) for text in (SPAM, GOOD, SPAM + "!")]
    run_jobs()
    late = send(post, "Not compared yet")
    page = client.get(reverse(QUEUE)).content.decode()
    assert "Likely spam" in page
    assert "<bdi>viagra</bdi>" in page
    assert "Not compared with earlier decisions yet" in page

    def ids(order):
        answer = client.get(reverse(QUEUE), {"order": order})
        return [card.comment.pk for card in answer.context["cards"]]

    assert ids("oldest") == [*(one.pk for one in first), late.pk]
    assert ids("likely-fine")[0] == first[1].pk
    assert ids("likely-spam")[2:] == [first[1].pk, late.pk]
    assert ids("unclear")[-1] == late.pk
    assert client.get(reverse(QUEUE), {"order": "nonsense"}).status_code == 404
    comment = first[1]
    form = {"version": comment.version, "status": "pending", "order": "likely-fine"}
    answer = client.post(reverse("moderation:act", args=[comment.pk, "publish"]), form)
    assert answer.url.endswith("?status=pending&order=likely-fine")


def test_before_enough_decisions_it_says_not_yet(post, by, client, run_jobs):
    client.force_login(by)
    decide(publish, send(post, GOOD), by)
    decide(spam, send(post, SPAM), by)
    send(post, SPAM + " again")
    run_jobs()
    assert not Likeness.objects.exists()
    page = client.get(reverse(QUEUE)).content.decode()
    assert "not yet known" in page
    assert "1 published and 1 marked as spam so far; 20 are needed, 5 of each kind" in page
    assert "order=likely-fine" not in page


@pytest.mark.usefixtures("enough")
@pytest.mark.parametrize("many", [1, 20])
def test_the_queue_takes_the_same_queries_for_any_number_of_judged_cards(
    post, client, run_jobs, django_assert_num_queries, many
):
    client.force_login(post.author)
    for number in range(many):
        send(post, f"{SPAM} {number}")
    run_jobs()
    # session, user, permissions, learned, counts, cards, reasons, reports, earlier texts, menu,
    # clauses, links, alike, owed, records, notes, sanctions, canned notes, done just now,
    # the rule of slow mode
    with django_assert_num_queries(21):
        client.get(reverse(QUEUE), {"order": "likely-spam"})


def test_a_job_run_twice_teaches_once(post, by, run_jobs):
    comment = decide(spam, send(post, SPAM), by)
    run_jobs()
    before = bytes(state().state)
    assert not store.learn_decision(comment.pk)
    assert numbers() == (0, 1)
    assert bytes(state().state) == before


def test_an_undone_decision_is_unlearned(post, by, run_jobs):
    comment = decide(spam, send(post, SPAM), by)
    run_jobs()
    decide(services.hold_comment, comment, by)
    run_jobs()
    assert numbers() == (0, 0)
    assert not TaughtLesson.objects.exists()
    stored = Model.from_bytes(bytes(state().state))
    assert not any(stored.spam)
    assert max(map(abs, stored.weights)) < 1e-6


def test_the_contrary_decision_teaches_the_contrary(post, by, run_jobs):
    comment = decide(spam, send(post, SPAM), by)
    run_jobs()
    decide(publish, comment, by)
    run_jobs()
    assert numbers() == (1, 0)
    assert not TaughtLesson.objects.get().is_spam


@pytest.mark.parametrize("act", [services.reject_comment, services.remove_comment])
def test_what_is_refused_for_other_reasons_teaches_nothing(post, by, run_jobs, act):
    decide(act, send(post, "You are an idiot."), by)
    run_jobs()
    assert numbers() == (0, 0)


def test_what_nobody_decided_teaches_nothing(post, by, run_jobs):
    own_comment = send(post, "By the author", user=by)
    assert own_comment.is_published
    decide(publish, send(post, GOOD), by)
    run_jobs()
    assert numbers() == (1, 0)


def test_the_text_that_was_decided_on_teaches_not_a_later_one(post, by, run_jobs):
    comment = decide(publish, send(post, GOOD), by)
    comment = Comment.objects.get(pk=comment.pk)
    own.edit_comment(comment_id=comment.pk, version=comment.version, text=SPAM)
    run_jobs()
    if numbers() == (1, 0):  # it stayed published
        assert TaughtLesson.objects.get().text_digest == store._digest(GOOD)
    comment = decide(services.mark_spam, comment, by)
    run_jobs()
    assert numbers() == (0, 1)
    assert TaughtLesson.objects.get().text_digest == store._digest(SPAM)


def test_what_is_decided_is_no_longer_likened(enough, post, by, run_jobs):
    comment = send(post, SPAM)
    run_jobs()
    assert Likeness.objects.count() == 1
    decide(spam, comment, by)
    run_jobs()
    run_jobs()
    assert not Likeness.objects.exists()


def test_what_waits_is_judged_anew_after_a_decision(enough, post, by, run_jobs):
    waiting = send(post, "A wholly new matter: knitting patterns for beginners")
    run_jobs()
    before = waiting.likeness.score
    decide(spam, send(post, "Knitting patterns for beginners, knitting patterns"), by)
    run_jobs()
    run_jobs()
    assert Likeness.objects.get(comment=waiting).score > before


def test_an_edited_comment_is_judged_anew(enough, post, run_jobs):
    comment = send(post, GOOD)
    run_jobs()
    own.edit_comment(comment_id=comment.pk, version=comment.version, text=SPAM)
    run_jobs()
    assert Likeness.objects.get().band == Band.SPAM


def test_a_new_version_of_features_relearns_from_the_decisions(enough, post, run_jobs):
    expected = bytes(state().state)
    ClassifierState.objects.update(features_version=features.VERSION - 1, state=b"")
    assert not store.progress().is_ready
    comment = send(post, SPAM)
    run_jobs()
    assert numbers() == (12, 12)
    assert bytes(state().state) == expected
    assert comment.likeness.band == Band.SPAM


def test_a_model_that_is_lost_is_made_anew(enough, post, run_jobs):
    ClassifierState.objects.all().delete()
    send(post, SPAM)
    run_jobs()
    assert numbers() == (12, 12)


def test_what_the_model_holds_is_no_text(enough):
    assert b"viagra" not in bytes(state().state)
    model = Model.from_bytes(bytes(state().state))
    assert b"viagra" not in model.spam.tobytes() + model.weights.tobytes()


def test_a_decision_that_fails_teaches_nothing(post, by, run_jobs):
    from comments.errors import StatusConflict

    comment = send(post, GOOD)
    with pytest.raises(StatusConflict):
        publish(comment_id=comment.pk, version=99, by=by)
    run_jobs()
    assert not ClassifierState.objects.filter(good_ones__gt=0).exists()


def test_a_comment_whose_texts_are_gone_keeps_what_it_taught(post, by, run_jobs):
    comment = decide(spam, send(post, SPAM), by)
    run_jobs()
    decide(services.hold_comment, comment, by)
    Comment.objects.filter(pk=comment.pk).update(text="", html="")  # before the worker comes to it
    run_jobs()
    assert numbers() == (0, 1)
