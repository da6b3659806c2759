# Copyright: (c) 2026, scimops maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Why a goal is missed where it is: what is known of it, for whoever reads the table."""

from __future__ import annotations

import typing as t

if t.TYPE_CHECKING:
    from collections.abc import Iterable

    from .verdict import Row

START = (
    "the start of ansible-playbook alone takes more than a second. Then Ansible packs the hundred files of ours, and the target compiles "
    "them: about a second for the first task, two thirds of one for each further task, for ten users as for a hundred thousand"
)

REASONS: tuple[tuple[str, str, str], ...] = (
    ("P3", "whole process", "start, list and second listing come on top of the pace, and take longer where answers are slow"),
    ("P4", "creates in a second", "sixteen threads share one interpreter with the planning; on a busy machine they come late"),
    ("P4", "open_url", "ours waits for the service alone; how slow open_url is depends on the machine, and on this one it is faster"),
    ("P5", "loop", f"{START}. A loop over more users loses by more"),
    ("P5", "milliseconds", "the second of the start, divided by the users, and one request for each of them, which no play can save"),
    ("P6", "ansible-playbook", START),
    (
        "P6",
        "against the floor",
        "half a second is the start of Python, requests and Ansible's own code; the rest is checks of what the floor takes as it comes",
    ),
    ("P6", "time", "the time against a path is mostly the start of Ansible, which arguments have to wait for as well"),
    ("P7", "everything new", "the result lists 1,000 operations (`result_limit`), as its documentation promises; with 250 it would fit"),
    ("P8", "", "reading is checked and keeps places for error messages, which the standard library does not"),
)
"""Goal, a part of what was measured, and the reason. The first that fits holds."""


def reasons(rows: Iterable[Row]) -> list[str]:
    """One line for each row that is missed, by how much and why; an unknown reason is called that."""
    return [f"{row.goal}, {row.what}: {row.verdict}. {_reason(row)}." for row in rows if row.missed]


def _reason(row: Row) -> str:
    fitting = (why for goal, part, why in REASONS if goal == row.goal and part in row.what)
    text = next(fitting, "why, is not known")
    return text[0].upper() + text[1:]
