"""Two moderators at the same card of the queue, by HTTP."""

from functools import partial

import pytest
from django.urls import reverse

from comments import intake
from core.signin import make_link_token
from moderation.models import LogEntry
from tests.concurrency.reader import Browser

pytestmark = pytest.mark.server

OUTCOMES = {"publish": "Published as", "reject": "Rejected."}
TOLD = "Somebody was before you"


def signed_in(address, user):
    browser = Browser(address)
    [(action, hidden)] = browser.open(
        reverse("core:signin", args=[make_link_token(user=user)])
    ).forms
    browser.open(action, hidden)
    return browser


def button(browser, comment, act):
    """The click, not yet made, on one button of the queue as it looks now."""
    [(action, fields)] = browser.open(reverse("moderation:queue")).form_to(f"/{comment.pk}/{act}/")
    return partial(browser.open, action, fields)


def test_of_two_clicks_at_once_one_decides_and_the_other_is_told(post, moderators, serve, at_once):
    with serve() as address:
        browsers = [signed_in(address, user) for user in moderators]
        for number in range(5):
            draft = intake.make_draft(
                post=post, parent=None, name="Reader", mail="", text=f"comment {number}"
            )
            comment = intake.receive(draft, sender="a network")
            clicks = [button(*pair) for pair in zip(browsers, [comment] * 2, OUTCOMES, strict=True)]
            pages = [answer.body for answer in at_once(*clicks)]
            done = [text in page for text, page in zip(OUTCOMES.values(), pages, strict=True)]
            told = [TOLD in page for page in pages]
            assert sorted(done) == [False, True]
            assert told == [not it for it in done]
            assert LogEntry.objects.filter(comment_id=comment.pk).count() == 2  # received, decided
