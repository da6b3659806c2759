# Copyright: (c) 2026, scimops maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Microsoft's own client of Graph, with tokens by azure-identity, drives the sandbox: neither was written by us.

What the sandbox answers has to fit Microsoft's models, and what Microsoft's client sends has to be what the sandbox takes.
"""

from __future__ import annotations

import asyncio
import ssl
import typing as t

import pytest
from ansible_collections.scimops.zscaler_one.tests.sandbox.sandbox import Sandbox

WHY = "NOT RUN: the sandbox's Microsoft Graph is not driven by Microsoft's client; install msgraph-sdk and azure-identity for it"
pytest.importorskip("msgraph", reason=WHY)
httpx = pytest.importorskip("httpx", reason=WHY)
identity = pytest.importorskip("azure.identity.aio", reason=WHY)

from azure.core.exceptions import ClientAuthenticationError
from kiota_authentication_azure.azure_identity_authentication_provider import AzureIdentityAuthenticationProvider
from msgraph import GraphRequestAdapter, GraphServiceClient
from msgraph.generated.application_templates.application_templates_request_builder import ApplicationTemplatesRequestBuilder
from msgraph.generated.application_templates.item.instantiate.instantiate_post_request_body import InstantiatePostRequestBody
from msgraph.generated.models.app_role_assignment import AppRoleAssignment
from msgraph.generated.models.o_data_errors.o_data_error import ODataError
from msgraph.generated.models.synchronization_job import SynchronizationJob
from msgraph.generated.models.synchronization_schedule_state import SynchronizationScheduleState
from msgraph.generated.models.synchronization_secret import SynchronizationSecret
from msgraph.generated.models.synchronization_secret_key_string_value_pair import SynchronizationSecretKeyStringValuePair
from msgraph.generated.service_principals.item.synchronization.secrets.secrets_put_request_body import SecretsPutRequestBody

pytestmark = pytest.mark.filterwarnings("ignore:This class is deprecated:DeprecationWarning")
"""It is about the client's own generated code."""


@pytest.fixture
def sandbox() -> t.Iterator[Sandbox]:
    with Sandbox() as sandbox:
        users = [{"userPrincipalName": f"{name}@corp.example", "displayName": name, "groups": ["devs"]} for name in ("ada", "bob")]
        sandbox.entra.seed(users)
        yield sandbox


def credential_of(sandbox: Sandbox, secret: str = "") -> t.Any:
    return identity.ClientSecretCredential(
        sandbox.entra.tenant_id,
        sandbox.entra.client_id,
        secret or sandbox.entra.client_secret,
        authority=sandbox.authority_url,
        disable_instance_discovery=True,
        connection_verify=sandbox.ca_path,
    )


def drive(sandbox: Sandbox, act: t.Callable[[GraphServiceClient], t.Awaitable[None]], secret: str = "") -> None:
    """Let Microsoft's client do something with the sandbox."""

    async def run() -> None:
        async with credential_of(sandbox, secret) as credential:
            scopes = ["https://graph.microsoft.com/.default"]
            provider = AzureIdentityAuthenticationProvider(credential, scopes=scopes, allowed_hosts=["127.0.0.1"])
            async with httpx.AsyncClient(verify=ssl.create_default_context(cafile=sandbox.ca_path), trust_env=False, timeout=30) as http:
                adapter = GraphRequestAdapter(provider, client=http)
                adapter.base_url = f"{sandbox.graph_url}/v1.0"
                await act(GraphServiceClient(request_adapter=adapter))

    asyncio.run(run())


def test_from_the_gallery_to_a_running_job(sandbox: Sandbox) -> None:
    async def act(client: GraphServiceClient) -> None:
        builder = ApplicationTemplatesRequestBuilder.ApplicationTemplatesRequestBuilderGetQueryParameters
        parameters = builder(filter="displayName eq 'Zscaler One'")
        configuration = ApplicationTemplatesRequestBuilder.ApplicationTemplatesRequestBuilderGetRequestConfiguration(
            query_parameters=parameters
        )
        (template,) = (await client.application_templates.get(request_configuration=configuration)).value
        assert template.supported_provisioning_types == ["sync"]
        body = InstantiatePostRequestBody(display_name="Zscaler One")
        made = await client.application_templates.by_application_template_id(template.id).instantiate.post(body)
        principal = made.service_principal
        here = client.service_principals.by_service_principal_id(principal.id)
        ada = await client.users.by_user_id("ada@corp.example").get()
        role = next(role for role in principal.app_roles if role.display_name == "User")
        wanted = AppRoleAssignment(principal_id=ada.id, resource_id=principal.id, app_role_id=role.id)
        assignment = await here.app_role_assigned_to.post(wanted)
        assert (assignment.principal_display_name, assignment.principal_type) == ("ada", "User")
        assert [one.id for one in (await here.app_role_assigned_to.get()).value] == [assignment.id]
        (connector,) = (await here.synchronization.templates.get()).value
        job = await here.synchronization.jobs.post(SynchronizationJob(template_id=connector.id))
        assert job.schedule.state is SynchronizationScheduleState.Disabled
        secrets = {SynchronizationSecret.BaseAddress: sandbox.base_url, SynchronizationSecret.SecretToken: sandbox.token}
        pairs = [SynchronizationSecretKeyStringValuePair(key=key, value=value) for key, value in secrets.items()]
        await here.synchronization.secrets.put(SecretsPutRequestBody(value=pairs))
        at = here.synchronization.jobs.by_synchronization_job_id(job.id)
        schema = await at.schema.get()
        mappings = schema.synchronization_rules[0].object_mappings
        assert [len(one.attribute_mappings) for one in mappings] == [7, 3]
        assert not mappings[0].additional_data
        await at.start.post()
        assert (await at.get()).schedule.state is SynchronizationScheduleState.Active

    drive(sandbox, act)
    sandbox.entra.cycle("Zscaler One")
    assert sandbox.tenant.user("ada@corp.example").attributes["displayName"] == "ada"
    logs: list[t.Any] = []

    async def read_logs(client: GraphServiceClient) -> None:
        logs.extend((await client.audit_logs.provisioning.get()).value)
        principal = (await client.service_principals.get()).value[0]
        here = client.service_principals.by_service_principal_id(principal.id).synchronization.jobs
        job = (await here.get()).value[0]
        assert job.status.synchronized_entry_count_by_type
        await here.by_synchronization_job_id(job.id).pause.post()

    drive(sandbox, read_logs)
    assert logs[0].provisioning_status_info.status.value == "success"


def test_pages_are_followed_by_microsofts_client(sandbox: Sandbox) -> None:
    sandbox.switch(entra_page_size=1)

    async def act(client: GraphServiceClient) -> None:
        first = await client.users.get()
        second = await client.users.with_url(first.odata_next_link).get()
        assert [one.display_name for one in first.value + second.value] == ["ada", "bob"]
        assert second.odata_next_link is None
        group = (await client.groups.get()).value[0]
        members = await client.groups.by_group_id(group.id).members.get()
        assert members.value[0].__class__.__name__ == "User"

    drive(sandbox, act)


def test_p1_microsofts_client_cannot_write_the_schema(sandbox: Sandbox) -> None:
    """Why the collection sends its own requests: the client sends PATCH, which the service does not know."""
    application = sandbox.entra.add_application("Zscaler One")

    async def act(client: GraphServiceClient) -> None:
        synchronization = client.service_principals.by_service_principal_id(application.principal_id).synchronization
        job = await synchronization.jobs.post(SynchronizationJob(template_id="zscalerOne"))
        at = synchronization.jobs.by_synchronization_job_id(job.id)
        with pytest.raises(ODataError) as refused:
            await at.schema.patch(await at.schema.get())
        assert refused.value.response_status_code == 404
        assert refused.value.error.code == "UnknownError"
        assert refused.value.error.inner_error.request_id

    drive(sandbox, act)


def test_a_wrong_secret_is_understood_as_such(sandbox: Sandbox) -> None:
    async def act(client: GraphServiceClient) -> None:
        await client.users.get()

    with pytest.raises(ClientAuthenticationError, match="AADSTS7000215"):
        drive(sandbox, act, secret="not-the-secret")
