# Copyright: (c) 2026, scimops maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What we read of each resource of Microsoft Graph, and in which shape (fact sheet, sections 3 and 4). Pure."""

from __future__ import annotations

import typing as t

from .shapes import needed, record, several, switch, text, texts, whole

if t.TYPE_CHECKING:
    from collections.abc import Iterator

ROLE = record(id=needed(text), displayName=text, isEnabled=switch, allowedMemberTypes=texts)

CREDENTIAL = record(keyId=text, customKeyIdentifier=text, thumbprint=text, usage=text, startDateTime=text, endDateTime=text)

PRINCIPAL = record(
    id=needed(text),
    appId=text,
    displayName=text,
    applicationTemplateId=text,
    appOwnerOrganizationId=text,
    appRoles=several(ROLE),
    tags=texts,
    preferredSingleSignOnMode=text,
    loginUrl=text,
    notificationEmailAddresses=texts,
    preferredTokenSigningKeyThumbprint=text,
    keyCredentials=several(CREDENTIAL),
)

APPLICATION = record(
    id=needed(text),
    appId=text,
    displayName=text,
    applicationTemplateId=text,
    appRoles=several(ROLE),
    identifierUris=texts,
    web=record(redirectUris=texts),
)

INSTANCE = record(application=needed(APPLICATION), servicePrincipal=needed(PRINCIPAL))
"""What a template answers with when it is instantiated."""

TEMPLATE = record(id=needed(text), displayName=text, supportedProvisioningTypes=texts)

POLICY = record(id=needed(text), displayName=text, definition=texts)

ASSIGNMENT = record(id=needed(text), principalId=needed(text), appRoleId=needed(text), principalType=text, principalDisplayName=text)

USER = record(id=needed(text), displayName=text, userPrincipalName=text, mail=text, userType=text)
GROUP = record(id=needed(text), displayName=text, securityEnabled=switch)

CONNECTOR = record(id=needed(text), default=switch)
"""A template below synchronization."""

JOB = record(id=needed(text), templateId=text, schedule=record(state=text, interval=text), status=record(code=text))

SETTING = record(key=text, value=text)


def source(value: object, place: str) -> Iterator[str]:
    """The tree of an expression, which has others as its parameters."""
    parameter = record(key=text, value=source)
    yield from record(expression=text, name=text, type=text, parameters=several(parameter))(value, place)


FLOW = record(targetAttributeName=text, matchingPriority=whole, flowType=text, defaultValue=text, source=source)

CLAUSE = record(sourceOperandName=text, operatorName=text, targetOperand=record(values=texts))

OBJECT_MAPPING = record(
    name=text,
    sourceObjectName=text,
    targetObjectName=text,
    enabled=switch,
    flowTypes=text,
    attributeMappings=needed(several(FLOW)),
    scope=record(groups=several(record(name=text, clauses=several(CLAUSE)))),
)

ATTRIBUTE = record(name=text, type=text, mutability=text, required=switch, multivalued=switch)

DIRECTORY = record(name=text, objects=several(record(name=text, attributes=several(ATTRIBUTE))))

RULE = record(
    id=text,
    name=text,
    editable=switch,
    priority=whole,
    sourceDirectoryName=text,
    targetDirectoryName=text,
    metadata=several(record(key=text, value=text)),
    objectMappings=needed(several(OBJECT_MAPPING)),
)

SCHEMA = record(directories=several(DIRECTORY, least=1), synchronizationRules=several(RULE, least=1))
"""A schema is written back as a whole, so one from which the directories or the rules are missing is taken for none."""

OPERATOR = record(id=text, name=text, arity=text, supportedAttributeTypes=texts)

PARSED = record(parsingSucceeded=switch, parsedExpression=source, error=record(code=text, message=text))
