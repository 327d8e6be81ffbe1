"""What sanctions do to a draft, and what is said of them to the person and to moderators.

Sanctions are no rules: they are a moderator's own word about somebody, so they can't be switched
off with a rule. Of several the strictest wins, and any of them is stricter than trust.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.utils import timezone
from django.utils.formats import date_format

from comments.intake import Draft, Effect, Reason
from moderation.models import Sanction
from moderation.people.persons import digest_of_mail
from moderation.screening.facts import Facts
from moderation.screening.facts.history import History
from moderation.screening.facts.sanctions import InForce, Sanctions, identities

RULE: Final = "sanction"
TRUST_RULE: Final = "trust"
EFFECTS: Final[dict[str, Effect]] = {Sanction.Effect.BAR: "refuse", Sanction.Effect.HOLD: "hold"}


@dataclass(frozen=True)
class Trust:
    """A moderator's explicit trust in the writer; `rests` says why it does not count now."""

    reason: Reason
    rests: bool


def sanction_reasons(facts: Facts) -> list[Reason]:
    """One reason for each sanction against the writer."""
    found = facts.of(Sanctions).found
    return [_reason(one, facts.draft) for one in found if one.effect in EFFECTS]


def trust_in(facts: Facts) -> Trust | None:
    """The trust that the writer has here; of several the one that counts."""
    trusts = [_trust(one, facts) for one in facts.of(Sanctions).found if one.effect not in EFFECTS]
    return min(trusts, key=lambda trust: trust.rests, default=None)


def _reason(sanction: InForce, draft: Draft) -> Reason:
    barred = sanction.effect == Sanction.Effect.BAR
    return Reason(
        rule=RULE,
        effect=EFFECTS[sanction.effect],
        sentence=(
            f"Its writer is {'barred' if barred else 'held'} {sanction.where}, {_until(sanction)},"
            f" by {Sanction.Target(sanction.target).label}{_by(sanction)}."
        ),
        evidence={"sanction": sanction.id, "target": sanction.target, "clause": sanction.clause},
        advice=_told(sanction, draft),
    )


def _told(sanction: InForce, draft: Draft) -> str:
    """The sentence to the person. The note is only for whom the target proves.

    Who types another's name or address must not read what a moderator wrote to that other.
    """
    here = "on this site"
    if sanction.branch_id is not None:
        here = "in this branch"
    elif sanction.post_id is not None:
        here = "under this post"
    clause = f" ({sanction.clause})" if sanction.clause else ""
    what = _BARRED if sanction.effect == Sanction.Effect.BAR else _HELD
    said = what[sanction.target].format(here=here, until=_until(sanction), clause=clause)
    return f"{said} {sanction.note}" if sanction.note and _is_proven(sanction, draft) else said


_BARRED: Final[dict[str, str]] = {
    Sanction.Target.IDENTITY: "You can't comment {here} {until}{clause}.",
    Sanction.Target.MAIL: "Nobody can comment {here} with this address {until}{clause}.",
    Sanction.Target.NETWORK: "From your network nobody can comment {here} {until}{clause}.",
    Sanction.Target.NAME: "Nobody can comment {here} under this name {until}{clause}.",
}
_HELD: Final[dict[str, str]] = {
    Sanction.Target.IDENTITY: "Your comments {here} wait for a moderator {until}{clause}.",
    Sanction.Target.MAIL: "Comments {here} with this address wait for a moderator {until}{clause}.",
    Sanction.Target.NETWORK: (
        "Comments {here} from your network wait for a moderator {until}{clause}."
    ),
    Sanction.Target.NAME: "Comments {here} under this name wait for a moderator {until}{clause}.",
}


def _is_proven(sanction: InForce, draft: Draft) -> bool:
    if sanction.target == Sanction.Target.MAIL:
        confirmed = [one.mail for one in identities(draft) if one.is_confirmed]
        return sanction.mail_digest in map(digest_of_mail, confirmed)
    return sanction.target in {Sanction.Target.IDENTITY, Sanction.Target.NETWORK}


def _until(sanction: InForce) -> str:
    return f"until {_time(sanction.until_at)}" if sanction.until_at else "until further notice"


def _time(moment: datetime) -> str:
    return date_format(timezone.localtime(moment), "j F Y, H:i")


def _by(sanction: InForce) -> str:
    return f", set by {sanction.set_by}" if sanction.set_by else ""


def _trust(sanction: InForce, facts: Facts) -> Trust:
    """A rejection after it was given, or after it was last regained, lets it rest."""
    history = facts.of(History)
    refused_at = history.last_refusal()
    given = f"A moderator trusts its writer {sanction.where}{_by(sanction)}"
    if refused_at is None or refused_at <= sanction.made_at:
        return Trust(_note(sanction, f"{given}."), rests=False)
    since, needed = history.published_since(refused_at), sanction.regained_after
    if since >= needed:
        return Trust(_note(sanction, f"{given}."), rests=False)
    rests = (
        f"{given}, but that rests since a rejection on {_time(refused_at)}: {since} of {needed}"
        " comments published since."
    )
    return Trust(_note(sanction, rests), rests=True)


def _note(sanction: InForce, sentence: str) -> Reason:
    return Reason(
        rule=TRUST_RULE, effect="note", sentence=sentence, evidence={"sanction": sanction.id}
    )
