"""Make the HTML of all comments anew after an upgrade that changed the pipeline."""

from comments import rerendering
from core.rerender_command import RerenderCommand


class Command(RerenderCommand):
    help = (
        "Render the comments whose HTML another version of the pipeline made."
        " It may be ended at any time and run again. Exit 1 when some are left."
    )
    rendering = rerendering
