# Copyright: (c) 2026, scimops maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""R14: bad input is told with its place before any request, and no file, however broken, does anything else."""

from __future__ import annotations

import contextlib
import os
import typing as t
from functools import partial

from ansible_collections.scimops.zscaler_one.tests.unit.scenarios import bad_rows, mutations

from .firm import Firm, firm
from .table import Row, Size

HOW = (
    "For each of the rows B1 to B60: no request before the whole input has passed, and the message has file and line or index, field "
    "and reason; for the rows that are no error, the value arrives as it is, or the warning names it. Then seeded mutations of state "
    "files, in YAML, JSON and CSV: a document or an error with a place; no traceback, nothing longer than five seconds."
)
ROWS = 60


def measure(size: Size) -> t.Iterator[Row]:
    """Rows of this goal."""
    right: dict[str, bool] = {}
    with firm() as company:
        for name, judge in size.pick(list(cases())):
            row = name[:3].upper()
            right[row] = judge(company) and right.get(row, True)
    rows = ROWS if size.whole else len(right)
    wrong = sorted(row for row, held in right.items() if not held)
    measured = f"{len(right) - len(wrong)}/{rows}" + (f" (not: {', '.join(wrong)})" if wrong else "")
    yield Row("rows B1 to B60", measured, f"{rows}/{rows}", not wrong and len(right) == rows)
    wanted = size.of(10_000, 100)
    outcomes = mutations.fuzz(size.seed, wanted)
    measured = f"{len(outcomes.failures)} wrong, slowest {outcomes.slowest:.1f} s"
    yield Row(f"{outcomes.documents + outcomes.refused:,} mutated files", measured, f"0 wrong of {wanted:,}, 5 s", not outcomes.failures)


def cases() -> t.Iterator[tuple[str, t.Callable[[Firm], bool]]]:
    """Every case with its name, which begins with the row."""
    for name, path, content, words in bad_rows.ROWS:
        yield name, partial(_file, name=path, content=content, words=words)
    for name, options, words in bad_rows.OPTIONS:
        yield name, partial(_options, options=options, words=words)
    yield from OTHERS


def _file(company: Firm, name: str, content: str | bytes, words: t.Sequence[str]) -> bool:
    path = company.folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return _refused(company.run("scim_directory", src=[str(path)]), words)


def _options(company: Firm, options: dict[str, t.Any], words: t.Sequence[str]) -> bool:
    answer = company.run("scim_directory", check=True, **{"users": [{"user_name": "ada@corp.example"}], **options})
    if "look alike" in str(answer.get("warnings")) or "U+0430" in words:
        return all(word in str(answer.get("warnings")) for word in words)
    return _refused(answer, words)


def _refused(answer: dict[str, t.Any], words: t.Sequence[str]) -> bool:
    text = str(answer.get("msg", ""))
    clean = "Traceback" not in text and "not-shown" not in str({**answer, "invocation": None})
    return bool(answer.get("failed")) and not answer["reads"] and not answer["writes"] and clean and all(word in text for word in words)


def _arrives(company: Firm, **values: t.Any) -> bool:
    """The user is made as declared, the second run finds exactly that one, and nobody else was touched."""
    company.sandbox.reset()
    company.sandbox.switch(domains="*")
    company.sandbox.seed(users=[{"userName": "other@corp.example"}])
    state = {"users": [{"external_id": "x-1", **values}]}
    first = company.apply(state)
    again = company.apply(state)
    looked = company.run("scim_user_info", user_name=values["user_name"])["users"]
    company.sandbox.switch(domains="corp.example")
    names = [user["user_name"] for user in looked]
    told = all(looked[0][name] == value for name, value in values.items()) if len(looked) == 1 else False
    return not first.get("failed") and not again["writes"] and names == [values["user_name"]] and told


def _path_that_is_no_file(company: Firm) -> bool:
    fifo, link, folder = (company.folder / name for name in ("fifo.yml", "link.yml", "folder.yml"))
    with contextlib.suppress(FileExistsError):
        os.mkfifo(fifo)
        link.symlink_to(company.folder / "nowhere.yml")
        folder.mkdir()
    answers = [(path, company.run("scim_directory", src=[str(path)])) for path in (fifo, link, folder, "/dev/zero")]
    return all(_refused(answer, [str(path)]) or (path == folder and bool(answer.get("failed"))) for path, answer in answers)


def _two_files(company: Firm) -> bool:
    paths = [company.folder / name for name in ("one.yml", "two.yml")]
    for path, department in zip(paths, "XY"):
        path.write_text(f"users:\n  - {{user_name: ada@corp.example, department: {department}}}\n")
    return _refused(company.run("scim_directory", src=[str(path) for path in paths]), ["one.yml:2", "two.yml:2"])


def _ids_with_slashes(company: Firm) -> bool:
    """B17: an id from the service is one segment of the path."""
    company.sandbox.reset()
    company.sandbox.seed(users=[{"userName": "ada@corp.example", "externalId": "x"}, {"userName": "bob@corp.example", "externalId": "y"}])
    tenant = company.sandbox.tenant
    with tenant.lock:
        user = tenant.users.find("userName", "ada@corp.example")[0]
        tenant.users.remove(user)
        user.id = "../Groups%2f?x#y"
        tenant.users.add(user)
    before = len(company.sandbox.journal)
    company.apply({"users": [{"user_name": "ada@corp.example", "department": "X"}]})
    routes = {entry.route for entry in list(company.sandbox.journal)[before:] if entry.writes}
    return routes <= {"/Users/{id}"}


def _unknown_at_the_service(company: Firm) -> bool:
    company.sandbox.reset()
    state = {
        "users": [{"user_name": "ada@corp.example", "groups": ["No such group"]}],
        "groups": [{"display_name": "Ops", "members": ["no@corp.example"]}],
    }
    answer = company.apply(state)
    return (
        bool(answer.get("failed")) and not answer["writes"] and all(word in answer["msg"] for word in ("No such group", "no@corp.example"))
    )


def _absent_and_empty(company: Firm) -> bool:
    company.sandbox.reset()
    company.fill(5, 1)
    answer = company.run("scim_membership", group=company.state["groups"][0]["display_name"], members=[], state="absent")
    return not answer["changed"] and not answer["writes"]


def _new_domain(company: Firm) -> bool:
    company.sandbox.reset()
    company.sandbox.seed(users=[{"userName": "ada@corp.example"}])
    users = [{"user_name": f"new{number}@mistyped.example"} for number in range(5)]
    answer = company.apply({"users": users}, check=True)
    return not answer["writes"] and "mistyped.example (5)" in str(answer.get("warnings"))


def _many(company: Firm) -> bool:
    path = company.folder / "many.json"
    path.write_text('{"users": [' + ",".join('{"user_name": 5}' for _user in range(100_000)) + "]}")
    return _refused(company.run("scim_directory", src=[str(path)]), ["many.json", "user_name", "and 99980 more"])


OTHERS: tuple[tuple[str, t.Callable[[Firm], bool]], ...] = (
    ("b13 a quote in the name", lambda company: _arrives(company, user_name='a"da@corp.example')),
    ("b14 a backslash in the name", lambda company: _arrives(company, user_name="a\\da@corp.example")),
    ("b15 a filter as a name", lambda company: _arrives(company, user_name='x" or userName pr or userName eq "y@corp.example')),
    ("b16 signs of addresses", lambda company: _arrives(company, user_name="a%&+#?da@corp.example")),
    ("b17 ids with slashes", _ids_with_slashes),
    ("b25 a group that nobody knows", _unknown_at_the_service),
    ("b27 a member whom nobody knows", _unknown_at_the_service),
    (
        "b40 values that begin like formulas",
        lambda company: _arrives(company, user_name="ada@corp.example", display_name="=1+1", department="@x"),
    ),
    (
        "b41 bytes that are no UTF-8",
        lambda company: _file(company, "a.yml", b"users:\n  - user_name: a\xff@corp.example\n", ["a.yml", "UTF-8"]),
    ),
    ("b42 paths that are no files", _path_that_is_no_file),
    ("b44 very many rows", _many),
    ("b45 one user in two files", _two_files),
    ("b46 signs of all kinds", lambda company: _arrives(company, user_name="ada@corp.example", display_name="\U0001f469 \u05d0\u05d1")),
    ("b55 absent with an empty list", _absent_and_empty),
    ("b59 a domain that nobody has", _new_domain),
)
