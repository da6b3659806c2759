# Copyright: (c) 2026, scimops maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Checks that an action group holds exactly the modules that take its connection options.

A module that extends the fragment of a connection has to be in the group of that name in meta/runtime.yml, and the other way
round: module_defaults for a group fail on a module that does not know the options, and pass by one that is missing. Its
documentation has to say so, by the attribute action_group.
"""

from __future__ import annotations

import ast
import sys
from pathlib import Path

import yaml

ROOT = Path(__file__).resolve().parents[2]
FRAGMENT = "scimops.zscaler_one."


def fragments(module: Path) -> set[str]:
    """The names of our documentation fragments that a module extends, without the leading underscore of private ones."""
    for node in ast.parse(module.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name) and node.targets[0].id == "DOCUMENTATION":
            extends = yaml.safe_load(ast.literal_eval(node.value)).get("extends_documentation_fragment", [])
            names = [extends] if isinstance(extends, str) else extends
            return {name.removeprefix(FRAGMENT).lstrip("_") for name in names if name.startswith(FRAGMENT)}
    return set()


def problems(groups: dict[str, list[str]], extended: dict[str, set[str]]) -> list[str]:
    """What does not fit, a sentence each; `extended` has the fragments of each module."""
    found = []
    for group, members in groups.items():
        users = {name for name, names in extended.items() if group in names}
        found += [f"{name} is in action group {group}, but does not extend the fragment {group}" for name in sorted(set(members) - users)]
        found += [f"{name} extends the fragment {group}, but is not in that action group" for name in sorted(users - set(members))]
        told = {name for name, names in extended.items() if f"attributes.action_group_{group}" in names}
        found += [f"{name} does not tell its readers rightly of action group {group}" for name in sorted(told ^ set(members))]
    grouped = {name for members in groups.values() for name in members}
    found += [f"{name} is in no action group" for name in sorted(set(extended) - grouped)]
    return found


def main() -> int:
    """Print what does not fit; 0 if nothing."""
    groups = yaml.safe_load((ROOT / "meta/runtime.yml").read_text(encoding="utf-8"))["action_groups"]
    modules = {path.stem: fragments(path) for path in sorted((ROOT / "plugins/modules").glob("*.py")) if path.stem != "__init__"}
    found = problems(groups, modules)
    print("\n".join(found) or f"{len(modules)} modules and {len(groups)} action groups agree")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
