# Copyright: (c) 2026, scimops maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which application of the gallery is meant, and whether it is there: nothing is made or deleted by a name alone. Pure."""

from __future__ import annotations

import difflib
import typing as t

from .._errors import InputError, Problem
from .._model import cut, key, shown
from .._wording import NEAR, did_you_mean, edge_fault, nearest

if t.TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    Json = Mapping[str, t.Any]

SYNC = "sync"
"""In supportedProvisioningTypes of a template that Entra can provision to."""

ALIKE = 0.8
"""How alike two names must be for one to be taken for a mistake for the other, 1 being equal."""


class Pair(t.NamedTuple):
    """An application and its service principal, as far as the listings show them yet."""

    application: Json | None = None
    principal: Json | None = None

    @property
    def app_id(self) -> str:
        """The client id, which both of them have."""
        return str((self.application or self.principal or {}).get("appId") or "")

    @property
    def complete(self) -> bool:
        """Whether both can be seen."""
        return self.application is not None and self.principal is not None

    def ids(self) -> str:
        """Both ids for a message."""
        ids = [("application", self.application), ("service principal", self.principal)]
        return ", ".join(f"{what} {one['id']}" for what, one in ids if one is not None)


class Standing(t.NamedTuple):
    """What the tenant has of a template and a name."""

    ours: Pair | None
    strangers: tuple[Json, ...] = ()
    """Service principals of the name that come from elsewhere."""
    siblings: tuple[str, ...] = ()
    """Names of other applications of the template."""


def check_name(option: str, name: str) -> str:
    """The name, if Entra would keep it as it is."""
    fault = edge_fault(name)
    if fault:
        raise InputError([Problem(f"option {option}", "", fault)])
    return name


def pick_template(name: str, found: Sequence[Json], near: Sequence[str]) -> Json:
    """The one template of this name; `near` are the names to suggest from. Raises InputError."""
    if not found:
        hint = did_you_mean([shown(one) for one in nearest(name, near) or near[:NEAR]]) or "."
        reason = (
            f"the gallery has no template named exactly {shown(name)}{hint} "
            "The galleries of the national clouds have only a part of the templates"
        )
        raise InputError([Problem("option template", "", reason)])
    if len(found) > 1:
        ids = ", ".join(str(template["id"]) for template in found)
        raise InputError([Problem("option template", "", f"the gallery has {len(found)} templates named {shown(name)}: {ids}")])
    return found[0]


def check_provisioning(template: Json) -> None:
    """Raise InputError for a template that Entra cannot provision to: nothing else of this collection would work with it."""
    if SYNC not in (template.get("supportedProvisioningTypes") or ()):
        name = shown(str(template.get("displayName")))
        raise InputError([Problem("option template", "", f"{name} does not support provisioning, so there would be nothing to set up")])


def survey(name: str, template_id: str, applications: Sequence[Json], principals: Sequence[Json]) -> Standing:
    """What there is: `applications` are those of the template, `principals` those of the name. Raises InputError for two of both.

    An application belongs to us by its template and its name together; either listing may lag behind the other.
    """
    named = {str(one.get("appId")): one for one in applications if _has_name(one, name)}
    theirs = {str(one.get("appId")): one for one in principals}
    made = {app_id: one for app_id, one in theirs.items() if app_id in named or one.get("applicationTemplateId") == template_id}
    pairs = [Pair(named.get(app_id), made.get(app_id)) for app_id in sorted({*named, *made})]
    if len(pairs) > 1:
        ids = "; ".join(pair.ids() for pair in pairs)
        reason = f"{len(pairs)} applications of the template are named {shown(name)}: {ids}. Delete or rename all but one of them"
        raise InputError([Problem("option display_name", "", reason)])
    strangers = tuple(one for app_id, one in sorted(theirs.items()) if app_id not in made)
    siblings = sorted(str(one.get("displayName")) for one in applications if not _has_name(one, name))
    return Standing(pairs[0] if pairs else None, strangers, tuple(siblings))


def check_strangers(name: str, standing: Standing, *, absent: bool) -> None:
    """Raise InputError where the name is taken by an application that is not of the template."""
    if standing.ours or not standing.strangers:
        return
    ids = ", ".join(str(one["id"]) for one in standing.strangers)
    why = "it is not deleted" if absent else "a second one of that name could not be told from it"
    reason = (
        f"the tenant has an application {shown(name)} that was not made from this template (service principal {ids}), so {why}; "
        "choose another display_name, or another template"
    )
    raise InputError([Problem("option display_name", "", reason)])


def is_near(name: str, other: str) -> bool:
    """Whether somebody who writes one of these may mean the other: nearly the same letters, or one of them with something added."""
    one, two = (" ".join(key(text).split()) for text in (name, other))
    return one in two or two in one or difflib.SequenceMatcher(None, one, two, autojunk=False).ratio() >= ALIKE


def check_siblings(name: str, template: str, standing: Standing, *, allow: bool) -> None:
    """Raise InputError where a second application of the template would be made, and its name is near to that of the first.

    A name that is near is misspelt, or that of an application which was renamed in the portal: a second one would be empty beside it.
    """
    near = [other for other in standing.siblings if is_near(name, other)]
    if standing.ours or allow or not near:
        return
    names = " and ".join(map(shown, near))
    reason = (
        f"the tenant has an application of the template {shown(template)} under a name that is nearly the same, {names}; no second one is "
        "made. If that one is meant, give its name as display_name; if there shall be two, say allow_second: true"
    )
    raise InputError([Problem("option display_name", "", reason)])


def warnings_of(name: str, template: str, standing: Standing) -> list[str]:
    """What a person should know about applications beside the one that is meant."""
    found = []
    if standing.ours and standing.strangers:
        ids = ", ".join(str(one["id"]) for one in standing.strangers)
        found.append(
            f"Another application is named {shown(name)} too (service principal {ids}): other modules must be told which one is meant, "
            "by service_principal_id"
        )
    if not standing.ours and standing.siblings:
        names = ", ".join(map(shown, standing.siblings))
        found.append(
            f"The tenant has an application of the template {shown(template)} under another name ({names}). It is left alone; if it is "
            "the one that is meant, give its name as display_name"
        )
    return found


def describe_app(name: str, template_id: str, pair: Pair | None) -> dict[str, t.Any]:
    """RV(app) of the module; ids that do not exist yet are None."""
    principal, application = (pair.principal if pair else None) or {}, (pair.application if pair else None) or {}
    roles = [one for one in principal.get("appRoles") or () if one.get("isEnabled", True)]
    return {
        "display_name": cut(str((principal or application).get("displayName") or name)),
        "template_id": template_id,
        "service_principal_id": principal.get("id"),
        "application_id": application.get("id"),
        "app_id": (pair.app_id if pair else "") or None,
        "app_roles": [{"id": str(one["id"]), "display_name": cut(str(one.get("displayName") or ""))} for one in roles],
    }


def _has_name(application: Json, name: str) -> bool:
    return key(str(application.get("displayName") or "")) == key(name)
