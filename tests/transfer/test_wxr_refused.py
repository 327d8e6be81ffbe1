"""Files that are no export, cut short or hostile: one sentence with the line, nothing written."""

import os

import pytest
from django.core.management import CommandError, call_command

from blog.models import Post
from tests.transfer import wxr_files
from transfer.models import ImportedItem
from transfer.wordpress import WordPressImport

pytestmark = pytest.mark.django_db

WHOLE = wxr_files.export(
    wxr_files.item(1, wxr_files.comment(1)), wxr_files.item(2, wxr_files.comment(2))
)
LINE = WHOLE[: WHOLE.index("Text 2")].count("\n") + 1
LAST = WHOLE.count("\n") + 1
BOMB = """<?xml version="1.0"?>
<!DOCTYPE rss [
<!ENTITY a "1234567890"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;&b;&b;">
]>
"""
RSS = '<rss version="2.0"><channel><title>x</title><item><title>y</title></item></channel></rss>'

REFUSED = {
    "cut in an item": (WHOLE[: WHOLE.index("Text 2")], rf"line {LINE}: .*ends too early"),
    "cut inside a tag": (WHOLE[: WHOLE.index("<wp:comment>") + 5], r"line \d+: .*middle of a tag"),
    "entity bomb": (
        BOMB + WHOLE.replace("Body 1", "&c;").partition("\n")[2],
        r"line 2: .*declares",
    ),
    "external": (
        '<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><rss>&e;</rss>',
        r"line 1: .*declares",
    ),
    "bare ampersand": (WHOLE.replace("Text 2", "a & b"), rf"line {LINE}: .*bare &"),
    "wrong closing tag": (WHOLE.replace("</title><link>", "</link><link>", 1), "closing tag"),
    "control character": (WHOLE.replace("Text 2", "a\x0bb"), rf"line {LINE}: .*does not allow"),
    "empty": ("", r"line 1: .*ends too early"),
    "html": ("<html><body>Not found</body></html>", r"line 1: .*something else"),
    "text": ("Hello", r"line 1: "),
    "plain rss": (RSS, r"line 1: no wp:wxr_version"),
    "bad version": (WHOLE.replace("<wp:wxr_version>1.2", "<wp:wxr_version>abc"), "line 5: .*'abc'"),
    "unknown encoding": (WHOLE.replace("UTF-8", "x-klingon"), r"line 1: .*encoding"),
    "wrong encoding": (WHOLE.replace("UTF-8", "UTF-16"), r"line 1: .*encoding"),
    "after the end": (WHOLE + "<rss/>", rf"line {LAST}: something follows"),
    "blank lines count": ("\n\n" + WHOLE.replace("Text 2", "a & b"), rf"line {LINE + 2}: "),
    "not the encoding it is in": (
        WHOLE.replace("Text 2", "Caf\udce9"),
        rf"line {LINE}: .*another encoding",
    ),
    "undefined entity": (WHOLE.replace("Text 2", "&nbsp;"), rf"line {LINE}: .*entity"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_refused_with_one_sentence_that_names_the_line(tmp_path, name):
    content, sentence = REFUSED[name]
    path = tmp_path / "export.xml"
    path.write_text(content, errors="surrogateescape")
    with pytest.raises(CommandError, match=sentence) as refusal:
        call_command("import_wordpress", str(path))
    assert str(refusal.value).endswith("Nothing was imported.")
    assert "\n" not in str(refusal.value)
    assert not Post.objects.exists()
    assert not ImportedItem.objects.exists()


def test_wherever_the_file_is_cut_nothing_is_imported(tmp_path):
    path = tmp_path / "export.xml"
    content = WHOLE.rstrip()
    for end in range(0, len(content), 41):
        path.write_text(content[:end])
        with pytest.raises(CommandError, match="line"):
            call_command("import_wordpress", str(path))
    assert not Post.objects.exists()


@pytest.mark.parametrize(("magic", "name"), [(b"\x1f\x8b\x08", "gzip"), (b"PK\x03\x04", "zip")])
def test_packed_files_are_to_be_unpacked(tmp_path, magic, name):
    path = tmp_path / "export.xml"
    path.write_bytes(magic + bytes(100))
    with pytest.raises(CommandError, match=f"this is a {name} file"):
        call_command("import_wordpress", str(path))


def test_a_file_that_cannot_be_read(tmp_path):
    for path in (tmp_path, tmp_path / "missing.xml"):
        with pytest.raises(CommandError, match="can't be read"):
            call_command("import_wordpress", str(path))


def test_what_is_no_file_is_to_be_saved_as_one(tmp_path):
    path = tmp_path / "pipe"
    os.mkfifo(path)
    writer = os.open(path, os.O_RDWR)  # or nobody could open it to read
    try:
        with pytest.raises(CommandError, match="save it as one first"):
            call_command("import_wordpress", str(path))
    finally:
        os.close(writer)


def test_a_file_that_changes_under_the_import_ends_it_with_a_sentence(tmp_path, monkeypatch):
    path = tmp_path / "export.xml"
    path.write_text(WHOLE)
    check = WordPressImport.check

    def check_then_cut(self, progress):
        check(self, progress)
        path.write_text(WHOLE[: WHOLE.index("Text 2")])

    monkeypatch.setattr(WordPressImport, "check", check_then_cut)
    with pytest.raises(CommandError, match=r"has changed since it was checked: line \d+: "):
        call_command("import_wordpress", str(path))


def test_an_export_of_nothing_says_so(tmp_path, capsys):
    path = tmp_path / "export.xml"
    path.write_text(wxr_files.export())
    call_command("import_wordpress", str(path))
    assert "There was nothing in it." in capsys.readouterr().out


def test_fields_in_foreign_namespaces_are_not_wordpresss(tmp_path):
    path = tmp_path / "export.xml"
    hijack = WHOLE.replace("<item>", '<item xmlns:wp="http://elsewhere.example/">', 1)
    path.write_text(hijack)
    call_command("import_wordpress", str(path))
    assert list(Post.objects.values_list("slug", flat=True)) == ["post-2"]


def test_any_prefix_will_do_for_wordpresss_namespace(tmp_path):
    path = tmp_path / "export.xml"
    path.write_text(WHOLE.replace("wp:", "w:").replace("xmlns:wp", "xmlns:w"))
    call_command("import_wordpress", str(path))
    assert Post.objects.count() == 2
