"""How every benchmark says what it found."""

import json
import os
import platform
import sys
from collections.abc import Mapping


def report(bench: str, metrics: Mapping[str, float], held: bool) -> int:
    """Print the metrics, as one JSON object last if `--json` was asked for; the exit status."""
    for name, value in metrics.items():
        print(f"{name:<40} {value:10.3f}")
    if "--json" in sys.argv:
        machine = {"cores": os.cpu_count(), "python": platform.python_version()}
        print(json.dumps({"bench": bench, "metrics": dict(metrics), "machine": machine}))
    return 0 if held else 1


def argument(name, otherwise):
    """What was given after `--name` on the command line."""
    if name not in sys.argv:
        return otherwise
    if sys.argv.index(name) + 1 == len(sys.argv):
        sys.exit(f"{name} needs a value after it")
    return sys.argv[sys.argv.index(name) + 1]
