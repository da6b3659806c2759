# Copyright: (c) 2026, scimops maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The gallery: application templates, and what an instance of one looks like when it is new."""

from __future__ import annotations

import copy
import typing as t
import uuid

from .answers import Call, GraphError, Json, Listing, Reply, not_found, timestamp
from .defaults import default_schema
from .state import Application

if t.TYPE_CHECKING:
    from .entra import Entra

CUSTOM_ID = "8adf8e6e-67b2-4cf2-a259-e3dc5476c621"
CUSTOM_NAME = "Custom"
# display name -> connector of its synchronization templates ("" = cannot provision), categories
GALLERY: dict[str, tuple[str, str]] = {
    "Zscaler": ("zscaler", "security"),
    "Zscaler Beta": ("zscalerBeta", "security"),
    "Zscaler One": ("zscalerOne", "security"),
    "Zscaler Two": ("ZscalerTwo", "security"),
    "Zscaler Three": ("zscalerThree", "security"),
    "Zscaler ZSCloud": ("zscalerZSCloud", "security"),
    "Zscaler Private Access (ZPA)": ("zscalerPrivateAccess", "security"),
    "Zscaler Private Access Administrator": ("", "security"),
    "Zoom": ("zoom", "collaboration"),
    "G Suite": ("gsuite", "collaboration"),
    "O'Reilly Learning": ("", "education"),
}


class Gallery:
    """The templates of one tenant; their ids are new for each."""

    def __init__(self, entra: Entra) -> None:
        self._entra = entra
        self.connectors: dict[str, str] = {CUSTOM_ID: "scim"}
        """Template id -> connector."""
        self.templates: dict[str, Json] = {CUSTOM_ID: _template(CUSTOM_ID, CUSTOM_NAME, "", provisions=False)}
        for name, (connector, category) in GALLERY.items():
            id = str(uuid.uuid4())
            self.connectors[id] = connector
            self.templates[id] = _template(id, name, category, provisions=bool(connector))

    def listing(self, _call: Call) -> Listing:
        """GET /applicationTemplates."""
        filterable = {"displayName": "eq contains", "categories": "eq contains"}
        templates = sorted(self.templates.values(), key=lambda template: str(template["displayName"]))
        sortable = frozenset({"displayName", "publisher"})
        return Listing(templates, "applicationTemplates", filterable=filterable, sortable=sortable)

    def get(self, call: Call) -> Reply:
        """GET /applicationTemplates/{id}."""
        return Reply(200, self._template(call.ids[0]), "applicationTemplates/$entity")

    def instantiate(self, call: Call) -> Reply:
        """POST /applicationTemplates/{id}/instantiate: always a new application, whatever is there."""
        template = self._template(call.ids[0])
        name = call.text("displayName")
        application = new_application(template, name, self._entra)
        self._entra.add(application)
        call.touched += [application.id, application.principal_id]
        if self._entra.switches.entra_instantiate_404:
            raise not_found(application.principal_id)
        content = {"application": copy.deepcopy(application.application), "servicePrincipal": copy.deepcopy(application.principal)}
        return Reply(201, content, "microsoft.graph.applicationServicePrincipal")

    def _template(self, id: str) -> Json:
        if id not in self.templates:
            raise GraphError(404, "ResourceNotFound", f"Application template with id '{id}' does not exist.")
        return self.templates[id]

    def synchronization_templates(self, application: Application) -> list[Json]:
        """The synchronizationTemplates of an application; none where it was not made from the gallery or cannot provision."""
        connector = self.connectors.get(application.template_id, "")
        if not connector:
            return []
        how = self._entra.switches.entra_sync_template
        found = [self._synchronization_template(application, connector, default=how != "unmarked")]
        if how == "two":
            found.insert(0, self._synchronization_template(application, f"{connector}Legacy", default=False))
        return found

    def _synchronization_template(self, application: Application, connector: str, *, default: bool) -> Json:
        name = self.templates[application.template_id]["displayName"]
        return {
            "id": connector,
            "applicationId": application.app_id,
            "default": default,
            "description": f"Provisions users and groups to {name}",
            "discoverable": True,
            "factoryTag": connector,
            "metadata": [
                {"key": "GalleryApplicationIdentifier", "value": application.template_id},
                {"key": "GalleryApplicationKey", "value": connector.lower()},
                {"key": "IsOAuthEnabled", "value": "False"},
                {"key": "IsSynchronizationAgentAssignmentRequired", "value": "False"},
                {"key": "IsSynchronizationInPreview", "value": "False"},
            ],
        }

    def schema(self, application: Application, template_id: str) -> Json | None:
        """The default schema of one of an application's synchronization templates; None where there is no such template."""
        if template_id not in [template["id"] for template in self.synchronization_templates(application)]:
            return None
        name = str(self.templates[application.template_id]["displayName"])
        is_custom = application.template_id == CUSTOM_ID
        source = self._entra.switches.entra_directory_name
        return default_schema(template_id, "customappsso" if is_custom else name, source_directory=source, more=is_custom)


def _template(id: str, name: str, category: str, *, provisions: bool) -> Json:
    is_custom = id == CUSTOM_ID
    return {
        "id": id,
        "displayName": name,
        "homePageUrl": None if is_custom else f"https://{gallery_key(name)}.example/",
        "supportedSingleSignOnModes": ["password", "saml", "external"],
        "supportedProvisioningTypes": ["sync"] if provisions else [],
        "logoUrl": None,
        "categories": [category] if category else [],
        "publisher": None if is_custom else name.split(" ")[0],
        "description": None,
        "isEntraIntegrated": True,
        "lastModifiedDateTime": "2026-01-01T00:00:00Z",
    }


def gallery_key(name: str) -> str:
    """How the gallery calls an application in addresses."""
    return "".join(letter for letter in name.lower() if letter.isalnum())


def role(name: str) -> Json:
    """One app role with an id of its own."""
    return {
        "allowedMemberTypes": ["User"],
        "description": name,
        "displayName": name,
        "id": str(uuid.uuid4()),
        "isEnabled": True,
        "origin": "Application",
        "value": None,
    }


def new_application(template: Json, name: str, entra: Entra) -> Application:
    """A new application with its service principal, in no directory yet."""
    id, app_id, principal_id = (str(uuid.uuid4()) for _number in range(3))
    roles = [role(one) for one in entra.switches.entra_app_roles]
    homepage = template["homePageUrl"] and f"{template['homePageUrl']}?metadata={gallery_key(template['displayName'])}|ISV9.2|primary|z"
    now = timestamp()
    application = {
        "id": id,
        "deletedDateTime": None,
        "appId": app_id,
        "applicationTemplateId": template["id"],
        "createdDateTime": now,
        "displayName": name,
        "description": None,
        "groupMembershipClaims": None,
        "identifierUris": [],
        "notes": None,
        "optionalClaims": None,
        "publisherDomain": "corp.example",
        "signInAudience": "AzureADMyOrg",
        "tags": [],
        "appRoles": copy.deepcopy(roles),
        "keyCredentials": [],
        "passwordCredentials": [],
        "requiredResourceAccess": [],
        "web": {"homePageUrl": homepage, "logoutUrl": None, "redirectUris": []},
    }
    principal = {
        "id": principal_id,
        "deletedDateTime": None,
        "accountEnabled": True,
        "alternativeNames": [],
        "appDisplayName": name,
        "appId": app_id,
        "applicationTemplateId": template["id"],
        "appOwnerOrganizationId": entra.tenant_id,
        "appRoleAssignmentRequired": True,
        "appRoles": roles,
        "description": None,
        "displayName": name,
        "homepage": homepage,
        "keyCredentials": [],
        "loginUrl": None,
        "logoutUrl": None,
        "notes": None,
        "notificationEmailAddresses": [],
        "oauth2PermissionScopes": [],
        "passwordCredentials": [],
        "preferredSingleSignOnMode": None,
        "preferredTokenSigningKeyThumbprint": None,
        "replyUrls": [],
        "samlSingleSignOnSettings": None,
        "servicePrincipalNames": [app_id],
        "servicePrincipalType": "Application",
        "signInAudience": "AzureADMyOrg",
        "tags": ["WindowsAzureActiveDirectoryIntegratedApp"],
    }
    return Application(id, app_id, principal_id, str(template["id"]), name, application, principal)
