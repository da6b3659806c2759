# Copyright: (c) 2026, scimops maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The transport: sends a request as often as is safe, at the allowed pace, and returns a usable answer or says why there is none."""

from __future__ import annotations

import json
import random as dice
import threading
import time
import typing as t

from .._errors import Ambiguous, NotSent, ServiceError, Throttled, Unauthorized, UntrustedAnswer, WriteInCheckMode
from .address import check_base_url, join_url, origin, quote_segment, redirect_origin
from .answer import NotJson, decode, shorten, tidy
from .call import Answer, Call, Counts, Latency
from .connection import Connection, Unreachable
from .dialect import SCIM, Dialect
from .limits import Limits
from .pace import LONGEST_PAUSE
from .retry import Refusals, full_jitter, pause_asked
from .waiting import Waiting

if t.TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from .._errors import TransportError
    from .connection import Reply
    from .pace import Pace
    from .secrets import Scrubber

__all__ = ["Answer", "Counts", "Http", "check_base_url", "quote_segment"]

Given = t.TypeVar("Given")

PATIENCE = 90.0
"""Seconds for which a request that the service puts off with 429 is sent again, even if its tries are used up by then (F22)."""


class Http:
    """Requests to one service, safe to use from many threads; SCIM unless `dialect` says otherwise.

    `authorize` returns the value of the Authorization header; `renew` is told the value that was refused with 401 and says whether
    there is another by now. `timeout` is seconds for one request in all, `deadline` seconds for the task from now on, 0 = none.
    """

    def __init__(
        self,
        base_url: str,
        *,
        authorize: Callable[[], str],
        pace: Pace,
        scrub: Scrubber,
        read_only: bool,
        timeout: float = 30,
        deadline: float = 0,
        ca_path: str | None = None,
        validate_certs: bool = True,
        proxy: str | None = None,
        renew: Callable[[str], bool] | None = None,
        connection: Connection | None = None,
        dialect: Dialect = SCIM,
        monotonic: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], object] | None = None,
        random: Callable[[], float] = dice.random,
        wall_clock: Callable[[], float] = time.time,
    ) -> None:
        self.base_url = check_base_url(base_url)
        self.pace = pace
        self.scrub = scrub
        self.counts = Counts()
        self.written = 0
        """Writes that the service took, or may have taken."""
        self.dialect = dialect
        self.authorize = authorize
        self._renew = renew
        self._read_only = read_only
        self._timeout = timeout
        self._limits = Limits(deadline, monotonic)
        self._connection = connection or Connection(ca_path=ca_path, validate_certs=validate_certs, proxy=proxy)
        self._monotonic = monotonic
        self._waiting = Waiting()
        self.sleep = sleep or self._waiting.sleep
        """Waits for seconds, or until `stop`; what it returns is true if that broke it off."""
        self._latency = Latency()
        self._random = random
        self._wall_clock = wall_clock
        self._lock = threading.Lock()
        self._refusals = Refusals()

    def send(
        self,
        method: str,
        path: str,
        *,
        params: Mapping[str, str | int] | None = None,
        body: object = None,
        anonymous: bool = False,
        tries: int = 5,
    ) -> Answer:
        """The answer to a request below the base URL. Segments of `path` are quoted by the caller (`quote_segment`), `params` here.

        Sent again, up to `tries` times in all: what cannot have been sent, what the service puts off with 429, and, unless it is a
        POST that creates, what may have been carried out (F1, F3, F6, F7, F22-F24). Raises WriteInCheckMode before any I/O; NotSent;
        Ambiguous after a POST whose fate is unknown; Unauthorized, then for every request at once (F27); Throttled; ServiceError for
        any other answer from 400; UntrustedAnswer; DeadlinePassed.
        """
        request = self.scrub.scrub_text(f"{method} {tidy(path.partition('?')[0])}")
        if self._read_only and not self.dialect.is_read(method, path):
            raise WriteInCheckMode(f"{request} was asked for in check mode")
        data = None if body is None else json.dumps(body, separators=(",", ":")).encode("ascii")
        call = Call(request, method, path, join_url(self.base_url, path, params), data, anonymous, tries)
        while True:
            answer = self._attempt(call)
            if answer is not None:
                return answer

    @property
    def latency(self) -> float:
        """Seconds from a request to its answer, smoothed, without the wait for the turn; 0 before the first answer."""
        return self._latency.seconds

    def stop(self, reason: str) -> None:
        """Every further request raises Stopped with `reason`, and everybody who waits is woken; what is under way comes to its end.

        Only what reads is broken off, as long as no write was answered: nothing is to be told then, and an answer may hang for long.
        Takes no lock, so that the handler of a signal may call it.
        """
        self._limits.told_to_stop = self._limits.told_to_stop or reason
        self._waiting.stop(reason)
        if not self.written:
            self._connection.end_reading()

    def close(self) -> None:
        """Closes the kept connections, the file of the pace, and the place to wait."""
        self._connection.close()
        self.pace.close()
        self._waiting.close()

    def _attempt(self, call: Call) -> Answer | None:
        """Sends once. None = to be sent again, when the pauses are over; raises where that would be wrong."""
        self._check(call)
        # The token before the turn: to ask for one may take longer than the gap to the next request, and end in a pause.
        if not call.anonymous and not self._outcome(call, self._identify):
            return None
        self._wait_for_turn(call)
        reply = self._outcome(call, self._exchange)
        if reply is None:
            return None
        if reply.status == 429:
            self._put_off(call, reply)
            return None
        self.pace.took()
        if reply.status == 401 and not call.anonymous:
            self._unauthorized(call, reply)
        elif reply.status == 408 or (reply.status >= 500 and reply.status != 501):
            self._broken_down(call, reply)
        else:
            return self._final(call, reply)
        return None

    def _outcome(self, call: Call, act: Callable[[Call], Given]) -> Given | None:
        """What `act` gives; None where it failed and the request is to be sent again."""
        try:
            return act(call)
        except (NotSent, Ambiguous) as error:
            self._failed(call, error)
            return None
        except Unauthorized as error:
            self._limits.refuse(error)
            raise

    def _check(self, call: Call, wait: float = 0.0) -> None:
        """Raises if the request may not be sent, or not after so many seconds."""
        if self._limits.told_to_stop and call.perhaps_done and not self.dialect.is_read(call.method, call.path):
            # Not Stopped, which says that the service has not seen it.
            text = f"no usable answer, the service may or may not have carried it out; not sent again: {self._limits.told_to_stop}"
            raise Ambiguous(text, call.request)
        self._limits.check(call.request, wait=wait, anonymous=call.anonymous)

    def _wait_for_turn(self, call: Call) -> None:
        begin = self._monotonic()
        too_long = self.pace.turn(min(self._limits.end, begin + 2 * LONGEST_PAUSE), self.sleep)
        call.turn_at = self._monotonic()
        with self._lock:
            self.counts.waited += call.turn_at - begin
        if too_long:
            raise self._limits.long_pause("the pace and its pauses allow", too_long)(call.request)
        # Another thread may have met the end while this one waited.
        self._check(call)

    def _identify(self, call: Call) -> bool:
        call.authorization = self.authorize()
        return True

    def _exchange(self, call: Call) -> Reply:
        headers = {"Accept": self.dialect.accept, **self.dialect.headers()}
        if not call.anonymous:
            headers["Authorization"] = call.authorization
        if call.data is not None:
            headers["Content-Type"] = self.dialect.content_type
        limit = max(0.001, min(self._timeout, self._limits.remaining()))
        with self._lock:
            self.counts.sent += 1
            self.counts.by_method[call.method] = self.counts.by_method.get(call.method, 0) + 1
            self.counts.retried += call.sent > 0
        call.sent += 1
        begin = self._monotonic()
        reply = self._connection.exchange(
            call.request, call.method, call.url, headers=headers, data=call.data, limit=limit,
            reads=self.dialect.is_read(call.method, call.path),
        )  # fmt: skip
        if reply.status != 429:
            with self._lock:
                self._latency.note(self._monotonic() - begin)
        return reply

    def _final(self, call: Call, reply: Reply) -> Answer | None:
        """The answer of a service that is in order: what was asked for, an error, or something that is not its own."""
        self._limits.count(usable=True)
        with self._lock:
            self._refusals.end()
        if reply.status == 404 and call.method == "DELETE" and call.perhaps_done:
            # An earlier attempt has done it (F24).
            return Answer(204, None, reply.headers, call.sent)
        if reply.status >= 400:
            raise ServiceError(reply.status, *self._words(call, reply))
        self._note_write(call)
        if reply.status >= 300:
            raise self._redirect(call, reply)
        try:
            return Answer(reply.status, decode(reply.headers, reply.data, self.scrub.scrub_text), reply.headers, call.sent)
        except NotJson as error:
            text = f"{reply.status} with {error}"
            if not error.foreign and not self.dialect.is_repeatable(call.method, call.path):
                raise Ambiguous(f"{text}; the service may or may not have carried it out", call.request) from None
            distrust = UntrustedAnswer(f"{text}; {error.advice.format(address=self.dialect.address)}", call.request)
            if error.foreign:
                raise distrust from None
            self._failed(call, distrust)
            return None

    def _failed(self, call: Call, error: TransportError) -> None:
        """Waits for the next attempt; raises `error` where there must not or cannot be one."""
        self._limits.count(usable=False)
        call.failed += 1
        if not isinstance(error, NotSent):
            call.perhaps_done = True
            self._note_write(call)
            if not self.dialect.is_repeatable(call.method, call.path):
                raise error
        if isinstance(error, Unreachable) and not self._limits.answered:
            text = str(error)[len(f"{error.request}: ") :]
            self._limits.stop(lambda request: Unreachable(text, request))
        if call.failed >= call.tries:
            raise error
        wait = full_jitter(call.failed - 1, self._random())
        self._check(call, wait)
        if self.sleep(wait):
            raise error
        with self._lock:
            self.counts.waited += wait

    def _note_write(self, call: Call) -> None:
        with self._lock:
            self.written += not call.noted and not self.dialect.is_read(call.method, call.path)
            call.noted = True

    def _broken_down(self, call: Call, reply: Reply) -> None:
        """408 or 5xx: the request may have been carried out (F23-F25). A pause that comes with it is for all."""
        asked = self._asked(reply) if reply.status == 503 else None
        if asked:
            self.pace.pause(asked)
            self._limits.check_pause(asked)
        words = self._words(call, reply)
        if not self.dialect.is_repeatable(call.method, call.path):
            self._failed(call, Ambiguous(f"{reply.status} {words[0]}; the service may or may not have carried it out", call.request))
        kind = Throttled if reply.status == 503 else ServiceError
        self._failed(call, kind(reply.status, *words))

    def _put_off(self, call: Call, reply: Reply) -> None:
        """429: not carried out, so it may be sent again, whatever it is. All threads and processes pause."""
        now = self._monotonic()
        asked = self._asked(reply)
        call.put_off += 1
        call.put_off_since = call.put_off_since or now
        with self._lock:
            self.counts.throttled += 1
            pause = self._refusals.pause(now, asked, self._random)
        self.pace.refuse(pause, call.turn_at)
        self._limits.check_pause(pause)
        if call.put_off >= call.tries and (call.tries == 1 or now - call.put_off_since >= PATIENCE):
            raise Throttled(429, *self._words(call, reply))

    def _asked(self, reply: Reply) -> float | None:
        try:
            body = decode(reply.headers, reply.data)
        except NotJson:
            body = None
        return pause_asked(reply.headers, body, self._wall_clock())

    def _unauthorized(self, call: Call, reply: Reply) -> None:
        """401: once with another token, if there is one; else the end of all requests."""
        error = Unauthorized(401, *self._words(call, reply))
        if self._renew is not None and not call.renewed:
            call.renewed = True
            try:
                if self._renew(call.authorization):
                    return
            except Unauthorized as refusal:
                error = refusal
        if self.dialect.one_refusal_is_all:
            self._limits.refuse(error)
        raise error

    def _redirect(self, call: Call, reply: Reply) -> UntrustedAnswer:
        # Scrubbed before the host is put in lower case, and after.
        target = redirect_origin(call.url, self.scrub.scrub_text(reply.headers.get("Location", "")))
        text = f"{reply.status}, a redirect from {origin(call.url)} to {target or 'an address that cannot be read'}"
        advice = f"{self.dialect.address} must be the service's own"
        return UntrustedAnswer(f"{shorten(self._clean(text))}, which is not followed; {advice}", call.request)

    def _words(self, call: Call, reply: Reply) -> tuple[str, str, str]:
        """Detail, name of the request and the service's own code for an error."""
        detail, code = self.dialect.explain(reply.headers, reply.data, self.scrub.scrub_text)
        reference = shorten(self._clean(self.dialect.reference(reply.headers, reply.data)))
        return f"{shorten(self._clean(detail))} {reference}".rstrip(), call.request, shorten(self._clean(code))

    def _clean(self, text: str) -> str:
        return self.scrub.scrub_text(tidy(text))
