"""Replaying a labelled set: predict each row, then learn from it, as a queue is worked through."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import islice
from typing import Any, Final

from moderation.learning import features
from moderation.learning.labelled import Labelled
from moderation.learning.model import Model

FIRST: Final = 50
WORDS: Final = 15  # of each kind are named
MOST_WORDS: Final = 5_000  # of the first decisions are weighed


@dataclass
class Tally:
    """How predictions and labels met; spam is what is looked for."""

    spam_called_spam: int = 0
    spam_called_ham: int = 0
    ham_called_spam: int = 0
    ham_called_ham: int = 0

    def add(self, *, is_spam: bool, called_spam: bool) -> None:
        """Count one row."""
        truth, called = "spam" if is_spam else "ham", "spam" if called_spam else "ham"
        name = f"{truth}_called_{called}"
        setattr(self, name, getattr(self, name) + 1)

    def figures(self) -> dict[str, Any]:
        """As JSON; a share of nothing is null."""
        spam, ham = self._spam(), self.ham_called_spam + self.ham_called_ham
        called = self.spam_called_spam + self.ham_called_spam
        right = self.spam_called_spam + self.ham_called_ham
        return {
            "rows": spam + ham,
            "spam": spam,
            "ham": ham,
            "precision": _share(self.spam_called_spam, called),
            "recall": _share(self.spam_called_spam, spam),
            "f1": _share(2 * self.spam_called_spam, called + spam),
            "accuracy": _share(right, spam + ham),
            "confusion": dict(vars(self)),
        }

    def _spam(self) -> int:
        return self.spam_called_spam + self.spam_called_ham


@dataclass
class Replay:
    """The tallies of one replay."""

    all_rows: Tally = field(default_factory=Tally)
    first: Tally = field(default_factory=Tally)
    later: Tally = field(default_factory=Tally)
    untaught: Tally = field(default_factory=Tally)


def evaluate(rows: Iterable[Labelled]) -> dict[str, Any]:
    """The figures of a replay; the same for the same rows. Memory does not grow with the rows."""
    iterator, model, replay, words = iter(rows), Model(), Replay(), dict[str, None]()
    for row in islice(iterator, FIRST):
        reading = _predict_then_learn(model, row, (replay.all_rows, replay.first))
        if len(words) < MOST_WORDS:
            single = (word for _, word in reading.found.values() if " " not in word)
            words.update(dict.fromkeys(single))
    frozen = Model.from_bytes(model.to_bytes())
    for row in iterator:
        reading = _predict_then_learn(model, row, (replay.all_rows, replay.later))
        called_spam = frozen.score(reading) > frozen.threshold
        replay.untaught.add(is_spam=row.is_spam, called_spam=called_spam)
    return {
        **replay.all_rows.figures(),
        f"first_{FIRST}": replay.first.figures(),
        f"after_{FIRST}": replay.later.figures(),
        f"taught_by_first_{FIRST}": {**_words(frozen, words), "rest": replay.untaught.figures()},
        "features_version": features.VERSION,
    }


def _predict_then_learn(model: Model, row: Labelled, tallies: Iterable[Tally]) -> features.Reading:
    reading = features.read(row.text)
    score = model.score(reading)
    for tally in tallies:
        tally.add(is_spam=row.is_spam, called_spam=score > model.threshold)
    model.learn(reading, is_spam=row.is_spam, score=score)
    return reading


def _words(model: Model, words: Iterable[str]) -> dict[str, list[list[Any]]]:
    """The words of the first decisions that now speak most for spam, and for good ones."""
    weighed = []
    for word in words:
        alone = features.read(word)
        learned = model.score(alone._replace(hints=[])) - model.score(NOTHING)
        weighed.append((round(learned, 2), word))
    weighed.sort(key=lambda pair: (-pair[0], pair[1]))
    spam = [[word, weight] for weight, word in weighed[:WORDS] if weight > 0]
    ham = [[word, weight] for weight, word in reversed(weighed[-WORDS:]) if weight < 0]
    return {"spam_words": spam, "ham_words": ham}


def _share(part: int, whole: int) -> float | None:
    return round(part / whole, 4) if whole else None


NOTHING: Final = features.Reading({}, [])
