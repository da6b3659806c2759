# Copyright: (c) 2026, scimops maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What "make test" and "make check" run. Needs nothing but Python 3.11 and git.

python3 -m tests.checks                 all checks
python3 -m tests.checks --quick         ruff, mypy, unit tests without the slow ones
python3 -m tests.checks --only sanity   those with this word in their name; may be given again
python3 -m tests.checks --list          the names
"""

from __future__ import annotations

import argparse
import sys
import time
from dataclasses import replace

from . import environments, places, runner, table

COMMAND = "python3 -m tests.checks"


def main() -> int:
    """Run what was asked for; 0 if nothing failed."""
    parser = argparse.ArgumentParser(prog=COMMAND, description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="only the quick part")
    parser.add_argument("--only", action="append", default=[], metavar="WORD", help="only checks with this word in their name")
    parser.add_argument("--list", action="store_true", help="name the checks and end")
    parser.add_argument("--lock", action="store_true", help="write requirements/*.txt again from requirements/*.in and end")
    parser.add_argument("--environment", metavar="NAME", help="make one environment, print its folder and end")
    asked = parser.parse_args()
    chosen = [
        check
        for check in table.checks()
        if (check.quick or not asked.quick) and (not asked.only or any(word.lower() in check.name.lower() for word in asked.only))
    ]
    if asked.quick:
        chosen = [replace(check, command=(*check.command, *check.sparing)) for check in chosen]
    if asked.list:
        print("\n".join(check.name for check in chosen))
    elif asked.lock:
        environments.lock()
    elif asked.environment:
        places.link()
        print(environments.environment(asked.environment))
    elif not chosen:
        parser.error("no check has such a name; --list names them")
    else:
        return report(chosen)
    return 0


def report(chosen: list[table.Check]) -> int:
    """Run the checks and print the end of the report; its last line is the count."""
    print(f"{len(chosen)} checks, {runner.AT_ONCE} at a time; whole logs in {places.LOGS.relative_to(places.REPOSITORY)}", flush=True)
    began = time.monotonic()
    outcomes = runner.run(chosen)
    count = {verdict: sum(outcome.verdict == verdict for outcome in outcomes) for verdict in ("passed", "failed", "skipped")}
    left_out: dict[str, list[str]] = {}
    for outcome in outcomes:
        for what in outcome.left_out:
            left_out.setdefault(what, []).append(outcome.check.name)
    if left_out:
        print("\nNOT TESTED HERE, so not known to work:")
        print("\n".join(f"  {what}  ({'; '.join(names)})" for what, names in left_out.items()))
    verdict = f"{count['passed']} passed, {count['failed']} failed" + (f", {count['skipped']} skipped" if count["skipped"] else "")
    (places.LOGS / "verdict").write_text(verdict + "\n", encoding="utf-8")
    print(f"\n{time.monotonic() - began:.0f} seconds")
    print(verdict)
    return 1 if count["failed"] or not count["passed"] else 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        sys.exit("interrupted")
