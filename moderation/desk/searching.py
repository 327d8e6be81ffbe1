"""Looking for comments of whatever status: name, mail, address hash, host of a link, text."""

from typing import Final

from django.contrib.postgres.search import SearchQuery
from django.db.models import Q

from core.search import wanted
from moderation.models import DeskWords

CONFIG: Final = "simple"  # whole words as they are written, in whichever language


def found_by(text: str) -> Q:
    """The comments in which all words of a search stand; "phrases", or, -not as in other searches.

    The words are kept by a trigger (moderation.models.DeskWords).
    """
    query = SearchQuery(wanted(text).replace("www.", ""), config=CONFIG, search_type="websearch")
    return Q(pk__in=DeskWords.objects.filter(vector=query).values("comment"))
