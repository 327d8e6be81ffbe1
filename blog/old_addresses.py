"""Where a thing is now that had another address: here before, or in the blog it came from.

The rows are django.contrib.redirects' own, so that an operator can add more in the admin. Their
paths are kept as people write them, not percent-encoded; a row without a new path says "gone".
"""

import re
from collections.abc import Callable
from typing import Final
from urllib.parse import unquote

from django.contrib.redirects.models import Redirect
from django.http import HttpRequest, HttpResponse, HttpResponseGone, HttpResponsePermanentRedirect
from django.urls import reverse

from blog.archive import authors_called, public_tags
from blog.models import Post
from blog.old_queries import list_asked_for, list_named_in, within_a_list
from core.this_site import path_here

SITE: Final = 1  # settings.SITE_ID: redirects hang on a site, and there is one
LONGEST: Final = 200  # of a path in a row
# The own address of a post, tag, author or page at the beginning of a path, and what follows there.
HEAD: Final = re.compile(
    r"\A(?P<head>/posts/(?P<post>[-\w]+)/|/tags/(?P<tag>[-\w]+)/|/author/(?P<author>[-\w]+)/"
    r"|/(?P<page>[-\w]+)/)(?P<rest>.*)\Z"
)
NUMBERED: Final = ("p", "page_id", "cat", "author")  # WordPress's addresses without a permalink

GetResponse = Callable[[HttpRequest], HttpResponse]


def old_addresses(get_response: GetResponse) -> GetResponse:
    """Middleware: what would be "not found" may have moved. Two queries more for what is not found,
    none for the rest.
    """

    def middleware(request: HttpRequest) -> HttpResponse:
        if request.method not in {"GET", "HEAD"}:
            return get_response(request)
        if request.path == reverse("blog:index") and request.GET:
            return _at_the_front_page(request, get_response)
        response = get_response(request)
        if response.status_code != 404:
            return response
        return answer(find_target(request.get_full_path())) or response

    return middleware


def _at_the_front_page(request: HttpRequest, get_response: GetResponse) -> HttpResponse:
    old, named = _numbered(request), list_named_in(request.GET)
    target = find_target(old) if old else find_list(*named) if named else None
    if target and not old:
        target = _with_rest(target, within_a_list(request.GET))
    if target is None and not old:
        target = list_asked_for(request.GET)
    response = answer(target) or get_response(request)
    if old or named:
        # core.short_way has to ask again: rows of redirects are counted by no trigger.
        response.of_page = None  # type: ignore[attr-defined]
    return response


def answer(target: str | None) -> HttpResponse | None:
    """The response that a target asks for: none, "gone" for an empty one, or the way to it."""
    if target is None:
        return None
    return HttpResponsePermanentRedirect(target) if target else HttpResponseGone()


def find_target(path: str) -> str | None:
    """Where an old path leads now, '' if it is gone, None if nothing is known of it.

    What stood below a post, a tag or an author leads to the same place below it. Of what is not
    public nothing is given away. At most three queries.
    """
    asked, _, query = unquote(path).partition("?")
    if "\0" in asked + query:  # which no row can hold
        return None
    whole = [f"{asked}?{query}"] if query else []
    whole += [asked, asked.rstrip("/") if asked.endswith("/") else f"{asked}/"]
    found = HEAD.match(asked)
    heads = [found["head"]] if found else []
    if found and found["page"] and not found["rest"]:
        heads.append(f"/posts/{found['page']}/")  # as it was called when it stood at the top
    rows = dict(
        Redirect.objects.filter(site=SITE, old_path__in=[*whole, *heads]).values_list(
            "old_path", "new_path"
        )
    )
    for old in whole:
        if old in rows:
            return _with(_if_public(rows[old]), "" if "?" in old else query)
    # Joined to "/", what begins with a slash would be the address of another site.
    if found and rows.get(found["head"]) and not found["rest"].startswith("/"):
        target = _if_public(rows[found["head"]])
        return target and _with(target + found["rest"], query)
    if found and found["page"] and not found["rest"]:
        renamed = rows.get(f"/posts/{found['page']}/")
        by_name = _post_by_name(found["page"], query)
        return by_name or (_with(_if_public(renamed), query) if renamed else None)
    return None


def _post_by_name(slug: str, query: str) -> str | None:
    """Where WordPress has a post of this name at the top of the site. One query."""
    post = Post.objects.published().posts().filter(slug=slug).first()
    return _with(post.get_absolute_url(), query) if post else None


def find_list(kind: str, slug: str) -> str | None:
    """Where WordPress's list `/kind/slug/` (author, category, tag) is here, '' if it is gone.

    What a row says of that address goes before a list that is called so, and that before a list
    that was. At most six queries.
    """
    if kind == "author":
        here = reverse("blog:author", args=[slug])
        return here if authors_called(slug) else find_target(here)
    known = find_target(f"/{kind}/{slug}/")
    if known is not None:
        return known
    return _tag_called(slug) or find_target(f"/tags/{slug}/")


def _tag_called(wanted: str) -> str | None:
    tags = public_tags()
    tag = tags.filter(slug=wanted).first() or tags.filter(name__iexact=wanted).first()
    return tag.get_absolute_url() if tag else None


def leave_redirect(*, old_path: str, new_path: str) -> bool:
    """Have an old path lead to a new one; False where that can't be: too long, or one and the same.

    What led to the old path leads to the new one, and nothing leads away from that. A row that is
    there already stays, unless it is one of these. To be called in the transaction of the change.
    """
    new = unquote(new_path)
    Redirect.objects.filter(site=SITE, old_path=new).delete()
    if old_path == new or not old_path.startswith("/") or len(old_path) > LONGEST:
        return False
    if len(new) > LONGEST:
        return False
    Redirect.objects.filter(site=SITE, new_path=old_path).update(new_path=new)
    _, made = Redirect.objects.get_or_create(
        site_id=SITE, old_path=old_path, defaults={"new_path": new}
    )
    return made


def leave_redirect_of_move(*, was: Post, now: Post) -> bool:
    """After a post's address changed: the old one stays good, if it ever was public."""
    if was.published_at is None or was.status == Post.Status.DRAFT:
        return False
    old_path = unquote(was.get_absolute_url())
    if old_path == unquote(now.get_absolute_url()):
        return False
    return leave_redirect(old_path=old_path, new_path=now.get_absolute_url())


def post_behind(path: str) -> Post | None:
    """The public post or page that a path leads to, now or by a redirect. At most five queries."""
    found = HEAD.match(path)
    post = _published_at(found) if found and not found["rest"] else None
    if post is None and (moved := find_target(path)):
        here = moved if moved.startswith("/") else path_here(moved)
        again = HEAD.match(unquote(here or ""))
        post = _published_at(again) if again else None
    return post


def _published_at(found: re.Match[str]) -> Post | None:
    kind = Post.Kind.POST if found["post"] else Post.Kind.PAGE
    slug = found["post"] or found["page"]
    return Post.objects.published().filter(kind=kind, slug=slug).first() if slug else None


def _numbered(request: HttpRequest) -> str:
    """`/?p=123` of a request for it, or ''."""
    for name in NUMBERED:
        number = request.GET.get(name, "")
        if number.isascii() and number.isdigit() and len(number) <= 20:
            return f"/?{name}={number}"
    return ""


def _with(target: str | None, query: str) -> str | None:
    """A target on this site with the query that was asked for; any other as it is."""
    if not target or not query or "?" in target or not target.startswith("/"):
        return target
    return f"{target}?{query}"


def _with_rest(target: str, rest: str) -> str:
    """A list of this site with its feed or later page; any other target as it is."""
    found = HEAD.match(target)
    is_list = found and (found["tag"] or found["author"]) and not found["rest"]
    return target + rest if is_list else target


def _if_public(target: str) -> str | None:
    """The target, unless it is something that the public may not know of. One query at most."""
    found = HEAD.match(target)
    if not found:
        return target
    if found["tag"]:
        return target if public_tags().filter(slug=found["tag"]).exists() else None
    if found["author"]:
        return target if authors_called(found["author"]) else None
    kind = Post.Kind.POST if found["post"] else Post.Kind.PAGE
    post = Post.objects.filter(kind=kind, slug=found["post"] or found["page"]).first()
    return None if post is not None and not post.is_published else target
