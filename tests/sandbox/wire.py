# Copyright: (c) 2026, scimops maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Sending an answer badly: what the wire faults of the fault script do to the socket."""

from __future__ import annotations

import email.utils
import gzip
import json
import math
import re
import time
import typing as t

from .server import Answer, Connection, head

if t.TYPE_CHECKING:
    from .faults import Fault

BLOCK = 64 * 1024
OUR_ORIGIN = re.compile(r"https?://127\.0\.0\.1:\d+")
LOGIN_PAGE = b"<!DOCTYPE html><html><head><title>Log in</title></head><body><form>Please log in</form></body></html>"


def send(fault: Fault, answer: Answer | None, connection: Connection) -> None:
    """Acts out a wire fault. `answer` is the service's own, None where the request was not carried out."""
    ACTS[fault.kind](fault, answer or Answer(200), connection)


def status_of(fault: Fault, answer: Answer | None) -> int:
    """The status that the client gets to see; 0 for none."""
    if fault.kind in SILENT:
        return 0
    if fault.kind in ("status", "commit_then_status", "html", "redirect"):
        return int(fault["status"])
    return answer.status if answer else 200


def refusal(fault: Fault) -> Answer:
    """The answer of the faults `status` and `commit_then_status`."""
    headers = {str(name): str(value) for name, value in fault["headers"].items()}
    if fault["retry_after"] is not None:
        headers["Retry-After"] = str(fault["retry_after"])
    if fault["retry_date"] is not None:
        headers["Retry-After"] = email.utils.formatdate(time.time() + float(fault["retry_date"]), usegmt=True)
    body = fault["body"]
    if isinstance(body, str):
        return Answer(fault["status"], body.encode(), {"Content-Type": "text/plain", **headers})
    return Answer(fault["status"], json.dumps(body).encode(), {"Content-Type": "application/json", **headers})


def _refuse(fault: Fault, _answer: Answer, connection: Connection) -> None:
    connection.answer(refusal(fault))


def _hang(fault: Fault, _answer: Answer, connection: Connection) -> None:
    connection.wait(float(fault["seconds"]))
    connection.open = False


def _close(_fault: Fault, _answer: Answer, connection: Connection) -> None:
    connection.open = False


def _reset(_fault: Fault, _answer: Answer, connection: Connection) -> None:
    connection.reset()


def _send_half(answer: Answer, connection: Connection) -> None:
    connection.send(head(answer, max(len(answer.body), 2)) + answer.body[: len(answer.body) // 2])


def _half_body(_fault: Fault, answer: Answer, connection: Connection) -> None:
    _send_half(answer, connection)
    connection.reset()


def _short_body(_fault: Fault, answer: Answer, connection: Connection) -> None:
    _send_half(answer, connection)
    connection.open = False


def _close_idle(_fault: Fault, answer: Answer, connection: Connection) -> None:
    connection.answer(answer)
    connection.open = False


def _html(fault: Fault, _answer: Answer, connection: Connection) -> None:
    connection.answer(Answer(fault["status"], LOGIN_PAGE, {"Content-Type": "text/html; charset=utf-8"}))


def _huge(fault: Fault, _answer: Answer, connection: Connection) -> None:
    size = int(fault["bytes"])
    connection.send(head(Answer(200, headers={"Content-Type": "application/scim+json"}), size) + b'"')
    for start in range(1, size, BLOCK):
        connection.send(b"x" * min(BLOCK, size - start))


def _gzip_bomb(fault: Fault, _answer: Answer, connection: Connection) -> None:
    # A gzip stream may have many members, so one compressed megabyte is repeated.
    member = gzip.compress(b" " * 1024**2)
    count = math.ceil(int(fault["bytes"]) / 1024**2)
    headers = {"Content-Type": "application/scim+json", "Content-Encoding": "gzip"}
    connection.send(head(Answer(200, headers=headers), len(member) * count))
    for _member_number in range(count):
        connection.send(member)


def _drip(fault: Fault, answer: Answer, connection: Connection) -> None:
    first = head(answer, len(answer.body))
    if fault["part"] == "body":
        connection.send(first)
        first = b""
    for byte in first + answer.body:
        if connection.stopping.wait(float(fault["seconds"])):
            break
        connection.send(bytes([byte]))


def _redirect(fault: Fault, _answer: Answer, connection: Connection) -> None:
    connection.answer(Answer(fault["status"], headers={"Location": str(fault["to"])}))


def _broken_json(_fault: Fault, answer: Answer, connection: Connection) -> None:
    connection.answer(Answer(answer.status, answer.body[: len(answer.body) // 2], answer.headers))


def _content_type(fault: Fault, answer: Answer, connection: Connection) -> None:
    connection.answer(Answer(answer.status, answer.body, {**answer.headers, "Content-Type": str(fault["value"])}))


def _empty_body(_fault: Fault, answer: Answer, connection: Connection) -> None:
    connection.answer(Answer(answer.status, b"", answer.headers))


def _foreign_links(fault: Fault, answer: Answer, connection: Connection) -> None:
    target = str(fault["to"]).rstrip("/")
    headers = {name: OUR_ORIGIN.sub(target, value) for name, value in answer.headers.items()}
    body = OUR_ORIGIN.sub(target, answer.body.decode())
    connection.answer(Answer(answer.status, body.encode(), headers))


SILENT = frozenset({"hang", "commit_then_hang", "close", "reset", "commit_then_reset"})
ACTS: dict[str, t.Callable[[Fault, Answer, Connection], None]] = {
    "status": _refuse,
    "commit_then_status": _refuse,
    "hang": _hang,
    "commit_then_hang": _hang,
    "close": _close,
    "reset": _reset,
    "commit_then_reset": _reset,
    "half_body": _half_body,
    "short_body": _short_body,
    "close_idle": _close_idle,
    "html": _html,
    "huge": _huge,
    "gzip_bomb": _gzip_bomb,
    "drip": _drip,
    "redirect": _redirect,
    "broken_json": _broken_json,
    "content_type": _content_type,
    "empty_body": _empty_body,
    "foreign_links": _foreign_links,
}
