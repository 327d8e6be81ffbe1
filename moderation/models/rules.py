"""The rules of screening as the author sets them."""

from typing import Final

from django.db import models
from django.db.models import OuterRef, Q, Subquery

from moderation.models.policy import Clause

EFFECTS: Final = {
    "note": "Only note it",
    "hold": "Hold it for a moderator",
    "spam": "Mark it as spam",
    "reject": "Reject it",
    "refuse": "Turn it away: the form comes back with the reason",
}


class RuleQuerySet(models.QuerySet["Rule"]):
    """Sets of rules."""

    def on(self) -> "RuleQuerySet":
        """Those that run, in a stable order.

        Each with `clause_id`: of the clause of the current policy that it enforces, or None.
        """
        named = Clause.objects.current().filter(key=OuterRef("clause")).values("pk")
        return self.filter(is_on=True).annotate(clause_id=Subquery(named)).order_by("pk")


class Rule(models.Model):
    """One rule: a kind (moderation.screening.kind) with parameters, an effect and a clause.

    `shipped_as` is the kind's name in the one rule that comes with each kind, else empty.
    """

    kind = models.CharField(max_length=40)
    title = models.CharField(max_length=80, blank=True, help_text="For you; empty: the kind's.")
    effect = models.CharField(max_length=10, choices=list(EFFECTS.items()))
    parameters = models.JSONField(default=dict, blank=True)
    clause = models.CharField(
        max_length=50, blank=True, help_text="The key of the clause of the policy that it enforces."
    )
    is_on = models.BooleanField(default=True)
    shipped_as = models.CharField(max_length=40, blank=True, editable=False)
    changed_at = models.DateTimeField(auto_now=True)

    objects = RuleQuerySet.as_manager()

    class Meta:
        ordering = ["kind", "pk"]
        constraints = [
            models.UniqueConstraint(
                name="moderation_one_shipped_rule",
                fields=["shipped_as"],
                condition=~Q(shipped_as=""),
            ),
            models.CheckConstraint(
                name="moderation_rule_has_an_effect", condition=Q(effect__in=list(EFFECTS))
            ),
        ]

    def __str__(self) -> str:
        return self.title or self.kind
