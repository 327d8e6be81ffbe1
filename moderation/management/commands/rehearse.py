"""Try a changed rule on the comments of the last 90 days; nothing is saved or decided."""

import json
from typing import Any, TextIO

from django.core.management.base import BaseCommand, CommandError, CommandParser

from core.progress import Progress
from moderation.models import EFFECTS, Rehearsal, Rule
from moderation.rules import rehearsal
from moderation.rules.services import Proposal, shipped
from moderation.screening.kind import kinds
from moderation.screening.parameters import UnreadableParameters, form_fields, read


class Command(BaseCommand):
    """`rehearse 3 --parameters '{"links": 5}'`, or `rehearse --kind links --effect spam`."""

    help = (
        "Tries a rule on the newest comments of the last 90 days and says which of them would be"
        " judged otherwise, and what people decided. Nothing is changed."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """Which rule, and how it would be."""
        parser.add_argument("rule", nargs="?", type=int, help="a stored rule's id")
        parser.add_argument("--kind", help="a new rule of this kind instead")
        parser.add_argument("--effect", choices=list(EFFECTS), help="else as it is, or as shipped")
        parser.add_argument("--parameters", default="{}", help="those that differ, as JSON")
        parser.add_argument("--off", action="store_true", help="as if it were switched off")
        parser.add_argument("--json", action="store_true", help="print the counts as JSON, last")

    def handle(self, *args: Any, **options: Any) -> None:
        """See the class."""
        rule = _rule(options)
        proposal = _proposal(rule, options)
        if why := rehearsal.why_not_rehearsed(kinds()[proposal.kind]):
            self.stderr.write(why)
        one = rehearsal.start_rehearsal(rule=rule, proposal=proposal, by=None)
        self._run(one)
        one.refresh_from_db()
        if one.state == Rehearsal.State.FAILED:
            raise CommandError(f"The rehearsal could not go on: {one.trouble}")
        self._report(one)
        if options["json"]:
            found = rehearsal.count_flips(one)._asdict()
            self.stdout.write(json.dumps({"comments": one.done, "found": one.found, **found}))

    def _run(self, one: Rehearsal) -> None:
        stream: TextIO = self.stderr  # type: ignore[assignment]
        progress = Progress(stream, "Rehearsing", one.total)
        try:
            while rehearsal.carry_on(one.pk, seconds=0):
                one.refresh_from_db(fields=["done"])
                progress.show(one.done)
        except KeyboardInterrupt:
            rehearsal.cancel_rehearsal(one.pk)
            self.stderr.write("Cancelled; what was found so far:")
        finally:
            progress.end()

    def _report(self, one: Rehearsal) -> None:
        counts = rehearsal.count_flips(one)
        of = f" of {one.found:,}" if one.found > one.total else ""
        self.stdout.write(
            f"{one.done:,}{of} comments. {counts.stopped:,} would not appear at once any more,"
            f" {counts.wrong_hold:,} of them published by a person (wrongly held);"
            f" {counts.passing:,} would appear at once, {counts.wrong_pass:,} of them refused by a"
            f" person (wrongly passed); {counts.otherwise:,} would be judged otherwise."
        )
        for flip in one.flips.select_related("comment"):
            decided = flip.get_decided_display() or "nobody has decided"
            self.stdout.write(
                f"  {flip.comment_id}: {flip.before} → {flip.after} ({decided})"
                f" {flip.comment.text[:60]!r}"
            )


def _rule(options: dict[str, Any]) -> Rule | None:
    if (options["rule"] is None) == (options["kind"] is None):
        raise CommandError("Name either a rule by its id or --kind for a new one.")
    if options["rule"] is None:
        return None
    rule = Rule.objects.filter(pk=options["rule"]).first()
    if rule is None:
        known = ", ".join(f"{one.pk} ({one})" for one in Rule.objects.all())
        raise CommandError(f"There is no rule {options['rule']}. There are: {known or 'none'}.")
    return rule


def _proposal(rule: Rule | None, options: dict[str, Any]) -> Proposal:
    name = rule.kind if rule else options["kind"]
    kind = kinds().get(name)
    if kind is None:
        raise CommandError(f"There is no kind {name!r}. There are: {', '.join(sorted(kinds()))}.")
    base = Proposal.of(rule) if rule else shipped(kind)
    effect = options["effect"] or base.effect
    if effect not in kind.effects:
        raise CommandError(f"A rule of this kind can have the effects {', '.join(kind.effects)}.")
    parameters = {**base.parameters, **_json(options["parameters"], kind.takes)}
    try:
        read(kind.takes, parameters)
    except UnreadableParameters as error:
        raise CommandError(str(error)) from error
    is_on = not options["off"]
    return Proposal(kind=name, effect=effect, parameters=parameters, is_on=is_on)


def _json(text: str, takes: type) -> dict[str, Any]:
    try:
        found = json.loads(text)
    except ValueError as error:
        raise CommandError(f"--parameters is no JSON: {error}.") from error
    if not isinstance(found, dict):
        raise CommandError('--parameters is to be an object, like {"links": 5}.')
    known = set(form_fields(takes))
    if unknown := sorted(set(found) - known):
        there = ", ".join(sorted(known)) or "none"
        raise CommandError(f"There is no parameter {unknown[0]!r}. There are: {there}.")
    return found
