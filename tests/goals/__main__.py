# Copyright: (c) 2026, scimops maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Measures the reliability goals R1 to R15 on the sandbox and prints a table; ends with 1 if one is missed.

python -m tests.goals             all of it, a quarter of an hour; writes docs/reliability.md
python -m tests.goals --quick     a tenth of the cases
python -m tests.goals --only R4   one goal; may be given again
python -m tests.goals --seed 7    other random cases
"""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
HOME = "ansible_collections/scimops/zscaler_one"


def find_collection() -> None:
    """Make the collection importable by its full name, here and in processes that are started."""
    roots = [Path(path) for path in os.environ.get("PYTHONPATH", "").split(os.pathsep) if (Path(path) / HOME).is_dir()]
    root = roots[0] if roots else ROOT / "build/link"
    place = root / HOME
    if not place.exists():
        place.parent.mkdir(parents=True, exist_ok=True)
        place.symlink_to(ROOT, target_is_directory=True)
    sys.path.insert(0, str(root))
    os.environ["PYTHONPATH"] = str(root)


def main() -> int:
    """Measure what was asked for; 0 if nothing was missed."""
    parser = argparse.ArgumentParser(
        prog="python -m tests.goals", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--only", action="append", default=[], metavar="GOAL", help="only this goal")
    parser.add_argument("--quick", action="store_true", help="a tenth of the cases")
    parser.add_argument("--seed", type=int, default=1, help="what all that is random comes from")
    asked = parser.parse_args()
    find_collection()
    from ansible_collections.scimops.zscaler_one.tests.goals import run

    return run.run(asked.only, quick=asked.quick, seed=asked.seed, page=ROOT / "docs/reliability.md")


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        sys.exit("interrupted")
