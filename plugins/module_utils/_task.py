# Copyright: (c) 2026, scimops maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""One running module, whatever it does: options in, one `exit_json` or `fail_json` out. The only file that can end the process."""

from __future__ import annotations

import typing as t

from ansible.module_utils.basic import AnsibleModule, missing_required_lib

from ._errors import InputError, Refusal
from ._model import shown
from ._transport.connection import HAS_REQUESTS
from ._transport.secrets import Scrubber

if t.TYPE_CHECKING:
    from collections.abc import Mapping

    from ._errors import CollectionError
    from ._transport.http import Http

    Options = Mapping[str, t.Any]


PROBLEMS = 1000
"""How many problems of the input a result lists; the message has the first twenty."""


class Task:
    """One running module: its options, its connection, and the scrubber through which all text leaves (law 10)."""

    def __init__(self, options: Options, rules: Options) -> None:
        self.module = AnsibleModule(argument_spec=dict(options), supports_check_mode=True, **rules)
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

    def leave(self, result: dict[str, t.Any], failed: str = "") -> t.NoReturn:
        """End the process with this result; `failed` is the message of a failure."""
        if self.http is not None:
            result["requests"] = self.http.counts.as_result()
            result["warnings"] = [*result.get("warnings", []), *self.http.pace.warnings]
            self.http.close()
        for warning in self.scrub.scrub(result.pop("warnings", [])):
            self.module.warn(printable(warning))
        result = encodable(self.scrub.scrub(result))
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
            result.update({"refused": error.details, "operations": error.details.pop("operations", [])})
        self.leave(result, failed=f"{error}{advice}")


def printable(text: str) -> str:
    """Text whose every line prints as it is: no terminal sequences, no half characters."""
    return "\n".join(shown(line) for line in text.split("\n"))


def encodable(value: t.Any) -> t.Any:
    """The value with half characters (lone surrogates) escaped: ansible-core loses a whole result because of one."""
    if isinstance(value, str):
        return value if value.isascii() else value.encode("utf-8", "backslashreplace").decode("utf-8")
    if isinstance(value, dict):
        return {encodable(name): encodable(inner) for name, inner in value.items()}
    if isinstance(value, (list, tuple)):
        return [encodable(inner) for inner in value]
    return value
