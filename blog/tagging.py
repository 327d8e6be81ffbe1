"""Tags as an author writes them: words with commas between."""

from django.utils.text import slugify

from blog.models import Tag


def as_words(tags: list[Tag]) -> str:
    """Tags as they are written."""
    return ", ".join(tag.name for tag in tags)


def names_in(words: str) -> list[str]:
    """The names in what was written, each once, in whatever case it came first."""
    names = (" ".join(name.split()) for name in words.split(","))
    return list({name.casefold(): name for name in names if name}.values())


def find_tags(words: str) -> list[Tag]:
    """The tags that were written; those that are not there yet are made."""
    return [_find(name) for name in names_in(words)]


def _find(name: str) -> Tag:
    found = Tag.objects.filter(name__iexact=name).order_by("pk").first()
    return found or Tag.objects.create(name=name, slug=_free_slug(name))


def _free_slug(name: str) -> str:
    wanted = slugify(name, allow_unicode=True)[:90] or "tag"
    taken = set(Tag.objects.filter(slug__startswith=wanted).values_list("slug", flat=True))
    number, slug = 1, wanted
    while slug in taken:
        number += 1
        slug = f"{wanted}-{number}"
    return slug
