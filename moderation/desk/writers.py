"""Who wrote a comment, as far as comments can be put together, and what else they did."""

from django.db.models import Q

from comments.models import Comment


def of_the_same_person(comment_id: int) -> Q:
    """What whoever wrote a comment wrote: by account or commenter, else mail, network or name.

    Nothing for a comment that is not there. One query.
    """
    comment = Comment.objects.filter(pk=comment_id).first()
    return same_person(comment) if comment is not None else Q(pk__in=())


def same_person(comment: Comment) -> Q:
    """The strongest of what the comment tells of its writer."""
    if comment.user_id is not None:
        return Q(user=comment.user_id)
    if comment.commenter_id is not None:
        return Q(commenter=comment.commenter_id)
    unknown = Q(user=None, commenter=None)
    if comment.mail:
        return unknown & Q(mail=comment.mail)
    if comment.network:
        return unknown & Q(network=comment.network)
    return unknown & Q(name=comment.name, mail="", network="")
