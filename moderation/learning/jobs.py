"""What the worker does for the classifier. Without a worker nothing is learned and nothing said."""

from core import jobs
from moderation.learning import store


@jobs.task(name="moderation.learn_decision")
def learn_decision(*, comment_id: int) -> None:
    """Learn from the decision that stands on a comment, then judge anew what waits."""
    changed = store.learn_decision(comment_id)
    store.judge_comment(comment_id)
    if changed:
        jobs.enqueue(judge_waiting, key="moderation.judge_waiting")


@jobs.task(name="moderation.judge_comment")
def judge_comment(*, comment_id: int) -> None:
    """Say how like spam a waiting comment is; after an upgrade, learn everything anew first."""
    if store.is_stale(store.current_state()):
        store.relearn()
    store.judge_comment(comment_id)


@jobs.task(name="moderation.judge_waiting")
def judge_waiting() -> None:
    """Judge anew all that waits, up to a limit."""
    store.judge_waiting()


def enqueue_learning(comment_id: int) -> None:
    """After a moderator's act; the caller holds the transaction."""
    jobs.enqueue(learn_decision, comment_id=comment_id)


def enqueue_judgement(comment_id: int) -> None:
    """After a comment came in or changed; the caller holds the transaction.

    Without a key: a key would make two that come in at once wait for each other.
    """
    jobs.enqueue(judge_comment, comment_id=comment_id)
