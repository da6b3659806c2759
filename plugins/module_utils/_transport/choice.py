# Copyright: (c) 2026, scimops maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which credential of Microsoft Entra to use, out of the options and the environment. Pure: the environment comes as an argument."""

from __future__ import annotations

import re
import typing as t
from dataclasses import dataclass

from .._errors import InputError, Problem
from .auth import check_token, unfit_secret

if t.TYPE_CHECKING:
    from collections.abc import Mapping

ENVIRONMENT: Mapping[str, tuple[str, ...]] = {
    "access_token": ("ZSCALER_ONE_ENTRA_ACCESS_TOKEN",),
    "tenant_id": ("AZURE_TENANT_ID", "AZURE_TENANT"),
    "client_id": ("AZURE_CLIENT_ID",),
    "client_secret": ("AZURE_CLIENT_SECRET", "AZURE_SECRET"),
    "certificate_path": ("AZURE_CLIENT_CERTIFICATE_PATH", "AZURE_X509_CERTIFICATE_PATH"),
    "certificate_password": ("AZURE_CLIENT_CERTIFICATE_PASSWORD",),
    "token_file": ("AZURE_FEDERATED_TOKEN_FILE",),
}
"""Where the value of an option is looked for if it is not given: names of azure-identity first, then those of azure.azcollection."""

SECRETS = ("access_token", "client_secret", "certificate_password")

MANAGED = ("IDENTITY_ENDPOINT", "MSI_ENDPOINT", "IMDS_ENDPOINT")
"""What the hosts of Azure set where a managed identity can be asked for; a plain virtual machine sets none."""

KINDS: Mapping[str, str] = {
    "token": "access_token",
    "client_secret": "client_secret",
    "certificate": "certificate_path",
    "workload_identity": "token_file",
    "managed_identity": "",
    "cli": "",
}
"""Each C(auth_source) and the value that it cannot be without, in the order in which V(auto) looks."""

NEEDED: Mapping[str, tuple[str, ...]] = {
    "client_secret": ("tenant_id", "client_id"),
    "certificate": ("tenant_id", "client_id"),
    "workload_identity": ("tenant_id", "client_id"),
}
"""What a credential needs besides."""

IDENTIFIER = re.compile(r"[A-Za-z0-9][A-Za-z0-9.-]*", re.ASCII)
"""A tenant or a client: a GUID, or the name of a domain."""


@dataclass(frozen=True)
class Choice:
    """The credential to use. Of the values only those are set that its `kind` uses; `told` says for people where it was found."""

    kind: str
    told: str
    tenant_id: str = ""
    client_id: str = ""
    access_token: str = ""
    client_secret: str = ""
    certificate_path: str = ""
    certificate_password: str = ""
    token_file: str = ""


def choose(options: Mapping[str, t.Any], environment: Mapping[str, str], *, has_cli: bool) -> Choice:
    """The credential for these options. Raises InputError, which says what is missing, or what was looked at in vain.

    C(auth_source) decides; V(auto) takes the one that an option gives, else the first that the environment gives, else the Azure CLI.
    `has_cli` is whether there is an C(az) to run.
    """
    source = str(options.get("auth_source") or "auto")
    kind, told = (source, f"auth_source {source}") if source != "auto" else _look(options, environment, has_cli)
    values = {name: _value(options, environment, name) for name in ENVIRONMENT}
    problems = _missing(kind, told, values) + _unfit(kind, values)
    if problems:
        raise InputError(problems)
    used = {KINDS[kind], "tenant_id", "client_id"} | ({"certificate_password"} if kind == "certificate" else set())
    given = {name: value for name, value in values.items() if name in used}
    if kind == "token":
        given = {"access_token": check_token(values["access_token"], "access_token")}
    return Choice(kind, told, **given)


def all_secrets(options: Mapping[str, t.Any], environment: Mapping[str, str]) -> set[str]:
    """Every secret that options and environment hold, whether it will be used or not."""
    found = {str(options.get(name) or "").strip() for name in SECRETS}
    for name in (*(name for secret in SECRETS for name in ENVIRONMENT[secret]), "IDENTITY_HEADER", "MSI_SECRET"):
        found.add(environment.get(name, "").strip())
    return found - {""}


def _look(options: Mapping[str, t.Any], environment: Mapping[str, str], has_cli: bool) -> tuple[str, str]:
    """What C(auto) finds, and where. Raises InputError for several options, and for nothing at all."""
    by_option = [(kind, name) for kind, name in KINDS.items() if name and options.get(name)]
    if len(by_option) > 1:
        names = " and ".join(name for _kind, name in by_option)
        reason = f"cannot decide between {names}: give one of them, or say which with auth_source"
        raise InputError([Problem("option auth_source", "", reason)])
    for kind, name in by_option:
        return kind, f"option {name}"
    tried = ["the options " + ", ".join(name for name in KINDS.values() if name and name != "token_file")]
    for kind, name in KINDS.items():
        variables = ENVIRONMENT.get(name, MANAGED if kind == "managed_identity" else ())
        tried += variables
        for variable in variables:
            if environment.get(variable, "").strip():
                return kind, f"environment variable {variable}"
    client = _value(options, environment, "client_id")
    if has_cli and not client:
        return "cli", "the Azure CLI, since nothing else is given"
    # Whoever names a client does not want to act as the person who happens to be logged in.
    cli = "; the Azure CLI is not asked, because client_id is given" if client else ", and for the program az"
    reason = (
        f"finds no credential; looked at {', '.join(tried)}{cli}. Give client_id and client_secret, or "
        "certificate_path, or access_token; on a virtual machine of Azure with a managed identity set it to managed_identity"
    )
    raise InputError([Problem("option auth_source", "", reason)])


def _value(options: Mapping[str, t.Any], environment: Mapping[str, str], name: str) -> str:
    """The value of the option, else of the first variable that is set."""
    candidates = [str(options.get(name) or ""), *(environment.get(variable, "") for variable in ENVIRONMENT[name])]
    return next((value.strip() for value in candidates if value.strip()), "")


def _missing(kind: str, told: str, values: Mapping[str, str]) -> list[Problem]:
    wanted = [*NEEDED.get(kind, ()), *([KINDS[kind]] if KINDS[kind] else [])]
    return [
        Problem(f"option {name}", "", f"is missing; {told} needs it (or the environment variable {ENVIRONMENT[name][0]})")
        if name != "token_file"
        else Problem("option auth_source", "", "is workload_identity, and AZURE_FEDERATED_TOKEN_FILE, which names the token, is not set")
        for name in wanted
        if not values[name]
    ]


def _unfit(kind: str, values: Mapping[str, str]) -> list[Problem]:
    problems = [
        Problem(f"option {name}", "", f"is no {what}; it is a GUID{rest}")
        for name, what, rest in (("tenant_id", "tenant", ", or a domain of the tenant"), ("client_id", "client", ""))
        if kind != "token" and values[name] and not IDENTIFIER.fullmatch(values[name])
    ]
    if kind in ("token", "client_secret") and values[KINDS[kind]]:
        token = values[KINDS[kind]]
        reason = unfit_secret(token[7:].strip() if token.lower().startswith("bearer ") else token)
        problems += [Problem(f"option {KINDS[kind]}", "", reason)] if reason else []
    return problems
