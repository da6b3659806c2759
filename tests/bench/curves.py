# Copyright: (c) 2026, scimops maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The points of the plots: requests and seconds of a run that finds nothing to do, at sizes that each way can finish."""

from __future__ import annotations

import json
import sys
import typing as t
from dataclasses import dataclass

from .collection import ARMS, directory_task, play, surroundings
from .measure import run
from .service import Service
from .world import state_file

if t.TYPE_CHECKING:
    from .collection import Tasks
    from .measure import Sample

OURS, LOOP, SCRIPT = "scim_directory", "loop of ansible.builtin.uri", "script on scim2-client"
LARGEST = 100_000
SIZES = {OURS: (10, 100, 1_000, 10_000, LARGEST), LOOP: (10, 50, 200), SCRIPT: (10, 100, 1_000, 10_000, LARGEST)}
"""What is larger is extrapolated."""


@dataclass(frozen=True)
class Point:
    """One run, or what it would be: `measured` is false for what is extrapolated."""

    users: int
    requests: float
    seconds: float
    measured: bool = True


def take_points() -> dict[str, list[Point]]:
    """The curve of each way."""
    points: dict[str, list[Point]] = {way: [] for way in SIZES}
    for users in sorted({size for sizes in SIZES.values() for size in sizes}):
        # The profile conforming, since the client of others believes in schemas.
        with Service(users=users, profile="conforming") as service:
            for way, sizes in SIZES.items():
                if users in sizes:
                    service.forget()
                    sample = WAYS[way](service, users)
                    points[way].append(Point(users, service.summary()["requests"], sample.seconds))
    return {way: extrapolate(found) for way, found in points.items()}


def extrapolate(points: list[Point]) -> list[Point]:
    """The same with a point at the largest size: requests and seconds grow on as from the smallest to the largest that was measured."""
    first, last = points[0], points[-1]
    if last.users >= LARGEST:
        return points
    times = (LARGEST - last.users) / (last.users - first.users)
    requests = last.requests + times * (last.requests - first.requests)
    return [*points, Point(LARGEST, requests, last.seconds + times * (last.seconds - first.seconds), measured=False)]


def _ours(service: Service, users: int) -> Sample:
    return play("curve-ours", directory_task(state_file(users)), service=service)


def _loop(service: Service, users: int) -> Sample:
    path = state_file(users)
    request = {
        "url": service.facts["base_url"] + "/Users?filter={{ ('userName eq \"' ~ item.user_name ~ '\"') | urlencode }}",
        "headers": {"Authorization": f"Bearer {service.facts['token']}"},
    }
    tasks: Tasks = [
        {
            "name": "Look each user up",
            "ansible.builtin.uri": request,
            "loop": "{{ state.users }}",
            "loop_control": {"label": "{{ item.user_name }}"},
        }
    ]
    people = {"state": f"{{{{ lookup('ansible.builtin.file', '{path}') | from_json }}}}"}
    return play("curve-loop", tasks, service=service, vars=people)


def _script(service: Service, users: int) -> Sample:
    given = {"base_url": service.facts["base_url"], "token": service.facts["token"], "path": str(state_file(users))}
    sample = run([sys.executable, str(ARMS / "plain_client.py")], environment=surroundings(), text=json.dumps(given))
    if sample.text.strip() != "0":
        raise ValueError(f"the script finds {sample.text.strip()} differences where there are none")
    return sample


WAYS: dict[str, t.Callable[[Service, int], Sample]] = {OURS: _ours, LOOP: _loop, SCRIPT: _script}
