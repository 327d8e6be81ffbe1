"""Pictures as readers get them. A web server in front may hand out the files without asking here.

An address never changes what it shows, so browsers keep it; until the worker has made a size, a
grey sheet of its measure stands there, which nobody keeps.
"""

from typing import Any

from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.cache import add_never_cache_headers
from django.views import View

from blog import picture_files
from blog.models import Picture
from blog.picture_sizes import address, widths_of

FOR_EVER = "public, max-age=31536000, immutable"


class PictureView(View):
    """`/pictures/<key>/960.webp`. No query once it is made. Template: blog/waiting_picture.svg."""

    def get(self, request: HttpRequest, key: str, width: int) -> HttpResponseBase:
        try:
            # Closed by the response.
            file: Any = picture_files.made(key, width).open("rb")
        except FileNotFoundError:
            return self._not_yet(request, key, width)
        response = FileResponse(file, content_type="image/webp")
        response["Cache-Control"] = FOR_EVER
        return response

    def _not_yet(self, request: HttpRequest, key: str, width: int) -> HttpResponse:
        picture = get_object_or_404(Picture, key=key)
        if width not in widths_of(picture.size):
            raise Http404
        response = render(
            request,
            "blog/waiting_picture.svg",
            {"size": picture.size.at(width), "is_broken": bool(picture.trouble)},
            content_type="image/svg+xml",
        )
        add_never_cache_headers(response)
        return response


class LargestView(View):
    """`/pictures/<key>/`, by which texts name a picture: to its largest size."""

    def get(self, request: HttpRequest, key: str) -> HttpResponse:
        picture = get_object_or_404(Picture, key=key)
        return redirect(address(key, picture.shown_size.width))
