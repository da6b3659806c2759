# Copyright: (c) 2026, scimops maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What breaks where no check has caught it: at an answer of an unexpected shape, told without a word of it, or at this machine. Pure."""

from __future__ import annotations

import traceback

from ._errors import BrokenDown, NotUnderstood

SURPRISES = (KeyError, TypeError, ValueError, AttributeError, IndexError, RecursionError, OverflowError)
UNFORESEEN = (*SURPRISES, RuntimeError, MemoryError, OSError)
"""The surprises, and what a machine raises that has run out of something."""


def explain(error: BaseException, service: str) -> NotUnderstood | BrokenDown:
    """The error to tell instead of one of C(UNFORESEEN)."""
    reason = str(error) if isinstance(error, RuntimeError) and "thread" in str(error) else ""
    reason = "no memory" if isinstance(error, MemoryError) else reason
    reason = (error.strerror or "a failed system call") if isinstance(error, OSError) else reason
    if not reason:
        return not_understood(error, service)
    return BrokenDown(
        f"The machine that runs this task cannot go on: {reason} ({_place(error)}); free what it is short of (memory, threads, open "
        "files), and run it again"
    )


def not_understood(error: BaseException, service: str) -> NotUnderstood:
    """The error to tell instead of `error`, in whose own text there may be a part of the answer, and that may be a secret."""
    return NotUnderstood(
        f"This collection met something that it does not understand ({_place(error)}), most likely an answer of {service} of an "
        "unexpected shape; please report it, with the version of the collection"
    )


def _place(error: BaseException) -> str:
    """The kind of an error and where in this collection it was raised, such as C(KeyError at _entra/flow.py:55)."""
    frames = [frame for frame in traceback.extract_tb(error.__traceback__) if "module_utils" in frame.filename]
    ours = [frame for frame in frames if "ansible_collections" in frame.filename] or frames
    if not ours:
        return type(error).__name__
    return f"{type(error).__name__} at {ours[-1].filename.rpartition('module_utils/')[2]}:{ours[-1].lineno}"
