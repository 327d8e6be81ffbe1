"""The tables of this room, by what they know."""

from moderation.models.learning import Band, ClassifierState, Likeness, TaughtLesson
from moderation.models.policy import Acceptance, Clause, Policy
from moderation.models.record import DECISIONS, Act, DecisionNote, LogEntry, Report
from moderation.models.rehearsal import Flip, Rehearsal
from moderation.models.rules import EFFECTS, Rule
from moderation.models.sanctions import Sanction, SlowBranch
from moderation.models.traces import Fingerprint, Source, SourceUse

__all__ = [
    "DECISIONS",
    "EFFECTS",
    "Acceptance",
    "Act",
    "Band",
    "ClassifierState",
    "Clause",
    "DecisionNote",
    "Fingerprint",
    "Flip",
    "Likeness",
    "LogEntry",
    "Policy",
    "Rehearsal",
    "Report",
    "Rule",
    "Sanction",
    "SlowBranch",
    "Source",
    "SourceUse",
    "TaughtLesson",
]
