"""The jobs of this app, where the worker looks for them."""

from moderation.learning.jobs import judge_comment, judge_waiting, learn_decision

__all__ = ["judge_comment", "judge_waiting", "learn_decision"]
