"""The jobs of this app, where the worker looks for them."""

from moderation.learning.jobs import judge_comment, judge_waiting, learn_decision
from moderation.trace_jobs import take_stale_traces

__all__ = ["judge_comment", "judge_waiting", "learn_decision", "take_stale_traces"]
