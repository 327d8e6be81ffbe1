"""List the rules of screening, or change one: for scripts, as before a load run."""

import shlex
from dataclasses import replace
from typing import Any, Final

from django import forms
from django.core.management.base import BaseCommand, CommandError, CommandParser

from moderation.models import Rule
from moderation.rules.services import Proposal, describe_change, save_rule
from moderation.screening.kind import Kind, kinds
from moderation.screening.parameters import (
    LinesField,
    UnreadableParameters,
    defaults,
    form_fields,
    read,
)

YES_OR_NO: Final = {
    "yes": True,
    "true": True,
    "on": True,
    "no": False,
    "false": False,
    "off": False,
}


class Command(BaseCommand):
    """`set_rule` lists; `set_rule links links=5 --effect spam` changes."""

    help = (
        "Without arguments lists every rule with its parameters. With the name of a kind (for the"
        " rule that came with it) or a rule's id it changes what is named and leaves the rest;"
        " values are checked as in the admin. A parameter of several lines is named once for each"
        " line, or with nothing after the = to empty it. Processes that run know it at once."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """Which rule, and what about it."""
        parser.add_argument("rule", nargs="?", metavar="NAME", help="a kind's name, or a rule's id")
        parser.add_argument("parameters", nargs="*", metavar="parameter=value")
        state = parser.add_mutually_exclusive_group()
        state.add_argument("--on", action="store_true", default=None, dest="is_on")
        state.add_argument("--off", action="store_false", default=None, dest="is_on")
        parser.add_argument("--effect", help="one that rules of this kind can have")

    def handle(self, *args: Any, **options: Any) -> None:
        """See the class."""
        if options["rule"] is None:
            if options["effect"] or options["is_on"] is not None:
                raise CommandError("Name the rule that is to be changed.")
            for rule in Rule.objects.order_by("kind", "pk"):
                self.stdout.write(_line(rule))
            return
        rule = _rule(options["rule"])
        before = Proposal.of(rule)
        after = _proposal(rule, before, options)
        if after != before:
            save_rule(rule=rule, proposal=after, by=None)
            self.stderr.write(describe_change(before, after))
        self.stdout.write(_line(rule))


def _rule(name: str) -> Rule:
    wanted = {"pk": int(name)} if name.isascii() and name.isdigit() and len(name) < 10 else None
    by_name = {"shipped_as": name.replace("-", " ").replace("_", " ")}
    rule = Rule.objects.filter(**(wanted or by_name)).first()
    if rule is None:
        known = ", ".join(Rule.objects.exclude(shipped_as="").values_list("shipped_as", flat=True))
        raise CommandError(f"There is no rule {name!r}. There are: {known}; others by their id.")
    return rule


def _proposal(rule: Rule, before: Proposal, options: dict[str, Any]) -> Proposal:
    kind = kinds().get(rule.kind)
    if kind is None:
        raise CommandError(f"This release has no kind of rule {rule.kind!r}.")
    effect = options["effect"] or before.effect
    if effect not in kind.effects:
        raise CommandError(f"A rule of this kind can have the effects {', '.join(kind.effects)}.")
    is_on = before.is_on if options["is_on"] is None else options["is_on"]
    parameters = {**before.parameters, **_given(kind, options["parameters"])}
    try:
        read(kind.takes, parameters)
    except UnreadableParameters as error:
        raise CommandError(str(error)) from error
    return replace(before, effect=effect, is_on=is_on, parameters=parameters)


def _given(kind: Kind[Any], assignments: list[str]) -> dict[str, Any]:
    """What was typed, as JSON that the parameters can hold."""
    fields = form_fields(kind.takes)
    typed: dict[str, list[str]] = {}
    for one in assignments:
        name, equals, value = one.partition("=")
        if not equals:
            raise CommandError(f"{one!r} is not of the form parameter=value.")
        if name not in fields:
            there = ", ".join(fields) or "none"
            raise CommandError(f"There is no parameter {name!r}. There are: {there}.")
        typed.setdefault(name, []).append(value)
    return {name: _value(name, fields[name], values) for name, values in typed.items()}


def _value(name: str, field: forms.Field, values: list[str]) -> Any:
    if isinstance(field, LinesField):
        return [value for value in values if value.strip()]
    if len(values) > 1:
        raise CommandError(f"The parameter {name!r} has one value, and {len(values)} are given.")
    if isinstance(field, forms.BooleanField):
        if values[0].lower() not in YES_OR_NO:
            raise CommandError(f"The parameter {name!r} is yes or no, not {values[0]!r}.")
        return YES_OR_NO[values[0].lower()]
    try:
        return field.clean(values[0])
    except forms.ValidationError as error:
        raise CommandError(f"{field.label}: {' '.join(error.messages)}") from error


def _line(rule: Rule) -> str:
    """One rule, in the words that set it."""
    name = rule.shipped_as or f"{rule.pk} ({rule})"
    kind = kinds().get(rule.kind)
    values = {**(defaults(kind.takes) if kind else {}), **rule.parameters}
    return " ".join(
        [f"{name}:", "on" if rule.is_on else "off", rule.effect, *map(_assignment, values.items())]
    )


def _assignment(pair: tuple[str, Any]) -> str:
    name, value = pair
    if isinstance(value, list | tuple):
        return " ".join(f"{name}={shlex.quote(str(one))}" for one in value) or f"{name}="
    shown = {True: "yes", False: "no"}.get(value, value) if isinstance(value, bool) else value
    return f"{name}={shlex.quote(str(shown)) if shown != '' else ''}"
