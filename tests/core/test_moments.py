"""No date that somebody types makes a page unreadable, in whatever zone it is typed and shown."""

from datetime import UTC, datetime, timedelta
from importlib import import_module

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.utils import timezone

from blog.models import Post
from comments.models import Brake
from core import site
from core.moments import LAST, is_possible, later, validate_day
from moderation.desk.braking import NotPossibleNow, Terms, read_end
from moderation.models import LogEntry, Sanction
from tests.blog.test_blog_admin import form
from tests.core.test_site import make_site
from tests.factories import make_post, make_published, make_user
from tests.moderation.people.test_sanction_admin import ADD, fill

pytestmark = pytest.mark.django_db

NAMED = {"target": "name", "pattern": "Hannah*"}
ZONES = ["Pacific/Kiritimati", "Etc/GMT+12", "Asia/Kathmandu", "America/New_York", "UTC"]
IMPOSSIBLE = ["0001-01-01", "0001-01-02", "0999-06-01", "1900-12-30", "9999-01-02", "9999-12-31"]
NO_DATES = ["10000-01-01", "0000-00-00", "2026-02-30", "-0001-01-01"]
POSSIBLE = ["1901-01-02", "9998-12-30"]
READ = ["/", "/archive/", "/feed.atom", "/feed.json", "/sitemap.xml", "/sitemap-posts-1.xml",
        "/posts/new/"]  # fmt: skip
OF_STAFF = ["/admin/blog/post/", "/admin/", "/admin/queue/", "/admin/queue/record/"]


@pytest.fixture(params=ZONES)
def zone(request):
    make_site(time_zone=request.param)
    return request.param


@pytest.fixture
def keeper(client):
    user = make_user()
    client.force_login(user)
    return user


def assert_readable(client, *addresses):
    for address in (*READ, *OF_STAFF, *addresses):
        for who in (client, Client()):
            assert who.get(address).status_code < 500, address


def test_the_dates_of_a_post(zone, keeper, client):
    for day in [*IMPOSSIBLE, *NO_DATES]:
        for clock in ("00:00:00", "23:59:59"):
            for name in ("published_at", "comments_close_at"):
                typed = {f"{name}_0": day, f"{name}_1": clock}
                answer = client.post("/admin/blog/post/add/", form(author=keeper.pk, **typed))
                assert answer.status_code == 200, typed
                assert list(answer.context["adminform"].form.errors) == [name], typed
    assert not Post.objects.exists()
    for day in POSSIBLE:
        Post.objects.all().delete()
        typed = {f"{name}_{part}": value for name in ("published_at", "comments_close_at")
                 for part, value in enumerate((day, "12:00:00"))}  # fmt: skip
        assert (
            client.post("/admin/blog/post/add/", form(author=keeper.pk, **typed)).status_code == 302
        )
        post = Post.objects.get()
        change = f"/admin/blog/post/{post.pk}/change/"
        assert_readable(client, change, f"/admin/blog/post/{post.pk}/history/")


def test_the_end_of_a_sanction(zone, keeper, client):
    comment = make_published(make_post(), text="Hello.")
    for day in [*IMPOSSIBLE, *NO_DATES]:
        for clock in ("00:00", "23:59"):
            answer = client.post(ADD, fill(comment, **NAMED, until_at=f"{day}T{clock}"))
            assert answer.status_code == 200, day
            assert "until_at" in answer.context["adminform"].form.errors
    assert not Sanction.objects.exists()
    assert client.post(ADD, fill(comment, **NAMED, until_at="9998-12-30T12:00")).status_code == 302
    assert_readable(
        client, "/admin/moderation/sanction/", "/admin/moderation/sanction/?in_force=all"
    )


def test_the_end_of_a_lock_and_of_slow_mode(zone):
    now = timezone.now()
    for day in [*IMPOSSIBLE, *NO_DATES]:
        for typed in (day, f"{day}T00:00", f"{day}T23:59"):
            with pytest.raises(NotPossibleNow):
                Terms(reason="Why.", until=read_end(typed)).fields(now)
    assert Terms(reason="Why.", until=read_end("9998-12-30T12:00")).fields(now)


def test_the_days_between_which_the_record_is_read(zone, keeper, client):
    make_published(make_post(), text="Hello.")
    assert LogEntry.objects.exists()
    for day in [*IMPOSSIBLE, *NO_DATES, *POSSIBLE]:
        for name in ("since", "until"):
            for more in ("", "&format=csv"):
                answer = client.get(f"/admin/queue/record/?{name}={day}{more}")
                assert answer.status_code == 200, day
                if not more:
                    assert bool(answer.context["form"].errors) == (day not in POSSIBLE), day


def test_nobody_types_when_an_account_joined(zone, keeper, client):
    joined = {
        "date_joined_0": "9999-12-31", "date_joined_1": "23:59:59", "is_active": "on",
        "last_login_0": "0001-01-01", "last_login_1": "00:00:00", "is_staff": "on",
    }  # fmt: skip
    address = f"/admin/auth/user/{keeper.pk}/change/"
    answer = client.post(address, {"username": "renamed", "is_superuser": "on", **joined})
    assert answer.status_code == 302
    assert client.get(address).status_code == client.get("/admin/auth/user/").status_code == 200
    keeper.refresh_from_db()
    assert (keeper.username, keeper.date_joined.year) == ("renamed", timezone.now().year)


def test_the_sites_rule_for_closing_ends_with_the_calendar():
    make_site(comments_close_after_days=32_767)
    post = make_post(published_at=datetime(9998, 12, 30, tzinfo=UTC))
    assert post.comments_end_at == LAST
    assert later(datetime(2026, 1, 1, tzinfo=UTC), timedelta(days=1)).day == 2


@pytest.mark.parametrize("column", ["published_at", "comments_close_at"])
def test_the_database_refuses_what_it_could_not_give_back(column):
    make_post()
    for moment in ("0001-01-01 00:00+14", "1900-12-31 23:59+00", "9999-12-31 23:59-12", "infinity"):
        with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"UPDATE blog_post SET {column} = %s", [moment])  # noqa: S608


@pytest.mark.parametrize("moment", ["10000-06-01 00:00+00", "0044-03-15 00:00+00 BC", "infinity"])
def test_what_an_earlier_release_stored_can_be_read_after_the_upgrade(client, moment):
    """The constraints are taken away as they were not there then."""
    post = make_published(make_post(slug="new"), text="Hello.").post
    post.save()
    lock = Brake.objects.create(head=post.comments.get(), reason="Why.", until_at=None)
    sanction = Sanction.objects.create(target="name", pattern="Hannah", effect="bar")
    old = {
        "blog": {"blog_post": "published_at comments_close_at",
                 "blog_historicalpost": "published_at comments_close_at",
                 "auth_user": "date_joined last_login"},
        "comments": {"comments_brake": "until_at"},
        "moderation": {"moderation_sanction": "until_at"},
    }  # fmt: skip
    migrations = {"blog": "0011", "comments": "0030", "moderation": "0024"}
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        for table, name in (
            ("blog_post", "blog_post_times_can_be_told"),
            ("comments_brake", "comments_brake_end_can_be_told"),
            ("comments_brake", "comments_lock_ends_after_it_began"),
            ("moderation_sanction", "moderation_sanction_end_can_be_told"),
        ):
            cursor.execute(f"ALTER TABLE {table} DROP CONSTRAINT {name}")
        for app, tables in old.items():
            for table, columns in tables.items():
                for column in columns.split():
                    cursor.execute(f"UPDATE {table} SET {column} = %s", [moment])  # noqa: S608
            named = f"{app}.migrations.{migrations[app]}_times_that_can_be_told"
            cursor.execute(import_module(named).MEND)
    for row in (post, lock, sanction, post.author, *post.history.all()):
        row.refresh_from_db()
    client.force_login(make_user())
    assert_readable(client, f"/admin/blog/post/{post.pk}/history/", "/admin/moderation/sanction/")


def test_a_moment_is_compared_in_whatever_zone():
    for name in ZONES:
        with timezone.override(name):
            here = timezone.get_current_timezone()
            assert not is_possible(datetime.min.replace(tzinfo=here))
            assert not is_possible(datetime.max.replace(tzinfo=here))
            assert is_possible(datetime(2026, 1, 1, tzinfo=here))
    with pytest.raises(ValidationError):
        validate_day(datetime.max.date())


def test_the_site_is_known_to_be_in_the_zone(zone):
    assert site.current().time_zone == zone
