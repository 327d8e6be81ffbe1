"""The settings of the site: one row, chosen in the admin, read by every page without a query."""

from datetime import UTC, datetime

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from core import site
from core.choices import contrast, parse_links, search_language_of
from core.models import SiteSettings
from core.site import save_site
from tests.factories import make_post, make_user

pytestmark = pytest.mark.django_db


def make_site(**fields):
    made = SiteSettings.objects.first() or SiteSettings.from_environment()
    for name, value in {"title": "Long Letters", **fields}.items():
        setattr(made, name, value)
    made.full_clean()
    save_site(made)
    return made


def test_without_a_row_the_environment_speaks(client, settings):
    settings.SITE_TITLE = "From outside"
    assert "<title>From outside</title>" in client.get("/").content.decode()


def test_what_was_chosen_is_on_every_page(client):
    make_site(
        tagline="Slow and civil",
        header_links="My books https://example.org/books\n\nWrite mailto:a@example.org",
        footer="Written in Graz.\n\n<b>see</b> https://example.org/x",
        language="de",
    )
    page = client.get("/").content.decode()
    assert "<title>Long Letters</title>" in page
    assert "Slow and civil" in page
    assert '<html lang="de">' in page
    assert '<a href="https://example.org/books">My books</a>' in page
    assert '<a href="mailto:a@example.org">Write</a>' in page
    assert "<p>Written in Graz.</p>" in page
    assert "&lt;b&gt;see&lt;/b&gt;" in page
    assert 'href="https://example.org/x"' in page


def test_lists_have_the_length_that_was_chosen(client):
    make_site(posts_per_page=2)
    for day in (1, 2, 3):
        make_post(title=f"Day {day}", published_at=f"2026-01-0{day}T00:00Z")
    first = client.get("/").content.decode()
    assert ("Day 3" in first, "Day 1" in first) == (True, False)


def test_comments_close_after_the_days_that_were_chosen():
    post = make_post(published_at=datetime(2026, 1, 1, tzinfo=UTC))
    assert post.comments_end_at is None
    make_site(comments_close_after_days=3)
    assert post.comments_end_at.day == 4


def test_a_new_post_takes_the_default_for_comments(client):
    make_site(new_posts_comments="closed")
    client.force_login(make_user())
    page = client.get("/admin/blog/post/add/").content.decode()
    assert '<option value="closed" selected>' in page


def test_dates_are_those_of_the_chosen_time_zone(client):
    make_site(time_zone="Pacific/Auckland")
    make_post(published_at="2026-01-31T20:00Z")
    assert "1 February 2026" in client.get("/").content.decode()
    assert client.get("/2026/02/").status_code == 200
    assert client.get("/2026/01/").status_code == 404


def test_there_is_one_row_only():
    make_site()
    with pytest.raises(IntegrityError), transaction.atomic():
        SiteSettings(id=2, title="Another").save()


def test_the_row_is_read_again_only_when_its_version_changed(
    monkeypatch, django_assert_num_queries
):
    make_site()
    site.current()
    with django_assert_num_queries(0):
        site.current()
    monkeypatch.setattr(site, "FRESH_FOR", 0)
    with django_assert_num_queries(1):
        assert site.current().title == "Long Letters"
    SiteSettings.objects.update(title="By another process", version=2)
    with django_assert_num_queries(2):
        assert site.current().title == "By another process"


def test_a_change_that_is_rolled_back_is_not_held():
    make_site()
    with transaction.atomic():
        make_site(title="Never")
        transaction.set_rollback(True)
    site.forget()
    assert site.current().title == "Long Letters"


def test_the_pages_of_health_do_not_ask_for_settings(client, django_assert_num_queries):
    site.forget()
    with django_assert_num_queries(0):
        assert client.get("/livez").status_code == 200


def test_colours_are_a_stylesheet_of_our_own(client):
    assert "colours-" not in client.get("/").content.decode()
    make_site(accent="#004488", accent_dark="#99ccff")
    page = client.get("/").content.decode()
    assert 'href="/colours-1.css"' in page
    sheet = client.get("/colours-1.css")
    assert sheet["Content-Type"].startswith("text/css")
    assert "--accent: #004488" in sheet.content.decode()
    assert "--accent: #99ccff" in sheet.content.decode()


@pytest.mark.parametrize(
    ("fields", "fault"),
    [
        ({"accent": "#ffffee"}, "too near the colour of the page"),
        ({"accent_dark": "#222222"}, "too near the colour of the page"),
        ({"accent": "red"}, "is no colour"),
        ({"accent": "#12345;"}, "is no colour"),
        ({"time_zone": "Mars/Olympus"}, "is no time zone"),
        ({"header_links": "Good /a\nbad"}, "Line 2 must be words and then an address"),
        ({"header_links": "Bad javascript:alert(1)"}, "Line 1 must be"),
        ({"header_links": "Bad //elsewhere.example"}, "Line 1 must be"),
        ({"header_links": "Bad https://["}, "Line 1 must be"),
        ({"posts_per_page": 0}, "greater than or equal to 1"),
        ({"title": ""}, "cannot be blank"),
    ],
)
def test_what_can_not_be_is_refused_in_a_sentence(fields, fault):
    with pytest.raises(ValidationError, match=fault):
        make_site(**fields)


def test_contrast_is_that_of_the_guidelines():
    assert round(contrast("#000000", "#ffffff"), 1) == 21
    assert round(contrast("#767676", "#ffffff"), 2) == 4.54


def test_links_are_words_and_an_address():
    assert parse_links("About us /about/") == [("About us", "/about/")]
    assert parse_links("") == []


@pytest.mark.parametrize(
    ("code", "name"), [("de", "german"), ("pt-br", "portuguese"), ("ja", "simple")]
)
def test_a_language_has_its_search(code, name):
    assert search_language_of(code) == name


def test_the_first_run_asks_for_title_and_author_once(client):
    owner = make_user(first_name="", last_name="")
    client.force_login(owner)
    assert 'href="/admin/first-run/"' in client.get("/admin/").content.decode()
    assert client.get("/admin/core/sitesettings/").url == "/admin/first-run/"
    assert client.get("/admin/first-run/").status_code == 200
    form = {"title": "Letters", "tagline": "", "author": "Ada  van Bergman", "language": "de",
            "time_zone": "Europe/Berlin"}  # fmt: skip
    assert client.post("/admin/first-run/", form).url == "/admin/"
    owner.refresh_from_db()
    assert owner.get_full_name() == "Ada van Bergman"
    row = SiteSettings.objects.get()
    assert (row.title, row.search_language, row.version) == ("Letters", "german", 1)
    assert "first-run" not in client.get("/admin/").content.decode()
    assert client.get("/admin/first-run/").url == "/admin/core/sitesettings/1/change/"


def test_the_first_run_gives_bad_input_back(client):
    client.force_login(make_user())
    page = client.post("/admin/first-run/", {"title": "Kept", "author": ""}).content.decode()
    assert 'value="Kept"' in page
    assert 'role="alert"' in page
    assert '<a href="#id_author">Your name</a>' in page
    assert "This field is required" in page
    assert not SiteSettings.objects.exists()


def test_the_settings_are_changed_in_the_admin(client):
    make_site()
    client.force_login(make_user())
    address = "/admin/core/sitesettings/1/change/"
    assert client.get("/admin/core/sitesettings/").url == address
    form = {"title": "Anew", "tagline": "", "language": "en", "time_zone": "UTC",
            "posts_per_page": 5, "search_language": "english", "new_posts_comments": "open",
            "comments_close_after_days": 0, "reports_to_hold": 3, "claim_minutes": 15, "accent": "",
            "accent_dark": "",
            "header_links": "", "footer": ""}  # fmt: skip
    assert client.post(address, form).status_code == 302
    assert "<title>Anew</title>" in client.get("/").content.decode()
    changed = SiteSettings.objects.get()
    assert (changed.version, changed.reports_to_hold) == (2, 3)


def test_a_time_zone_is_chosen_from_a_list_that_keeps_the_present_one(client):
    client.force_login(make_user())
    page = client.get("/admin/first-run/").content.decode()
    assert '<option value="UTC" selected>UTC</option>' in page
    assert '<optgroup label="Europe">' in page
    assert '<option value="America/New_York">New York</option>' in page
    make_site(time_zone="US/Eastern")
    page = client.get("/admin/core/sitesettings/1/change/").content.decode()
    assert '<option value="US/Eastern" selected>US/Eastern</option>' in page
    assert page.count(" selected>US/") == 1


@pytest.mark.parametrize("role", ["author", "moderator"])
def test_authors_and_moderators_do_not_settle_the_site(client, role):
    client.force_login(make_user(role))
    assert client.get("/admin/first-run/").status_code == 403
    assert "first-run" not in client.get("/admin/").content.decode()
    assert client.get("/admin/core/sitesettings/").status_code == 403
