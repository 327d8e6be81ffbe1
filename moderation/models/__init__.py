"""The tables of this room, by what they know."""

from moderation.models.learning import Band, ClassifierState, Likeness, TaughtLesson
from moderation.models.record import DECISIONS, Act, DecisionNote, LogEntry, Report
from moderation.models.rules import EFFECTS, Rule
from moderation.models.traces import Fingerprint, Source, SourceUse

__all__ = [
    "DECISIONS",
    "EFFECTS",
    "Act",
    "Band",
    "ClassifierState",
    "DecisionNote",
    "Fingerprint",
    "Likeness",
    "LogEntry",
    "Report",
    "Rule",
    "Source",
    "SourceUse",
    "TaughtLesson",
]
