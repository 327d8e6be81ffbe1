"""What can go wrong with a comment, as one error each. Their texts are for a person."""

from typing import Final

SAID: Final = {"pending": "waiting", "spam": "taken for spam"}  # as private pages call it


class CommentError(Exception):
    """Base of what a caller of this app may expect and show."""


class NoLongerKept(CommentError):
    """Its text was erased: there is nothing left to be shown or judged."""

    def __init__(self) -> None:
        super().__init__("The text of this comment is no longer kept: nothing can be done with it.")


class StatusConflict(CommentError):
    """The comment is no longer in the state that the act started from; nothing was written."""

    def __init__(self, status: str, to: str) -> None:
        super().__init__(
            f"The comment is {status} by now and can't become {to}; nothing was changed."
        )
        self.status = status


class ParentWithoutNumber(CommentError):
    """A reply can't be public under a comment that never was."""

    def __init__(self) -> None:
        super().__init__("Publish the comment that this one answers first: it has no number yet.")


class NotOpen(CommentError):
    """The post, or the comment answered, takes no reply now."""


class TurnedAway(CommentError):
    """A rule refuses the comment: nothing is stored; the sentence tells its writer why."""


class TooMany(TurnedAway):
    """More than a limit allows in its time; the sentence says when the next one passes."""


class NotPossible(CommentError):
    """The commenter may not do this, or no longer; the sentence says why."""


class ChangedMeanwhile(CommentError):
    """The commenter's form was made for an older state of the comment; nothing was written."""

    def __init__(self, status: str) -> None:
        super().__init__(
            f"The comment was changed since this form was made; it is {SAID.get(status, status)} by"
            " now. Nothing was changed and nothing is lost: look at it, and send again if you still"
            " want to."
        )


class TreeBusy(CommentError):
    """The branch moved under every try, or the database refused the tree at COMMIT."""

    def __init__(self) -> None:
        super().__init__("This conversation is being rearranged; please try again in a moment.")


class WrongRoom(TypeError):
    """A programmer's mistake: comments are written through comments.tree."""
