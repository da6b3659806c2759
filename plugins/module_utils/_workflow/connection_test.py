# Copyright: (c) 2026, scimops maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The portal's Test Connection: Entra tries to reach the target and says whether it may come in. Changes nothing."""

from __future__ import annotations

import typing as t

from .._errors import ServiceError
from .._graph.synchronization import choose_template, list_templates, validate_credentials

if t.TYPE_CHECKING:
    from collections.abc import Mapping

    from .._entra.model import App, Job
    from .._graph.client import Graph

ADVICE = (
    "Is tenant_url the Base URL as the Zscaler portal shows it, and the token its Bearer Token of the same page? Generating a new one "
    "there makes the old one invalid. Is SCIM provisioning enabled there, saved, and activated? Does Entra's address reach it?"
)
"""What to look at when the test fails."""

NOT_THE_TARGET = (401, 403, 404, 409, 429)
"""Answers with which Graph refuses us, and has not asked the target."""


def try_connection(graph: Graph, app: App, job: Job | None, secrets: Mapping[str, str] | None, template_id: str = "") -> str:
    """Why Entra cannot reach the target with these settings (None: the stored ones), in the service's own words; empty if it can.

    Works without a job, too, by the template. Raises ServiceError where Graph refuses us, rather than the target Entra.
    """
    template = job.template_id if job else choose_template(list_templates(graph, app.principal_id), template_id)
    try:
        validate_credentials(graph, app.principal_id, secrets, job_id=job.id if job else "", template_id=template)
    except ServiceError as error:
        if error.status in NOT_THE_TARGET or error.status >= 500:
            raise
        return error.detail or f"the service gives no reason (HTTP {error.status})"
    return ""
