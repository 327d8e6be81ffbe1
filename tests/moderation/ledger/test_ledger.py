"""The ledger, the statistics and the record: right numbers, nobody's words or names in public."""

import csv
import io

import pytest

from comments import own
from comments.models import Comment
from moderation import services
from moderation.desk import record_views
from moderation.desk.undoing import undo_act
from moderation.models import Clause, LogEntry
from tests.factories import make_post, make_published, make_user, send

pytestmark = pytest.mark.django_db

FORMULAS = tuple("=+-@\t\r\uff1d")
RECORD = "/admin/queue/record/"


@pytest.fixture
def decided():
    """Under one post: two published, one rejected by clause 2, one spam, one waiting."""
    post, by = make_post(title="On trust"), make_user("moderator", username="canarymoderator")
    for number in range(2):
        make_published(post, text=f"canarytext {number}", name="canaryname")
    clause = Clause.objects.current().get(number=2)
    rejected, spam = send(post), send(post)
    services.reject_comment(
        comment_id=rejected.pk, version=1, by=by, clause=clause, note="=canarynote()"
    )
    services.mark_spam(comment_id=spam.pk, version=1, by=by)
    send(post)
    return post, by, clause, rejected


def shown(client, address):
    answer = client.get(address)
    assert answer.status_code == 200
    return answer.content.decode()


@pytest.mark.parametrize("whose", ["site", "post"])
def test_the_ledger_counts_and_names_nobody(client, decided, whose):
    post, _, clause, _ = decided
    make_published(make_post())
    address = "/ledger/" if whose == "site" else f"{post.get_absolute_url()}ledger/"
    page = client.get(address)
    figures = page.context["figures"]
    here = 1 if whose == "site" else 0
    assert (figures.received, figures.published) == (5 + here, 2 + here)
    assert (figures.rejected, figures.spam, figures.waiting) == (1, 1, 1)
    assert figures.by_clause == [(str(clause), 1)]
    assert figures.median_wait is not None
    assert figures.oldest_waiting is not None
    words = page.content.decode()
    assert "canary" not in words
    assert "<svg" in words


def test_an_undone_rejection_is_in_no_clause(client, decided):
    _, by, _, rejected = decided
    undo_act(entry_id=LogEntry.objects.get(comment_id=rejected.pk, act="rejected").pk, by=by)
    assert client.get("/ledger/").context["figures"].by_clause == []


@pytest.mark.parametrize(
    "change", [{"status": "draft"}, {"published_at": "2099-01-01T00:00Z"},
               {"comments_status": "hidden"}]
)  # fmt: skip
def test_of_what_is_not_public_there_is_no_ledger(client, decided, change):
    post = decided[0]
    for name, value in change.items():
        setattr(post, name, value)
    post.save()
    assert client.get(f"{post.get_absolute_url()}ledger/").status_code == 404


def test_an_empty_site_has_a_ledger(client):
    assert "nothing waits" in shown(client, "/ledger/")


@pytest.mark.parametrize("address", ["/ledger/", "/admin/queue/statistics/"])
def test_what_a_chart_shows_is_said_in_words_that_hold_in_both_schemes(client, decided, address):
    client.force_login(decided[1])
    page = shown(client, address)
    assert "darker" not in page
    assert "the highest bar is 5" in page
    assert "the highest bar is 1 minute" in page or address == "/ledger/"


def test_a_chart_of_nothing_says_so(client):
    assert "nothing in 26 weeks" in shown(client, "/ledger/")


def test_the_desks_statistics_are_of_what_one_decides_on(client, decided):
    client.force_login(make_user("author"))
    page = client.get("/admin/queue/statistics/")
    assert page.context["figures"].received == 0
    client.force_login(decided[1])
    page = client.get("/admin/queue/statistics/")
    assert page.context["figures"].received == 5
    assert page.content.decode().count('class="chart"') == 3
    assert "Decisions: 26 weeks from" in page.content.decode()


def as_file(client, **query):
    answer = client.get(RECORD, {**query, "format": "csv"})
    return b"".join(answer.streaming_content)


def rows(client, delimiter=",", **query):
    text = as_file(client, **query).decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text, newline=""), delimiter=delimiter))


def test_the_record_has_who_when_from_to_clause_and_note(client, decided):
    post, by, clause, rejected = decided
    client.force_login(by)
    [row] = rows(client, act="rejected")
    assert (row["by"], row["comment"], row["post"]) == (by.username, str(rejected.pk), str(post.pk))
    assert (row["from"], row["to"], row["clause"]) == ("pending", "rejected", str(clause))
    assert row["note"] == "'=canarynote()"  # no spreadsheet runs it
    page = shown(client, f"{RECORD}?act=rejected")
    assert page.count("<td>Rejected") == 1
    assert str(clause) in page


NOTES = {
    "Über Fußnoten": "Über Fußnoten",
    **{f"{sign}1+1": f"'{sign}1+1" for sign in "=+-@"},
    "\uff1d1": "'\uff1d1",
    "x;=1": "x;'=1",
    "x; =1": "x;' =1",
    "x\n=1": "x\n'=1",
    "x\t=1": "x\t'=1",
    "a - b, c@d = 1": "a - b, c@d = 1",
    'so "x", said y;z': 'so "x", said y;z',
}


@pytest.mark.parametrize("typed", NOTES)
def test_no_spreadsheet_runs_or_tears_a_note(client, decided, typed):
    post, by, *_ = decided
    comment = send(post)
    services.reject_comment(comment_id=comment.pk, version=1, by=by, note=typed)
    client.force_login(by)
    raw = as_file(client, comment=comment.pk)
    assert raw.startswith(b'\xef\xbb\xbf"at","act",')  # Excel takes it for UTF-8 by the mark
    row = rows(client, comment=comment.pk)[-1]
    assert row["note"] == NOTES[typed]
    assert None not in row
    for separator in ",;\t":  # whichever a spreadsheet takes for the one that parts cells
        for cells in csv.reader(io.StringIO(raw.decode("utf-8-sig")), delimiter=separator):
            assert not [cell for cell in cells if cell.lstrip()[:1] in FORMULAS]


@pytest.mark.parametrize("typed", [*NOTES, "x,=1", "x, +1", "x,y;z"])
def test_where_lists_are_parted_by_semicolons_neither(client, decided, typed):
    """A spreadsheet that parts by commas all the same may tear it, and runs nothing of it."""
    post, by, *_ = decided
    comment = send(post)
    services.reject_comment(comment_id=comment.pk, version=1, by=by, note=typed)
    client.force_login(by)
    query = {"comment": comment.pk, "parted": "semicolon"}
    raw = as_file(client, **query)
    assert raw.startswith(b'\xef\xbb\xbf"at";"act";')
    row = rows(client, delimiter=";", **query)[-1]
    assert row["note"].replace("'", "") == typed
    assert None not in row
    for separator in ",;\t":
        for cells in csv.reader(io.StringIO(raw.decode("utf-8-sig")), delimiter=separator):
            assert not [cell for cell in cells if cell.lstrip()[:1] in FORMULAS]


def test_the_record_offers_both_files(client, decided):
    client.force_login(decided[1])
    page = shown(client, f"{RECORD}?act=rejected")
    assert 'href="?act=rejected&amp;format=csv"' in page
    assert 'href="?act=rejected&amp;format=csv&amp;parted=semicolon"' in page
    assert as_file(client, parted="nonsense").startswith(b'\xef\xbb\xbf"at","act",')


@pytest.mark.parametrize("begins", ["\t1", "\r=1", "\t=1"])
def test_a_cell_that_begins_with_a_blank_a_spreadsheet_drops_is_text(begins):
    assert record_views._cell(begins).startswith("'")


def test_the_record_says_which_verdict_was_overridden(client, decided):
    _, by, _, rejected = decided
    client.force_login(by)
    version = Comment.objects.get(pk=rejected.pk).version
    services.publish_comment(comment_id=rejected.pk, version=version, by=by)
    row = rows(client, act="published", comment=rejected.pk)[0]
    assert row["overrode"] == "rejected by a person"
    assert "rejected by a person" in shown(client, f"{RECORD}?comment={rejected.pk}")


def test_the_records_filters(client, decided):
    post, by, clause, _ = decided
    other = make_published(make_post())
    client.force_login(by)
    assert {row["post"] for row in rows(client, post=post.pk)} == {str(post.pk)}
    assert {row["by"] for row in rows(client, by=by.pk)} == {by.username}
    assert len(rows(client, clause=clause.key)) == 1
    assert {row["comment"] for row in rows(client, comment=other.pk)} == {str(other.pk)}
    assert rows(client, since="2099-01-01") == []
    assert rows(client, until="2001-01-01") == []
    assert rows(client, act="nonsense") == []


def test_an_authors_record_is_of_own_posts(client, decided):
    client.force_login(make_user("author"))
    assert rows(client) == []
    client.force_login(decided[0].author)
    assert len(rows(client)) == 9


def test_what_its_writer_withdrew_is_counted_as_removed(client):
    comment = make_published(make_post())
    own.withdraw_comment(comment_id=comment.pk, version=comment.version)
    assert client.get("/ledger/").context["figures"].removed == 1
