# Copyright: (c) 2026, scimops maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Makes the transport out of the connection options of a SCIM module, and says at once all that is wrong with them (B50, B51, B54)."""

from __future__ import annotations

import math
import os
import typing as t
from urllib.parse import unquote, urlsplit

from .._errors import InputError, Problem
from .address import bypasses_proxy, check_base_url, check_proxy, check_url
from .auth import SHORTEST_TOKEN, BearerToken, ClientCredentials, check_token, unfit_secret
from .connection import Connection
from .http import Http
from .pace import Pace
from .secrets import Scrubber

if t.TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    Text = t.TypeVar("Text", bound=t.Union[str, float, Connection, None])

LARGEST = {"timeout": 3600.0, "deadline": 7 * 86400.0, "requests_per_second": 1000.0}
"""The highest values of the options that are numbers."""

CLIENT = ("client_id", "client_secret", "token_url")


def connect(options: Mapping[str, t.Any], *, read_only: bool, scrub: Scrubber | None = None) -> Http:
    """The transport for the options of the fragment C(scim). Raises InputError with every problem; nothing is sent yet.

    `scrub` learns each secret before anything is checked, so that the text of any later error can be scrubbed with it.
    """
    scrub = scrub or Scrubber()
    problems: list[Problem] = []
    for secret in (str(options.get(name) or "") for name in ("bearer_token", "client_secret")):
        # A shorter one is refused below, and to mask it would garble the very message.
        scrub.add(secret if len(secret) >= SHORTEST_TOKEN else "")
    base_url = _gather(problems, lambda: check_base_url(str(options.get("base_url") or "")), "")
    numbers = {name: _gather(problems, lambda name=name: _number(options, name), 0.0) for name in LARGEST}  # type: ignore[misc]
    proxy = _gather(problems, lambda: _proxy(options, base_url), None)
    if proxy:
        scrub.add(unquote(urlsplit(proxy).password or ""))
    token = _gather(problems, lambda: _token(options), "")
    check_certs = options.get("validate_certs") is not False
    connection = _gather(problems, lambda: Connection(ca_path=options.get("ca_path"), validate_certs=check_certs, proxy=proxy), None)
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


def _gather(problems: list[Problem], check: Callable[[], Text], default: Text) -> Text:
    """The value of `check`; its problems are added to the others, and `default` stands in."""
    try:
        return check()
    except InputError as error:
        problems += error.problems
        return default


def _token(options: Mapping[str, t.Any]) -> str:
    """The bearer token, or nothing where client credentials are complete. Raises InputError."""
    given = [name for name in CLIENT if options.get(name)]
    if options.get("bearer_token"):
        if given:
            raise InputError([Problem("option bearer_token", "", f"cannot be used together with {given[0]}")])
        return check_token(str(options["bearer_token"]))
    if not given:
        raise InputError([Problem("option bearer_token", "", f"is missing; give it, or {', '.join(CLIENT)}")])
    problems = [Problem(f"option {name}", "", f"is missing; it is needed with {given[0]}") for name in CLIENT if name not in given]
    if options.get("token_url"):
        _gather(problems, lambda: check_url(str(options["token_url"]), "token_url", query=True), "")
    if options.get("client_secret"):
        reason = unfit_secret(str(options["client_secret"]).strip())
        problems += [Problem("option client_secret", "", reason)] if reason else []
    if problems:
        raise InputError(problems)
    return ""


def _number(options: Mapping[str, t.Any], name: str) -> float:
    """The option as a number in its range. Raises InputError."""
    default = {"timeout": 30.0, "deadline": 0.0, "requests_per_second": 5.0}[name]
    value = options.get(name)
    try:
        number = default if value is None else float(value)
    except (TypeError, ValueError):
        number = math.nan
    if number <= LARGEST[name] and (number > 0 or (number == 0 and name != "timeout")):
        return number
    least = "more than 0" if name == "timeout" else "0 (none)"
    raise InputError([Problem(f"option {name}", "", f"must be a number from {least} to {LARGEST[name]:.0f}")])


def _proxy(options: Mapping[str, t.Any], base_url: str) -> str | None:
    """The proxy of the option; else, only with C(use_env_proxy), that of HTTPS_PROXY unless NO_PROXY names the host."""
    if options.get("proxy"):
        return _check_proxy(str(options["proxy"]))
    if not options.get("use_env_proxy"):
        return None
    proxy = os.environ.get("HTTPS_PROXY") or os.environ.get("https_proxy")
    bypass = os.environ.get("NO_PROXY") or os.environ.get("no_proxy") or ""
    if not proxy or bypasses_proxy(base_url, bypass):
        return None
    return _check_proxy(proxy)


def _check_proxy(text: str) -> str:
    """The URL of the proxy. Raises InputError, also for a password that cannot be masked."""
    proxy = check_proxy(text)
    if 0 < len(unquote(urlsplit(proxy).password or "")) < SHORTEST_TOKEN:
        reason = f"its password is shorter than {SHORTEST_TOKEN} characters, too short to be masked in results; give the proxy a longer one"
        raise InputError([Problem("option proxy", "", reason)])
    return proxy
