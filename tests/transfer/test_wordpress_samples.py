"""Real exports that nobody here wrote, compared with a count made by other means.

They lie beside the repository and are not part of it; without them these tests can't run.
"""

import re
from collections import Counter
from pathlib import Path
from xml.etree import ElementTree

import pytest
from django.core.management import CommandError, call_command

from blog.models import Post
from comments.faults import find_faults
from comments.models import Comment
from moderation.models import LogEntry
from transfer.models import ImportedItem

SAMPLES = Path(__file__).resolve().parents[3] / "shared" / "samples"
pytestmark = [
    pytest.mark.django_db,
    pytest.mark.skipif(not SAMPLES.is_dir(), reason="no folder of real exports beside this clone"),
]

# What WordPress's own importer or an XML parser refuses, and the start of our sentence.
REFUSED = {
    "ghost-sample.xml": "line 109: .* bare &",
    "wpimporter-crazy-cdata.xml": "line 18: ",
    "wpimporter-invalid-version-tag.xml": "line 33: wp:wxr_version is 'abc'",
    "wpimporter-malformed-simple.xml": "line 14: the file ends too early",
    "wpimporter-malformed.xml": "line 90: a closing tag does not fit",
    "wpimporter-missing-version-tag.xml": "line 27: no wp:wxr_version",
}
FILES = sorted((SAMPLES / "wordpress").glob("*.xml"))
HOSTILE = sorted((SAMPLES / "xmlbomb").glob("*"))


def expected(path):
    """Posts and pages by status and comments by type and approval, counted from a whole tree."""
    items, comments = Counter(), Counter()
    for item in ElementTree.parse(path).iter("item"):  # noqa: S314 - files known to be harmless
        own = {}
        for child in item:
            uri, _, name = child.tag.rpartition("}")
            if re.fullmatch(r"\{http://wordpress\.org/export/[\d.]+/", uri):
                own.setdefault(name, child)
        text = {name: (child.text or "").strip() for name, child in own.items()}
        kind = text.get("post_type") or ("post" if own else "")
        if kind not in {"post", "page"} or text.get("status") == "trash":
            continue
        public = text.get("status") in {"publish", "future"} and not text.get("post_password")
        items[kind, "published" if public else "draft"] += 1
        for comment in item:
            if comment.tag.endswith("}comment"):
                fields = {child.tag.rpartition("}")[2]: child.text or "" for child in comment}
                kind = fields.get("comment_type", "")
                approved = fields.get("comment_approved", "")
                if kind in {"", "comment"}:
                    comments["published" if approved == "1" else "pending"] += 1
    return items, comments


def found():
    items = Counter(Post.objects.values_list("kind", "status"))
    return items, Counter(Comment.objects.values_list("status", flat=True))


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_an_export_arrives_whole_or_is_refused_whole(path):
    if path.name in REFUSED:
        with pytest.raises(CommandError, match=f"{re.escape(path.name)}, {REFUSED[path.name]}"):
            call_command("import_wordpress", str(path))
        assert not Post.objects.exists()
        return
    call_command("import_wordpress", str(path))
    assert found() == expected(path)
    assert not list(find_faults())
    before = [model.objects.count() for model in (Post, Comment, LogEntry, ImportedItem)]
    call_command("import_wordpress", str(path))
    assert before == [model.objects.count() for model in (Post, Comment, LogEntry, ImportedItem)]


@pytest.mark.parametrize("path", HOSTILE, ids=lambda path: path.name)
def test_hostile_files_are_refused(path):
    with pytest.raises(CommandError, match=r"line \d+: .* Nothing was imported\."):
        call_command("import_wordpress", str(path))
    assert not Post.objects.exists()


def test_the_ten_deep_thread():
    call_command("import_wordpress", str(SAMPLES / "wordpress/wpimporter-a11y-unit-test-data.xml"))
    deepest = Comment.objects.get(text__startswith="Comment Depth 10")
    assert deepest.level == 9
    assert len(deepest.number.split(".")) == 10
    assert Comment.objects.get(name="Anon").status == "pending"  # no flag in the file
