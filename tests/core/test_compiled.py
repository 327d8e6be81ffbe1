"""What is compiled once asks and stores as query sets and `save` do, each time other values."""

from datetime import timedelta
from threading import Event, Thread, current_thread

import pytest
from django.db import IntegrityError, connection, models, transaction
from django.db.models import Exists, F, OuterRef, Value
from django.db.models.functions import Now
from django.utils import timezone

from blog.models import Post, Tag
from comments.models import Comment, RecordedReason
from core.compiled import Compiled, CompiledInsert, Given, hand_over
from tests.factories import make_post, make_published, send

pytestmark = pytest.mark.django_db

COLUMNS = ("name", "no", "some", "n")


def under(post):
    return Comment.objects.select_related("post__author", "parent").filter(post=post)


@pytest.fixture
def posts():
    posts = [make_post(slug="one"), make_post(slug="two")]
    for post in posts:
        first = make_published(post, name=f"First of {post.slug}")
        make_published(post, first, name=f"Reply of {post.slug}")
    return posts


def state(row):
    """All that a model holds, with what came along."""
    cached = {name: state(one) for name, one in row._state.fields_cache.items() if one is not None}
    none = {name for name, one in row._state.fields_cache.items() if one is None}
    return {**row.__dict__, "_state": (row._state.adding, row._state.db, cached, none)}


def test_models_come_as_from_the_query_set_with_what_it_selects_along(posts):
    compiled = Compiled(lambda: under(Given("post")).order_by("pk"))
    for post in [*posts, *posts]:
        expected = [state(row) for row in under(post).order_by("pk")]
        assert len(expected) == 2
        assert [state(row) for row in compiled.rows(post=post.pk)] == expected


def test_one_query_and_none_more_for_what_came_along(posts, django_assert_num_queries):
    compiled = Compiled(lambda: under(Given("post")).order_by("pk"))
    compiled.rows(post=posts[0].pk)
    with django_assert_num_queries(1):
        rows = compiled.rows(post=posts[1].pk)
        assert {row.post.author for row in rows} == {posts[1].author}


def test_annotations_and_tuples(posts):
    def asked(name):
        named = Comment.objects.filter(pk=OuterRef("pk"), name=name)
        rows = Comment.objects.annotate(is_it=Exists(named), twice=F("pk") * 2, no=Value("no"))
        return rows.order_by("pk")

    compiled = Compiled(lambda: asked(Given("name")))
    columns = Compiled(lambda: asked(Given("name")).values_list("name", "is_it", "twice"))
    for name in ("First of one", "Reply of two"):
        plain = asked(name)
        assert [(r.pk, r.is_it, r.twice, r.no) for r in compiled.rows(name=name)] == [
            (r.pk, r.is_it, r.twice, r.no) for r in plain
        ]
        assert columns.tuples(name=name) == list(plain.values_list("name", "is_it", "twice"))


def test_first_is_none_where_nothing_is(posts):
    compiled = Compiled(lambda: under(Given("post")).filter(name=Given("name"))[:1])
    assert compiled.first(post=posts[0].pk, name="First of one").name == "First of one"
    assert compiled.first(post=posts[0].pk, name="First of two") is None


def test_values_are_values_and_never_sql(posts):
    compiled = Compiled(lambda: Comment.objects.filter(name=Given("name")))
    for name in ("' OR true --", "%s", "%(name)s", "a\\'b"):
        assert compiled.rows(name=name) == []
        Comment.objects.filter(name="First of one").update(name=name)
        assert [row.name for row in compiled.rows(name=name)] == [name]
        Comment.objects.filter(name=name).update(name="First of one")


def test_a_value_that_is_not_given_is_an_error(posts):
    compiled = Compiled(lambda: under(Given("post")))
    with pytest.raises(KeyError, match="post"):
        compiled.rows()


def test_a_moment_must_be_given_or_it_would_stand_still(posts):
    compiled = Compiled(lambda: Post.objects.published().order_by("pk"))
    with pytest.raises(TypeError, match="would stay for good"):
        compiled.rows()
    compiled = Compiled(lambda: Post.objects.published(Given("now")).order_by("pk"))
    assert compiled.rows(now=timezone.now()) == posts
    assert compiled.rows(now=timezone.now() - timedelta(days=9999)) == []


@pytest.mark.django_db(transaction=True)
def test_threads_share_it_with_a_connection_each():
    post = make_post()
    make_published(post)
    compiled = Compiled(lambda: under(Given("post")))
    seen = {}

    def ask(n):
        for _ in range(20):
            seen[n] = [row.pk for row in compiled.rows(post=post.pk)]
        connection.close()

    threads = [Thread(target=ask, args=[n]) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    expected = [row.pk for row in under(post)]
    assert seen == dict.fromkeys(range(4), expected)
    assert compiled.rows(post=post.pk)[0].pk == expected[0]


class Meeting(Value):
    """One that waits, while it is compiled, for what the threads have to wait for."""

    def __init__(self, meet):
        super().__init__(1)
        self.meet = meet

    def as_sql(self, compiler, connection):
        self.meet()
        return super().as_sql(compiler, connection)


@pytest.mark.django_db(transaction=True)
def test_two_threads_at_its_first_use_do_not_spoil_it():
    """Django counts in a query set, while it compiles it, which tables it takes. From Python 3.12
    on, nothing keeps two threads from doing that at once.
    """
    post = make_post()
    published = make_published(post)
    first_is_there, second_is_there, first_is_done = Event(), Event(), Event()

    def meet():
        if current_thread() is first:
            first_is_there.set()
            second_is_there.wait(0.5)
        elif not first_is_done.is_set():
            second_is_there.set()
            first_is_done.wait(2)

    def ask():
        compiled.rows(post=post.pk)
        connection.close()
        first_is_done.set()

    compiled = Compiled(lambda: under(Given("post")).annotate(met=Meeting(meet)))
    first = Thread(target=ask)
    first.start()
    first_is_there.wait(10)
    assert [row.post.author for row in compiled.rows(post=post.pk)] == [post.author]
    first.join()
    assert compiled.rows(post=post.pk) == [published]


# Inserts


def made(post, **fields):
    """A reason of a comment, not stored."""
    at = timezone.now()
    fields = {"rule": "links", "effect": "hold", "sentence": "It has links.", **fields}
    return RecordedReason(comment=send(post), recorded_at=at, **fields)


def test_rows_are_stored_as_by_save_with_their_keys(posts, django_assert_num_queries):
    insert = CompiledInsert(RecordedReason)
    insert([])
    for count in (1, 3, 1):
        evidence = {"found": ["%s", "'; --", "ü\\"], "n": count, "none": None}
        rows = [made(posts[0], evidence=evidence, advice=f"{n}") for n in range(count)]
        with django_assert_num_queries(1):
            insert(rows)
        for row in rows:
            stored = RecordedReason.objects.get(pk=row.pk)
            assert state(stored)["_state"][:2] == state(row)["_state"][:2] == (False, "default")
            for field in RecordedReason._meta.concrete_fields:
                assert getattr(stored, field.attname) == getattr(row, field.attname)


def test_a_given_key_is_kept_and_a_doubled_one_refused(posts):
    insert, row = CompiledInsert(RecordedReason), made(posts[0], pk=987654)
    again = made(posts[0], pk=987654)
    insert([row])
    assert RecordedReason.objects.get(pk=987654).rule == "links"
    with pytest.raises(IntegrityError), transaction.atomic():
        insert([again])


def test_a_model_whose_columns_the_database_makes_is_refused():
    class Timed(models.Model):
        at = models.DateTimeField(db_default=Now())

        class Meta:
            app_label = "core"
            managed = False

        def __str__(self):
            return str(self.at)

    with pytest.raises(TypeError, match="Timed"):
        CompiledInsert(Timed)([Timed()])


def test_what_lasts_stands_in_the_statement_as_it_is(posts):
    def asked(name):
        rows = Comment.objects.annotate(no=Value(False), some=Value("100% of 'it'"), n=Value(7))
        return rows.filter(name__contains="%").filter(post=name) | rows.filter(post=name)

    Comment.objects.filter(post=posts[1]).update(name="100%")
    compiled = Compiled(lambda: asked(Given("post")).order_by("pk").values_list(*COLUMNS))
    for post in posts:
        expected = list(asked(post).order_by("pk").values_list(*COLUMNS))
        assert compiled.tuples(post=post.pk) == expected
        assert expected[0][1:] == (False, "100% of 'it'", 7)


def test_a_column_that_is_given_has_no_type():
    with pytest.raises(TypeError, match="tells the type"):
        Compiled(lambda: Comment.objects.annotate(x=Given("x"))).rows(x=1)


def test_what_is_handed_over_is_asked_no_more(posts, django_assert_num_queries):
    tags = [Tag.objects.create(name=name, slug=name) for name in ("a", "b")]
    posts[0].tags.set(tags)
    post = Post.objects.get(pk=posts[0].pk)
    hand_over(post.tags, tags[:1])
    with django_assert_num_queries(0):
        assert list(post.tags.all()) == tags[:1]
    assert list(post.tags.filter(name="b")) == tags[1:]
    assert list(Post.objects.get(pk=post.pk).tags.all()) == tags
