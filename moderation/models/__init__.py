"""The tables of this room, by what they know."""

from moderation.models.learning import Band, ClassifierState, Likeness, TaughtLesson
from moderation.models.record import DECISIONS, Act, DecisionNote, LogEntry, Report
from moderation.models.rehearsal import Flip, Rehearsal
from moderation.models.rules import EFFECTS, Rule

__all__ = [
    "DECISIONS",
    "EFFECTS",
    "Act",
    "Band",
    "ClassifierState",
    "DecisionNote",
    "Flip",
    "Likeness",
    "LogEntry",
    "Rehearsal",
    "Report",
    "Rule",
    "TaughtLesson",
]
