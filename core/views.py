"""Pages of no app: the one-time sign-in, the first run, colours, and what could not be read."""

from typing import Any

from django.contrib import admin, messages
from django.contrib.auth import login
from django.core.exceptions import (
    PermissionDenied,
    RequestDataTooBig,
    TooManyFieldsSent,
    TooManyFilesSent,
)
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.templatetags.static import static
from django.utils.decorators import method_decorator
from django.views import View
from django.views.decorators.cache import cache_control, never_cache
from django.views.decorators.http import require_safe

from core.forms import FirstRunForm
from core.models import SiteSettings
from core.signin import open_link, use_link
from core.site import current, is_set_up

TOO_BIG = (RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """For a request that Django refuses to read, outside the forms of core.guarded.

    Template: 400.html; context: `too_big`.
    """
    too_big = isinstance(exception, TOO_BIG)
    return render(request, "400.html", {"too_big": too_big}, status=413 if too_big else 400)


@method_decorator(never_cache, name="dispatch")
class SignInView(View):
    """GET shows one button (mail scanners open links); its POST signs in and uses the link up.

    Template: core/signin.html; context: `link`, None when it is no longer good.
    """

    def get(self, request: HttpRequest, token: str) -> HttpResponse:
        link = open_link(token)
        return self._page(request, link, 200 if link else 410)

    def post(self, request: HttpRequest, token: str) -> HttpResponse:
        user = use_link(token)
        if user is None:
            return self._page(request, None, 410)
        login(request, user, backend="django.contrib.auth.backends.ModelBackend")
        may_set_up = user.has_perm("core.change_sitesettings")
        return redirect("core:first-run" if may_set_up and not is_set_up() else "admin:index")

    def _page(self, request: HttpRequest, link: object, status: int) -> HttpResponse:
        response = render(request, "core/signin.html", {"link": link}, status=status)
        response["X-Robots-Tag"] = "noindex"
        return response


class FirstRunView(View):
    """Asks the keeper of a new site for its title and their name, once.

    Who may not change the settings gets 403; once there are settings, it leads to them.
    Template: admin/first_run.html; context: `form`.
    """

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        if not request.user.has_perm("core.change_sitesettings"):
            raise PermissionDenied
        if is_set_up():
            return redirect("admin:core_sitesettings_change", 1)
        return super().dispatch(request, *args, **kwargs)

    def get(self, request: HttpRequest) -> HttpResponse:
        site = SiteSettings.from_environment()
        form = FirstRunForm(instance=site, initial={"author": _user(request).get_full_name()})
        return self._page(request, form)

    def post(self, request: HttpRequest) -> HttpResponse:
        form = FirstRunForm(request.POST, instance=SiteSettings.from_environment())
        if not form.is_valid():
            return self._page(request, form)
        form.set_up(by=_user(request))
        messages.success(request, "Your site is set up.")
        return redirect("admin:index")

    def _page(self, request: HttpRequest, form: FirstRunForm) -> HttpResponse:
        context = {**admin.site.each_context(request), "form": form, "title": "Before you begin"}
        return render(request, "admin/first_run.html", context)


@cache_control(public=True, max_age=31_536_000, immutable=True)
def colours(request: HttpRequest, version: int) -> HttpResponse:
    """The colours that were chosen, as a stylesheet whose address holds the settings' version."""
    site = current()
    rules = [f":root {{ --accent: {site.accent}; }}"] if site.accent else []
    if site.accent_dark:
        dark = f":root {{ --accent: {site.accent_dark}; }}"
        rules.append(f"@media (prefers-color-scheme: dark) {{ {dark} }}")
    return HttpResponse("\n".join(rules), content_type="text/css; charset=utf-8")


@require_safe
@cache_control(public=True, max_age=86_400)
def favicon(request: HttpRequest) -> HttpResponse:
    """Where programs look that read no page: feed readers, bookmarks."""
    return redirect(static("icon.svg"))


def _user(request: HttpRequest) -> Any:
    return request.user
