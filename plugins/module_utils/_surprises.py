# Copyright: (c) 2026, scimops maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What an answer of an unexpected shape breaks where no check has caught it, told without a word of the answer. Pure."""

from __future__ import annotations

import traceback

from ._errors import NotUnderstood

SURPRISES = (KeyError, TypeError, ValueError, AttributeError, IndexError, RecursionError, OverflowError)


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
