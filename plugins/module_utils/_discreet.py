# Copyright: (c) 2026, scimops maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""An `AnsibleModule` that tells nobody who the people in its options are: neither the target's system log nor `invocation`.

The constructor's C(no_log) cannot do this: Ansible overwrites it with that of the task, in all versions from 2.18 to 2.21.
"""

from __future__ import annotations

import typing as t

from ansible.module_utils.basic import AnsibleModule

if t.TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping

    Options = Mapping[str, t.Any]

NOT_SHOWN = "(not shown)"

SHORTEST = 4
"""Masking anything shorter would garble the result."""


class DiscreetModule(AnsibleModule):  # type: ignore[misc,unused-ignore]
    """Options named in `personal` are told by their number alone, in the log and in the result, also where Ansible refuses them."""

    def __init__(self, options: Options, personal: Collection[str], rules: Options) -> None:
        self._personal = personal
        try:
            super().__init__(argument_spec=dict(options), supports_check_mode=True, **rules)
        except OverflowError:
            # All versions of Ansible fall over C(.inf) as a whole number (B52). No option was masked by then, so none is told.
            reason = "Infinity is no whole number; correct the option that was given it, such as count or floor of removal_limit"
            self.fail_json(reason, invocation={})
        except TypeError:
            # And over a number in the place of suboptions.
            wrong = [name for name, rules in options.items() if rules.get("options") and _is_misshapen(self.params.get(name), rules)]
            if not wrong:
                raise
            self.fail_json(f"{wrong[0]} must be a dictionary, or a list of dictionaries, as its documentation says, and is none")

    def log(self, msg: str, log_args: Options | None = None) -> None:
        """Of the invocation, what `logged_options` leaves; of all else, such as warnings, in which there are names, nothing."""
        del msg
        if log_args is not None:
            told = logged_options(self.params, self.argument_spec)
            super().log(" ".join(["Invoked with", *(f"{name}={value}" for name, value in told.items())]))

    def exit_json(self, **result: t.Any) -> None:
        """As AnsibleModule does, with our own `invocation`."""
        super().exit_json(**{"invocation": self._invocation(), **result})

    def fail_json(self, msg: str, **result: t.Any) -> None:
        """As AnsibleModule does, with our own `invocation`."""
        # Ansible reads what to mask in one go, and forgets all of it where an option with suboptions is none (removal_limit: 5).
        self.no_log_values.update(masked_texts(self.params, self.argument_spec))
        super().fail_json(msg, **{"invocation": self._invocation(), **result})

    def _invocation(self) -> dict[str, t.Any]:
        # What is in no spec is a slip of the pen, such as usres, and may name people as well.
        unknown = self.params.keys() - self.argument_spec.keys()
        return {"module_args": shown_options(self.params, unknown | set(self._personal), self.argument_spec)}


def shown_options(options: Options, personal: Collection[str], spec: Options) -> dict[str, t.Any]:
    """The options, those in `personal` as a count such as C(200 entries). Ansible itself masks the secrets among the others."""
    return {name: _counted(value) if name in personal else _known(value, spec.get(name, {})) for name, value in options.items()}


def _known(value: t.Any, rules: Options) -> t.Any:
    """The value; of suboptions those that there are, for Ansible does not know that a misspelt one is a secret (client_secert)."""
    known = rules.get("options")
    if known is None or value is None:
        return value
    if rules.get("type") == "list" and isinstance(value, list):
        return [_of_these(one, known) for one in value]
    return _of_these(value, known)


def _of_these(value: t.Any, known: Options) -> t.Any:
    if not isinstance(value, dict):
        return _counted(value)
    return {name: _known(inner, known[name]) if name in known else _counted(inner) for name, inner in value.items()}


def _is_misshapen(value: t.Any, rules: Options) -> bool:
    entries = value if rules.get("type") == "list" and isinstance(value, list) else [value]
    return value is not None and not all(isinstance(one, dict) for one in entries)


def masked_texts(options: Options, spec: Options) -> set[str]:
    """What must not be shown of the options, also of suboptions; where those are none, all that stands in their place may be a secret."""
    found: set[str] = set()
    for name, rules in spec.items():
        value, inner = options.get(name), rules.get("options") or {}
        if rules.get("no_log") is True:
            found.update(_texts(value))
        for one in value if isinstance(value, list) else [value]:
            if isinstance(one, dict):
                found |= masked_texts(one, inner)
            elif any(rule.get("no_log") is True for rule in inner.values()):
                found.update(_texts(one))
    return {text for text in found if len(text) >= SHORTEST}


def _texts(value: t.Any) -> Iterator[str]:
    if isinstance(value, (dict, list)):
        for one in value.values() if isinstance(value, dict) else value:
            yield from _texts(one)
    elif value is not None and not isinstance(value, bool):
        yield str(value)


def logged_options(options: Options, spec: Options) -> dict[str, t.Any]:
    """What a log may keep for years: numbers, truth values, choices and counts; that any other option was given, and not its value."""
    return {name: _logged(value, spec.get(name, {})) for name, value in options.items() if value is not None}


def _logged(value: t.Any, rules: Options) -> t.Any:
    chosen = isinstance(value, str) and "choices" in rules
    return value if chosen or isinstance(value, (bool, int, float)) else _counted(value)


def _counted(value: t.Any) -> t.Any:
    if isinstance(value, (list, tuple)):
        return "1 entry" if len(value) == 1 else f"{len(value)} entries"
    return NOT_SHOWN if value else value
