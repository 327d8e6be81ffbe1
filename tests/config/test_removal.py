"""The direction of the imports, proved by taking the upper rooms away."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.db import connection

ROOT = Path(__file__).resolve().parents[2]

WITHOUT_MODERATION = """
from config.settings.test import *

INSTALLED_APPS = [app for app in INSTALLED_APPS if app not in {"moderation", "transfer"}]
TEMPLATES[0]["OPTIONS"]["context_processors"].remove("moderation.context.queue")
COMMENT_SCREENER = ""
"""
WITHOUT_COMMENTS = (
    WITHOUT_MODERATION
    + """
INSTALLED_APPS.remove("comments")
"""
)

SEND_A_COMMENT = """
from django.contrib.auth import get_user_model
from django.test import Client
from django.utils import timezone
from blog.models import Post
from comments.models import Comment
from comments.private_links import status_address
from core.guards import make_stamp

author = get_user_model().objects.create(username="a", is_staff=True, is_superuser=True)
post = Post.objects.create(
    title="T", slug="t", author=author, status="published", published_at=timezone.now()
)
form = {"name": "R", "text": "x", "stamp": make_stamp("comment", post.pk)}
assert Client().post("/posts/t/comment/", form).status_code == 302
comment = Comment.objects.get()
assert (comment.status, comment.reasons.get().rule) == ("pending", "screening")
assert Client().get("/posts/t/").status_code == 200
status = status_address(comment)
own = {"version": "1", "stamp": make_stamp("own comment", comment.pk)}
assert Client().post(f"{status}edit/", {**own, "text": "y"}).status_code == 302
assert Client().post(f"{status}withdraw/", {**own, "version": "2"}).status_code == 302
assert Comment.objects.get().is_withdrawn
assert "Withdrawn" in Client().get(status).content.decode()
signed_in = Client()
signed_in.force_login(author)
assert signed_in.get("/admin/").status_code == 200
print("held")
"""

READ_A_POST = """
from django.contrib.auth import get_user_model
from django.test import Client
from django.utils import timezone
from blog.models import Post

author = get_user_model().objects.create(username="a")
Post.objects.create(
    title="T", slug="t", author=author, status="published", published_at=timezone.now()
)
assert Client().get("/posts/t/").status_code == 200
assert Client().get("/").status_code == 200
print("read")
"""


@pytest.fixture
def database(db):
    """The address of a database of its own beside the one of this process."""
    place = connection.settings_dict
    name = f"{place['NAME']}_removal"
    with connection._nodb_cursor() as cursor:
        cursor.execute(f'DROP DATABASE IF EXISTS "{name}"')
        cursor.execute(f'CREATE DATABASE "{name}"')
    address = f"postgresql://{place['USER']}@/{name}?host={place['HOST']}"
    yield address + (f"&port={place['PORT']}" if place["PORT"] else "")
    with connection._nodb_cursor() as cursor:
        cursor.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


@pytest.mark.parametrize(
    ("settings", "script", "said"),
    [(WITHOUT_MODERATION, SEND_A_COMMENT, "held"), (WITHOUT_COMMENTS, READ_A_POST, "read")],
    ids=["without moderation every comment waits", "without comments the blog runs"],
)
def test_without_the_rooms_above_the_rest_still_runs(tmp_path, database, settings, script, said):
    (tmp_path / "fewer_rooms.py").write_text(settings)
    (tmp_path / "script.py").write_text(
        "import django; django.setup()\n"
        "from django.core.management import call_command\n"
        "call_command('check'); call_command('migrate', verbosity=0)\n"
        f"{script}"
    )
    environment = {
        **os.environ,
        "PYTHONPATH": f"{tmp_path}{os.pathsep}{ROOT}",
        "DJANGO_SETTINGS_MODULE": "fewer_rooms",
        "DATABASE_URL": database,
    }
    done = subprocess.run(
        [sys.executable, tmp_path / "script.py"],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert done.stdout.endswith(f"{said}\n"), done.stderr
