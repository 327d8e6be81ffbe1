"""The site with the locks of its trees switched off: what a storm does to it then."""

from importlib import import_module

from config.wsgi import application

__all__ = ["application"]

# Only now: models can't be imported before the application has set Django up.
import_module("comments.tree")._locks = lambda tree_ids: []
