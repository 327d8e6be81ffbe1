"""The page on which a member of staff says which mails should come, and when."""

from typing import Any, ClassVar

from django import forms
from django.conf import settings
from django.contrib import admin, messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from moderation.models import NoticeKind, NoticeWishes, Pace
from moderation.permissions import may_open_queue

HOURS: list[tuple[int | str, str]] = [("", "-"), *((hour, f"{hour}:00") for hour in range(24))]
# Only of what waits is there an oldest that a mail could wait for.
OFTEN = [(pace.value, pace.label) for pace in Pace if pace != Pace.WEEKLY]
PACES = [one for one in OFTEN if one[0] != Pace.OVERDUE]
SLOWLY = [(pace.value, pace.label) for pace in Pace if pace != Pace.OVERDUE]


def _hour(label: str) -> forms.TypedChoiceField:
    return forms.TypedChoiceField(
        label=label, choices=HOURS, coerce=int, empty_value=None, required=False
    )


class WishesForm(forms.ModelForm):
    """Which mails, and when."""

    waiting = forms.ChoiceField(label=NoticeKind.WAITING.label, choices=OFTEN)
    reports = forms.ChoiceField(label="Reports by readers", choices=PACES)
    appeals = forms.ChoiceField(label="Appeals", choices=PACES)
    follow_ups = forms.ChoiceField(label="Replies that I owe", choices=SLOWLY)
    quiet_from = _hour("No mail from")
    quiet_until = _hour("until")

    class Meta:
        model = NoticeWishes
        fields = (
            "waiting",
            "overdue_hours",
            "reports",
            "appeals",
            "follow_ups",
            "quiet_from",
            "quiet_until",
        )
        labels: ClassVar = {"overdue_hours": "Too long is, in hours"}

    def clean(self) -> dict[str, Any]:
        """Quiet hours have two ends, and leave some hour."""
        given: dict[str, Any] = super().clean() or self.cleaned_data
        start, end = given.get("quiet_from"), given.get("quiet_until")
        if (start is None) != (end is None):
            field = "quiet_from" if start is None else "quiet_until"
            self.add_error(field, "Please give both ends of the quiet hours, or neither.")
        elif start is not None and start == end:
            self.add_error("quiet_until", "Then no hour would be left, or none be quiet.")
        return given


@require_http_methods(["GET", "HEAD", "POST"])
def mails_page(request: HttpRequest) -> HttpResponse:
    """One's own wishes. Template: moderation/mails.html; context: `form`, `address`, `zone`.

    404 for who may decide on nothing.
    """
    user: Any = request.user
    if not may_open_queue(user):
        raise Http404
    wishes = NoticeWishes.objects.filter(user=user).first() or NoticeWishes(user=user)
    form = WishesForm(request.POST or None, instance=wishes)
    if form.is_valid():
        form.save()
        messages.success(request, "Saved.")
        return redirect("moderation:mails")
    context = {
        **admin.site.each_context(request),
        "title": "Mails to me",
        "form": form,
        "address": user.email,
        "zone": settings.TIME_ZONE,
        "hour": settings.DIGEST_HOUR,
    }
    return render(request, "moderation/mails.html", context, status=400 if form.errors else 200)
