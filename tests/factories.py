"""What tests need a lot of, with every field filled in."""

from itertools import count

from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group
from django.utils import timezone

from blog.models import Post
from comments import intake, markup
from comments.models import Comment
from core.guards import make_stamp
from moderation import services
from moderation.models import Clause
from moderation.policy.services import arrange_clauses, publish_policy, start_draft
from moderation.screening.facts import Facts

counter = count(1)


def make_user(role="", **fields):
    """A member of staff in a role; without one, a superuser."""
    fields.setdefault("username", f"user{next(counter)}")
    user = get_user_model().objects.create(is_staff=True, is_superuser=not role, **fields)
    if role:
        user.groups.add(Group.objects.get(name=role))
    return user


def make_post(**fields):
    """A published post."""
    number = next(counter)
    if "author" not in fields:
        fields["author"] = make_user("author")
    defaults = {
        "title": f"Post {number}",
        "slug": f"post-{number}",
        "body": "Some *text*.",
        "status": Post.Status.PUBLISHED,
        "published_at": timezone.now(),
    }
    return Post.objects.create(**{**defaults, **fields})


def send(post, text=None, parent=None, *, name="Reader", user=None, sender="somewhere"):
    """A comment as a reader sends it."""
    text = text or f"Text {next(counter)}"
    draft = intake.make_draft(post=post, parent=parent, name=name, mail="", text=text, user=user)
    return intake.receive(draft, sender=sender)


def make_facts(*groups, **fields):
    """Facts for a rule: of a draft with these fields, and these groups in place of queries."""
    at = fields.pop("at", timezone.now())
    post = fields.pop("post", None) or Post(pk=1, title="A post", slug="a-post")
    text = fields.pop("text", "Some text.")
    defaults = {"parent": None, "name": "Hanna", "mail": "", "html": markup.render(text)}
    draft = intake.Draft(post=post, text=text, **{**defaults, **fields})
    return Facts(draft=draft, at=at, groups={type(group): group for group in groups})


def filled_in(post, **changed):
    """The fields of a post's comment form, as a browser sends them."""
    form = {"name": "Reader", "mail": "", "text": "Hello.", "stamp": make_stamp("comment", post.pk)}
    return {**form, **changed}


def remembered(client, post, form_page="", **changed):
    """The client, remembered by a comment under a post, sent from one of its form's pages."""
    form = filled_in(post, name="Hanna", remember="on", **changed)
    answer = client.post(form_page or f"{post.get_absolute_url()}comment/", form)
    assert answer.status_code == 302, answer.content.decode()
    return client


def publish(comment, by=None):
    """The comment, published by a superuser, unless intake did it."""
    comment.refresh_from_db()
    if comment.is_published:
        return comment
    by = by or make_user()
    services.publish_comment(comment_id=comment.pk, version=comment.version, by=by)
    return Comment.objects.get(pk=comment.pk)


def make_published(post, parent=None, **fields):
    """A published comment."""
    return publish(send(post, parent=parent, **fields))


def write_policy(*, must_accept=False, **texts):
    """The next version of the policy: texts of clauses by key, None to leave a clause out."""
    by = make_user()
    draft = start_draft(by=by)
    draft.must_accept = must_accept
    draft.save()
    kept = [one for one in draft.clauses.all() if texts.get(one.key, "") is not None]
    for clause in kept:
        clause.text = texts.pop(clause.key, clause.text)
    kept += [Clause(key=key, title=key.title(), text=text) for key, text in texts.items() if text]
    arrange_clauses(draft, kept)
    return publish_policy(policy_id=draft.pk, changed_at=draft.changed_at, by=by)
