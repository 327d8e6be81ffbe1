"""The tables of this room, by what they know."""

from moderation.models.desk import (
    BranchMove,
    CannedNote,
    Claim,
    DeskWords,
    FollowUp,
    PersonNote,
    UsedLink,
)
from moderation.models.learning import Band, ClassifierState, Likeness, TaughtLesson
from moderation.models.notices import Notice, NoticeKind, NoticeWishes, Pace
from moderation.models.policy import Acceptance, Clause, Policy
from moderation.models.record import DECISIONS, Act, DecisionNote, LogEntry, Report
from moderation.models.rehearsal import Flip, Rehearsal
from moderation.models.rules import EFFECTS, Rule
from moderation.models.sanctions import Sanction
from moderation.models.traces import Fingerprint, Source, SourceUse
from moderation.models.webhooks import Delivery, Webhook, WebhookEvent

__all__ = [
    "DECISIONS",
    "EFFECTS",
    "Acceptance",
    "Act",
    "Band",
    "BranchMove",
    "CannedNote",
    "Claim",
    "ClassifierState",
    "Clause",
    "DecisionNote",
    "Delivery",
    "DeskWords",
    "Fingerprint",
    "Flip",
    "FollowUp",
    "Likeness",
    "LogEntry",
    "Notice",
    "NoticeKind",
    "NoticeWishes",
    "Pace",
    "PersonNote",
    "Policy",
    "Rehearsal",
    "Report",
    "Rule",
    "Sanction",
    "Source",
    "SourceUse",
    "TaughtLesson",
    "UsedLink",
    "Webhook",
    "WebhookEvent",
]
