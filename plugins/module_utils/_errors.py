# Copyright: (c) 2026, scimops maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The error tree: one class for each thing that a caller can do something about. Imports nothing of ours but words."""

from __future__ import annotations

import typing as t

from ._wording import cut_lines

if t.TYPE_CHECKING:
    from collections.abc import Sequence


class CollectionError(Exception):
    """Base of all errors that this collection raises on purpose; its text is fit for a person to read."""


class Problem(t.NamedTuple):
    """One thing that is wrong with the input: where (file, line or index), which field, and why."""

    place: str
    field: str
    reason: str

    def __str__(self) -> str:
        field = f": {self.field}" if self.field else ""
        return f"{self.place}{field}: {self.reason}"


class InputError(CollectionError):
    """The input is wrong. Raised before any write (and before any request where the service need not be asked)."""

    SHOWN = 20

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = tuple(problems)
        count = len(self.problems)
        lines = [f"{count} problem{'' if count == 1 else 's'} in the input; this task wrote nothing:"]
        lines += cut_lines(self.problems, self.SHOWN)
        super().__init__("\n".join(lines))


def raise_problems(problems: Sequence[Problem]) -> None:
    """Raise InputError for all of them, if there are any."""
    if problems:
        raise InputError(problems)


class Refusal(CollectionError):
    """A plan that must not be carried out (the brake, an empty source, a doubtful listing); nothing was written."""

    def __init__(self, message: str, **details: object) -> None:
        self.details = details
        super().__init__(message)


class NotRecorded(CollectionError):
    """What is about to be done, or was done, cannot be written to the file that was asked for; nothing more is written to the service."""


class WriteInCheckMode(CollectionError):
    """The transport was asked to write although it is read-only: a programming error, and never sent."""


class TransportError(CollectionError):
    """The exchange with the service broke down; `request` is method and path, never a header or a body, and `message` is what happened.

    Where it broke off a write in several requests, `undone` has the ids that were not written yet; the others were.
    """

    undone: frozenset[str] | None = None

    def __init__(self, message: str, request: str) -> None:
        self.request = request
        self.message = message
        super().__init__(f"{request}: {message}")


class NotSent(TransportError):
    """The service cannot have seen the request: no name, no connection, or no trusted certificate."""


class Ambiguous(TransportError):
    """The request left, and no usable answer came: the service may or may not have carried it out."""

    def unseen(self, error: TransportError) -> Ambiguous:
        """The same, where a look at what became of it has failed too."""
        return Ambiguous(f"{self.message}; looking what became of it failed too: {error}", self.request)


class UntrustedAnswer(TransportError):
    """An answer that is not the service's: HTML of a proxy, a redirect, broken JSON, or more bytes than allowed."""


class NotUnderstood(CollectionError):
    """Something in an answer was not as this collection takes it to be, and nobody had checked it: to be reported, and mended."""


class BrokenDown(CollectionError):
    """The machine that runs the task has no memory, no thread or no file left for it."""


class Stopped(TransportError):
    """The task was told to stop before the request went out: the service has not seen it (F52)."""


class DeadlinePassed(TransportError):
    """The time limit of the task is over, or the service asks for a longer pause than the limit leaves."""


class ServiceError(TransportError):
    """A final answer of status 400 or above, in the service's own words (RFC 7644 section 3.12)."""

    def __init__(self, status: int, detail: str, request: str, code: str = "") -> None:
        self.status = status
        self.detail = detail
        self.code = code
        super().__init__(f"{status} {detail}".rstrip(), request)


class Unauthorized(ServiceError):
    """401: the credentials are refused. Every further request would be refused too."""


class Throttled(ServiceError):
    """429 or 503 until the attempts were used up."""
