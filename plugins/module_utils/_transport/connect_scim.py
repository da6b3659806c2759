# Copyright: (c) 2026, scimops maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Makes the transport out of the connection options of a SCIM module, and says at once all that is wrong with them (B50, B51, B54)."""

from __future__ import annotations

import typing as t
from urllib.parse import unquote, urlsplit

from .._errors import InputError, Problem
from .._model import SHORTEST_SECRET
from .address import check_base_url, check_url
from .auth import BearerToken, ClientCredentials, check_token, unfit_secret
from .connection import Connection
from .http import Http
from .pace import Pace
from .secrets import Scrubber
from .shared_options import check_number, choose_proxy, gather

if t.TYPE_CHECKING:
    from collections.abc import Mapping

NUMBERS = ("timeout", "deadline", "requests_per_second")

CLIENT = ("client_id", "client_secret", "token_url")


def connect(options: Mapping[str, t.Any], *, read_only: bool, scrub: Scrubber | None = None) -> Http:
    """The transport for the options of the fragment C(scim). Raises InputError with every problem; nothing is sent yet.

    `scrub` learns each secret before anything is checked, so that the text of any later error can be scrubbed with it.
    """
    scrub = scrub or Scrubber()
    problems: list[Problem] = []
    for secret in (str(options.get(name) or "") for name in ("bearer_token", "client_secret")):
        # A shorter one is refused below, and to mask it would garble the very message.
        scrub.add(secret if len(secret) >= SHORTEST_SECRET else "")
    base_url = gather(problems, lambda: check_base_url(str(options.get("base_url") or "")), "")
    numbers = {name: gather(problems, lambda name=name: check_number(options, name), 0.0) for name in NUMBERS}  # type: ignore[misc]
    proxy = gather(problems, lambda: choose_proxy(options, base_url), None)
    if proxy:
        scrub.add(unquote(urlsplit(proxy).password or ""))
    token = gather(problems, lambda: _token(options), "")
    check_certs = options.get("validate_certs") is not False
    connection = gather(problems, lambda: Connection(ca_path=options.get("ca_path"), validate_certs=check_certs, proxy=proxy), None)
    if connection is None or problems:
        raise InputError(problems)
    timeout = numbers["timeout"]
    authorize: BearerToken | ClientCredentials = BearerToken(token)
    if not token:
        client_id, client_secret, token_url = (str(options[name]).strip() for name in CLIENT)
        authorize = ClientCredentials(token_url, client_id, client_secret, connection=connection, scrub=scrub, timeout=timeout)
    return Http(
        base_url,
        authorize=authorize,
        renew=authorize.renew,
        pace=Pace(base_url, numbers["requests_per_second"]),
        scrub=scrub,
        read_only=read_only,
        timeout=timeout,
        deadline=numbers["deadline"],
        connection=connection,
    )


def _token(options: Mapping[str, t.Any]) -> str:
    """The bearer token, or nothing where client credentials are complete. Raises InputError."""
    given = [name for name in CLIENT if options.get(name)]
    if options.get("bearer_token"):
        if given:
            raise InputError([Problem("option bearer_token", "", f"cannot be used together with {given[0]}")])
        return check_token(str(options["bearer_token"]))
    if not given:
        reason = f"is missing; give it (or the environment variable ZSCALER_ONE_SCIM_BEARER_TOKEN), or {', '.join(CLIENT)}"
        raise InputError([Problem("option bearer_token", "", reason)])
    problems = [Problem(f"option {name}", "", f"is missing; it is needed with {given[0]}") for name in CLIENT if name not in given]
    if options.get("token_url"):
        gather(problems, lambda: check_url(str(options["token_url"]), "token_url", query=True), "")
    if options.get("client_secret"):
        reason = unfit_secret(str(options["client_secret"]).strip())
        problems += [Problem("option client_secret", "", reason)] if reason else []
    if problems:
        raise InputError(problems)
    return ""
