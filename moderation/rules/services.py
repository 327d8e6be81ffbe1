"""What the author makes of a rule: proposed, rehearsed, saved, put back; every save with its trace.

Who may is judged by the admin (moderation.roles); the trace is the admin's own log, which holds
who, when, and each value before and after.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any

from django.contrib.admin.models import ADDITION, CHANGE, LogEntry
from django.db import transaction

from moderation.models import EFFECTS, Rule
from moderation.screening.kind import Kind, kinds
from moderation.screening.parameters import defaults, form_fields

if TYPE_CHECKING:
    from django.contrib.auth.models import User


@dataclass(frozen=True, kw_only=True)
class Proposal:
    """A rule as somebody would have it; JSON as a dict."""

    kind: str
    effect: str
    title: str = ""
    parameters: dict[str, Any] = field(default_factory=dict)
    clause: str = ""
    is_on: bool = True

    @classmethod
    def of(cls, rule: Rule) -> "Proposal":
        """A rule as it is."""
        return cls(
            kind=rule.kind,
            effect=rule.effect,
            title=rule.title,
            parameters=dict(rule.parameters),
            clause=rule.clause,
            is_on=rule.is_on,
        )

    def as_rule(self) -> Rule:
        """The rule that it would be, not stored."""
        return Rule(**asdict(self))


def shipped(kind: Kind[Any]) -> Proposal:
    """The rule of a kind as it comes with the program."""
    return Proposal(kind=kind.name, effect=kind.effect, clause=kind.clause, is_on=kind.is_on)


def save_rule(*, rule: Rule | None, proposal: Proposal, by: "User | None") -> Rule:
    """Make a rule what was proposed, or add it. Its trace in the same transaction.

    Opens its own transaction. Without `by`, as from the command line, there is no trace: the
    admin's log needs an account.
    """
    with transaction.atomic():
        before = None if rule is None else Proposal.of(rule)
        saved = Rule() if rule is None else rule
        for name, value in asdict(proposal).items():
            setattr(saved, name, value)
        saved.save()
        if by is not None:
            flag = ADDITION if before is None else CHANGE
            LogEntry.objects.log_actions(
                by.pk, [saved], flag, describe_change(before, proposal), single_object=True
            )
    return saved


def put_back_rule(*, rule: Rule, by: "User") -> Rule:
    """Make a rule again what it was when it came with the program."""
    return save_rule(rule=rule, proposal=shipped(kinds()[rule.shipped_as]), by=by)


def describe_change(before: Proposal | None, after: Proposal) -> str:
    """Each value that changed, as it was and as it is; all of them for a new rule."""
    new = _in_words(after)
    if before is None:
        return f"Added. {_joined(new)}"
    old = _in_words(before)
    changed = {name: f"{old.get(name)} → {new[name]}" for name in new if old.get(name) != new[name]}
    return _joined(changed) or "Nothing changed."


def summary(kind_name: str, stored: Mapping[str, Any]) -> str:
    """Every parameter with its value, in one line; empty where there are none."""
    return _joined(_parameters_in_words(kind_name, stored))


def _in_words(one: Proposal) -> dict[str, str]:
    return {
        "Title": one.title or "none",
        "State": "on" if one.is_on else "off",
        "Effect": EFFECTS.get(one.effect, one.effect),
        "Clause": one.clause or "none",
        **_parameters_in_words(one.kind, one.parameters),
    }


def _parameters_in_words(kind_name: str, stored: Mapping[str, Any]) -> dict[str, str]:
    kind = kinds().get(kind_name)
    if kind is None:
        return {name: str(value) for name, value in stored.items()}
    values = {**defaults(kind.takes), **stored}
    return {
        str(form_field.label): _value_in_words(values[name])
        for name, form_field in form_fields(kind.takes).items()
    }


def _value_in_words(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list | tuple):
        return ", ".join(map(str, value)) or "none"
    return str(value) if value not in {None, ""} else "none"


def _joined(pairs: Mapping[str, str]) -> str:
    return "; ".join(f"{name}: {value}" for name, value in pairs.items())
