"""A WordPress export into the site: posts, pages, tags and comments, one transaction per post."""

import hashlib
import re
from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING, Final
from urllib.parse import unquote, urlsplit

from django.db import transaction
from django.utils import timezone

from blog.models import RESERVED_SLUGS, Post, Tag
from comments.markup import writable
from transfer.models import ImportedItem
from transfer.old_paths import leave_redirects, numbered
from transfer.origin import Origin, external_id
from transfer.report import Report
from transfer.slugs import clean_slug, free_slug
from transfer.wordpress_authors import Authors
from transfer.wordpress_comments import Thread
from transfer.wordpress_dates import moment, rss_moment
from transfer.wordpress_html import plain_text, teaser, to_html
from transfer.wxr import Export, ExportedItem, Fields, Head

if TYPE_CHECKING:
    from django.contrib.auth.models import User

SYSTEM: Final = "wordpress"
KIND: Final = ImportedItem.Kind.POST
KINDS: Final = {"post": Post.Kind.POST, "page": Post.Kind.PAGE, "": Post.Kind.POST}
SECTIONS: Final = {Post.Kind.POST: "posts", Post.Kind.PAGE: "pages"}
PUBLIC: Final = frozenset(["publish", "future"])
WAITING: Final = frozenset(["draft", "pending", "auto-draft"])
TAG_DOMAINS: Final = frozenset(["category", "post_tag", "tag", ""])  # the last two before 3.0
SCHEME: Final = re.compile(r"\A[a-z]+://")

Progress = Callable[[int], None]


class WordPressImport:
    """One export on its way in. `check` first: it refuses what is no export, and writes nothing."""

    def __init__(self, export: Export, author: "User | None" = None) -> None:
        self.export, self.author = export, author
        self.report = Report()
        self._tags: dict[str, Tag] = {}
        self._terms: set[tuple[str, str]] = set()  # whose old addresses lead here
        self._links: dict[str, str] = {}  # of the items read so far, by external id

    def check(self, progress: Progress) -> None:
        """Read the file to its end. Raises transfer.wxr.NotAnExport."""
        self.head = self.export.check(progress)
        self.origin = Origin(SYSTEM, blog_address(self.head))
        self.authors = Authors(self.origin, self.head.authors, self.author)

    def run(self, progress: Progress) -> None:
        """Bring what is new. May be stopped anywhere and run again."""
        for item in self.export.items(progress):
            counted = Report()
            self._bring(item, counted, lambda: progress(self.export.file.tell()))
            self.report.merge(counted)
        with transaction.atomic():
            self._number_categories(self.report)

    def _bring(self, item: ExportedItem, report: Report, alive: Callable[[], None]) -> None:
        kind = KINDS.get(item.fields.get("wp:post_type", ""))
        if kind is None or not item.is_wordpress:
            what = item.fields["wp:post_type"][:40] if kind is None else "not WordPress's own"
            return _leave_out("other items", what, item, report)
        report.add(SECTIONS[kind], "read")
        if item.fields.get("wp:status") == "trash":
            return _leave_out(SECTIONS[kind], "in the trash", item, report)
        external = self._external(item.fields)
        date = self._date(item.fields)
        earlier = self.origin.find(KIND, external)
        post = Post.objects.filter(pk=earlier).first() if earlier else None
        if earlier and post is None:
            return _leave_out(SECTIONS[kind], "deleted here since", item, report)
        thread = Thread(external, self.origin, report)
        thread.read(item.comments, date, alive)
        with transaction.atomic():
            if post is None:
                post = self._make(kind, external, item, date, report)
            else:
                report.add(SECTIONS[kind], "already here")
            if thread.arrivals:
                thread.store(post)
        return None

    def _external(self, fields: Fields) -> str:
        """The item's name there. Of two with one id but different links, both are kept."""
        external, link = post_external_id(fields), fields.get("link", "")
        if self._links.setdefault(external, link) == link:
            return external
        return external_id(external, link)

    def _date(self, fields: Fields) -> datetime:
        return (
            moment(fields, "wp:post_date")
            or rss_moment(fields.get("pubDate", ""))
            or rss_moment(self.head.fields.get("pubDate", ""))
            or timezone.now()
        )

    def _make(
        self, kind: Post.Kind, external: str, item: ExportedItem, date: datetime, report: Report
    ) -> Post:
        fields = item.fields
        content = writable(fields.get("content:encoded", ""))
        title = post_title(fields, content)
        status, keeps_date, made = post_status(fields, date)
        is_open = fields.get("wp:comment_status") == "open"
        post = Post(
            kind=kind,
            title=title,
            slug=post_slug(kind, fields.get("wp:post_name", ""), title),
            author=self.authors.find(fields.get("dc:creator", ""), report),
            summary=writable(plain_text(fields.get("excerpt:encoded", "")) or teaser(content)),
            body=to_html(content),
            body_format=Post.Format.HTML,
            status=status,
            published_at=date if keeps_date else None,
            comments_status=Post.Comments.OPEN if is_open else Post.Comments.CLOSED,
            created_at=min(date, timezone.now()),
        )
        post.save()
        post.tags.set(self._find_tags(item, report))
        self.origin.remember(KIND, {external: post.pk})
        report.add(SECTIONS[kind], f"made: {made}")
        leave_redirects(old_paths(kind, fields), post.get_absolute_url(), report)
        return post

    def _find_tags(self, item: ExportedItem, report: Report) -> set[Tag]:
        """Categories and tags alike; one name is one tag, in whatever case it is written."""
        found = set()
        for domain, slug, written in item.terms:
            name = plain_text(writable(written))[:100].strip()
            if name and domain in TAG_DOMAINS:
                key = name.casefold()
                if key not in self._tags:
                    self._tags[key] = _find_tag(name, slug, report)
                tag = self._tags[key]
                found.add(tag)
                if (domain, slug) not in self._terms:
                    self._terms.add((domain, slug))
                    paths = old_tag_paths(domain, slug, tag)
                    leave_redirects(paths, tag.get_absolute_url(), report)
        return found

    def _number_categories(self, report: Report) -> None:
        """`/?cat=3` for each category that is a tag here."""
        for number, written in self.head.categories.items():
            name = plain_text(writable(written))[:100].strip()
            tag = Tag.objects.filter(name__iexact=name).order_by("pk").first() if name else None
            if tag is not None:
                leave_redirects(numbered("cat", number), tag.get_absolute_url(), report)


def blog_address(head: Head) -> str:
    """What names the blog from one export to the next, whichever scheme it is served by."""
    channel = head.fields
    address = (
        channel.get("wp:base_blog_url")
        or channel.get("wp:base_site_url")
        or channel.get("link")
        or "/".join(head.first_link.split("/")[:3])
        or channel.get("title", "")
    )
    return SCHEME.sub("", address.lower()).rstrip("/")


def post_external_id(fields: Fields) -> str:
    """WordPress's id, else its lasting address, else what tells it from others."""
    if fields.get("wp:post_id"):
        return external_id(fields["wp:post_id"])
    for name in ("guid", "link"):
        if fields.get(name):
            return external_id(f"{name}:{fields[name]}")
    content = "\0".join(fields.get(name, "") for name in ("title", "wp:post_date", "pubDate"))
    return "digest:" + hashlib.sha256(content.encode()).hexdigest()


def old_paths(kind: Post.Kind, fields: Fields) -> list[str]:
    """The paths that the item had there: its link's, and the one by its id."""
    paths = []
    try:
        link = urlsplit(fields.get("link", ""))
    except ValueError:  # brackets that hold no address
        link = urlsplit("")
    path = unquote(link.path)
    if path.strip("/") and "\0" not in path and (fields.get("wp:status") in PUBLIC):
        paths.append(path)
    number = fields.get("wp:post_id", "")
    paths += numbered("p", number)
    return paths + (numbered("page_id", number) if kind == Post.Kind.PAGE else [])


def old_tag_paths(domain: str, slug: str, tag: Tag) -> list[str]:
    """The path of a category or tag there, if it can't be told by slug here: merged, or taken."""
    there = clean_slug(slug)
    if there in {"", tag.slug}:
        return []
    return [f"/category/{there}/" if domain == "category" else f"/tag/{there}/"]


def post_title(fields: Fields, content: str) -> str:
    """The title as plain text; the first words of a post without one."""
    title = plain_text(writable(fields.get("title", "")))
    if not title:
        words = plain_text(content).split()
        title = " ".join(words[:8]) + ("…" if len(words) > 8 else "")
    return title[:299] + "…" if len(title) > 300 else title or "Untitled"


def post_slug(kind: Post.Kind, name: str, title: str) -> str:
    """WordPress's own where it is free here; a page keeps off the site's addresses."""
    wanted = clean_slug(name) or clean_slug(title) or "untitled"
    reserved = RESERVED_SLUGS if kind == Post.Kind.PAGE else frozenset[str]()
    return free_slug(Post, wanted, longest=200, avoid=reserved)


def post_status(fields: Fields, date: datetime) -> tuple[Post.Status, bool, str]:
    """The status here, whether the date stays, and how the report calls it."""
    status = fields.get("wp:status", "")
    if fields.get("wp:post_password"):
        return Post.Status.DRAFT, True, "draft, it had a password"
    if status == "private":
        return Post.Status.DRAFT, True, "draft, it was private"
    if status in PUBLIC:
        later = date > timezone.now()
        return Post.Status.PUBLISHED, True, "to appear later" if later else "published"
    if status in WAITING:
        return Post.Status.DRAFT, False, "draft"
    return Post.Status.DRAFT, False, f"draft, its status was {status[:20] or 'not given'}"


def _find_tag(name: str, slug: str, report: Report) -> Tag:
    tag = Tag.objects.filter(name__iexact=name).order_by("pk").first()
    report.add("tags", "found here" if tag else "made")
    wanted = clean_slug(slug) or clean_slug(name) or "tag"
    return tag or Tag.objects.create(name=name, slug=free_slug(Tag, wanted, longest=100))


def _leave_out(section: str, why: str, item: ExportedItem, report: Report) -> None:
    report.add(section, f"left out: {why}")
    if item.comments:
        report.add("comments", "read", len(item.comments))
        report.add("comments", "left out: with their post", len(item.comments))
