# Copyright: (c) 2026, scimops maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Reads a state file in one way and prints the seconds of CPU that this took, without the start of Python and the imports.

`load.py WAY PATH`; the ways: ours, json, csv, safe (PyYAML's SafeLoader), ansible (its loader of variables).
"""

from __future__ import annotations

import csv
import json
import sys
import time
import typing as t
from pathlib import Path


def _json(path: str) -> object:
    with Path(path).open(encoding="utf-8") as stream:
        return json.load(stream)


def _csv(path: str) -> object:
    with Path(path).open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def _safe() -> t.Callable[[str], object]:
    import yaml

    def load(path: str) -> object:
        with Path(path).open(encoding="utf-8") as stream:
            return yaml.load(stream, yaml.SafeLoader)

    return load


def _ansible() -> t.Callable[[str], object]:
    from ansible.parsing.dataloader import DataLoader

    return t.cast("t.Callable[[str], object]", DataLoader().load_from_file)


def _ours() -> t.Callable[[str], object]:
    from ansible_collections.scimops.zscaler_one.plugins.module_utils._input.document import build_document
    from ansible_collections.scimops.zscaler_one.plugins.module_utils._input.sources import read_sources

    def load(path: str) -> object:
        entries, warnings = read_sources([path])
        return build_document(entries, today="2026-01-01", warnings=warnings)

    return load


WAYS: dict[str, t.Callable[[], t.Callable[[str], object]]] = {
    "json": lambda: _json,
    "csv": lambda: _csv,
    "safe": _safe,
    "ansible": _ansible,
    "ours": _ours,
}


def main() -> None:
    """Read once."""
    load = WAYS[sys.argv[1]]()
    began = time.process_time()
    document = load(sys.argv[2])
    seconds = time.process_time() - began
    print(json.dumps({"seconds": seconds, "warnings": [str(one) for one in getattr(document, "warnings", ())]}))


if __name__ == "__main__":
    main()
