"""A process of the site's own that does what tests ask: a new one takes seconds to start.

Reads lines of JSON, the arguments of a management command, and answers each with one: what it
printed, or its error. Started with the data folder of a site that is up.
"""

import io
import json
import sys
import traceback
from contextlib import redirect_stdout

from config import embedded


def main() -> None:
    with embedded.attached(embedded.data_folder()):
        import django
        from django.core.management import call_command
        from django.db import connection

        django.setup()
        for line in sys.stdin:
            printed = io.StringIO()
            try:
                with redirect_stdout(printed):
                    call_command(*json.loads(line), stdout=printed)
                answer = {"printed": printed.getvalue()}
            except Exception:
                answer = {"error": traceback.format_exc()}
            connection.close()
            sys.stdout.write(json.dumps(answer) + "\n")
            sys.stdout.flush()


if __name__ == "__main__":
    main()
