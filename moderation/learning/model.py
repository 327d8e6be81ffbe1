"""The classifier: naive Bayes over what was counted, and a logistic step that corrects it.

A comment's score is the log-odds that it is spam: hints + what was counted + what was corrected.
Everything a lesson changes is a sum, so a lesson can be taken back exactly, in any order. Pure;
its size is that of its arrays. Checked against scikit-learn in the tests.
"""

import math
import struct
import zlib
from array import array
from collections import deque
from functools import lru_cache
from typing import Final, NamedTuple

from moderation.learning.features import SLOTS, Reading

SMOOTHING: Final = 0.3  # what a feature was seen, in either kind, before it was seen
COUNTED: Final = 0.12  # the weight of what was counted
STANDARD: Final = 40.0  # of so many squared strengths a text teaches and counts at full weight
RATE: Final = 0.1
REMEMBERED: Final = 500  # the latest scores, by which the threshold is set
CAUTION: Final = 150  # so many scores halve the distance of the threshold from nought
FARTHEST: Final = 2.0
_HEAD: Final = struct.Struct("<4sIIdI")
_MAGIC: Final = b"CQ01"


class Lesson(NamedTuple):
    """What one decision changed; `unlearn` needs it."""

    is_spam: bool
    step: float
    score: float  # as it was before it learned


class Model:
    """Counts and weights of hash slots. Not to be shared by threads."""

    def __init__(self) -> None:
        self.spam, self.ham = array("I", bytes(4 * SLOTS)), array("I", bytes(4 * SLOTS))
        self.weights = array("f", bytes(4 * SLOTS))
        self.bias = 0.0
        self.decided = [0, 0]  # good ones, spam
        self.scores: deque[tuple[float, bool]] = deque(maxlen=REMEMBERED)
        self._threshold: float | None = 0.0

    def score(self, reading: Reading) -> float:
        """The log-odds of spam; compare it with `threshold`."""
        return self._base() + sum(weight for _, weight in self._parts(reading))

    def explain(self, reading: Reading, most: int = 6) -> list[tuple[str, float]]:
        """The words and signs that count most, each with its part of the score, strongest first."""
        sums: dict[str, float] = {}
        for word, weight in self._parts(reading):
            if word:
                sums[word] = sums.get(word, 0.0) + weight
        strongest = sorted(sums.items(), key=lambda item: (-abs(item[1]), item[0]))
        return [(word, weight) for word, weight in strongest[:most] if abs(weight) >= 0.05]

    def learn(self, reading: Reading, *, is_spam: bool, score: float | None = None) -> Lesson:
        """Learn from one decision; keep what comes back if it may be undone.

        `score` spares the work where the caller has just asked for it.
        """
        score = self.score(reading) if score is None else score
        step = RATE * (is_spam - _probability(score))
        self._shift(reading, is_spam=is_spam, step=step, by=1)
        self.scores.append((score, is_spam))
        if len(self.scores) < 100 or sum(self.decided) % 5 == 0:
            self._threshold = None  # reckoned anew when next asked for
        return Lesson(is_spam, step, score)

    def unlearn(self, reading: Reading, lesson: Lesson) -> None:
        """Take back what a lesson on the same text changed."""
        self._shift(reading, is_spam=lesson.is_spam, step=-lesson.step, by=-1)
        remembered = (lesson.score, lesson.is_spam)
        if remembered in self.scores:
            self.scores.remove(remembered)
        self._threshold = None

    @property
    def threshold(self) -> float:
        """The score above which precision and recall are in balance, by the latest decisions.

        Each was scored before it was learned from. Nought while there are few.
        """
        if self._threshold is None:
            self._threshold = _balance(self.scores)
        return self._threshold

    def to_bytes(self) -> bytes:
        """All of it, for `from_bytes`."""
        head = _HEAD.pack(_MAGIC, *self.decided, self.bias, len(self.scores))
        scores = b"".join(struct.pack("<d?", *pair) for pair in self.scores)
        arrays = b"".join(part.tobytes() for part in (self.spam, self.ham, self.weights))
        return zlib.compress(head + scores + arrays, level=1)

    @classmethod
    def from_bytes(cls, stored: bytes) -> "Model":
        """Raises ValueError for what `to_bytes` did not write, or of another size."""
        model, pair = cls(), struct.Struct("<d?")
        try:
            plain = zlib.decompress(stored)
            magic, ham, spam, model.bias, many = _HEAD.unpack_from(plain)
        except (zlib.error, struct.error) as error:
            raise ValueError("not a stored model") from error
        start = _HEAD.size + many * pair.size
        if magic != _MAGIC or many > REMEMBERED or len(plain) != start + 12 * SLOTS:
            raise ValueError("not a stored model of this size")
        model.decided = [ham, spam]
        model.scores.extend(pair.iter_unpack(plain[_HEAD.size : start]))
        for number, name in enumerate(("spam", "ham", "weights")):
            part = getattr(model, name)
            begin = start + number * 4 * SLOTS
            part[:] = array(part.typecode, plain[begin : begin + 4 * SLOTS])
        model._threshold = None
        return model

    def log_odds(self, place: int) -> float:
        """What the counts say of one slot: how much likelier it is in spam than in good ones."""
        ham, spam = self.decided
        return _log(self.spam[place]) - _log(self.ham[place]) + _log_ratio(ham, spam)

    def _base(self) -> float:
        ham, spam = self.decided
        return self.bias + 0.4 * math.log((spam + 1) / (ham + 1))

    def _parts(self, reading: Reading) -> list[tuple[str, float]]:
        """Each word's part of the score; the sum and the base are the score."""
        size, ratio = _size(reading), _log_ratio(*self.decided)
        counted = COUNTED / math.sqrt(sum(value for value, _ in reading.found.values()) / 10 or 1)
        parts = list(reading.hints)
        for place, (value, word) in reading.found.items():
            spam, ham = self.spam[place], self.ham[place]
            part = self.weights[place] * size
            if spam or ham:
                part += counted * (_log(spam) - _log(ham) + ratio)
            if part:
                parts.append((word, part * value))
        return parts

    def _shift(self, reading: Reading, *, is_spam: bool, step: float, by: int) -> None:
        counts, weights, size = self.spam if is_spam else self.ham, self.weights, _size(reading)
        for place, (value, _) in reading.found.items():
            counts[place] += by
            weights[place] += step * value * size
        self.bias += step
        self.decided[is_spam] += by


def _size(reading: Reading) -> float:
    """Long texts have many features; without this, one would drown a hundred short ones."""
    squares = sum(value * value for value, _ in reading.found.values())
    return min(1.5, (squares / STANDARD) ** -0.25) if squares else 1.0


@lru_cache(maxsize=10_000)
def _log(count: int) -> float:
    return math.log(count + SMOOTHING)


def _log_ratio(ham: int, spam: int) -> float:
    return math.log((ham + 2 * SMOOTHING) / (spam + 2 * SMOOTHING))


def _probability(score: float) -> float:
    return 1 / (1 + math.exp(-max(-30.0, min(30.0, score))))


def _balance(scores: "deque[tuple[float, bool]]") -> float:
    """The cut with the best F1 (harmonic mean of precision and recall), drawn towards nought."""
    ordered = sorted(scores, reverse=True)
    spam = sum(is_spam for _, is_spam in ordered)
    if spam in (0, len(ordered)):
        return 0.0
    best, cut, right = -1.0, 0.0, 0
    for taken, (score, is_spam) in enumerate(ordered, 1):
        right += is_spam
        if (f1 := 2 * right / (taken + spam)) > best:
            below = ordered[taken][0] if taken < len(ordered) else score - 1
            best, cut = f1, (score + below) / 2
    cut = max(-FARTHEST, min(FARTHEST, cut))
    return cut * len(ordered) / (len(ordered) + CAUTION)
