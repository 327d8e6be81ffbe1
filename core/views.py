"""Pages of no app: the one-time sign-in, and what could not be read."""

from django.contrib.auth import login
from django.core.exceptions import RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.decorators import method_decorator
from django.views import View
from django.views.decorators.cache import never_cache

from core.signin import open_link, use_link

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
        return redirect("admin:index")

    def _page(self, request: HttpRequest, link: object, status: int) -> HttpResponse:
        response = render(request, "core/signin.html", {"link": link}, status=status)
        response["X-Robots-Tag"] = "noindex"
        return response
