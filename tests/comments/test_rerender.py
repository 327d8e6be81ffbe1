"""manage.py rerender: old HTML made anew, whatever happens in between."""

import signal
import subprocess
import sys
import time
from io import StringIO
from pathlib import Path

import pytest
from django.core.checks import Tags, run_checks
from django.core.management import call_command
from django.db import connection

from comments import markup, rerendering
from comments.models import Comment, Reference
from comments.rendering import Rendered
from tests.factories import make_post, make_published, send

ROOT = Path(__file__).parents[2]


def make_stale(count=1):
    """Comments whose HTML is of an earlier version."""
    post = make_post()
    ids = [send(post, f"*Text* {number}", sender=str(number)).pk for number in range(count)]
    Comment.objects.filter(pk__in=ids).update(html="<p>old</p>", html_version=1)
    return ids


def run():
    out, said = StringIO(), StringIO()
    call_command("rerender", stdout=out, stderr=said)
    return out.getvalue()


@pytest.mark.django_db
def test_only_the_html_of_another_version_is_made_anew():
    (stale,) = make_stale()
    fresh = send(make_post(), "new")
    Comment.objects.filter(pk=fresh.pk).update(html="<p>untouched</p>")
    before = Comment.objects.get(pk=stale)
    assert run() == "1 rendered, 0 left\n"
    after = Comment.objects.get(pk=stale)
    assert after.html == "<p><em>Text</em> 0</p>"
    assert after.html_version == markup.VERSION
    assert (after.text, after.version, after.changed_at) == (
        before.text,
        before.version,
        before.changed_at,
    )
    assert Comment.objects.get(pk=fresh.pk).html == "<p>untouched</p>"
    assert run() == "0 rendered, 0 left\n"


@pytest.mark.django_db
def test_references_are_found_again():
    post = make_post()
    first = make_published(post)
    second = make_published(post, text="See #1.")
    Reference.objects.all().delete()
    Comment.objects.filter(pk=second.pk).update(html="", html_version=1)
    run()
    assert Reference.objects.get().target == first
    assert f'data-comment="{first.pk}"' in Comment.objects.get(pk=second.pk).html


@pytest.mark.django_db
def test_an_edit_meanwhile_is_not_overwritten(monkeypatch):
    (stale,) = make_stale()

    def while_somebody_edits(text, post, earlier=None):
        Comment.objects.filter(pk=stale).update(text="edited", html="<p>edited</p>", version=9)
        return Rendered("<p>made of the text before</p>", frozenset())

    monkeypatch.setattr(rerendering, "render_text", while_somebody_edits)
    with pytest.raises(SystemExit):
        run()
    assert Comment.objects.get(pk=stale).html == "<p>edited</p>"
    monkeypatch.undo()
    assert run() == "1 rendered, 0 left\n"
    assert Comment.objects.get(pk=stale).html == "<p>edited</p>"


@pytest.mark.django_db
def test_batches_leave_nobody_out(monkeypatch):
    monkeypatch.setattr(rerendering, "BATCH", 2)
    make_stale(5)
    heard = []
    assert rerendering.rerender(heard.append) == 5
    assert heard == [2, 4, 5]
    assert not rerendering.stale().exists()


@pytest.mark.django_db
def test_a_check_of_the_database_says_what_is_to_be_done():
    def warnings():
        found = run_checks(tags=[Tags.database], databases=["default"])
        return [one for one in found if one.id == "comments.W002"]

    assert warnings() == []
    make_stale(2)
    (warning,) = warnings()
    assert "2 comments" in warning.msg


SLOWLY = """
import sys, time
import django
django.setup()
from comments import rerendering
from django.core.management import call_command
from django.db import connections
connections["default"].settings_dict["NAME"] = sys.argv[1]
rerendering.BATCH = 3
prompt = rerendering.render_text
def slow(text, post, earlier=None):
    time.sleep(0.02)
    return prompt(text, post)
rerendering.render_text = slow
call_command("rerender")
"""


@pytest.mark.server
@pytest.mark.django_db(transaction=True)
def test_a_killed_run_is_completed_by_the_next():
    make_stale(60)
    name = connection.settings_dict["NAME"]
    run_slowly = subprocess.Popen([sys.executable, "-c", SLOWLY, name], cwd=ROOT)
    try:
        deadline = time.monotonic() + 30
        while rerendering.stale().count() > 45 and time.monotonic() < deadline:
            time.sleep(0.02)
    finally:
        run_slowly.send_signal(signal.SIGKILL)
        run_slowly.wait()
    left = rerendering.stale().count()
    assert 0 < left <= 45
    assert left % 3 == 0  # a batch is there or not
    assert run() == f"{left} rendered, 0 left\n"
    assert set(Comment.objects.values_list("html", flat=True)) == {
        f"<p><em>Text</em> {number}</p>" for number in range(60)
    }
