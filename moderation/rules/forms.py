"""The form of one rule, made from its kind: what its parameters are, which effects it may have."""

from copy import deepcopy
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from moderation.models import EFFECTS, Clause, Rule
from moderation.rules.services import Proposal
from moderation.screening.kind import Kind
from moderation.screening.parameters import UnreadableParameters, defaults, form_fields, read

PREFIX = "parameter_"


class RuleForm(forms.ModelForm):
    """A rule of one kind; made by `form_for`. `kind` is None where the program has it no more."""

    kind: Kind[Any] | None = None
    kind_name = ""
    proposed: Proposal | None = None  # what an empty form shows instead of the stored rule

    class Meta:
        model = Rule
        fields = ("title", "is_on", "effect", "clause")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        instance = kwargs.get("instance")
        proposed = self.proposed or (Proposal.of(instance) if instance else None)
        if proposed is not None:
            kwargs["initial"] = {**initial_of(self.kind, proposed), **(kwargs.get("initial") or {})}
        super().__init__(*args, **kwargs)

    def clean(self) -> dict[str, Any]:
        """The parameters together, as the screening will read them."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if self.kind is not None and not self.errors:
            try:
                read(self.kind.takes, self._parameters())
            except (UnreadableParameters, ValueError, TypeError) as error:
                raise ValidationError(str(error)) from error
        return cleaned

    def proposal(self) -> Proposal:
        """What a valid form asks for."""
        data = self.cleaned_data
        return Proposal(
            kind=self.kind_name,
            effect=data["effect"],
            title=data["title"],
            parameters=self._parameters(),
            clause=data["clause"],
            is_on=data["is_on"],
        )

    def save(self, commit: bool = True) -> Rule:
        """The rule with its kind and parameters."""
        self.instance.kind = self.kind_name
        self.instance.parameters = self._parameters()
        rule: Rule = super().save(commit)
        return rule

    def _parameters(self) -> dict[str, Any]:
        if self.kind is None:
            return dict(self.instance.parameters)
        return {name: _as_json(self.cleaned_data[PREFIX + name]) for name in self._names()}

    def _names(self) -> list[str]:
        return list(form_fields(self.kind.takes)) if self.kind else []


def form_for(
    kind: Kind[Any] | None, kind_name: str, proposed: Proposal | None = None
) -> type[RuleForm]:
    """The form class for rules of a kind; empty, it shows what was `proposed`, if anything was."""
    possible = kind.effects if kind else tuple(EFFECTS)
    effect = forms.ChoiceField(
        choices=[(one, EFFECTS[one]) for one in possible],
        initial=kind.effect if kind else None,
        error_messages={"invalid_choice": "Rules of this kind can't have this effect."},
    )
    fields = form_fields(kind.takes) if kind else {}
    preset = defaults(kind.takes) if kind else {}
    declared = {}
    for name, one in fields.items():
        declared[PREFIX + name] = field = deepcopy(one)  # the kind's own stays as it is
        field.initial = preset.get(name)
    clause = forms.ChoiceField(
        required=False,
        choices=lambda: clause_choices(proposed),
        initial=kind.clause if kind else "",
        help_text="Of the policy as it holds now; it is quoted where the rule decides.",
    )
    own = {
        "clause": clause,
        "kind": kind,
        "kind_name": kind_name,
        "proposed": proposed,
        "effect": effect,
    }
    body = {**own, **declared}
    return type("RuleFormOfAKind", (RuleForm,), body)


def clause_choices(proposed: Proposal | None) -> list[tuple[str, str]]:
    """The clauses of the policy that holds, by key, and none. One query."""
    current = [(one.key, f"{one.number}. {one.title}") for one in Clause.objects.current()]
    keys = {key for key, _ in current}
    gone = proposed.clause if proposed else ""
    former = [(gone, f"{gone} (not in the policy that holds)")] if gone and gone not in keys else []
    return [("", "none"), *current, *former]


def initial_of(kind: Kind[Any] | None, proposed: Proposal) -> dict[str, Any]:
    """What the form shows of a rule; what can't be read any more stands there to be mended."""
    values = {**(defaults(kind.takes) if kind else {}), **proposed.parameters}
    plain = {
        "title": proposed.title,
        "is_on": proposed.is_on,
        "effect": proposed.effect,
        "clause": proposed.clause,
    }
    return {**plain, **{PREFIX + name: value for name, value in values.items()}}


def _as_json(value: Any) -> Any:
    return list(value) if isinstance(value, tuple) else value
