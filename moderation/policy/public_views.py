"""The policy as everybody reads it: the current version, each earlier one, what changed."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.decorators import method_decorator
from django.views import View
from django.views.decorators.cache import cache_control
from django.views.decorators.http import conditional_page

from moderation.models import Policy
from moderation.policy.changes import changes_between

# The same for everybody; its entity tag is made of the page itself.
public_page = [cache_control(public=True, no_cache=True), conditional_page]


@method_decorator(public_page, name="dispatch")
class PolicyView(View):
    """One version, without a number the current one. Four queries with the menu's.

    Template: moderation/policy.html; context: `policy`, `clauses`, `versions`, `is_current`.
    """

    def get(self, request: HttpRequest, version: int | None = None) -> HttpResponse:
        versions = list(Policy.objects.published().only("version", "published_at"))
        if not versions:
            raise Http404
        wanted = versions[0].version if version is None else version
        policy = get_object_or_404(Policy, version=wanted)
        context = {
            "policy": policy,
            "clauses": policy.clauses.order_by("number"),
            "versions": versions,
            "is_current": policy.version == versions[0].version,
        }
        return render(request, "moderation/policy.html", context)


@method_decorator(public_page, name="dispatch")
class PolicyChangesView(View):
    """What differs between two versions, in either order.

    Template: moderation/policy_changes.html; context: `earlier`, `later`, `changes`, `versions`.
    """

    def get(self, request: HttpRequest, earlier: int, later: int) -> HttpResponse:
        policies = Policy.objects.filter(version__in=[earlier, later])
        found = {policy.version: policy for policy in policies.prefetch_related("clauses")}
        if found.keys() != {earlier, later}:
            raise Http404
        before, after = found[earlier], found[later]
        context: dict[str, Any] = {
            "earlier": before,
            "later": after,
            "changes": changes_between(
                before, list(before.clauses.all()), after, list(after.clauses.all())
            ),
            "versions": Policy.objects.published().only("version", "published_at"),
        }
        return render(request, "moderation/policy_changes.html", context)
