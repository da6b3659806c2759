# Copyright: (c) 2026, scimops maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Makes the way to Microsoft Graph out of the options of an entra module, and says at once all that is wrong with them."""

from __future__ import annotations

import os
import shutil
import typing as t
from urllib.parse import unquote, urlsplit

from .._errors import InputError, Problem
from .._model import SHORTEST_SECRET
from .address import check_url
from .auth import BearerToken
from .choice import all_secrets, choose
from .clouds import CLOUDS, VERSION
from .connection import Connection
from .credentials import EntraTokens
from .http import Http
from .pace import Pace
from .shared_options import check_number, choose_proxy, gather

if t.TYPE_CHECKING:
    from collections.abc import Mapping

    from .dialect import Dialect
    from .secrets import Scrubber

NUMBERS = ("timeout", "deadline", "consistency_timeout")


def connect_graph(options: Mapping[str, t.Any], dialect: Dialect, *, read_only: bool, scrub: Scrubber) -> Http:
    """The transport for the options of the fragment C(entra). Raises InputError with every problem; nothing is sent yet.

    Raises MissingAzureIdentity where a token must be asked for and azure-identity is not installed. `scrub` learns each secret before
    anything is checked, so that the text of any later error can be scrubbed with it.
    """
    problems: list[Problem] = []
    for secret in all_secrets(options, os.environ):
        scrub.add(secret if len(secret) >= SHORTEST_SECRET else "")
    cloud = CLOUDS[str(options.get("cloud") or "public")]
    graph_url = gather(problems, lambda: check_origin(str(options.get("graph_url") or cloud.graph), "graph_url"), "")
    authority = gather(problems, lambda: check_origin(str(options.get("authority_url") or cloud.authority), "authority_url"), "")
    numbers = {name: gather(problems, lambda name=name: check_number(options, name), 0.0) for name in NUMBERS}  # type: ignore[misc]
    proxy = gather(problems, lambda: choose_proxy(options, graph_url), None)
    if proxy:
        scrub.add(unquote(urlsplit(proxy).password or ""))
    choice = gather(problems, lambda: choose(options, os.environ, has_cli=shutil.which("az") is not None), None)
    check_certs = options.get("validate_certs") is not False
    connection = gather(problems, lambda: Connection(ca_path=options.get("ca_path"), validate_certs=check_certs, proxy=proxy), None)
    if connection is None or choice is None or problems:
        raise InputError(problems)
    authorize: BearerToken | EntraTokens = BearerToken(choice.access_token)
    timeout = numbers["timeout"]
    if choice.kind != "token":
        scope = f"{graph_url}/.default"
        authorize = EntraTokens(choice, authority, scope, connection=connection, scrub=scrub, timeout=timeout)
    return Http(
        f"{graph_url}/{VERSION}",
        authorize=authorize,
        renew=authorize.renew,
        # Graph publishes no rate that would fit all of its parts; what it asks for with 429 is shared by all tasks of the same tenant.
        pace=Pace(f"{graph_url} {choice.tenant_id} {choice.client_id}", 0),
        scrub=scrub,
        read_only=read_only,
        timeout=timeout,
        deadline=numbers["deadline"],
        connection=connection,
        dialect=dialect,
    )


def check_origin(text: str, option: str) -> str:
    """The address of a service without path. Raises InputError."""
    url = check_url(text, option).rstrip("/")
    if urlsplit(url).path:
        what = f"leave out the version, {VERSION} is added" if option == "graph_url" else "leave out the tenant, tenant_id is added"
        raise InputError([Problem(f"option {option}", "", f"has a path; {what}")])
    return url
