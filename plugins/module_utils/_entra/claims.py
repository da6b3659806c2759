# Copyright: (c) 2026, scimops maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Claims of a SAML assertion: the policy that Entra wants for them, and whether there is one already. Pure."""

from __future__ import annotations

import json
import typing as t

from .._errors import InputError, Problem
from .._model import shown
from .outcome import Operation
from .sso_step import SsoStep, Write

if t.TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    Json = Mapping[str, t.Any]


def claim_problems(claims: Sequence[Json]) -> Iterator[Problem]:
    """What is wrong with the option C(claims)."""
    names: set[str] = set()
    for index, claim in enumerate(claims):
        place, name = f"claims[{index}]", str(claim.get("name") or "").strip()
        source, value = claim.get("source"), claim.get("value")
        if not name:
            yield Problem(place, "name", "is empty")
        elif name in names:
            yield Problem(place, "name", f"{shown(name)} is there twice")
        names.add(name)
        if (source is None) == (value is None):
            yield Problem(place, "", "needs either source or value")
        elif source is not None and not all(part.strip() for part in source.partition(".")):
            yield Problem(place, "source", f"{shown(source)} is not of the form user.department")


def policy_text(claims: Sequence[Json]) -> str:
    """The definition of the policy, as Entra wants it: JSON in a text, its keys case-sensitive (fact sheet 3.13)."""
    schema = []
    for claim in claims:
        if claim.get("source") is None:
            schema.append({"Value": str(claim["value"]), "SamlClaimType": claim["name"]})
        else:
            source, _dot, attribute = str(claim["source"]).partition(".")
            schema.append({"Source": source, "ID": attribute, "SamlClaimType": claim["name"]})
    policy = {"Version": 1, "IncludeBasicClaimSet": "true", "ClaimsSchema": schema}
    return json.dumps({"ClaimsMappingPolicy": policy}, ensure_ascii=False)


def same_policy(policy: Json, text: str) -> bool:
    """Whether a policy has this content; neither spelling nor order of the JSON counts."""
    definitions = list(policy.get("definition") or ())
    return len(definitions) == 1 and _content(str(definitions[0])) == _content(text)


def needs_all(claims: Sequence[Json], assigned: Sequence[Json]) -> bool:
    """Whether the other policies of the tenant count: none is wanted, or the one that is assigned has the content."""
    return bool(claims) and not _fits(policy_text(claims), assigned)


def _fits(text: str, assigned: Sequence[Json]) -> bool:
    return len(assigned) == 1 and same_policy(assigned[0], text)


def plan_claims(name: str, claims: Sequence[Json], assigned: Sequence[Json], everything: Sequence[Json]) -> tuple[SsoStep, ...]:
    """How the application comes to the policy `name` with these claims, and to no other. An application has one policy at most.

    A policy that is assigned and has the content serves under whatever name. Without claims every policy is taken away, and stays in the
    tenant. Raises InputError for two policies of the name.
    """
    if not claims:
        return tuple(_unassign(policy) for policy in assigned)
    text = policy_text(claims)
    if _fits(text, assigned):
        return ()
    ours = _policy_of_name(name, everything)
    id = str(ours["id"]) if ours else ""
    is_assigned = bool(ours) and any(str(policy["id"]) == id for policy in assigned)
    shows = {"claims": claims_of([{"definition": [text]}])}
    steps = []
    if ours is None:
        steps.append(_step(Write.CREATE_POLICY, "create", name, body={"displayName": name, "definition": [text]}))
    elif not same_policy(ours, text):
        changed = shows if is_assigned else {}
        steps.append(_step(Write.UPDATE_POLICY, "update", name, id=id, body={"definition": [text]}, shows=changed))
    steps += [_unassign(policy) for policy in assigned if str(policy["id"]) != id]
    if not is_assigned:
        steps.append(_step(Write.ASSIGN_POLICY, "assign", name, id=id, shows=shows))
    return tuple(steps)


def _policy_of_name(name: str, everything: Sequence[Json]) -> Json | None:
    named = [policy for policy in everything if policy.get("displayName") == name]
    if len(named) > 1:
        ids = ", ".join(str(policy["id"]) for policy in named)
        reason = f"{len(named)} policies are named {shown(name)}: {ids}; choose another name"
        raise InputError([Problem("option claims_policy", "", reason)])
    return named[0] if named else None


def _unassign(policy: Json) -> SsoStep:
    return _step(Write.UNASSIGN_POLICY, "unassign", str(policy.get("displayName")), id=str(policy["id"]), shows={"claims": []})


def _step(write: Write, verb: str, name: str, **values: t.Any) -> SsoStep:
    return SsoStep(write, (Operation("claims_policy", verb, name),), **values)


def claims_of(policies: Sequence[Json]) -> list[str]:
    """The claims of policies for a diff, C(memberOf = user.assignedroles)."""
    return sorted(claim for policy in policies for text in policy.get("definition") or () for claim in _claims(str(text)))


def _claims(text: str) -> Iterator[str]:
    content = _parsed(text)
    schema = content.get("ClaimsSchema") if isinstance(content, dict) else None
    for entry in schema if isinstance(schema, list) else ():
        if isinstance(entry, dict):
            name = entry.get("SamlClaimType") or entry.get("JwtClaimType") or "?"
            yield f"{name} = {entry['Source']}.{entry.get('ID')}" if "Source" in entry else f"{name} = {json.dumps(entry.get('Value'))}"


def _parsed(text: str) -> t.Any:
    try:
        content = json.loads(text)
    except ValueError:
        return text
    return content.get("ClaimsMappingPolicy", content) if isinstance(content, dict) else content


def _content(text: str) -> t.Any:
    """What counts of a policy: a version that is a text or a number, true or "true", and the claims in any order."""
    content = _parsed(text)
    if not isinstance(content, dict):
        return content
    plain = {name: str(value).lower() if not isinstance(value, list) else value for name, value in content.items()}
    schema = content.get("ClaimsSchema")
    if isinstance(schema, list):
        plain["ClaimsSchema"] = sorted(json.dumps(entry, sort_keys=True) for entry in schema)
    return plain
