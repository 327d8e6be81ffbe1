"""`manage.py evaluate_classifier`: its figures, and one sentence for each file that is no set."""

import json
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from tests.moderation.learning.sets import make_set, write_set

HEADER = b"text,label\n"
FAULTS = {
    "nothing": (b"", "is empty: its first line must name the columns text,label."),
    "blank lines": (b"\n\n", "is empty: its first line must name the columns text,label."),
    "a header": (HEADER, "has a header and no rows below it."),
    "no header": (b"hello,ham\n", ", line 1: the first line must name the columns text and label"),
    "semicolons": (b"text;label\n", "it is 'text;label'."),
    "a column twice": (b"text,label,text\n", "each once"),
    "another label": (HEADER + b'"a\nb",ham\nb,junk\n', ", line 4: the label is 'junk'; it must"),
    "a number": (HEADER + b"a,1\n", ", line 2: the label is '1'; it must be spam or ham."),
    "no label": (HEADER + b"a,\n", ", line 2: the label is ''; it must be spam or ham."),
    "a field too few": (HEADER + b"a\n", ", line 2: 1 field where the header has 2."),
    "a field too many": (HEADER + b"a,ham\nb,c,ham\n", ", line 3: 3 fields where the header has 2"),
    "Latin-1": (HEADER + b"a,ham\ncaf\xe9,ham\n", ", line 3: not UTF-8; save the file as UTF-8."),
    "UTF-16": ("text,label\na,ham\n".encode("utf-16"), ", line 1: this is UTF-16; save"),
    "UTF-16 without a mark": ("text,label\n".encode("utf-16-le"), ", line 1: a NUL character"),
    "NUL": (HEADER + b"a\0b,ham\n", ", line 2: a NUL character"),
    "a huge field": (
        HEADER + b"x" * 1_000_001 + b",ham\n",
        ", line 2: a field or line has 1,000,000 ",
    ),
    "a huge field of many lines": (
        HEADER + b'"' + b"xxxxxxxxx\n" * 110_000 + b'",ham\n',
        ", line 2: a field or line has",
    ),
    "a huge line": (b"x" * 5_000_000, ", line 1: a field or line has"),
    "an open quotation": (HEADER + b'a,ham\n"b,ham\n' + b"c,ham\n" * 9, ", line 3: a quotation"),
    "stray quotation": (HEADER + b'"a"b,ham\n', ", line 2: not CSV ("),
}


def run(path):
    out = StringIO()
    call_command("evaluate_classifier", str(path), stdout=out)
    return json.loads(out.getvalue())


@pytest.mark.parametrize("name", FAULTS)
def test_a_file_that_is_no_labelled_set_gets_one_sentence(tmp_path, name):
    content, sentence = FAULTS[name]
    path = tmp_path / "set.csv"
    path.write_bytes(content)
    with pytest.raises(CommandError) as caught:
        run(path)
    assert sentence in str(caught.value)
    assert str(caught.value).startswith(str(path))
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("name", ["missing.csv", "."])
def test_what_cannot_be_opened_is_named(tmp_path, name):
    with pytest.raises(CommandError, match=r"can't be read: (No such file|Is a directory)"):
        run(tmp_path / name)


@pytest.mark.parametrize(
    "content",
    [
        b"text,label\nhello,ham\nbuy,spam\n",
        b"\xef\xbb\xbftext,label\r\nhello,ham\r\nbuy,spam\r\n",
        b"text,label\rhello,ham\rbuy,spam\r",
        b"id, Label ,Text\n\n1,HAM,hello\n2, spam ,buy",
    ],
)
def test_other_line_ends_columns_and_cases_are_read(tmp_path, content):
    path = tmp_path / "set.csv"
    path.write_bytes(content)
    figures = run(path)
    assert (figures["rows"], figures["spam"], figures["ham"]) == (2, 1, 1)


def test_a_share_of_nothing_is_null(tmp_path):
    path = tmp_path / "set.csv"
    path.write_text("text,label\nI disagree with the second chapter,ham\n")
    figures = run(path)
    assert figures["precision"] is None
    assert figures["recall"] is None
    assert figures["after_50"]["rows"] == 0


@pytest.mark.parametrize("seed", [1, 2])
@pytest.mark.parametrize("share", [0.2, 0.5])
def test_a_replay_does_far_better_than_a_list_of_words(tmp_path, seed, share):
    figures = run(write_set(tmp_path / "set.csv", make_set(seed, 400, spam=share)))
    assert figures["after_50"]["precision"] > 0.95
    assert figures["after_50"]["recall"] > 0.93
    taught = figures["taught_by_first_50"]
    assert taught["rest"]["rows"] == 350
    assert taught["rest"]["precision"] > 0.85
    assert taught["rest"]["recall"] > (0.9 if share == 0.5 else 0.5)
    assert len(taught["spam_words"]) > 5
    assert all(weight > 0 for _, weight in taught["spam_words"])
    assert all(weight < 0 for _, weight in taught["ham_words"])


def test_the_counts_add_up_and_a_second_run_says_the_same(tmp_path):
    path = write_set(tmp_path / "set.csv", make_set(3, 120))
    figures = run(path)
    assert figures == run(path)
    for part in (figures, figures["first_50"], figures["after_50"]):
        counted = part["confusion"]
        assert sum(counted.values()) == part["rows"]
        right = counted["spam_called_spam"]
        called = right + counted["ham_called_spam"]
        assert part["precision"] == pytest.approx(right / called, abs=1e-4)
        assert part["recall"] == pytest.approx(right / part["spam"], abs=1e-4)
    assert figures["first_50"]["rows"] + figures["after_50"]["rows"] == 120


def test_each_row_is_predicted_before_it_is_learned(tmp_path):
    """Labels without any sense can't be foretold, unless they are looked at first."""
    rows = [(f"word{n} other{n * 7}", n % 3 == 0) for n in range(300)]
    figures = run(write_set(tmp_path / "set.csv", rows))
    assert figures["accuracy"] < 0.75
