# Copyright: (c) 2026, scimops maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Where the Authorization header comes from: a bearer token, or OAuth2 client credentials (RFC 6749 section 4.4)."""

from __future__ import annotations

import base64
import math
import threading
import time
import typing as t
from urllib.parse import quote_plus

from .._errors import Ambiguous, InputError, NotSent, Problem, Unauthorized
from .._model import SHORTEST_SECRET
from .address import UNRESOLVED
from .answer import NotJson, decode, shorten, tidy

if t.TYPE_CHECKING:
    from collections.abc import Callable

    from .connection import Connection, Reply
    from .secrets import Scrubber

LONGEST_SECRET = 32_768
"""Characters of a token or a client secret: no service takes longer headers, and to look for a megabyte in each text takes minutes."""

MARGIN = 60.0
"""Seconds before its end at which a token is renewed; a tenth of its life if that is shorter."""


class BearerToken:
    """The token of the portal, the same for the whole run."""

    def __init__(self, token: str) -> None:
        self._header = f"Bearer {token}"

    def __call__(self) -> str:
        """The value of the Authorization header."""
        return self._header

    def renew(self, refused: str) -> bool:
        """Whether there is another token than the one in the header `refused`: not for this kind."""
        return self._header != refused


class ClientCredentials:
    """Tokens of an OAuth2 token endpoint, fetched when first needed and renewed before they end; safe for threads.

    The client authenticates by HTTP Basic, which every token endpoint must understand (RFC 6749 2.3.1); one that answers
    C(invalid_client) to that is asked once more with the credentials in the body.
    """

    REQUEST = "POST token_url"

    def __init__(
        self,
        token_url: str,
        client_id: str,
        client_secret: str,
        *,
        connection: Connection,
        scrub: Scrubber,
        timeout: float = 30,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._url = token_url
        self._client = (client_id, client_secret)
        self._connection = connection
        self._scrub = scrub
        self._timeout = timeout
        self._monotonic = monotonic
        self._lock = threading.Lock()
        self._header = ""
        self._renew_at = -math.inf
        self._in_body = False

    def __call__(self) -> str:
        """The value of the Authorization header. Raises NotSent if no token can be had now, Unauthorized if none is given."""
        with self._lock:
            if not self._header or self._monotonic() >= self._renew_at:
                self._fetch()
            return self._header

    def renew(self, refused: str) -> bool:
        """Fetches another token than the header `refused`, unless another thread has done so; true if there is one."""
        with self._lock:
            if self._header == refused:
                self._fetch()
            return self._header != refused

    def _fetch(self) -> None:
        asked_at = self._monotonic()
        answer = self._ask()
        token, kind, life = answer.get("access_token"), answer.get("token_type", "Bearer"), answer.get("expires_in")
        if not isinstance(token, str) or str(kind).lower() != "bearer" or unfit_secret(token):
            raise NotSent("the token service gave no usable bearer token (RFC 6749 5.1)", self.REQUEST)
        self._scrub.add(token)
        seconds = _seconds(life)
        self._renew_at = asked_at + seconds - min(MARGIN, seconds / 10)
        self._header = f"Bearer {token}"

    def _ask(self) -> dict[str, object]:
        reply = self._post()
        error = _error(reply)
        if error.get("error") == "invalid_client" and not self._in_body:
            self._in_body = True
            reply = self._post()
            error = _error(reply)
        if 200 <= reply.status < 300:
            return error
        words = [error[name] for name in ("error", "error_description") if isinstance(error.get(name), str)]
        detail = shorten(self._scrub.scrub_text(tidy(": ".join(t.cast("list[str]", words)))))
        if reply.status in (400, 401, 403):
            hint = "check client_id, client_secret and token_url"
            text = f"the token service refuses the client: {detail or 'it gives no reason'}; {hint}"
            raise Unauthorized(reply.status, text, self.REQUEST)
        raise NotSent(f"the token service answers {reply.status} {detail}".rstrip(), self.REQUEST)

    def _post(self) -> Reply:
        client_id, client_secret = (quote_plus(text) for text in self._client)
        form = "grant_type=client_credentials"
        headers = {"Accept": "application/json", "Content-Type": "application/x-www-form-urlencoded"}
        if self._in_body:
            form += f"&client_id={client_id}&client_secret={client_secret}"
        else:
            headers["Authorization"] = "Basic " + base64.b64encode(f"{client_id}:{client_secret}".encode()).decode()
        try:
            return self._connection.exchange(self.REQUEST, "POST", self._url, headers=headers, data=form.encode(), limit=self._timeout)
        except Ambiguous:
            # A token that was made and lost does no harm; the request that needed it has not been sent.
            raise NotSent("no complete answer from the token service", self.REQUEST) from None


def check_token(text: str, option: str = "bearer_token") -> str:
    """The token without white space around it and without C(Bearer) before it. Raises InputError, which never repeats it (B51)."""
    token = text.strip()
    if token.lower().startswith("bearer "):
        token = token[7:].strip()
    reason = unfit_secret(token)
    if reason:
        raise InputError([Problem(f"option {option}", "", reason)])
    return token


def unfit_secret(text: str) -> str:
    """Why `text` cannot be a token or a client secret; empty if it can."""
    if not text:
        return "is empty"
    if set(text) == {"*"} or any(mark in text for mark in UNRESOLVED):
        return "looks like a template, a vault text or a masked value, not like the secret itself"
    if text[0] in "\"'" or text[-1] in "\"'":
        return "has quotes around it; give the bare value"
    if not text.isascii() or not text.isprintable() or " " in text:
        return "contains a blank, a line break or another character that no token has; was more than the token copied?"
    if len(text) > LONGEST_SECRET:
        return f"is longer than {LONGEST_SECRET} characters, more than any service takes; is it the content of a file?"
    if len(text) < SHORTEST_SECRET:
        return f"is shorter than {SHORTEST_SECRET} characters: not a real secret, and too short to be masked in results"
    return ""


def _error(reply: Reply) -> dict[str, object]:
    """The JSON object of an answer of the token service, empty where there is none."""
    try:
        body = decode(reply.headers, reply.data)
    except NotJson:
        return {}
    return body if isinstance(body, dict) else {}


def _seconds(life: object) -> float:
    """C(expires_in), a number that some services write as text; without it, or with nonsense, the token is used until refused."""
    try:
        seconds = float(life) if isinstance(life, (int, float, str)) else math.inf
    except (ValueError, OverflowError):
        return math.inf
    return seconds if seconds > 0 else math.inf
