"""How well the classifier would have done on a labelled set."""

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from moderation.learning.evaluation import evaluate
from moderation.learning.labelled import LabelledSetError, read_labelled


class Command(BaseCommand):
    help = (
        "Replay a CSV file with the columns text,label (spam or ham) in its order: predict each"
        " row, then learn from it. Prints precision, recall and what the first 50 rows teach, as"
        " one JSON object. Starts from nothing; the site's own classifier is not touched."
    )
    requires_system_checks = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, metavar="FILE.csv")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            figures = evaluate(read_labelled(options["file"]))
        except LabelledSetError as error:
            raise CommandError(str(error)) from error
        self.stdout.write(json.dumps(figures, ensure_ascii=False))
