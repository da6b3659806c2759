# Copyright: (c) 2026, scimops maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Runs a module as a process of its own: `run_module.py NAME`, its options as JSON on standard input; prints its result.

`run_module.py NAME --options` prints the names of its options.
"""

from __future__ import annotations

import importlib
import json
import sys

from ansible.module_utils.testing import patch_module_args


def main() -> None:
    """Run it, or name its options."""
    module = importlib.import_module(f"ansible_collections.scimops.zscaler_one.plugins.modules.{sys.argv[1]}")
    if "--options" in sys.argv:
        print(json.dumps(sorted(module.OPTIONS)))
        return
    with patch_module_args(json.load(sys.stdin)):
        module.main()


if __name__ == "__main__":
    main()
