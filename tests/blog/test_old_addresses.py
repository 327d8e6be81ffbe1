"""Links to where something was lead to where it is, and give nothing away."""

import pytest
from django.contrib.redirects.models import Redirect

from blog.models import Post, Tag
from blog.old_addresses import leave_redirect, leave_redirect_of_move
from tests.blog.test_blog_admin import form
from tests.factories import make_post, make_published, make_user

pytestmark = pytest.mark.django_db


def leads(client, address):
    """Where an old address leads, or its status if nowhere."""
    answer = client.get(address)
    return answer.url if answer.status_code == 301 else answer.status_code


def rename(client, post, slug):
    client.force_login(make_user())
    answer = client.post(
        f"/admin/blog/post/{post.pk}/change/",
        form(slug=slug, status=post.status, author=post.author_id),
    )
    assert answer.status_code == 302, answer.context["errors"]
    client.logout()


def test_another_slug_leaves_a_redirect_for_all_below_it(client):
    post = make_post(slug="first")
    make_published(post)
    rename(client, post, "second")
    assert leads(client, "/posts/first/") == "/posts/second/"
    assert leads(client, "/posts/first") == "/posts/second/"
    assert leads(client, "/posts/first/c/1/") == "/posts/second/c/1/"
    assert leads(client, "/posts/first/?page=2") == "/posts/second/?page=2"
    assert leads(client, "/posts/first/comments.atom") == "/posts/second/comments.atom"


def test_renamed_twice_leads_straight_and_back_again_leads_nowhere(client):
    post = make_post(slug="first")
    rename(client, post, "second")
    rename(client, post, "third")
    assert leads(client, "/posts/first/") == "/posts/third/"
    assert leads(client, "/posts/second/") == "/posts/third/"
    rename(client, post, "first")
    assert leads(client, "/posts/second/") == "/posts/first/"
    assert client.get("/posts/first/").status_code == 200


def test_a_post_at_the_top_of_the_site_as_wordpress_has_it(client):
    make_post(slug="named")
    make_post(slug="about", kind="page")
    make_post(slug="draft", status="draft")
    make_post(slug="later", published_at="2999-01-01T00:00Z")
    assert leads(client, "/named/") == "/posts/named/"
    assert leads(client, "/named/?utm_source=x") == "/posts/named/?utm_source=x"
    assert client.get("/about/").status_code == 200
    assert leads(client, "/draft/") == leads(client, "/later/") == 404
    assert leads(client, "/named/comment/") == 404
    leave_redirect(old_path="/named/", new_path=make_post(slug="other").get_absolute_url())
    assert leads(client, "/named/") == "/posts/other/"  # what an import knows better


def test_lists_feeds_and_the_icon_where_others_have_them(client):
    assert leads(client, "/page/2/") == "/?page=2"
    assert leads(client, "/comments/feed/") == "/comments.atom"
    icon = client.get("/favicon.ico")
    assert icon.status_code == 302
    assert icon.url.endswith(".svg")


def test_a_draft_leaves_no_trace(client):
    post = make_post(slug="first", status="draft", published_at=None)
    rename(client, post, "second")
    assert not Redirect.objects.exists()
    was = make_post(slug="was")
    was.slug = "now"
    was.save()
    was.status = "draft"
    assert leave_redirect_of_move(was=was, now=was) is False


def test_what_was_withdrawn_is_not_given_away(client):
    post = make_post(slug="canary")
    leave_redirect(old_path="/old/", new_path=post.get_absolute_url())
    assert leads(client, "/old/") == "/posts/canary/"
    post.status = "draft"
    post.save()
    assert leads(client, "/old/") == 404
    assert leads(client, "/2026/01/canary.html") == 404


def test_a_row_of_the_operator_counts_and_an_empty_one_says_gone(client):
    Redirect.objects.create(site_id=1, old_path="/ärger/x.html", new_path="https://b.example/")
    Redirect.objects.create(site_id=1, old_path="/gone/", new_path="")
    assert leads(client, "/%C3%A4rger/x.html") == "https://b.example/"
    assert leads(client, "/gone/") == 410


def test_nothing_below_an_old_address_leads_to_a_site_that_a_stranger_chose(client):
    Redirect.objects.create(site_id=1, old_path="/old-page/", new_path="/")
    Redirect.objects.create(site_id=1, old_path="/moved/", new_path="https://b.example/x/")
    assert leads(client, "/old-page/") == "/"
    for below in ("/evil.example/", "/evil.example", "%2Fevil.example/", "//evil.example/"):
        assert leads(client, f"/old-page/{below}") == 404, below
        assert leads(client, f"/moved/{below}") == 404, below
    assert leads(client, "/moved/deeper") == "https://b.example/x/deeper"


def test_a_row_is_not_overwritten_and_too_long_a_path_is_none():
    one, other = make_post(), make_post()
    assert leave_redirect(old_path="/x/", new_path=one.get_absolute_url()) is True
    assert leave_redirect(old_path="/x/", new_path=other.get_absolute_url()) is False
    assert Redirect.objects.get().new_path == one.get_absolute_url()
    assert leave_redirect(old_path="/" + "x" * 200, new_path=one.get_absolute_url()) is False
    assert leave_redirect(old_path=one.get_absolute_url(), new_path=one.get_absolute_url()) is False


@pytest.mark.parametrize(
    "address",
    ["/2020/05/slug.html", "/2020/05/06/slug/", "/2020/05/slug/", "/2020/05/06/slug"],
)
def test_the_shapes_of_blogger_and_wordpress_are_answered(client, address):
    make_post(slug="slug")
    answer = client.get(address, follow=True)
    assert answer.redirect_chain[-1] == ("/posts/slug/", 301)


def test_pages_tags_and_feeds_too(client):
    make_post(kind="page", slug="about")
    make_post().tags.add(Tag.objects.create(name="Free will", slug="free-will"))
    assert leads(client, "/p/about.html") == "/about/"
    for old in ("/category/free-will/", "/tag/free-will/", "/search/label/Free%20will"):
        assert leads(client, old) == "/tags/free-will/"
    assert leads(client, "/tag/free-will/feed/") == "/tags/free-will/feed.rss"
    for old, suffix in {
        "/feed/": "rss", "/feed/atom/": "atom", "/rss.xml": "rss", "/atom.xml": "atom",
        "/feeds/posts/default": "atom", "/feeds/posts/default?alt=rss": "rss",
    }.items():  # fmt: skip
        assert leads(client, old) == f"/feed.{suffix}"
    make_post(published_at="2020-05-06T12:00Z")
    assert leads(client, "/2020/05/06/") == "/2020/05/"


def test_lists_as_wordpress_asks_the_first_page_for_them(client):
    make_post(published_at="2020-05-06T12:00Z").tags.add(Tag.objects.create(name="Will", slug="w"))
    for asked, where in {
        "s=free+will": "/search/?q=free+will", "s=%22a%26b": "/search/?q=%22a%26b",
        "feed=rss2": "/feed.rss", "feed=atom": "/feed.atom", "m=202005": "/2020/05/",
        "m=20200506": "/2020/05/", "m=2020": "/2020/", "paged=2": "/?page=2", "tag=w": "/tags/w/",
    }.items():  # fmt: skip
        assert leads(client, f"/?{asked}") == where
    for other in ("s=", "m=202013", "m=x", "paged=0", "paged=%D9%A1", "feed=%00", "tag=%00"):
        assert client.get(f"/?{other}").status_code == 200, other
    Post.objects.update(status="draft")
    assert client.get("/?tag=w").status_code == 200


def test_later_pages_months_searches_and_feeds_of_labels(client):
    tag = Tag.objects.create(name="Free will", slug="free-will")
    make_post(published_at="2020-05-06T12:00Z").tags.add(tag)
    for old, where in {
        "/2020/page/2/": "/2020/?page=2", "/2020/05/page/2/": "/2020/05/?page=2",
        "/category/mind/free-will/page/3/": "/tags/free-will/?page=3",
        "/tag/free-will/feed/": "/tags/free-will/feed.rss",
        "/2020_05_01_archive.html": "/2020/05/", "/search/free%20will/": "/search/?q=free+will",
        "/feeds/posts/default/-/Free%20will": "/tags/free-will/feed.atom",
        "/feeds/posts/default/-/Free%20will?alt=rss": "/tags/free-will/feed.rss",
        "/feeds/comments/default": "/comments.atom", "/sitemap_index.xml": "/sitemap.xml",
        "/wp-sitemap.xml": "/sitemap.xml", "/index.html": "/", "/index.php": "/",
    }.items():  # fmt: skip
        assert leads(client, old) == where
    for none in ("/2020_13_01_archive.html", "/feeds/posts/default/-/x", "/category/page/3/"):
        assert leads(client, none) == 404


def test_an_old_shape_of_a_slug_that_was_changed_leads_there_too(client):
    post = make_post(slug="first")
    rename(client, post, "second")
    for old in ("/first/", "/2020/05/first.html", "/2020/05/06/first/"):
        assert leads(client, old) == "/posts/second/"
    Post.objects.update(status="draft")
    for old in ("/first/", "/2020/05/first.html", "/second/"):
        assert leads(client, old) == 404


def test_a_row_goes_before_a_slug_that_only_looks_alike(client):
    make_post(slug="slug")
    leave_redirect(
        old_path="/2020/05/slug.html", new_path=make_post(slug="slug-2").get_absolute_url()
    )
    assert leads(client, "/2020/05/slug.html") == "/posts/slug-2/"
    assert leads(client, "/2021/05/slug.html") == "/posts/slug/"


def test_an_address_by_number(client):
    leave_redirect(old_path="/?p=123", new_path=make_post(slug="numbered").get_absolute_url())
    assert leads(client, "/?p=123") == "/posts/numbered/"
    for unknown in ("/?p=124", "/?p=x", "/?p=" + "9" * 50, "/?p=%00", "/?page=1"):
        assert client.get(unknown).status_code == 200


def test_what_is_nowhere_costs_one_query_more(client, django_assert_max_num_queries):
    make_post(kind="page", slug="about", in_menu=True)
    with django_assert_max_num_queries(2):  # redirects, and the menu of the page that says so
        assert client.get("/no/such/thing/").status_code == 404


def test_a_form_is_never_sent_elsewhere(client):
    leave_redirect(old_path="/old/x.php", new_path=make_post().get_absolute_url())
    assert leads(client, "/old/x.php") != 404
    assert client.post("/old/x.php").status_code == 404


def test_the_feeds_of_a_posts_comments_where_wordpress_has_them(client):
    make_post(slug="slug")
    make_post(slug="about", kind="page")
    make_post(slug="hidden", status="draft")
    for old in (
        "/slug/feed/",
        "/posts/slug/feed/",
        "/2020/05/06/slug/feed/",
        "/2020/05/slug/feed/",
    ):
        assert leads(client, old) == "/posts/slug/comments.atom", old
    assert leads(client, "/about/feed/") == "/about/comments.atom"
    for none in ("/hidden/feed/", "/posts/hidden/feed/", "/2020/05/hidden/feed/", "/no/feed/"):
        assert leads(client, none) == 404, none
    rename(client, Post.objects.get(slug="slug"), "now")
    for old in ("/slug/feed/", "/posts/slug/feed/", "/2020/05/06/slug/feed/"):
        assert client.get(old, follow=True).redirect_chain[-1][0] == "/posts/now/comments.atom", old
    leave_redirect(old_path="/2019/a/", new_path="https://b.example/")
    assert leads(client, "/2019/a/feed/") == 404  # whatever is there, is not ours to name


def test_a_tag_may_be_called_feed(client):
    make_post().tags.add(Tag.objects.create(name="feed", slug="feed"))
    assert leads(client, "/tag/feed/") == leads(client, "/category/feed/") == "/tags/feed/"
    assert leads(client, "/tag/feed/feed/") == "/tags/feed/feed.rss"
    assert client.get("/tags/feed/").status_code == 200


def test_an_author_where_wordpress_has_one(client):
    ada = make_user("author", username="ada", first_name="Ada", last_name="Bergman")
    make_post(author=ada)
    leave_redirect(old_path="/author/ada/", new_path="/author/ada-bergman/")
    leave_redirect(old_path="/?author=3", new_path="/author/ada-bergman/")
    assert leads(client, "/author/ada/") == "/author/ada-bergman/"
    assert leads(client, "/?author=3") == "/author/ada-bergman/"
    assert leads(client, "/author/ada-bergman/feed/") == "/author/ada-bergman/feed.rss"
    assert leads(client, "/author/ada-bergman/feed/atom/") == "/author/ada-bergman/feed.atom"
    assert leads(client, "/author/ada-bergman/page/2/") == "/author/ada-bergman/?page=2"
    for old, where in {"feed/": "feed.rss", "page/2/": "?page=2", "feed.atom": "feed.atom"}.items():
        chain = client.get(f"/author/ada/{old}", follow=True).redirect_chain
        assert chain[-1][0] == f"/author/ada-bergman/{where}"
    assert leads(client, "/author/nobody/feed/") == leads(client, "/author/nobody/page/2/") == 404
    Post.objects.update(status="draft")
    for old in ("/author/ada/", "/author/ada/feed/", "/author/ada-bergman/feed/"):
        assert leads(client, old) == 404  # nor is the name given away
    assert client.get("/?author=3").status_code == 200


def test_a_tag_that_had_another_name_or_a_number(client):
    post = make_post()
    post.tags.add(Tag.objects.create(name="Mind", slug="mind"))
    leave_redirect(old_path="/?cat=7", new_path="/tags/mind/")
    leave_redirect(old_path="/category/spirit/", new_path="/tags/mind/")
    leave_redirect(old_path="/tags/geist/", new_path="/tags/mind/")
    for old, where in {
        "/?cat=7": "", "/category/spirit/": "", "/category/old/spirit/": "",
        "/category/spirit/feed/": "feed.rss", "/category/spirit/feed/atom/": "feed.atom",
        "/tag/mind/feed/rss2/": "feed.rss", "/category/spirit/page/2/": "?page=2",
        "/tags/geist/": "", "/tags/geist/feed.atom": "feed.atom", "/tags/geist/?page=2": "?page=2",
    }.items():  # fmt: skip
        assert leads(client, old) == f"/tags/mind/{where}", old
    assert leads(client, "/tag/spirit/") == 404
    Post.objects.update(status="draft")
    assert client.get("/?cat=7").status_code == 200
    for old in ("/category/spirit/", "/tags/geist/", "/tags/geist/feed.atom"):
        assert leads(client, old) == 404, old


def test_another_slug_of_a_tag_and_another_name_of_an_author_leave_redirects(client):
    ada = make_user("author", username="ada")
    tag = Tag.objects.create(name="Mind", slug="mind")
    make_post(author=ada).tags.add(tag)
    make_post(author=make_user("author", first_name="Two", username="x"))
    make_post(author=make_user("author", first_name="Two", username="y"))
    client.force_login(make_user())

    def change(where, **form):
        answer = client.post(where, form)
        assert answer.status_code == 302, answer.context["errors"]

    change(f"/admin/blog/tag/{tag.pk}/change/", name="Mind", slug="geist")
    for old, now in {"/tags/mind/": "/tags/geist/", "/tags/mind/feed.atom": "/tags/geist/feed.atom"
                     }.items():  # fmt: skip
        assert leads(client, old) == now

    def call(user, first_name, username):
        joined = {"date_joined_0": "2026-01-01", "date_joined_1": "12:00", "is_active": "on"}
        where = f"/admin/auth/user/{user.pk}/change/"
        change(where, username=username, first_name=first_name, last_name="", **joined)

    call(ada, "Ada B.", "ada")
    assert leads(client, "/author/ada/feed.rss") == "/author/ada-b/feed.rss"
    call(ada, "Ada", "ada")
    assert client.get("/author/ada/").status_code == 200
    assert leads(client, "/author/ada-b/") == "/author/ada/"
    call(Post.objects.filter(author__username="x").get().author, "Three", "x")
    assert client.get("/author/two/").status_code == 200  # another is called so
    assert not Redirect.objects.filter(old_path="/author/two/").exists()


def test_a_list_that_the_first_page_is_asked_for_by_name(client):
    ada = make_user("author", username="ada", first_name="Ada", last_name="Bergman")
    make_post(author=ada).tags.add(Tag.objects.create(name="Mind", slug="mind"))
    leave_redirect(old_path="/author/ada/", new_path="/author/ada-bergman/")
    leave_redirect(old_path="/tags/geist/", new_path="/tags/mind/")
    leave_redirect(old_path="/category/spirit/", new_path="/tags/mind/")
    leave_redirect(old_path="/tags/gone/", new_path="")
    for asked, where in {
        "author_name=ada": "/author/ada-bergman/",
        "author_name=ada-bergman": "/author/ada-bergman/",
        "author_name=ada&paged=2": "/author/ada-bergman/?page=2",
        "author_name=ada&feed=rss2": "/author/ada-bergman/feed.rss",
        "tag=geist": "/tags/mind/", "tag=mind&feed=atom": "/tags/mind/feed.atom",
        "tag=geist&paged=3": "/tags/mind/?page=3", "category_name=spirit": "/tags/mind/",
        "category_name=mind": "/tags/mind/", "tag=nothing&feed=rss2": "/feed.rss", "tag=gone": 410,
    }.items():  # fmt: skip
        assert leads(client, f"/?{asked}") == where, asked
    for none in ("author_name=nobody", "author_name=%00", "author_name=", "author_name=%2Fx",
                 "tag=spirit", "author_name=" + "x" * 500):  # fmt: skip
        assert client.get(f"/?{none}").status_code == 200, none
    assert leads(client, "/tag/geist/") == "/tags/mind/"
    assert leads(client, "/category/geist/feed/") == "/tags/mind/feed.rss"
    Post.objects.update(status="draft")
    for hidden in ("author_name=ada", "author_name=ada-bergman", "tag=geist", "tag=mind"):
        assert client.get(f"/?{hidden}").status_code == 200, hidden
    assert leads(client, "/tag/geist/") == 404


def test_another_name_on_the_first_page_of_the_site_leaves_a_redirect_too(client):
    owner = make_user(username="owner")
    make_post(author=owner)
    client.force_login(owner)
    form = {"title": "A", "author": "Ada Bergman", "language": "en", "time_zone": "UTC"}
    assert client.post("/admin/first-run/", form).status_code == 302
    assert leads(client, "/author/owner/") == "/author/ada-bergman/"
    assert leads(client, "/author/owner/feed.rss") == "/author/ada-bergman/feed.rss"


def test_an_account_that_is_saved_for_another_reason_is_not_asked_about(
    django_assert_num_queries,
):
    user = make_user(username="owner")
    with django_assert_num_queries(1):
        user.save(update_fields=["last_login"])
