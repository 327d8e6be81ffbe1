"""The tables of this room, by what they know."""

from moderation.models.policy import Acceptance, Clause, Policy
from moderation.models.record import DECISIONS, Act, DecisionNote, LogEntry, Report
from moderation.models.rules import EFFECTS, Rule

__all__ = [
    "DECISIONS",
    "EFFECTS",
    "Acceptance",
    "Act",
    "Clause",
    "DecisionNote",
    "LogEntry",
    "Policy",
    "Report",
    "Rule",
]
