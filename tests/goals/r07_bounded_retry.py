# Copyright: (c) 2026, scimops maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""R7: what cannot succeed ends soon, with few requests; what may succeed is tried again after delays that do not bunch."""

from __future__ import annotations

import collections
import json
import random
import socket
import tempfile
import time
import typing as t
from pathlib import Path

from ansible_collections.scimops.zscaler_one.plugins.module_utils._errors import CollectionError
from ansible_collections.scimops.zscaler_one.plugins.module_utils._transport import retry
from ansible_collections.scimops.zscaler_one.tests.sandbox.sandbox import Sandbox
from ansible_collections.scimops.zscaler_one.tests.sandbox.seed import people
from ansible_collections.scimops.zscaler_one.tests.unit.plugins.module_utils.transport.loopback import Client

from .firm import Firm, crew, firm, workers_of
from .forked import Forked
from .table import Row, Size

HOW = (
    "100,000 users are to be created in real time while nobody listens, every request is reset, everything is answered with 503, or "
    "everything from the first write on: attempts at one request, requests in all, seconds of the run. Then a token that dies in the "
    "middle. With a clock that only sleeping moves: 1,000 delays of the transport against uniform(0, min(20, 2^n)) by a "
    "Kolmogorov-Smirnov test at one percent, and twelve spellings of Retry-After, each answered with the pause that it means."
)
OUTAGES: dict[str, list[dict[str, t.Any]]] = {
    "nobody listens": [],
    "every request reset": [{"match": {}, "fault": {"kind": "reset"}}],
    "503 for everything": [{"match": {}, "fault": {"kind": "status", "status": 503}}],
    "503 from the first write on": [
        {"match": {"method": "GET", "filtered": False}, "fault": {"kind": "status", "status": 503}, "times": 0},
    ],
}
ATTEMPTS, REQUESTS, SECONDS = 5, 60, 60.0
CRITICAL = 1.628
"""Of the Kolmogorov-Smirnov statistic times the root of the number of draws, at one percent."""
SPELLINGS: tuple[tuple[str, float | None], ...] = (
    ("3", 3),
    (" 3 ", 3),
    ("8s", 8),
    ("0 seconds", 0),
    ("1 second", 1),
    ("1.5", 1.5),
    ("500ms", 0.5),
    ("2 minutes", 120),
    ('"7"', 7),
    ("-1", None),
    ("", None),
    ("soon", None),
)
"""What a service may say, and the seconds that it means; None: nothing that can be meant, so a delay of our own."""


def measure(size: Size) -> t.Iterator[Row]:
    """Rows of this goal."""
    names = list(OUTAGES) if size.share >= 0.1 else list(OUTAGES)[:1]
    users = size.of(100_000, 1000)
    for name in names:  # one after the other: the place for temporary files belongs to the whole process
        yield _outage(name, users)
    yield _dead_token(size)
    yield jitter(size)
    yield spellings()


def _outage(name: str, users: int) -> Row:
    with firm() as company, Forked() as runs:
        options = {**company.connection(), "src": [_big_file(company, users)], **crew(8)}
        if name == "nobody listens":
            options["base_url"] = options["base_url"].replace(company.sandbox.origin, f"http://127.0.0.1:{_free_port()}")
        elif "first write" in name:
            company.sandbox.faults.choose = _down_after_a_write(company.sandbox)  # type: ignore[method-assign, assignment]
        else:
            company.sandbox.faults.set(OUTAGES[name])
        begin = time.monotonic()
        answer = runs.run("scim_directory", options)
        seconds = time.monotonic() - begin
        served = sum(not entry.fault and entry.status == 200 for entry in company.sandbox.journal)
        sent = int(answer.get("requests", {}).get("sent", -1)) - served
        attempts = max(
            collections.Counter((one.method, one.path, str(one.query), str(one.body)) for one in company.sandbox.journal).values(),
            default=sent,
        )
    held = answer.get("failed") and 0 < attempts <= ATTEMPTS and 0 < sent <= REQUESTS and seconds < SECONDS
    measured = f"{attempts} attempts, {sent} requests, {seconds:.0f} s"
    return Row(f"{name}, {users:,} users", measured, f"{ATTEMPTS} attempts, {REQUESTS} requests, {SECONDS:.0f} s", bool(held))


def _big_file(company: Firm, users: int) -> str:
    path = company.folder / "big.json"
    path.write_text(json.dumps({"users": [{"user_name": user["userName"]} for user in people(users)]}))
    return str(path)


def _free_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return int(taken.getsockname()[1])


def _down_after_a_write(sandbox: Sandbox) -> t.Callable[[t.Any], t.Any]:
    """A fault script in which everything is answered with 503 from the first write on."""
    choose = sandbox.faults.choose
    down: list[bool] = []

    def choose_or_fail(subject: t.Any) -> t.Any:
        if subject.method not in ("GET", "HEAD") and not down:
            down.append(True)
            sandbox.faults.set(OUTAGES["503 for everything"])
        return choose(subject)

    return choose_or_fail


def _dead_token(size: Size) -> Row:
    """How many more requests come after the first 401."""
    options = crew(8)
    with firm() as company:
        company.sandbox.faults.add({"method": "POST", "nth": list(range(50, 1000))}, {"kind": "status", "status": 401})
        users = [{"user_name": user["userName"]} for user in people(size.of(1000, 100))]
        answer = company.apply({"users": users}, **options)
        statuses = [entry.status for entry in company.sandbox.journal]
    later = len(statuses) - 1 - statuses.index(401) if 401 in statuses else -1
    workers = workers_of(options)
    return Row(
        f"requests after the first 401, {workers} workers", str(later), str(workers), 0 <= later <= workers and bool(answer.get("failed"))
    )


def jitter(size: Size) -> Row:
    """The delays between attempts, each as a share of the longest that it may be: these are uniform."""
    draws = size.of(1000, 200)
    chance = random.Random(size.seed)
    shares: list[float] = []
    with firm() as company:
        company.sandbox.faults.add({"method": "GET"}, {"kind": "status", "status": 500})
        while len(shares) < draws:
            client = _client(company, chance.random)
            for _request in range(10):
                _fails(client)
            shares += [slept / min(20.0, 2.0 ** (number % 4)) for number, slept in enumerate(client.clock.slept)]
    shares.sort()
    count = len(shares)
    distance = max(max((place + 1) / count - share, share - place / count) for place, share in enumerate(shares))
    limit = CRITICAL / count**0.5
    return Row(f"Kolmogorov-Smirnov distance of {count:,} delays", f"{distance:.4f}", f"{limit:.4f}", distance <= limit)


def spellings() -> Row:
    """Which spellings of Retry-After lead to the pause that they mean."""
    right = 0
    with firm() as company:
        for spelling, seconds in SPELLINGS:
            company.sandbox.faults.set([{"match": {}, "fault": {"kind": "status", "status": 429, "retry_after": spelling}, "times": 1}])
            client = _client(company)
            client.http.send("GET", "Users")
            own = retry.full_jitter(0, 0.5)
            right += abs(sum(client.clock.slept) - (own if seconds is None else seconds or own)) < 0.001
    return Row(
        "spellings of Retry-After obeyed", f"{right}/{len(SPELLINGS)}", f"{len(SPELLINGS)}/{len(SPELLINGS)}", right == len(SPELLINGS)
    )


def _client(company: Firm, random: t.Callable[[], float] = lambda: 0.5) -> Client:
    folder = Path(tempfile.mkdtemp(dir=company.folder))  # a pace of its own, for its clock is
    client = Client(company.sandbox.base_url, folder, authorize=lambda: f"Bearer {company.sandbox.token}")
    client.http._random = random
    return client


def _fails(client: Client) -> None:
    try:
        client.http.send("GET", "Users")
    except CollectionError:
        return
    raise RuntimeError("a request succeeded that should not have")
