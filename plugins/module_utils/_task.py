# Copyright: (c) 2026, scimops maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""One running module, whatever it does: options in, one `exit_json` or `fail_json` out. The only file that can end the process."""

from __future__ import annotations

import contextlib
import re
import typing as t

from ansible.module_utils.basic import missing_required_lib

from ._discreet import DiscreetModule
from ._errors import BrokenDown, InputError, NotUnderstood, Refusal, UntrustedAnswer
from ._model import shown
from ._surprises import UNFORESEEN, explain
from ._transport.connection import HAS_REQUESTS
from ._transport.secrets import Scrubber

if t.TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping

    from ._errors import CollectionError
    from ._transport.http import Http

    Options = Mapping[str, t.Any]


UNSEEN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069]")
"""Characters that no name has, and that act on a terminal: control characters but the tab and the end of a line, and turns of direction.

A playbook may print a text of a result as it is, such as the message of C(assert) in ansible-core 2.19 and newer.
"""

PROBLEMS = 200
"""How many problems of the input a result lists, so that it stays readable (P7); the message has the first twenty."""


class Task:
    """One running module: its options, its connection, and the scrubber through which all text leaves (law 10)."""

    def __init__(self, options: Options, personal: Collection[str], rules: Options) -> None:
        self.module = DiscreetModule(options, personal, rules)
        self.options: dict[str, t.Any] = self.module.params
        self.scrub = Scrubber()
        self.http: Http | None = None
        if not HAS_REQUESTS:
            self.module.fail_json(msg=missing_required_lib("requests"))

    @property
    def dry(self) -> bool:
        """Whether this is check mode."""
        return bool(self.module.check_mode)

    @property
    def shows_diff(self) -> bool:
        """Whether this is a run with C(--diff)."""
        return bool(self.module._diff)

    @contextlib.contextmanager
    def understanding(self, service: str) -> Iterator[None]:
        """Turns what an answer of an unexpected shape breaks into NotUnderstood, and a machine that is at its end into BrokenDown."""
        try:
            yield
        except UNFORESEEN as error:
            raise explain(error, service) from None

    def stop(self, reason: str) -> None:
        """Send no further request for this reason, if it is one; may be called by the handler of a signal."""
        if reason and self.http is not None:
            self.http.stop(reason)

    def sleep(self, seconds: float) -> object:
        """Wait so long, or until the task is told to stop."""
        return None if self.http is None else self.http.sleep(seconds)

    def leave(self, result: dict[str, t.Any], failed: str = "") -> t.NoReturn:
        """End the process with this result; `failed` is the message of a failure."""
        if self.http is not None:
            result["requests"] = self.http.counts.as_result()
            result["warnings"] = [*result.get("warnings", []), *self.http.pace.warnings]
            self.http.close()
        for warning in self.scrub.scrub(result.pop("warnings", [])):
            self.module.warn(printable(warning))
        try:
            result = encodable(self.scrub.scrub(result))
        except RecursionError:
            result = {"changed": bool(result.get("changed"))}
            failed = f"{failed} The result is nested too deeply to be told".strip()
        if failed:
            self.module.fail_json(msg=printable(self.scrub.scrub(failed)), **result)
        self.module.exit_json(**result)
        raise SystemExit  # exit_json has done so already; the type checker cannot know

    def fail(self, error: CollectionError, advice: str = "") -> t.NoReturn:
        """End the process because of an error that concerns the whole task; `advice` is what to do about it."""
        result: dict[str, t.Any] = {"changed": False}
        if isinstance(error, InputError):
            result["problems"] = [problem._asdict() for problem in error.problems[:PROBLEMS]]
        if isinstance(error, Refusal):
            result["refused"] = {name: value for name, value in error.details.items() if name != "operations"}
            if "operations" in error.details:
                result["operations"] = error.details["operations"]
        written = self.http.written if self.http is not None and isinstance(error, (BrokenDown, NotUnderstood, UntrustedAnswer)) else 0
        if written:
            result["changed"] = True
            were = "1 write was" if written == 1 else f"{written} writes were"
            advice += f". In this task {were} sent; run it again to see what is left"
        self.leave(result, failed=f"{error}{advice}")


def printable(text: str) -> str:
    """Text whose every line prints as it is: no terminal sequences, no half characters."""
    return "\n".join(shown(line) for line in text.split("\n"))


def encodable(value: t.Any) -> t.Any:
    """The value with what acts on a terminal escaped, for JSON leaves much of that as it is, and so with half characters.

    Because of one of these (lone surrogates), ansible-core loses a whole result.
    """
    if isinstance(value, str):
        if value.isprintable():
            return value
        whole = value.encode("utf-8", "backslashreplace").decode("utf-8")
        return UNSEEN.sub(lambda one: one.group().encode("unicode_escape").decode(), whole)
    if isinstance(value, dict):
        return {encodable(name): encodable(inner) for name, inner in value.items()}
    if isinstance(value, (list, tuple)):
        return [encodable(inner) for inner in value]
    return value
