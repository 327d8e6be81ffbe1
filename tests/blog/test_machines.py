"""What machines read: the map of the site, robots.txt, Open Graph, schema.org, the picture."""

import json
import re
import warnings
from io import BytesIO
from pathlib import Path

import pytest
from lxml import etree
from PIL import Image

from blog.cards import card_digest, make_card
from blog.models import Post, Tag
from blog.sharing import as_script
from tests.core.test_site import make_site
from tests.factories import make_post, make_published, make_user, send
from tests.hostile import OWN

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # its own, on import
    import extruct

pytestmark = pytest.mark.django_db

SCHEMA = etree.XMLSchema(etree.parse(Path(__file__).parent / "schemas" / "sitemap.xsd"))
SITE = "http://127.0.0.1:8000"


def places(client, address):
    answer = client.get(address)
    assert answer.status_code == 200
    found = etree.fromstring(answer.content)
    SCHEMA.assertValid(found)
    return [
        (place.findtext("{*}loc"), place.findtext("{*}lastmod")) for place in found.iterchildren()
    ]


def read(client, address):
    page = client.get(address).content.decode()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return extruct.extract(
            page, base_url=SITE, syntaxes=["opengraph", "json-ld"], uniform=False
        )


def test_the_map_has_every_public_page_with_its_last_change(client, time_machine):
    time_machine.move_to("2026-05-01T00:00Z", tick=False)
    post = make_post(published_at="2026-04-01T00:00Z")
    make_post(kind="page", slug="about")
    make_post(status="draft", published_at="2026-04-02T00:00Z")
    make_post(published_at="2026-06-01T00:00Z")
    parts = places(client, "/sitemap.xml")
    assert parts == [
        (f"http://testserver/sitemap-{name}-1.xml", "2026-05-01T00:00:00+00:00")
        for name in ("front", "posts", "pages", "authors")
    ]
    assert places(client, "/sitemap-posts-1.xml") == [
        (f"http://testserver{post.get_absolute_url()}", "2026-05-01T00:00:00+00:00")
    ]
    assert places(client, "/sitemap-pages-1.xml")[0][0] == "http://testserver/about/"


def test_the_map_has_the_lists_that_readers_look_for_with_their_latest_change(client, time_machine):
    make_site(posts_per_page=2)
    author = make_user("author", username="ada")
    tags = [Tag.objects.create(name=name, slug=name) for name in ("one", "two", "of-a-draft")]
    make_post(published_at="2026-05-09T00:00Z", status="draft").tags.add(tags[2])
    for day in (1, 2, 3):
        time_machine.move_to(f"2026-05-0{day}T12:00Z", tick=False)
        make_post(author=author, published_at=f"2026-05-0{day}T00:00Z").tags.add(tags[day % 2])
    make_post(author=make_user("author", first_name="Ada", username="b"), slug="hers")
    make_post(author=make_user("author", username="%"), slug="of-signs")
    Post.objects.filter(slug="of-signs").update(status="unlisted")
    assert places(client, "/sitemap-tags-1.xml") == [
        ("http://testserver/tags/one/", "2026-05-02T12:00:00+00:00"),
        ("http://testserver/tags/two/", "2026-05-03T12:00:00+00:00"),
    ]
    assert places(client, "/sitemap-authors-1.xml") == [
        ("http://testserver/author/ada/", "2026-05-03T12:00:00+00:00")
    ]
    assert places(client, "/sitemap-front-1.xml") == [
        ("http://testserver/", "2026-05-03T12:00:00+00:00")
    ]
    # What stands on a later page of the list changes nothing on the first.
    time_machine.move_to("2026-05-04T12:00Z", tick=False)
    Post.objects.order_by("published_at").first().save()
    assert places(client, "/sitemap-front-1.xml")[0][1].startswith("2026-05-03")
    assert places(client, "/sitemap-authors-1.xml")[0][1].startswith("2026-05-04")


def test_an_author_called_by_signs_alone_leaves_no_empty_part(client):
    author = make_user("author", first_name="★")
    make_post(author=author, slug="signs")
    parts = [address for address, _ in places(client, "/sitemap.xml")]
    assert parts
    assert [one for one in parts if client.get(one).status_code != 200] == []
    assert not any("authors" in one for one in parts)


@pytest.mark.parametrize("section", ["front", "posts", "pages", "tags", "authors"])
def test_a_part_of_the_map_takes_the_same_queries_for_any_number(
    client, section, django_assert_num_queries
):
    for number in range(5):
        make_post().tags.add(Tag.objects.create(name=f"n{number}", slug=f"n{number}"))
        make_post(kind="page")
    # Versions, what it holds, until when; of authors also who has a list.
    with django_assert_num_queries(3 + (section == "authors")):
        client.get(f"/sitemap-{section}-1.xml")


def test_the_map_of_an_empty_site_is_empty(client):
    assert places(client, "/sitemap.xml") == []
    for part in ("posts-1", "posts-0", "posts-999999", "drafts-1"):
        assert client.get(f"/sitemap-{part}.xml").status_code == 404


def test_a_long_map_is_cut_into_parts(client, monkeypatch):
    monkeypatch.setattr("blog.crawling.IN_A_PART", 2)
    made = [make_post(published_at=f"2026-01-0{day}T00:00Z") for day in (1, 2, 3)]
    parts = [address for address, _ in places(client, "/sitemap.xml") if "posts" in address]
    assert len(parts) == 2
    assert places(client, "/sitemap-posts-2.xml")[0][0].endswith(made[2].get_absolute_url())


def test_robots_are_told_of_the_map_and_of_what_is_none_of_theirs(client):
    answer = client.get("/robots.txt")
    assert answer["Content-Type"].startswith("text/plain")
    text = answer.content.decode()
    assert "Sitemap: http://testserver/sitemap.xml" in text
    assert "Disallow: /search/" in text
    assert "Disallow: /posts/" not in text


def test_a_post_says_what_it_is(client):
    author = make_user("author", first_name="Ada", last_name="Bergman")
    post = make_post(title="On “it” & <more>", summary="In short.", author=author)
    post.tags.add(Tag.objects.create(name="Freedom", slug="freedom"))
    found = read(client, post.get_absolute_url())
    graph = dict(found["opengraph"][0]["properties"])
    assert graph["og:type"] == "article"
    assert graph["og:title"] == post.title
    assert graph["og:description"] == "In short."
    assert graph["og:url"] == SITE + post.get_absolute_url()
    assert graph["og:image"].startswith(f"{SITE}/card/{post.pk}-")
    assert graph["article:published_time"]
    assert graph["article:modified_time"]
    assert graph["article:tag"] == "Freedom"
    (described,) = found["json-ld"]
    assert described["@type"] == "BlogPosting"
    assert described["headline"] == post.title
    assert described["author"] == {"@type": "Person", "name": "Ada Bergman"}
    assert described["keywords"] == ["Freedom"]
    assert described["commentCount"] == 0
    page = client.get(post.get_absolute_url()).content.decode()
    assert f'<link rel="canonical" href="{SITE}{post.get_absolute_url()}">' in page


def test_a_post_brings_its_published_comments_and_no_others(client):
    post = make_post()
    root = make_published(post, text="A *first* word", name="Hanna")
    make_published(post, parent=root, text="A second")
    send(post, text="canary", name="Unseen")
    (described,) = read(client, post.get_absolute_url())["json-ld"]
    first, second = described["comment"]
    assert described["commentCount"] == 2
    assert first["text"] == "A first word"
    assert first["author"] == {"@type": "Person", "name": "Hanna"}
    assert first["url"] == f"{SITE}{post.get_absolute_url()}c/1/"
    assert second["parentItem"]["@id"] == first["@id"]
    assert "canary" not in json.dumps(described)


def test_a_draft_says_nothing_to_machines(client):
    post = make_post(status="draft", title="Canary")
    client.force_login(make_user())
    page = client.get(post.get_absolute_url()).content.decode()
    assert "ld+json" not in page
    assert "og:url" not in page
    assert '<meta name="robots" content="noindex">' in page


@pytest.mark.parametrize("payload", OWN)
def test_no_text_leaves_its_script_element(payload):
    written = as_script({"text": payload})
    assert not re.search("[<>&]", written)
    assert json.loads(written) == {"text": payload}


def test_the_picture_of_a_post_is_kept_for_good_by_its_digest(client):
    post = make_post(title="What is owed " * 3)
    address = f"/card/{post.pk}-{card_digest(post)}.png"
    answer = client.get(address)
    assert answer["Content-Type"] == "image/png"
    assert "immutable" in answer["Cache-Control"]
    assert Image.open(BytesIO(answer.content)).size == (1200, 630)
    post.title = "Another"
    post.save()
    assert client.get(address).status_code == 404
    assert client.get(f"/card/{post.pk}-{card_digest(post)}.png").content != answer.content


def test_the_picture_of_a_draft_is_not_there(client):
    post = make_post(status="draft")
    assert client.get(f"/card/{post.pk}-{card_digest(post)}.png").status_code == 404


@pytest.mark.parametrize(
    "title",
    ["", "x" * 300, "word " * 60, "漢字の題名", "العربية", "😀", "\u202e\x01", "Ærø, Łódź, Ğ"],
)
def test_any_title_gives_a_picture(title):
    make_site(title=title[:100] or "Site")
    picture = Image.open(BytesIO(make_card(make_post(title=title))))
    picture.load()
    assert picture.size == (1200, 630)


def test_letters_that_the_font_lacks_are_not_drawn_as_boxes():
    make_site(title="Site")
    assert make_card(make_post(title="漢字")) == make_card(make_post(title="العربية"))
    assert make_card(make_post(title="One")) != make_card(make_post(title="Two"))
