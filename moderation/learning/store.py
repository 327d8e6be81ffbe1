"""The model in the database: one row, changed under its lock, so that no worker loses another's."""

import hashlib
import logging
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Final, NamedTuple, TypeVar

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from comments.models import Comment
from comments.status import Status
from moderation.learning import features
from moderation.learning.decisions import Decision, decided_comments, standing_decision
from moderation.learning.model import Lesson, Model
from moderation.models import Band, ClassifierState, Likeness, TaughtLesson

logger = logging.getLogger(__name__)
T = TypeVar("T")

# Decisions before the classifier says anything: of each kind, and together.
ENOUGH_OF_EACH: Final = 5
ENOUGH: Final = 20
# How far from the threshold a score is a clear one: e to 1, nearly three to one.
CLEAR: Final = 1.0
BATCH: Final = 50
# Of the waiting comments so many are judged anew after a decision; the oldest, which come first.
MOST_JUDGED_ANEW: Final = 500


def is_ready(state: ClassifierState | None) -> bool:
    """Whether enough was decided for the classifier to say anything."""
    if state is None or is_stale(state):
        return False
    fewest = min(state.good_ones, state.spam)
    return fewest >= ENOUGH_OF_EACH and state.good_ones + state.spam >= ENOUGH


def is_stale(state: ClassifierState | None) -> bool:
    """Whether the model has to be made anew: there is none, or of another version of features."""
    return state is None or state.features_version != features.VERSION


def current_state() -> ClassifierState | None:
    """The row without the model in it. One query."""
    return ClassifierState.objects.defer("state").filter(pk=ClassifierState.ROW).first()


class Progress(NamedTuple):
    """How much the classifier has learned, for people."""

    good_ones: int
    spam: int
    is_ready: bool
    enough: int = ENOUGH
    enough_of_each: int = ENOUGH_OF_EACH


def progress() -> Progress:
    """What was learned so far, and whether that is enough to say anything. One query."""
    state = current_state()
    if state is None or is_stale(state):
        return Progress(0, 0, is_ready=False)
    return Progress(state.good_ones, state.spam, is_ready(state))


def learn_decision(comment_id: int) -> bool:
    """Bring the model up to the decision that stands on a comment; whether that changed anything.

    Learns, unlearns, or learns the contrary; done twice it does nothing more. Opens a transaction
    and waits for the row's lock in it. What a deleted comment taught stays.
    """
    if is_stale(current_state()):
        return relearn() > 0
    with transaction.atomic():
        row = ClassifierState.objects.select_for_update().get(pk=ClassifierState.ROW)
        model = Model.from_bytes(bytes(row.state))
        comment = Comment.objects.filter(pk=comment_id).first()
        changed = comment is not None and _teach(model, comment)
        if changed:
            _keep(row, model)
        return changed


def relearn() -> int:
    """Make the model anew from all decisions that stand; how many it learned from.

    In one transaction: until it ends the old one answers, and other lessons wait.
    """
    with transaction.atomic():
        empty = {"features_version": features.VERSION, "state": b""}
        ClassifierState.objects.get_or_create(pk=ClassifierState.ROW, defaults=empty)
        row = ClassifierState.objects.select_for_update().get(pk=ClassifierState.ROW)
        TaughtLesson.objects.all().delete()
        model = Model()
        taught = sum(_teach(model, comment) for comment in _in_order())
        _keep(row, model)
        return taught


def judge_comment(comment_id: int) -> None:
    """Write down what the model says of one waiting comment, if it knows enough."""
    _judge(Comment.objects.filter(pk=comment_id, status=Status.PENDING))


def judge_waiting() -> None:
    """Write down anew what the model says of the comments that wait, oldest first, up to a limit.

    What was said of comments that wait no longer is deleted.
    """
    Likeness.objects.exclude(comment__status=Status.PENDING).delete()
    waiting = Comment.objects.filter(status=Status.PENDING).order_by("submitted_at", "pk")
    _judge(waiting[:MOST_JUDGED_ANEW])


def _keep(row: ClassifierState, model: Model) -> None:
    row.good_ones, row.spam = model.decided
    row.state, row.features_version = model.to_bytes(), features.VERSION
    row.changed_at = timezone.now()
    row.save()


def _teach(model: Model, comment: Comment) -> bool:
    decision = standing_decision(comment)
    taught = TaughtLesson.objects.filter(comment=comment).first()
    if _says_the_same(taught, decision):
        return False
    if taught is not None and not _take_back(model, comment, taught):
        return False
    if decision is not None:
        _learn(model, comment, decision)
    return True


def _says_the_same(taught: TaughtLesson | None, decision: Decision | None) -> bool:
    if taught is None or decision is None:
        return taught is None and decision is None
    same = taught.is_spam, taught.text_digest
    return same == (decision.is_spam, _digest(decision.text))


def _learn(model: Model, comment: Comment, decision: Decision) -> None:
    lesson = model.learn(features.read(decision.text), is_spam=decision.is_spam)
    TaughtLesson.objects.create(
        comment=comment,
        is_spam=lesson.is_spam,
        text_digest=_digest(decision.text),
        step=lesson.step,
        score=lesson.score,
    )


def _take_back(model: Model, comment: Comment, taught: TaughtLesson) -> bool:
    """Unlearn; False where the text that taught is no longer there: then it stays learned."""
    texts = [comment.text, *comment.revisions.order_by("-pk").values_list("text", flat=True)]
    text = next((text for text in texts if _digest(text) == taught.text_digest), None)
    if text is None:
        logger.warning("What comment %s taught can't be taken back.", comment.pk)
        return False
    lesson = Lesson(taught.is_spam, taught.step, taught.score)
    model.unlearn(features.read(text), lesson)
    taught.delete()
    return True


def _in_order() -> Iterator[Comment]:
    """Comments as they were decided on, a batch at a time: a site may have a hundred thousand."""
    for ids in batched(decided_comments()):
        found = Comment.objects.in_bulk(ids)
        yield from (found[one] for one in ids if one in found)


def batched(items: Iterable[T]) -> Iterator[list[T]]:
    """The items in lists of BATCH."""
    iterator = iter(items)
    while some := list(islice(iterator, BATCH)):
        yield some


def _judge(waiting: "QuerySet[Comment]") -> None:
    row = ClassifierState.objects.filter(pk=ClassifierState.ROW).first()
    if row is None or not is_ready(row):
        Likeness.objects.filter(comment__in=waiting).delete()
        return
    model = Model.from_bytes(bytes(row.state))
    for comments in batched(waiting.only("text").iterator(chunk_size=BATCH)):
        _store([_likeness(model, comment) for comment in comments])


def _likeness(model: Model, comment: Comment) -> Likeness:
    reading = features.read(comment.text)
    score = model.score(reading) - model.threshold
    words = [[word, round(weight, 2)] for word, weight in model.explain(reading)]
    return Likeness(comment=comment, score=score, band=_band(score), words=words)


def _band(score: float) -> Band:
    if abs(score) < CLEAR:
        return Band.UNCLEAR
    return Band.SPAM if score > 0 else Band.FINE


def _store(likenesses: list[Likeness]) -> None:
    Likeness.objects.bulk_create(
        likenesses,
        update_conflicts=True,
        unique_fields=["comment"],
        update_fields=["score", "band", "words", "judged_at"],
    )


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
