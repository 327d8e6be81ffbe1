"""Who gets what from which address: a table, whose addresses are those of the URLconf.

Each line of permissions.txt is a route and the status that an anonymous reader, an author (of other
posts), a moderator and the owner get for GET and for an empty POST. A route that has no line fails,
and so does a line without a route: so no view can be forgotten. `python -m pytest
tests/config/test_who_may_ask.py` prints the lines that differ as they are; read them before they go
into the table.
"""

import re
from pathlib import Path

import django
import pytest
from django.db import transaction
from django.test import Client
from django.urls import URLResolver, get_resolver

from blog.cards import card_digest
from blog.crawling import SECTIONS
from blog.feeds import FORMATS
from blog.models import RESERVED_SLUGS, Post, RelatedPost, Tag
from blog.old_addresses import leave_redirect
from blog.relating import relate_changed_posts
from comments.models import Comment
from moderation import services
from moderation.models import LogEntry, Policy
from tests.core.test_site import make_site
from tests.factories import make_post, make_published, make_user

TABLE = Path(__file__).parent / "permissions.txt"
ROLES = ("anonymous", "author", "moderator", "owner")
METHODS = ("get", "post")
# What stands in an address, by the name of its part; the objects are those of `world`.
SAMPLES = {
    "slug": "of-another", "number": "1", "suffix": "atom", "token": "x", "year": "2026",
    "month": "05", "day": "06", "version": "1", "earlier": "1", "later": "2", "key": "0" * 22,
    "width": "640", "digest": "0" * 16, "section": "posts", "name": "of-another", "words": "x",
    "object_id": "999999", "content_type_id": "1", "id": "999999", "pk": "999999",
    "revision_id": "1", "rehearsal_id": "999999", "sanction_id": "999999", "policy_id": "999999",
    "follow_up_id": "999999", "source_id": "999999",
    "app_label": "blog", "url": "nothing/", "kind": "tag",
}  # fmt: skip


def routes(resolver=None, prefix=""):
    """Every route of the URLconf, as it is written."""
    for pattern in (resolver or get_resolver()).url_patterns:
        route = prefix + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from routes(pattern, route)
        else:
            yield route.replace("^", "").replace("$", "").replace("\\.", ".").replace("\\Z", "")


def address(route, ids):
    """The route with samples in place of its parts."""
    values = {**SAMPLES, **ids}
    if "admin/queue" in route:
        values["name"] = "publish"
    if "day:number" in route:
        values["number"] = "06"
    if route.startswith("sitemap"):
        values["number"] = "1"
    filled = re.sub(r"<(?:\w+:)?(\w+)>", lambda part: values[part[1]], _named_groups(route))
    return "/" + re.sub(r"\(\?:(\w+)[^)]*\)", r"\1", filled)


def _named_groups(route):
    """Regular expressions' groups in the form of a path's parts."""
    found = re.sub(r"\(\?P<(\w+)>(?:[^()]|\([^()]*\))*\)", r"<\1>", route)
    return found


@pytest.fixture
def world(db):
    """A published post with a comment, of an author who does not ask here."""
    make_site()
    author = make_user("author", username="of-another")
    post = make_post(slug="of-another", published_at="2026-05-06T12:00Z", author=author)
    make_post(slug="of-another-page", kind="page")
    post.tags.add(Tag.objects.create(name="of-another", slug="of-another"))
    comment = make_published(post)
    users = {role: make_user(role) for role in ("author", "moderator")}
    users["owner"] = make_user()
    ids = {"post_id": str(post.pk), "comment_id": str(comment.pk)}
    return post, users, ids


def ask(users, role, method, where):
    """The status of one request, which leaves nothing behind."""
    client = Client(raise_request_exception=False)
    undone = transaction.atomic()
    undone._from_testcase = True  # so that services may begin transactions that must be outermost
    with undone:
        if role != "anonymous":
            client.force_login(users[role])
        status = getattr(client, method)(where).status_code
        transaction.set_rollback(True)
    return status


def table():
    """The lines of the table by route: two rows of four statuses."""
    lines = (line.rsplit(" | ", 2) for line in TABLE.read_text().splitlines() if line)
    return {route.strip(): (get.split(), post.split()) for route, get, post in lines}


def test_every_route_has_a_line_and_every_line_a_route():
    assert set(routes()) == set(table())


def test_no_page_may_take_an_address_of_the_site():
    """The first part of every route that begins with a word, as far as a slug can be that word."""
    firsts = {route.partition("/")[0] for route in routes() if "<" not in route.partition("/")[0]}
    assert {first for first in firsts if re.fullmatch(r"[-\w]+", first)} <= RESERVED_SLUGS
    assert {"category", "tag"} <= RESERVED_SLUGS  # of one pattern


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("role", ROLES)
def test_who_may_ask_for_what(world, role, method):
    _, users, ids = world
    known = table()
    column, row = ROLES.index(role), METHODS.index(method)
    wrong = []
    for route in sorted(set(routes())):
        got = str(ask(users, role, method, address(route, ids)))
        expected = known[route][row][column] if route in known else "a line"
        if got != expected and not _asks_for_a_missing_row(route, method, expected, got):
            wrong.append(f"{route}: {got}")
    assert wrong == []


def _asks_for_a_missing_row(route, method, expected, got):
    """Whether the only difference is what Django looks at first: the right or the row.

    To a post at a row that is not there, of somebody who may see but not change such rows, Django
    5.2 answers "forbidden", 6.1 "not there" by leading back. Of rows that are there see below.
    """
    is_change_page = route.endswith("<path:object_id>/change/") and method == "post"
    return is_change_page and expected == "403" and got == "302" and django.VERSION >= (6, 1)


@pytest.mark.parametrize("role", ["moderator", "owner"])
def test_a_row_that_may_only_be_seen_is_not_changed_by_a_post(world, role):
    _, users, ids = world
    comment = Comment.objects.get(pk=ids["comment_id"])
    services.remove_comment(comment_id=comment.pk, version=comment.version, by=users["moderator"])
    rows = {"logentry": LogEntry.objects.latest("pk"), "policy": Policy.objects.current()}
    for name, row in rows.items():
        assert ask(users, role, "post", f"/admin/moderation/{name}/{row.pk}/change/") == 403


@pytest.mark.parametrize("role", ["anonymous", "author", "moderator"])
@pytest.mark.parametrize(
    "state", [{"status": "draft"}, {"published_at": "2099-01-01T00:00Z"}], ids=["draft", "later"]
)
def test_a_post_that_is_not_public_is_at_no_address(world, role, state):
    post, users, ids = world
    for name, value in state.items():
        setattr(post, name, value)
    post.save()
    told = []
    for route in sorted(set(routes())):
        is_of_a_post = "slug" in route and "tags/" not in route
        if is_of_a_post or "post_id" in route:
            for method in METHODS:
                status = ask(users, role, method, address(route, ids))
                if status not in {404, 405}:
                    told.append(f"{method} {route}: {status}")
    assert told == []


# What only a post, a page and what belongs to them alone have: in title, text, summary, slug, tag,
# author and comment; and a day on which nothing else was changed.
CANARY = "zanzibar"
DAY = "2026-06-30"
PARTS = (*(f"{CANARY}-{part}" for part in ("post", "page", "tag", "author")), "shared", "beside")
STATES = {
    "draft": {"status": "draft"},
    "later": {"published_at": "2099-01-01T00:00Z"},
    "unlisted": {"status": "unlisted"},
}
# What is for members of staff, of whom some may know of every post.
FOR_STAFF = ("admin/", "decide/")
# What every author sees of the others: one vocabulary of tags, and who acts in the record.
FOR_AUTHORS = ("admin/blog/tag/", "admin/queue/record/")
# Other routes that tell nothing of any post by a GET of somebody who has no link of his own.
SILENT = {
    "(?P<suffix>atom|rss).xml", "<year:year>/<month:month>/<day:number>/",
    "<year:year>/<month:month>/page/<width:number>/", "<year:year>/page/<width:number>/",
    "<year:year>_<month:month>_<day:number>_archive.html", "colours-<int:version>.css",
    "comments/<str:token>/", "comments/<str:token>/appeal/", "comments/<str:token>/continue/",
    "comments/<str:token>/edit/", "comments/<str:token>/resubmit/",
    "comments/<str:token>/withdraw/", "comments/confirm/<str:token>/", "comments/confirmed/",
    "comments/feed/", "comments/follow/<int:post_id>/", "comments/forget/<int:post_id>/",
    "comments/mails/<str:token>/", "comments/unsubscribe/<str:token>/",
    "comments/visit/<int:post_id>/", "blogroll.opml", "favicon.ico", "feed/",
    "feed/(?P<suffix>atom|rss|rss2)/", "feeds/comments/default", "feeds/posts/default",
    "policy/", "policy/<version:version>/", "ledger/", "blogroll/",
    "index.html", "index.php", "livez", "mail/events/", "page/<width:number>/",
    "pictures/<picture:key>/", "pictures/<picture:key>/<width:width>.webp",
    "policy/<version:earlier>/to/<version:later>/", "preview/<str:token>/", "readyz", "robots.txt",
    "search/<str:words>/", "signin/<str:token>/", "sitemap_index.xml", "webmention/",
    "wp-sitemap.xml",
}  # fmt: skip


@pytest.fixture
def canaries(world):
    """That post and that page, public; beside them a post of the same tag, month and words."""
    _, users, _ = world
    shared = Tag.objects.create(name="shared", slug="shared")
    own = Tag.objects.create(name=f"{CANARY}-tag", slug=f"{CANARY}-tag")
    author = make_user("author", username=f"{CANARY}-author")
    words = "hives honey pollen swarm"
    hidden = [
        make_post(
            kind=kind, slug=f"{CANARY}-{kind}", title=CANARY, summary=CANARY, author=author,
            body=f"{CANARY} {words}", published_at="2026-05-30T01:00Z", in_menu=kind == "page",
        )
        for kind in ("post", "page")
    ]  # fmt: skip
    beside = make_post(slug="beside", body=words, published_at="2026-05-07T00:00Z")
    for number in range(3):
        make_post(body=f"other words {number}", published_at=f"2026-04-0{number + 1}T00:00Z")
    for one in (hidden[0], beside):
        one.tags.add(shared)
    hidden[0].tags.add(own)
    for one in hidden:
        make_published(one, text=f"{CANARY} hives", name=CANARY)
    relate_changed_posts(at_most=10)
    assert RelatedPost.objects.filter(post=beside, other=hidden[0]).exists()
    for number, path in {"p": "posts", "cat": "tags", "author": "author"}.items():
        leave_redirect(old_path=f"/?{number}=7", new_path=f"/{path}/{CANARY}-{path.rstrip('s')}/")
    Post.objects.update(updated_at="2026-06-01T00:00Z")
    hide(hidden, {})
    return hidden, beside, users


def hide(posts, state):
    """The posts in a state, by every trigger there is, last changed on the day."""
    for post in posts:
        for name, value in state.items():
            setattr(post, name, value)
        post.save()
    Post.objects.filter(pk__in=[one.pk for one in posts]).update(updated_at=f"{DAY}T01:00Z")


def questions(hidden, beside):
    """Every address of the URLconf, with its parts filled in in every way; each once."""
    asked = {}
    for route in sorted(set(routes())):
        for part in PARTS:
            for one in (*hidden, beside):
                ids = {"slug": part, "name": part, "comment_id": "0", "post_id": str(one.pk)}
                asked[address(route, {**ids, "digest": card_digest(one)})] = route
    asked |= {f"/sitemap-{name}-1.xml": "sitemaps" for name in SECTIONS if name != "posts"}
    asked |= {f"/feed.{suffix}": "feeds" for suffix in FORMATS if suffix != "atom"}
    asked |= {f"/search/?q=hives{kind}": "search/" for kind in ("", "&in=posts", "&in=comments")}
    queries = ("p=7", "cat=7", "author=7", f"tag={CANARY}-tag")
    return asked | {f"/?{query}": "by number" for query in queries}


def telling(client, hidden, beside, is_asked):
    """The routes whose answers say anything of the hidden ones, each with one address."""
    told = {}
    cards = [f"/card/{one.pk}-{card_digest(one)}.png" for one in hidden]
    for where, route in questions(hidden, beside).items():
        if is_asked(route, where):
            answer = client.get(where)
            body = b"".join(answer) if answer.streaming else answer.content
            said = f"{answer.headers.get('Location', '')} {body.decode(errors='replace')}"
            said = said.replace(where, "")  # what was asked is nothing new to who asked
            is_drawn = answer.status_code == 200 and where in cards
            if CANARY in said or DAY in said or is_drawn:
                told[route] = where
    return told


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("state", STATES)
def test_it_leaks_at_no_address_of_the_site(canaries, role, state):
    """Lists, feeds, search, map, counts, related boxes, redirects: whatever the URLconf has."""
    hidden, beside, users = canaries
    client = Client()
    if role != "anonymous":
        client.force_login(users[role])
    own = ("/?p=7", f"{CANARY}-p", *(f"/{one.pk}{end}" for one in hidden for end in "/-"))

    def is_asked(route, where):
        """Not what who asks may know of: the owner every post, whoever has its address this one."""
        kept = {"anonymous": (), "author": FOR_AUTHORS}.get(role, FOR_STAFF)
        if route.startswith(kept):
            return False
        return not any(one in where for one in own) or (role != "owner" and state != "unlisted")

    hide(hidden, STATES[state])
    assert telling(client, hidden, beside, is_asked) == {}
    months = client.get("/archive/").content.decode().partition("Tags")[0]
    assert "<span>2</span>" in months  # of another post in May
    assert "<span>3</span>" in months  # and of April


def test_every_route_is_seen_telling_of_public_posts_or_known_to_tell_nothing(canaries):
    """Else the test above asks beside the point. A new route has to tell, or be put there."""
    hidden, beside, _ = canaries
    Post.objects.update(in_menu=False)  # where every page names it
    told = telling(Client(), hidden, beside, lambda route, where: True)
    public = {route for route in routes() if not route.startswith(FOR_STAFF)}
    assert public - set(told) == SILENT
    assert {"sitemaps", "feeds", "by number"} <= set(told)
    assert "<span>3</span>" in Client().get("/archive/").content.decode().partition("April")[0]
