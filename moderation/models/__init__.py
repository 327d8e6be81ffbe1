"""The tables of this room, by what they know."""

from moderation.models.record import DECISIONS, Act, DecisionNote, LogEntry, Report

__all__ = ["DECISIONS", "Act", "DecisionNote", "LogEntry", "Report"]
