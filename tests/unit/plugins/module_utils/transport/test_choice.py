# Copyright: (c) 2026, scimops maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which credential is taken out of options and environment, and what is said if there is none."""

from __future__ import annotations

import secrets
import typing as t

import pytest
from ansible_collections.scimops.zscaler_one.plugins.module_utils._errors import InputError
from ansible_collections.scimops.zscaler_one.plugins.module_utils._transport.choice import all_secrets, choose

SECRET = "not-real-" + secrets.token_hex(12)
IDS = {"tenant_id": "corp.example", "client_id": "11111111-2222-3333-4444-555555555555"}
ENV_IDS = {"AZURE_TENANT_ID": "env.example", "AZURE_CLIENT_ID": "env-client"}


@pytest.mark.parametrize(
    ("options", "environment", "kind", "told"),
    [
        ({**IDS, "client_secret": SECRET}, {}, "client_secret", "option client_secret"),
        ({**IDS, "certificate_path": "c.pem"}, {}, "certificate", "option certificate_path"),
        ({"access_token": SECRET}, {}, "token", "option access_token"),
        # an option beats the environment, whatever the order of kinds
        ({**IDS, "certificate_path": "c.pem"}, {"AZURE_CLIENT_SECRET": SECRET}, "certificate", "option certificate_path"),
        ({**IDS, "client_secret": SECRET}, {"ZSCALER_ONE_ENTRA_ACCESS_TOKEN": SECRET}, "client_secret", "option client_secret"),
        # the environment, names of azure-identity and of azure.azcollection
        ({}, {**ENV_IDS, "AZURE_CLIENT_SECRET": SECRET}, "client_secret", "environment variable AZURE_CLIENT_SECRET"),
        ({}, {"AZURE_TENANT": "t", "AZURE_CLIENT_ID": "c", "AZURE_SECRET": SECRET}, "client_secret", "environment variable AZURE_SECRET"),
        ({}, {**ENV_IDS, "AZURE_CLIENT_CERTIFICATE_PATH": "c"}, "certificate", "environment variable AZURE_CLIENT_CERTIFICATE_PATH"),
        ({}, {**ENV_IDS, "AZURE_X509_CERTIFICATE_PATH": "c"}, "certificate", "environment variable AZURE_X509_CERTIFICATE_PATH"),
        ({}, {**ENV_IDS, "AZURE_FEDERATED_TOKEN_FILE": "f"}, "workload_identity", "environment variable AZURE_FEDERATED_TOKEN_FILE"),
        ({}, {"ZSCALER_ONE_ENTRA_ACCESS_TOKEN": SECRET}, "token", "environment variable ZSCALER_ONE_ENTRA_ACCESS_TOKEN"),
        ({}, {"IDENTITY_ENDPOINT": "http://localhost"}, "managed_identity", "environment variable IDENTITY_ENDPOINT"),
        ({}, {"MSI_ENDPOINT": "http://localhost"}, "managed_identity", "environment variable MSI_ENDPOINT"),
        # an order of its own: secret, certificate, workload, managed, CLI
        (
            {},
            {**ENV_IDS, "AZURE_CLIENT_SECRET": SECRET, "AZURE_FEDERATED_TOKEN_FILE": "f", "MSI_ENDPOINT": "x"},
            "client_secret",
            "environment",
        ),
        ({}, {**ENV_IDS, "AZURE_FEDERATED_TOKEN_FILE": "f", "MSI_ENDPOINT": "x"}, "workload_identity", "environment"),
        ({}, {"AZURE_CLIENT_SECRET": "  "}, "cli", "the Azure CLI"),
        ({}, {}, "cli", "the Azure CLI"),
        # told
        ({"auth_source": "cli", "client_secret": SECRET}, {}, "cli", "auth_source cli"),
        ({"auth_source": "managed_identity"}, {}, "managed_identity", "auth_source managed_identity"),
        (
            {"auth_source": "certificate", **IDS, "certificate_path": "c", "client_secret": SECRET},
            {},
            "certificate",
            "auth_source certificate",
        ),
        ({"auth_source": "workload_identity"}, {**ENV_IDS, "AZURE_FEDERATED_TOKEN_FILE": "f"}, "workload_identity", "auth_source"),
        ({"auth_source": "client_secret", **IDS}, {"AZURE_CLIENT_SECRET": SECRET}, "client_secret", "auth_source client_secret"),
    ],
)
def test_what_is_taken(options: dict[str, t.Any], environment: dict[str, str], kind: str, told: str) -> None:
    choice = choose(options, environment, has_cli=True)
    assert choice.kind == kind
    assert choice.told.startswith(told)


def test_only_what_the_credential_uses_is_passed_on() -> None:
    options = {**IDS, "auth_source": "certificate", "certificate_path": "c", "certificate_password": "p", "client_secret": SECRET}
    choice = choose(options, {}, has_cli=False)
    assert (choice.certificate_path, choice.certificate_password, choice.client_secret) == ("c", "p", "")
    assert choose({**IDS, "client_secret": f" {SECRET}\n", "certificate_password": "p"}, {}, has_cli=False).certificate_password == ""
    assert choose({"access_token": f"Bearer {SECRET}"}, {}, has_cli=False).access_token == SECRET


def test_an_option_beats_its_variable() -> None:
    choice = choose({**IDS, "client_secret": SECRET}, {**ENV_IDS, "AZURE_CLIENT_SECRET": "not-real-other"}, has_cli=False)
    assert (choice.tenant_id, choice.client_id, choice.client_secret) == (IDS["tenant_id"], IDS["client_id"], SECRET)


@pytest.mark.parametrize(
    ("options", "environment", "problems"),
    [
        ({}, {}, ["option auth_source: finds no credential; looked at the options access_token, client_secret, certificate_path,"]),
        ({"client_secret": SECRET, "certificate_path": "c"}, {}, ["cannot decide between client_secret and certificate_path"]),
        ({"client_secret": SECRET}, {}, ["option tenant_id: is missing; option client_secret needs it", "option client_id: is missing"]),
        ({}, {"AZURE_SECRET": SECRET, "AZURE_TENANT": "t"}, ["option client_id: is missing; environment variable AZURE_SECRET needs it"]),
        ({"auth_source": "certificate", **IDS}, {}, ["option certificate_path: is missing; auth_source certificate needs it"]),
        ({"auth_source": "token"}, {}, ["option access_token: is missing"]),
        ({"auth_source": "workload_identity", **IDS}, {}, ["AZURE_FEDERATED_TOKEN_FILE, which names the token, is not set"]),
        (
            {"tenant_id": "a/b", "client_id": "x y", "client_secret": SECRET},
            {},
            ["option tenant_id: is no tenant", "option client_id: is no client"],
        ),
        ({**IDS, "client_secret": "********"}, {}, ["option client_secret: looks like a template"]),
        ({**IDS, "client_secret": "short"}, {}, ["option client_secret: is shorter than 8"]),
        ({"access_token": "two words of text"}, {}, ["option access_token: contains a blank"]),
        ({"access_token": "{{ token }}"}, {}, ["option access_token: looks like a template"]),
    ],
)
def test_all_that_is_wrong_is_said_at_once(options: dict[str, t.Any], environment: dict[str, str], problems: list[str]) -> None:
    with pytest.raises(InputError) as caught:
        choose(options, environment, has_cli=False)
    text = str(caught.value)
    assert [problem for problem in problems if problem not in text] == []
    assert len(caught.value.problems) == len(problems)
    assert SECRET not in text


def test_what_was_looked_at_in_vain_is_named() -> None:
    with pytest.raises(InputError) as caught:
        choose({}, {}, has_cli=False)
    for name in (
        "AZURE_CLIENT_SECRET",
        "AZURE_SECRET",
        "AZURE_FEDERATED_TOKEN_FILE",
        "IDENTITY_ENDPOINT",
        "program az",
        "managed_identity",
    ):
        assert name in str(caught.value)


@pytest.mark.parametrize(("options", "environment"), [(IDS, {}), ({}, ENV_IDS)])
def test_who_names_a_client_does_not_become_the_person_at_work(options: dict[str, t.Any], environment: dict[str, str]) -> None:
    with pytest.raises(InputError, match="the Azure CLI is not asked, because client_id is given"):
        choose(options, environment, has_cli=True)
    assert choose({**options, "auth_source": "cli"}, environment, has_cli=True).kind == "cli"


def test_every_secret_is_known_even_if_it_is_not_used() -> None:
    environment = {"AZURE_SECRET": "b", "IDENTITY_HEADER": "c", "AZURE_CLIENT_ID": "no", "AZURE_CLIENT_CERTIFICATE_PASSWORD": "d"}
    assert all_secrets({"client_secret": " a ", "certificate_path": "no"}, environment) == {"a", "b", "c", "d"}
