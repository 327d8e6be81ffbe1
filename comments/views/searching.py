"""The search with comments in it."""

from typing import ClassVar

from blog import search_views
from comments.searching import find_comments


class SearchView(search_views.SearchView):
    """What is found among posts and among public comments."""

    finders: ClassVar[dict[str, search_views.Finder]] = {
        **search_views.SearchView.finders,
        "comments": find_comments,
    }
