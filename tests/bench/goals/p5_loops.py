# Copyright: (c) 2026, scimops maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""P5: one task for all users against a task that loops over them, both with ansible-playbook."""

from __future__ import annotations

import statistics
import typing as t

from ..collection import ARMS, directory_task, play
from ..rounds import interleave, ratios
from ..service import Service
from ..verdict import judge_time, unjudged
from ..world import state_file

if t.TYPE_CHECKING:
    from ..collection import Tasks
    from ..measure import Sample
    from ..settings import Settings
    from ..verdict import Row

CORE = "urn:ietf:params:scim:schemas:core:2.0:User"


def measure(settings: Settings) -> list[Row]:
    """Total time against both loops, and what a user adds to an empty play."""
    users = 40 if settings.quick else 200
    with Service() as service:
        taken = interleave(arms(service, users), settings.rounds)
    seconds = {name: [sample.seconds for sample in samples] for name, samples in taken.items()}
    note = f" ({statistics.median(seconds['ours']):.2f} s)"
    marginal = [1000 * (ours - empty) / users for ours, empty in zip(seconds["ours"], seconds["empty"])]
    loops = {name: f"{statistics.median(seconds[name]):.0f} s" for name in ("uri", "module")}
    uri = f"a loop of ansible.builtin.uri over {users} users ({loops['uri']}) against ours{note}"
    module = f"a loop of a minimal module over {users} users ({loops['module']}) against ours"
    rows = [
        judge_time("P5", uri, ratios(seconds["uri"], seconds["ours"]), 50, unit=" x", least=True),
        judge_time("P5", module, ratios(seconds["module"], seconds["ours"]), 35, unit=" x", least=True),
        judge_time("P5", f"milliseconds that each of {users} users adds to an empty play", marginal, 3),
    ]
    return unjudged(rows) if settings.quick else rows


def arms(service: Service, users: int) -> dict[str, t.Callable[[], Sample]]:
    """The four plays; each that creates users begins with an empty tenant."""
    path = state_file(users)
    people = {"state": f"{{{{ lookup('ansible.builtin.file', '{path}') | from_json }}}}"}
    loop: dict[str, t.Any] = {"loop": "{{ state.users }}", "loop_control": {"label": "{{ item.user_name }}"}}
    uri: Tasks = [{"name": "Loop of uri", "ansible.builtin.uri": _request(service), **loop}]
    names = {"user_name": "{{ item.user_name }}", "display_name": "{{ item.display_name }}"}
    address = {"base_url": service.facts["base_url"], "token": service.facts["token"]}
    module: Tasks = [{"name": "Loop of a module", "one_user": {**address, **names}, **loop}]

    def fresh(name: str, tasks: Tasks, variables: dict[str, t.Any]) -> Sample:
        service.empty()
        sample = play(name, tasks, f"--module-path={ARMS / 'library'}", service=service, vars=variables)
        created = service.summary()["mutations"].get("create", 0)
        if created != (users if tasks else 0):
            raise ValueError(f"the arm {name} created {created} users instead of {users}")
        return sample

    return {
        "empty": lambda: fresh("p5-empty", [], {}),
        "ours": lambda: fresh("p5-ours", directory_task(path), {}),
        "module": lambda: fresh("p5-module", module, people),
        "uri": lambda: fresh("p5-uri", uri, people),
    }


def _request(service: Service) -> dict[str, t.Any]:
    return {
        "url": f"{service.facts['base_url']}/Users",
        "method": "POST",
        "headers": {"Authorization": f"Bearer {service.facts['token']}", "Content-Type": "application/scim+json"},
        "body": {"schemas": [CORE], "userName": "{{ item.user_name }}", "displayName": "{{ item.display_name }}"},
        "body_format": "json",
        "status_code": 201,
    }
