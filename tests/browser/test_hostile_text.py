"""Hostile texts and names on the real pages, in Chromium: nothing runs, nothing is asked elsewhere.

The pages come from the site's own views and middleware, filled with comments that were never
stored, so that a name may be as long as a payload is. The browser gets them without a server.
"""

import re
from dataclasses import replace
from functools import cache
from urllib.parse import urlsplit

import pytest
from django.db import connections, transaction
from django.test import Client, override_settings
from django.urls import reverse
from django.utils import timezone

from comments import markup, page, references
from comments.models import Comment, RecordedReason
from comments.references import Target
from comments.status import Status
from comments.thread import in_order
from moderation.desk import queue, views
from tests.factories import make_post, make_user
from tests.hostile import OWN, TAGS, corpus, everything

# The second is what makes pytest-django create a database for the fixture below.
pytestmark = [pytest.mark.browser, pytest.mark.django_db]

SITE = "http://testserver"
ON_A_PAGE = 100
UNCLEAN = [tag for tag in TAGS if "refresh" not in tag]  # which leads away before one can look

WATCH = """
  window.fired = []; window.violations = [];
  for (const name of ["alert", "prompt", "confirm"]) window[name] = (what) => fired.push(name);
  document.addEventListener("securitypolicyviolation", (event) => violations.push(
    `${event.violatedDirective} ${event.blockedURI} ${event.sample}`));
"""
INSPECT = """
  ([tags, own]) => {
    const allowed = {a: ["href", "rel"], ol: ["start"]};
    const faults = [];
    for (const text of document.querySelectorAll(".comment-text, .card-text, .card-parent > div")) {
      for (const element of text.querySelectorAll("*")) {
        const name = element.localName;
        const fits = [...element.attributes].every((attribute) =>
          (allowed[name] || []).includes(attribute.name)
          || (element.className === "reference" && ["class", "title"].includes(attribute.name)));
        const inert = name !== "a" || /^(https?:|mailto:|#)/.test(element.getAttribute("href"));
        if (!tags.includes(name) || !fits || !inert) faults.push(element.outerHTML);
      }
    }
    for (const element of document.querySelectorAll("*")) {
      const runs = [...element.attributes].some((attribute) => attribute.name.startsWith("on"));
      const foreign = element.matches(
        "iframe, object, embed, base, svg script, math, video, meta[http-equiv], bdi > *, h3 *:not("
        + "bdi, .badge, .shape, .shape path, .writer)")
        || (element.matches("script:not([type='application/ld+json'])")
            && !element.src.startsWith(own));
      if (runs || foreign) faults.push(element.outerHTML);
    }
    return {faults, comments: document.querySelectorAll("article.comment, article.card").length,
            fired, violations};
  }
"""


@cache
def rendered(payload):
    return markup.render(markup.normalise(payload))


def make_comments(post, payloads, status):
    """A comment for each payload, as text and as name, in reply to the one before."""
    now, before, comments = timezone.now(), None, []
    for number, payload in enumerate(payloads, 1):
        comment = Comment(
            pk=number,
            post=post,
            parent=before,
            name=markup.plain_name(payload) or "?",
            mail="a@b.example",
            html=rendered(payload),
            status=status,
            number=str(number),
            ordinal=number,
            submitted_at=now,
            published_at=now,
            lft=1,
            rght=2,
            level=0,
            tree_id=number,
        )
        comment._prefetched_objects_cache = {"reasons": RecordedReason.objects.none()}
        comments.append(comment)
        before = comment
    return comments


def placed(comments, post):
    """Entries whose names also stand in the titles of a reference and of a link back."""
    for entry in page.dress(in_order(comments), post):
        target = Target("#c-1", entry.comment.name)
        html = entry.comment.html + references.link('<a data-comment="1">#1</a>', {1: target})
        yield replace(entry, html=markup.trusted(html), back_links=[("1", target)])


def post_pages(client, chunks):
    post = make_post()
    with pytest.MonkeyPatch.context() as patch:
        for chunk in chunks:
            entries = list(placed(make_comments(post, chunk, Status.PUBLISHED), post))
            leaf = page.Leaf(entries=entries, number=1, of=1)
            patch.setattr(page, "threaded", lambda *args, leaf=leaf: leaf)
            yield client.get(post.get_absolute_url())


def queue_pages(client, chunks):
    client.force_login(make_user())
    post = make_post()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(views, "CARDS_PER_PAGE", ON_A_PAGE)
        for chunk in chunks:
            comments = make_comments(post, chunk, Status.PENDING)
            for comment in comments:  # as cards.with_context would have read them
                comment.judged, comment.open_reports, comment.owed = [], [], []
            patch.setattr(queue, "chosen_by", lambda *args, comments=comments: comments)
            patch.setattr(
                queue, "counts", lambda user: [(tab, tab, ON_A_PAGE) for tab in queue.COUNTED]
            )
            patch.setattr(views, "with_context", lambda comments: comments)
            yield client.get(reverse("moderation:queue"))


class Shelf:
    """Answers by path, for a browser that must ask for nothing else."""

    def __init__(self):
        self.answers = {}
        self.asked = []

    def put(self, path, response):
        assert response.status_code == 200, path
        body = b"".join(response) if response.streaming else response.content
        self.answers[path] = (body, dict(response.headers))

    def serve(self, route):
        url = urlsplit(route.request.url)
        if f"{url.scheme}://{url.netloc}" == SITE and url.path in self.answers:
            body, headers = self.answers[url.path]
            route.fulfill(body=body, headers=headers)
            return
        self.asked.append(route.request.url)
        route.abort()


def fill(shelf, client):
    payloads = everything()
    chunks = [payloads[at : at + ON_A_PAGE] for at in range(0, len(payloads), ON_A_PAGE)]
    for kind, made in [("post", post_pages), ("queue", queue_pages)]:
        for number, response in enumerate(made(client, chunks)):
            shelf.put(f"/{kind}/{number}/", response)
    found = {
        path.decode()
        for body, _ in shelf.answers.values()
        for path in re.findall(rb'(?:src|href)="(/static/[^"?#]+)"', body)
    }
    for path in found:
        shelf.put(path, client.get(path))
    policy = shelf.answers["/post/0/"][1]["Content-Security-Policy"]
    for number, payload in enumerate(UNCLEAN):
        body = f"<!doctype html><title>x</title><div class='comment-text'>{payload}</div>".encode()
        plain = {"Content-Type": "text/html; charset=utf-8"}
        shelf.answers[f"/raw/{number}/"] = (body, plain)
        shelf.answers[f"/raw-with-policy/{number}/"] = (
            body,
            {**plain, "Content-Security-Policy": policy},
        )
    return [len(chunk) for chunk in chunks]


@pytest.fixture(scope="module")
def opened(request, django_db_setup, django_db_blocker):
    """A browser page, its shelf, and how many payloads each numbered page holds.

    Everything is on the shelf before there is a browser: it runs an event loop in this thread,
    beside which Django would refuse the database even to the tests' own set-up.
    """
    shelf = Shelf()
    with django_db_blocker.unblock(), transaction.atomic(), override_settings(DEBUG=False):
        sizes = fill(shelf, Client())
        transaction.set_rollback(True)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
        context = request.getfixturevalue("chromium").new_context(base_url=SITE)
        context.add_init_script(WATCH)
        context.route("**/*", shelf.serve)
        yield context.new_page(), shelf, sizes
        connections.close_all()  # beside an event loop Django has others than without
        context.close()


def look(opened, path):
    """What happened on a page until everything on it was loaded and a little later."""
    browser_page, shelf, _ = opened
    shelf.asked.clear()
    browser_page.goto(path, wait_until="load")
    browser_page.wait_for_timeout(50)
    return browser_page.evaluate(INSPECT, [sorted(markup.TAGS), f"{SITE}/static/"])


def test_the_judge_sees_what_runs_on_an_unclean_page(opened):
    fired, asked, faults = 0, 0, 0
    for number in range(len(UNCLEAN)):
        seen = look(opened, f"/raw/{number}/")
        fired += len(seen["fired"]) > 0
        asked += any("elsewhere.example" in url for url in opened[1].asked)
        faults += len(seen["faults"]) > 0
    assert fired > 12
    assert asked > 3
    assert faults > len(UNCLEAN) // 2


def test_on_an_unclean_page_the_policy_still_lets_nothing_run(opened):
    stopped = 0
    for number in range(len(UNCLEAN)):
        seen = look(opened, f"/raw-with-policy/{number}/")
        assert seen["fired"] == []
        stopped += len(seen["violations"]) > 0
    assert stopped > 12


@pytest.mark.parametrize("kind", ["post", "queue"])
def test_no_hostile_text_or_name_does_anything(opened, kind):
    for number, size in enumerate(opened[2]):
        seen = look(opened, f"/{kind}/{number}/")
        assert seen == {"faults": [], "comments": size, "fired": [], "violations": []}
        assert opened[1].asked == []


def test_the_public_corpora_were_among_them(opened):
    if not corpus("xss-payloads.json"):
        pytest.skip("the public corpora are not at hand; only our own payloads were tried")
    assert sum(opened[2]) > len(OWN) + 1000
