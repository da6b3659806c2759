# Copyright: (c) 2026, scimops maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""One attribute mapping: as the options say it, in words, and with a declaration applied to it. Pure."""

from __future__ import annotations

import typing as t

from .expression import constant, direct, is_empty, kind_of, name_of, squeeze, text_of, tree
from .settings_keys import whole_number

if t.TYPE_CHECKING:
    from collections.abc import Mapping

    from .declared import Flow

    Live = Mapping[str, t.Any]

FLOW_TYPES = {"always": "Always", "on_create": "ObjectAddOnly"}
"""The option `apply` and Graph's flowType (facts 4)."""
APPLY = {graph: option for option, graph in FLOW_TYPES.items()}


class Parsed(t.NamedTuple):
    """What Graph made of one expression: its tree, or the reason why there is none."""

    source: dict[str, t.Any] | None
    error: str = ""


def target_of(live: Live) -> str:
    """The attribute that the mapping writes."""
    return str(live.get("targetAttributeName") or "")


def priority_of(live: Live) -> int:
    """When the attribute is tried for matching, 1 first; 0 = never."""
    return whole_number(live.get("matchingPriority"))


def flow_type_of(live: Live) -> str:
    """When the value flows; what is not shown is Graph's default."""
    return str(live.get("flowType") or "Always")


def as_option(live: Live) -> dict[str, t.Any]:
    """The mapping as the module's options would declare it. An `apply` that these do not have is given in Graph's own word."""
    entry: dict[str, t.Any] = {"target": target_of(live)}
    source = live.get("source")
    kind = kind_of(source)
    if source and kind != "none":
        entry[kind] = text_of(source) if kind == "expression" else name_of(source)
    if live.get("defaultValue"):
        entry["default_value"] = live["defaultValue"]
    entry["matching_priority"] = priority_of(live)
    entry["apply"] = APPLY.get(flow_type_of(live), flow_type_of(live))
    return entry


def in_words(live: Live) -> str:
    """The mapping as a sentence, such as `[displayName], matching no, always`."""
    source = live.get("source")
    said = ["nothing from Entra" if source is None or is_empty(source) else text_of(source)]
    if kind_of(source) == "constant":
        said[0] = f"constant {said[0]}"
    if live.get("defaultValue"):
        said.append(f'default "{live["defaultValue"]}"')
    said.append(f"matching {priority_of(live) or 'no'}")
    said.append(APPLY.get(flow_type_of(live), flow_type_of(live)).replace("_", " "))
    return ", ".join(said)


def edited(live: dict[str, t.Any] | None, flow: Flow, parsed: Parsed | None, kind_of_value: str) -> dict[str, t.Any]:
    """The mapping with the declaration applied: `live` itself if it is so already. `kind_of_value` is the target attribute's type.

    A copy with only the declared keys changed otherwise; what the service keeps beside them (flowBehavior, exportMissingReferences and
    whatever comes) stays.
    """
    new = _fresh(flow.target) if live is None else dict(live)
    wanted = _wanted_source(flow, parsed, kind_of_value)
    if flow.kind and not same_source(new.get("source"), wanted, kind_of_value):
        new["source"] = wanted
    if flow.default is not None and not _same_text(new.get("defaultValue") or "", flow.default, kind_of_value):
        new["defaultValue"] = _spelled(flow.default, kind_of_value) or None
    if flow.priority is not None and flow.priority != priority_of(new):
        new["matchingPriority"] = flow.priority
    if flow.apply is not None and FLOW_TYPES[flow.apply] != flow_type_of(new):
        new["flowType"] = FLOW_TYPES[flow.apply]
    return live if live is not None and new == live else new


def _fresh(target: str) -> dict[str, t.Any]:
    return {
        "defaultValue": None,
        "exportMissingReferences": False,
        "flowBehavior": "FlowWhenChanged",
        "flowType": "Always",
        "matchingPriority": 0,
        "source": None,
        "targetAttributeName": target,
    }


def _wanted_source(flow: Flow, parsed: Parsed | None, kind_of_value: str) -> dict[str, t.Any] | None:
    if flow.kind == "source":
        return direct(flow.value)
    if flow.kind == "constant":
        return constant(_spelled(flow.value, kind_of_value))
    if flow.kind == "expression":
        # Not parsed: Graph was not asked because the text is the live one, or there is no Graph to ask yet.
        return parsed.source if parsed and parsed.source else {"expression": flow.value}
    return None


def same_source(live: Live | None, wanted: Live | None, kind_of_value: str = "") -> bool:
    """Whether two sources do the same: by their trees, or by their texts without the blanks that mean nothing."""
    if is_empty(live) or is_empty(wanted) or live is None or wanted is None:
        return is_empty(live) and is_empty(wanted)
    if kind_of(live) == kind_of(wanted) == "constant" and kind_of_value == "Boolean":
        return name_of(live).casefold() == name_of(wanted).casefold()
    return squeeze(text_of(live)) == squeeze(text_of(wanted)) or ("type" in wanted and tree(live) == tree(wanted))


def _same_text(live: str, wanted: str, kind_of_value: str) -> bool:
    return live.casefold() == wanted.casefold() if kind_of_value == "Boolean" else live == wanted


def _spelled(text: str, kind_of_value: str) -> str:
    return text.capitalize() if kind_of_value == "Boolean" else text
