"""What stands beside the form of a post: preview, unsaved texts, history, private link."""

import re

import pytest

from blog import markup
from blog.autosaving import keep_text, use_up
from blog.models import Autosave, Picture, Post, Tag
from blog.previews import link_of
from blog.rerendering import rerender, stale
from tests.blog.test_blog_admin import form
from tests.factories import make_post, make_published, make_user
from tests.pictures import picture

pytestmark = pytest.mark.django_db

ADMIN = "/admin/blog/post/"


@pytest.fixture
def author(client):
    user = make_user("author")
    client.force_login(user)
    return user


def change(client, post, **changed):
    fields = {"title": post.title, "slug": post.slug, "read_version": post.version, **changed}
    return client.post(f"{ADMIN}{post.pk}/change/", form(**fields))


# Preview


def test_the_preview_is_what_would_be_stored_and_stores_nothing(client, author):
    sent = {"title": "T", "body": "A *word* <script>alert(1)</script>", "fragment": "1"}
    answer = client.post(f"{ADMIN}preview/", sent)
    assert answer.content.decode() == make_post(body=sent["body"]).body_html
    assert "no-store" in answer["Cache-Control"]
    assert Post.objects.count() == 1


def test_without_a_script_the_preview_is_a_page(client, author):
    html = client.post(f"{ADMIN}preview/", {"title": "T", "body": "A *word*"}).content.decode()
    assert "<em>word</em>" in html
    assert "Nothing is saved yet" in html


# Who may what

HTTP = {
    "preview/": ("post", {}),
    "autosave/": ("post", {"slot": "abc"}),
    "upload/": ("post", {}),
    "{pk}/change/": ("get", {}),
    "{pk}/history/": ("get", {}),
    "{pk}/history/{revision}/": ("get", {}),
    "{pk}/history/{revision}/ ": ("post", {"version": "1"}),
    "{pk}/private-link/": ("post", {}),
    "autosave/{autosave}/discard/": ("post", {}),
    "autosave/ ": ("post", {"slot": "abc", "post": "{pk}"}),
}
ALLOWED = {
    "nobody": [302] * 10,
    "moderator": [403, 403, 403, 403, 404, 404, 404, 404, 404, 403],
    "another author": [200, 200, 400, 302, 404, 404, 404, 404, 404, 404],
    "author": [200, 200, 400, 200, 200, 200, 302, 302, 302, 200],
    "superuser": [200, 200, 400, 200, 200, 200, 302, 302, 404, 200],
}


@pytest.mark.parametrize("who", ALLOWED)
def test_each_role_and_address_has_its_answer(client, who):
    owner = make_user("author")
    post = make_post(author=owner)
    kept = keep_text(slot="mine", post=post, based_on=1, texts={"body": "x"}, by=owner)
    people = {
        "moderator": lambda: make_user("moderator"),
        "another author": lambda: make_user("author"),
        "author": lambda: owner,
        "superuser": make_user,
    }
    if who in people:
        client.force_login(people[who]())
    names = {"pk": post.pk, "revision": post.history.get().pk, "autosave": kept.pk}
    answers = []
    for address, (method, fields) in HTTP.items():
        sent = {key: value.format(**names) for key, value in fields.items()}
        place = ADMIN + address.strip().format(**names)
        answers.append(getattr(client, method)(place, sent).status_code)
    assert answers == ALLOWED[who]


@pytest.mark.parametrize(
    "address", ["preview/", "autosave/", "upload/", "{pk}/private-link/", "autosave/{pk}/discard/"]
)
def test_what_changes_something_refuses_get(client, author, address):
    post = make_post(author=author)
    assert client.get(ADMIN + address.format(pk=post.pk)).status_code == 405


# Two tabs


def test_a_post_saved_meanwhile_is_not_overwritten_unseen(client, author):
    post = make_post(author=author, body="Old.")
    assert change(client, post, body="First.").status_code == 302
    answer = change(client, post, body="Second.", tag_words="a, b")
    assert answer.status_code == 200
    html = answer.content.decode()
    assert "saved elsewhere after you opened it" in html
    assert "Second." in html
    assert 'value="a, b"' in html
    assert "<del>First.</del>" in html
    post.refresh_from_db()
    assert post.body == "First."
    shown = re.search(r'name="read_version" value="(\d+)"', html)[1]
    assert change(client, post, body="Second.", read_version=shown).status_code == 302
    post.refresh_from_db()
    assert post.body == "Second."
    assert [one.body for one in post.history.all()] == ["Second.", "First.", "Old."]


def test_saving_without_a_change_makes_no_revision(client, author):
    post = make_post(author=author)
    client.post(
        f"{ADMIN}{post.pk}/change/",
        form(title=post.title, slug=post.slug, body=post.body,
             published_at_0=f"{post.published_at:%Y-%m-%d}",
             published_at_1=f"{post.published_at:%H:%M:%S}", read_version=1),
    )  # fmt: skip
    assert post.history.count() == 1


# Unsaved texts


def autosave(client, **fields):
    return client.post(f"{ADMIN}autosave/", {"slot": "tab1", "title": "T", "body": "B", **fields})


def test_each_tab_keeps_a_text_of_its_own(client, author):
    post = make_post(author=author)
    autosave(client, post=post.pk, read_version=1, body="one")
    autosave(client, post=post.pk, read_version=1, body="two", slot="tab2")
    autosave(client, post=post.pk, read_version=1, body="one more")
    assert set(Autosave.objects.values_list("body", flat=True)) == {"one more", "two"}
    html = client.get(f"{ADMIN}{post.pk}/change/").content.decode()
    assert html.count("go on with it") == 2


def test_going_on_with_an_unsaved_text_changes_nothing_until_it_is_saved(client, author):
    post = make_post(author=author, body="Old.")
    autosave(client, post=post.pk, read_version=1, body="Newer words.")
    one = Autosave.objects.get()
    html = client.get(f"{ADMIN}{post.pk}/change/?autosave={one.pk}").content.decode()
    assert "Newer words." in html
    assert 'name="slot" value="tab1"' in html
    assert Post.objects.get().body == "Old."
    change(client, post, body="Newer words.", slot="tab1")
    assert not Autosave.objects.waiting().exists()
    assert "tab1" in client.get(f"{ADMIN}add/").content.decode()  # so a browser drops its copy


def test_an_unsaved_text_of_an_older_version_meets_the_check(client, author):
    post = make_post(author=author, body="Old.")
    autosave(client, post=post.pk, read_version=1, body="Mine.")
    change(client, post, body="Theirs.")
    one = Autosave.objects.get(slot="tab1")
    html = client.get(f"{ADMIN}{post.pk}/change/?autosave={one.pk}").content.decode()
    assert 'name="read_version" value="1"' in html
    assert change(client, post, body="Mine.", read_version=1).status_code == 200


def test_a_saved_form_takes_no_more_text(client, author):
    autosave(client)
    use_up(slot="tab1", by=author)
    assert autosave(client, body="late").status_code == 409
    assert Autosave.objects.get().body == ""


def test_nobody_sees_or_discards_anothers_unsaved_text(client, author):
    other = make_user("author")
    one = keep_text(slot="x", post=None, based_on=0, texts={"body": "Secret."}, by=other)
    html = client.get(f"{ADMIN}add/?autosave={one.pk}").content.decode()
    assert "Secret." not in html
    assert client.post(f"{ADMIN}autosave/{one.pk}/discard/").status_code == 404
    assert Autosave.objects.exists()


# History


def test_an_earlier_text_is_compared_and_brought_back(client, author):
    post = make_post(author=author, title="First title", body="The first text.")
    change(client, post, title="Second title", body="The second text.")
    first = post.history.last()
    history = client.get(f"{ADMIN}{post.pk}/history/").content.decode()
    assert "body, published at, title" in history
    address = f"{ADMIN}{post.pk}/history/{first.pk}/"
    assert "<ins>second </ins>" in client.get(address).content.decode()
    assert client.post(address, {"version": "1"}).status_code == 302  # not the present version
    assert Post.objects.get().title == "Second title"
    client.post(address, {"version": "2"})
    post = Post.objects.get()
    assert (post.title, post.body, post.status) == ("First title", "The first text.", "published")
    assert "<p>The first text.</p>" in post.body_html
    newest = post.history.first()
    assert newest.history_user == author
    assert "restored" in newest.history_change_reason


def test_a_revision_of_another_post_is_not_there(client, author):
    post, other = make_post(author=author), make_post()
    address = f"{ADMIN}{post.pk}/history/{other.history.get().pk}/"
    assert client.get(address).status_code == 404


# The private link


def test_a_private_link_shows_a_draft_until_it_is_revoked(client, author):
    post = make_post(author=author, status="draft", body="Not yet.")
    client.post(f"{ADMIN}{post.pk}/private-link/")
    post.refresh_from_db()
    link = link_of(post)
    client.logout()
    answer = client.get(link)
    assert "Not yet." in answer.content.decode()
    assert "no-store" in answer["Cache-Control"]
    assert (answer["X-Robots-Tag"], answer["Referrer-Policy"]) == ("noindex", "no-referrer")
    assert client.get(link[:-2] + "x/").status_code == 404
    client.force_login(author)
    client.post(f"{ADMIN}{post.pk}/private-link/", {"revoke": "1"})
    client.logout()
    assert client.get(link).status_code == 404


def test_a_new_private_link_ends_the_earlier_and_a_published_post_takes_its_place(client, author):
    post = make_post(author=author, status="draft")
    links = []
    for _ in range(2):
        client.post(f"{ADMIN}{post.pk}/private-link/")
        post.refresh_from_db()
        links.append(link_of(post))
    assert client.get(links[0]).status_code == 404
    change(client, post, status="published")
    assert client.get(links[1])["Location"] == post.get_absolute_url()


# Pictures and words at publication


def test_a_picture_without_words_is_no_trouble_in_a_draft_but_at_publication(client, author):
    wordless = "![](/pictures/0123456789abcdef/)"
    answer = client.post(f"{ADMIN}add/", form(body=wordless, status="draft"))
    assert answer.status_code == 302
    post = Post.objects.get()
    answer = change(client, post, body=wordless, status="published")
    assert "A picture has no words for readers" in answer.content.decode()
    post.refresh_from_db()
    assert post.status == "draft"
    answer = change(client, post, body=wordless.replace("[]", "[A wall]"), status="published")
    assert answer.status_code == 302


def test_an_old_post_with_wordless_pictures_can_still_be_mended(client, author):
    post = make_post(author=author, body='<img src="/a.png">', body_format="html")
    fields = {"body_format": "html"}
    answer = change(client, post, body='<p>Typo.</p><img src="/a.png">', **fields)
    assert answer.status_code == 302
    post.refresh_from_db()
    answer = change(client, post, body='<img src="/a.png"><img src="/b.png">', **fields)
    assert "A picture has no words" in answer.content.decode()
    assert "/b.png" in answer.content.decode()


def test_an_upload_answers_with_what_to_put_into_the_text(client, author, tmp_path):
    (tmp_path / "wall.png").write_bytes(picture("PNG"))
    with (tmp_path / "wall.png").open("rb") as file:
        said = client.post(f"{ADMIN}upload/", {"file": file}).json()
    one = Picture.objects.get()
    assert (said["markdown"], one.uploaded_by) == (f"![](/pictures/{one.key}/)", author)
    assert "wall.png is uploaded" in said["said"]


def test_a_used_picture_can_not_be_deleted_and_an_unused_one_can(client, author, tmp_path):
    (tmp_path / "wall.png").write_bytes(picture("PNG"))
    with (tmp_path / "wall.png").open("rb") as file:
        answer = client.post("/admin/blog/picture/add/", {"file": file}, follow=True)
    one = Picture.objects.get()
    assert one.markdown in answer.content.decode()
    post = make_post(author=author, body=one.markdown)
    delete = f"/admin/blog/picture/{one.pk}/delete/"
    assert client.post(delete, {"post": "yes"}).status_code == 403
    post.delete()
    assert client.post(delete, {"post": "yes"}).status_code == 302
    assert not Picture.objects.exists()


def test_another_authors_pictures_are_not_listed(client, author):
    Picture.objects.create(name="theirs.png", width=1, height=1, uploaded_by=make_user("author"))
    assert "theirs.png" not in client.get("/admin/blog/picture/").content.decode()


# Tags, canonical address, unlisted


def test_tags_are_written_with_commas_and_made_once(client, author):
    Tag.objects.create(name="Virtue", slug="virtue")
    client.post(f"{ADMIN}add/", form(tag_words="virtue, Natural law ,, natural  law, C++, C"))
    tags = Post.objects.get().tags
    assert {tag.name for tag in tags.all()} == {"Virtue", "natural law", "C++", "C"}
    assert len({tag.slug for tag in tags.all()}) == 4


def test_a_canonical_address_is_told_to_search_engines(client, author):
    post = make_post(author=author, canonical_url="https://example.org/first")
    html = client.get(post.get_absolute_url()).content.decode()
    assert '<link rel="canonical" href="https://example.org/first">' in html
    answer = change(client, post, canonical_url="ftp://example.org/")
    assert answer.status_code == 200


def test_comments_under_an_unlisted_post_are_in_its_own_feed_alone(client):
    post = make_post(slug="canary", status="unlisted")
    make_published(post, text="A canary sings.")
    assert "A canary sings." in client.get("/posts/canary/").content.decode()
    assert "A canary sings." in client.get("/posts/canary/comments.atom").content.decode()
    assert "A canary sings." not in client.get("/comments.atom").content.decode()
    post.status = "published"
    post.save()
    assert "A canary sings." in client.get("/comments.atom").content.decode()


def test_an_unlisted_post_is_for_whoever_has_its_address(client):
    post = make_post(slug="canary", title="Canary", status="unlisted")
    post.tags.add(Tag.objects.create(name="t", slug="t"))
    assert (post.is_published, post.is_listed, post.accepts_comments) == (True, False, True)
    html = client.get("/posts/canary/").content.decode()
    assert '<meta name="robots" content="noindex">' in html
    for address in ("/", "/tags/t/", "/comments.atom"):
        assert "Canary" not in client.get(address).content.decode()
    page = make_post(kind="page", slug="quiet", title="Quiet", status="unlisted", in_menu=True)
    assert client.get(page.get_absolute_url()).status_code == 200
    assert "Quiet" not in client.get("/").content.decode()


# Rendering again


def test_stale_posts_are_rendered_again_without_a_revision():
    post = make_post(body="A *word*")
    Post.objects.update(html_version=0, body_html="old")
    before = Post.objects.get().updated_at
    assert rerender(lambda done: None) == 1
    post.refresh_from_db()
    assert "<em>word</em>" in post.body_html
    assert (post.html_version, post.updated_at) == (markup.VERSION, before)
    assert post.history.count() == 1
    assert not stale().exists()
