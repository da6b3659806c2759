# Copyright: (c) 2026, scimops maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Applications of an Entra tenant: the gallery's templates, and application with service principal, found before they are made."""

from __future__ import annotations

import typing as t

from .._entra.model import GUID, App, Role
from .._errors import InputError, Problem, ServiceError
from .._model import cut, key, shown
from .._transport.address import quote_segment
from .._wording import did_you_mean, nearest
from .again import bounded, find_again, read_again
from .client import literal
from .dialect import is_foreign
from .directory import names_like
from .resources import APPLICATION, INSTANCE, PRINCIPAL, TEMPLATE
from .shapes import all_sound, sound

if t.TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from .client import Graph

    Json = Mapping[str, t.Any]

OF_NAMES, OF_IDS = 10.0, 30.0
"""Seconds at most for which an application that is not found is searched: by name, which people misspell, and by id, which they copy."""


def make_app(principal: Json, application: Json | None = None) -> App:
    """The service principal as Graph shows it, in our names."""
    return App(
        principal_id=str(principal["id"]),
        app_id=str(principal.get("appId") or ""),
        application_id=str(application["id"]) if application else "",
        display_name=cut(str(principal.get("displayName") or "")),
        template_id=str(principal.get("applicationTemplateId") or ""),
        roles=tuple(make_role(role) for role in principal.get("appRoles") or ()),
        tags=tuple(principal.get("tags") or ()),
        raw=principal,
        application=application or {},
    )


def make_role(role: Json) -> Role:
    """One entry of appRoles in our names."""
    members = role.get("allowedMemberTypes") or ()
    return Role(str(role["id"]), cut(str(role.get("displayName") or "")), bool(role.get("isEnabled", True)), "User" in members)


def find_app(graph: Graph, options: Mapping[str, t.Any], *, application: bool = False) -> App | None:
    """The application that a task names by `service_principal_id` or `display_name`; with `application` its object id is read too.

    None where there is none of that name in check mode: an earlier task of the play may make it. Otherwise, and for an id,
    which nobody can know before it exists, InputError; so are two applications of one name.
    """
    id, name = options.get("service_principal_id") or "", options.get("display_name") or ""
    # One 404 and one list without it do not mean that it is not there: an earlier task may have made it a moment ago.
    principal = _principal_by_id(graph, id) if id else _principal_by_name(graph, name)
    if principal is None:
        return None
    app = make_app(principal)
    return with_application(graph, app) if application else app


def with_application(graph: Graph, app: App) -> App:
    """The same, with its application. Raises InputError where the tenant does not have that."""
    try:
        path = f"applications(appId='{quote_segment(app.app_id)}')"
        read = read_again(graph, lambda: graph.get(path), timeout=bounded(graph, OF_IDS))
        found = sound(read, APPLICATION, "the application", appId=app.app_id)
    except ServiceError as error:
        if error.status != 404 or is_foreign(error):
            raise
        reason = (
            f"{shown(app.display_name)} ({app.principal_id}) is an application of another tenant, or its application is deleted; "
            "only one that this tenant owns can be changed"
        )
        raise InputError([Problem("option display_name or service_principal_id", "", reason)]) from error
    return make_app(app.raw, found)


def principals_of_name(graph: Graph, name: str) -> list[dict[str, t.Any]]:
    """Every service principal of this display name; upper and lower case are the same, as they are to Graph."""
    listed = graph.list("servicePrincipals", params={"$filter": f"displayName eq {literal(name)}"})
    found = all_sound(listed, PRINCIPAL, "a service principal")
    return [principal for principal in found if key(str(principal.get("displayName") or "")) == key(name)]


def principal_of_app(graph: Graph, app_id: str) -> dict[str, t.Any] | None:
    """The service principal of the application with this client id, if it can be seen yet."""
    found = graph.find(f"servicePrincipals(appId='{quote_segment(app_id)}')")
    return None if found is None else sound(found, PRINCIPAL, "the service principal", appId=app_id)


def application_of_app(graph: Graph, app_id: str) -> dict[str, t.Any] | None:
    """The application with this client id, if it can be seen yet."""
    found = graph.find(f"applications(appId='{quote_segment(app_id)}')")
    return None if found is None else sound(found, APPLICATION, "the application", appId=app_id)


def applications_of_template(graph: Graph, template_id: str) -> list[dict[str, t.Any]]:
    """Every application that was made from this template, of whatever name.

    One that says to be of another template is left out: what is found here may be deleted, and a proxy may have lost the filter.
    """
    listed = graph.list("applications", params={"$filter": f"applicationTemplateId eq {literal(template_id)}"})
    found = all_sound(listed, APPLICATION, "an application")
    return [one for one in found if one.get("applicationTemplateId", template_id) == template_id]


def templates_of_name(graph: Graph, name: str) -> list[dict[str, t.Any]]:
    """Templates of the gallery with exactly this name. The filter does not mind upper and lower case, we do."""
    found = graph.list("applicationTemplates", params={"$filter": f"displayName eq {literal(name)}"})
    return [template for template in all_sound(found, TEMPLATE, "a template of the gallery") if template.get("displayName") == name]


def template_names_like(graph: Graph, name: str) -> list[str]:
    """Names in the gallery that share the first word, for a message."""
    word = (name.split() or [""])[0]
    found = graph.list("applicationTemplates", params={"$filter": f"contains(displayName,{literal(word)})"}, limit=200) if word else []
    return sorted({str(template.get("displayName")) for template in found})


def instantiate(graph: Graph, template_id: str, name: str) -> dict[str, t.Any]:
    """Makes application and service principal from a template, sent once: Graph would make a second pair (fact sheet 3.2)."""
    made = graph.send("POST", f"applicationTemplates/{quote_segment(template_id)}/instantiate", {"displayName": name})
    return sound(made, INSTANCE, "the new application")


def is_there(graph: Graph, kind: str, id: str) -> bool:
    """Whether one of C(applications) or C(servicePrincipals) can be seen by its id."""
    return graph.find(f"{kind}/{quote_segment(id)}") is not None


def read_tags(graph: Graph, principal_id: str) -> list[str]:
    """The tags of the service principal at this moment."""
    found = graph.get(f"servicePrincipals/{quote_segment(principal_id)}", params={"$select": "id,tags"})
    return list(sound(found, PRINCIPAL, "the service principal", id=principal_id).get("tags") or ())


def write_tags(graph: Graph, principal_id: str, tags: Sequence[str]) -> None:
    """Replaces all tags of the service principal."""
    graph.settle("PATCH", f"servicePrincipals/{quote_segment(principal_id)}", {"tags": list(tags)})


def delete_application(graph: Graph, application_id: str) -> None:
    """Deletes the application and its service principal; for thirty days they can be restored. One that is gone already is gone."""
    graph.delete(f"applications/{quote_segment(application_id)}")


def describe_principals(principals: Sequence[Json]) -> str:
    """Several service principals for a message: name, and id behind it."""
    return ", ".join(f"{shown(str(one.get('displayName')))} ({one['id']})" for one in principals)


def _principal_by_id(graph: Graph, id: str) -> dict[str, t.Any]:
    reason = (
        f"there is no service principal {shown(id)} in this tenant. Is it the object id of the enterprise application? Neither the "
        "client id nor the object id of the app registration will do"
    )
    path = f"servicePrincipals/{quote_segment(id)}"
    found = find_again(graph, lambda: graph.find(path), most=OF_IDS) if GUID.fullmatch(id) else None
    if found is None:
        raise InputError([Problem("option service_principal_id", "", reason)])
    return sound(found, PRINCIPAL, "the service principal", id=id)


def _principal_by_name(graph: Graph, name: str) -> dict[str, t.Any] | None:
    found = find_again(graph, lambda: principals_of_name(graph, name), most=OF_NAMES)
    if len(found) > 1:
        reason = f"{len(found)} applications have that name: {describe_principals(found)}; name one by service_principal_id"
        raise InputError([Problem("option display_name", "", reason)])
    if not found and not graph.read_only:
        meant = [shown(one) for one in nearest(name, names_like(graph, "servicePrincipals", [name]))]
        reason = f"there is no application {shown(name)} in this tenant; entra_gallery_app makes it{did_you_mean(meant)}"
        raise InputError([Problem("option display_name", "", reason)])
    if found and not found[0].get("applicationTemplateId"):
        reason = (
            f"the only application {shown(name)} ({found[0]['id']}) was made from no template, by hand perhaps, and such a one has no "
            "provisioning, so it is not taken by its name. entra_gallery_app makes one that has; if this one is meant all the same, "
            "name it by service_principal_id"
        )
        raise InputError([Problem("option display_name", "", reason)])
    return found[0] if found else None
