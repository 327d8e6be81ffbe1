"""Prove every tree and every number; repair the trees on request."""

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from comments.faults import count_comments, find_faults, repair


class Command(BaseCommand):
    help = "Prove every conversation's tree and numbers. Exit 1 when a fault stays."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--repair", action="store_true", help="recompute each faulty tree")
        parser.add_argument("--json", action="store_true", help="one JSON object instead of text")

    def handle(self, *args: Any, **options: Any) -> None:
        faults = list(find_faults())
        repaired = 0
        if options["repair"] and faults:
            repaired = sum(repair(t) for t in {f.tree_id for f in faults if f.repairable})
            faults = list(find_faults())
        report = {"faults": len(faults), "comments": count_comments(), "repaired": repaired}
        if options["json"]:
            details = [f"comment {f.comment_id}: {f.sentence}" for f in faults[:100]]
            self.stdout.write(json.dumps({**report, "details": details}))
        else:
            for fault in faults:
                self.stdout.write(f"comment {fault.comment_id}: {fault.sentence}")
            self.stdout.write(
                "{comments} comments, {faults} faults, {repaired} repaired".format(**report)
            )
        if faults:
            raise SystemExit(1)
