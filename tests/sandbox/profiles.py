# Copyright: (c) 2026, scimops maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The switches: each behaviour of the SCIM service that is a guess, or that services differ in, has a name here.

A profile is a set of defaults. `zia` is what is known of Zscaler Internet Access, and where nothing is known, the
guess that is hardest on a client. `conforming` is RFC 7643 and RFC 7644 by the letter. The README's table is made
from this file, and a test keeps the two in step.

The column `basis` says where the zia default comes from: "documented" (by Zscaler), "seen" (in public code or logs),
"third party" (documented by another vendor), "guess" (nobody says), "fault" (not Zscaler's: what other services do).
"""

from __future__ import annotations

import dataclasses
import typing as t

PROFILES = ("zia", "conforming")
Names = tuple[str, ...]


def _switch(zia: t.Any, conforming: t.Any, basis: str, meaning: str, choices: t.Sequence[str] = ()) -> t.Any:
    metadata = {"conforming": conforming, "basis": basis, "meaning": meaning, "choices": tuple(choices)}
    # The linter wants field() inside the class; there it would say the same thing sixty times.
    return dataclasses.field(default=zia, metadata=metadata)  # pylint: disable=invalid-field-call


@dataclasses.dataclass
class Switches:
    """One value for each switch. The defaults are those of the profile zia."""

    # Identity and addresses
    ids: str = _switch("derived", "uuid", "seen", "how ids look; clients must not care", ("derived", "uuid", "numeric"))
    one_id_path: bool = _switch(True, True, "documented", "the deprecated base URL without the IdP id works too")
    open_discovery: bool = _switch(True, False, "documented", "/Schemas, /ResourceTypes and /ServiceProviderConfig need no token")
    reason_phrase: bool = _switch(False, True, "seen", "status lines carry a reason phrase")
    default_admin: bool = _switch(True, False, "seen", "the tenant starts with DEFAULT ADMIN in group and department Service Admin")
    domains: Names = _switch(
        ("corp.example",), ("*",), "documented", "registered domains, the only ones a userName may have; * = any, and no @ needed"
    )
    wrong_domain_status: int = _switch(400, 400, "guess", "the status for a userName of another domain")

    # Answers
    thin_answers: bool = _switch(True, False, "documented", "answers differ by verb as in Zscaler's examples, most lack something")
    department_in: str = _switch("both", "extension", "documented", "where a user shows its department", ("both", "extension", "top"))
    empty_values: bool = _switch(True, False, "documented", "an unset name or e-mail list is shown as empty, not left out")
    active_as: str = _switch("bool", "bool", "documented", 'how active is shown: true, "true" or "True"', ("bool", "lower", "title"))
    shows_external_id: bool = _switch(True, True, "guess", "users show their externalId")
    hidden_attributes: Names = _switch((), (), "fault", "attributes that are stored and never shown, such as name.givenName")
    users_carry_groups: bool = _switch(True, True, "documented", "users show their groups")
    groups_carry_members: str = _switch(
        "always", "always", "guess", "where groups show members: lists too, only by id, nowhere", ("always", "get", "never")
    )
    member_detail: str = _switch("ref", "ref", "seen", "what a shown member has: value alone, $ref, display", ("value", "ref", "display"))
    attribute_selection: bool = _switch(True, True, "guess", "attributes and excludedAttributes are honoured")
    error_status_as: str = _switch("string", "string", "guess", "status in error bodies", ("string", "number"))
    etag: bool = _switch(False, True, "guess", "versions in meta.version and ETag; If-Match is obeyed")

    # Listing and filters
    page_cap: int = _switch(1000, 1000, "documented", "most resources in one page")
    search_cap: int = _switch(100, 1000, "seen", "the same for POST .search")
    count_on_get: bool = _switch(True, True, "guess", "count is obeyed on GET; false = every page is page_cap long")
    any_filter: bool = _switch(False, True, "documented", "all of RFC 7644's filters work, not only Zscaler's list")
    unknown_filter: str = _switch("400", "400", "guess", "what an unsupported filter gets: an error or nothing found", ("400", "empty"))
    group_filter_by_name: bool = _switch(True, True, "third party", "groups can be filtered by displayName alone")
    case_sensitive: bool = _switch(False, False, "fault", "filters compare userName and displayName exactly")
    bare_lists: bool = _switch(False, False, "fault", "lists have no startIndex and itemsPerPage, empty ones no Resources")
    sort: bool = _switch(False, True, "guess", "sortBy and sortOrder work")

    # Writing
    create_status: int = _switch(201, 201, "guess", "the status of a successful POST; others answer 200")
    required: Names = _switch(("userName",), ("userName",), "guess", "what a new user must have; sources disagree")
    active_by_default: bool = _switch(True, False, "guess", "a user written without active is active, after a PUT too")
    user_name_mutable: bool = _switch(True, True, "guess", "userName can be changed; sources contradict each other")
    unique: bool = _switch(True, True, "third party", "a second userName or group name is refused")
    conflict_status: int = _switch(409, 409, "third party", "the status for it (F32: others answer 400 or 500)")
    deleted_users: str = _switch(
        "gone", "gone", "guess", "hidden (F31): a deleted user is not shown, but its userName stays taken", ("gone", "hidden")
    )
    admin_delete: str = _switch("refuse", "refuse", "documented", "deleting a user linked to an admin: 409 or done", ("refuse", "allow"))
    normalise: str = _switch("none", "none", "guess", "what is done to texts on writing (F60)", ("none", "lower", "trim"))
    missing_department: str = _switch(
        "service_admin", "none", "third party", "a new user without department gets Service Admin, or none", ("service_admin", "none")
    )
    unknown_department: str = _switch(
        "create", "create", "guess", "a department that no user has: made, or refused with 400", ("create", "reject")
    )
    name_limits: bool = _switch(True, False, "documented", "userName at most 127 characters, names and departments 128")
    groups_per_user: int = _switch(128, 0, "documented", "most groups of one user (0 = no limit); more gets 400, a guess")
    put_omitted: str = _switch("clear", "clear", "guess", "PUT clears or keeps what is not in it, members too", ("clear", "keep"))
    put_body_id: str = _switch(
        "checked", "ignored", "seen", "a PUT whose body has another id gets 404, or that id is ignored", ("checked", "ignored")
    )
    string_booleans: bool = _switch(True, False, "third party", '"True" and "false" are taken as booleans')
    ignored_writes: str = _switch(
        "none", "none", "fault", "writes that are acknowledged and not done (F49)", ("none", "members", "active", "patch", "all")
    )

    # PATCH and members
    patch_supported: bool = _switch(True, True, "documented", "PATCH works (F26)")
    patch_refused_status: int = _switch(501, 501, "fault", "the status where it does not")
    patch_user_answer: int = _switch(200, 200, "guess", "200 with the user, or 204")
    patch_group_answer: int = _switch(204, 200, "documented", "200 with the group, or 204")
    value_path: bool = _switch(True, True, "third party", 'members[value eq "..."] works; false = 400 invalidPath (F35)')
    value_path_creates: bool = _switch(True, False, "guess", 'replace emails[type eq "work"].value makes the missing item')
    unknown_attributes: str = _switch("ignore", "reject", "guess", "a PATCH of an attribute that is not known", ("ignore", "reject"))
    unknown_member: str = _switch("400", "ignore", "guess", "adding an id that is no user", ("400", "404", "ignore"))
    members_per_request: int = _switch(0, 0, "fault", "most members in one write (F34; 0 = no limit)")
    members_limit_status: int = _switch(413, 413, "fault", "the status for more")

    # Time
    rate: float = _switch(0.0, 0.0, "documented", "requests a second, then 429 (0 = no limit; the command line sets 5)")
    rate_burst: float = _switch(0.0, 0.0, "guess", "how many may come at once (0 = as many as rate)")
    rate_retry_after: str = _switch("header", "header", "guess", "where a 429 says how long to wait", ("header", "none", "body", "text"))
    visibility_lag: float = _switch(0.0, 0.0, "fault", "seconds until a new resource can be found or made a member (F47)")
    stale_reads: float = _switch(0.0, 0.0, "fault", "seconds during which a read still shows the state before a write (F48)")

    # Bulk: Zscaler lists the endpoint and says no more
    bulk: bool = _switch(False, True, "guess", "ServiceProviderConfig says that /Bulk is supported")
    bulk_answer: str = _switch(
        "works",
        "works",
        "documented",
        "what /Bulk does: its work, or nothing but this status",
        ("works", "403", "404", "405", "413", "501"),
    )
    bulk_operations: int = _switch(1000, 1000, "guess", "most operations in one bulk request (maxOperations); more gets 413")
    bulk_bytes: int = _switch(1048576, 1048576, "guess", "most bytes in one bulk request (maxPayloadSize); more gets 413")
    bulk_takes: int = _switch(0, 0, "fault", "most operations that it really takes, whatever it says (0 = as it says)")
    bulk_limits_told: bool = _switch(True, True, "guess", "ServiceProviderConfig tells both limits")
    bulk_order: str = _switch("kept", "kept", "guess", "the order in which operations are performed", ("kept", "reversed"))
    bulk_references: str = _switch(
        "text",
        "values",
        "guess",
        "where bulkId: refers to an operation: value and path only, any text that begins with it (and must then be one), anywhere in any "
        "text, nowhere",
        ("values", "strict", "text", "ignored"),
    )
    bulk_id_shown: bool = _switch(True, True, "guess", "the answer to each operation repeats its bulkId")
    bulk_location: bool = _switch(True, True, "guess", "the answer to each operation has the location of its resource")
    bulk_resources: bool = _switch(False, False, "guess", "the answer to an operation that worked shows the resource")
    bulk_status_as: str = _switch("string", "string", "seen", "the status of an operation", ("string", "number", "object"))
    bulk_counts_as: str = _switch("one", "one", "guess", "what a bulk request is for the rate limit", ("one", "operations"))

    def set(self, name: str, value: t.Any) -> None:
        """Sets one switch from a value or its text. Raises ValueError with a sentence."""
        field = _FIELDS.get(name)
        if field is None:
            raise ValueError(f"there is no switch {name}; the README lists all")
        parsed = parse_value(name, value, field.default)
        choices = field.metadata["choices"]
        if choices and parsed not in choices:
            raise ValueError(f"switch {name} is one of {', '.join(choices)}, not {value}")
        setattr(self, name, parsed)

    def as_json(self) -> dict[str, t.Any]:
        """All switches with their values."""
        return dataclasses.asdict(self)


_FIELDS = {field.name: field for field in dataclasses.fields(Switches)}


def switches_of(profile: str, changes: t.Mapping[str, t.Any] | None = None) -> Switches:
    """The switches of a profile, changed as told. Raises ValueError."""
    if profile not in PROFILES:
        raise ValueError(f"there is no profile {profile}; there are {' and '.join(PROFILES)}")
    switches = Switches()
    if profile == "conforming":
        for field in dataclasses.fields(Switches):
            setattr(switches, field.name, field.metadata["conforming"])
    for name, value in (changes or {}).items():
        switches.set(name, value)
    return switches


def parse_value(name: str, value: t.Any, like: t.Any) -> t.Any:
    """A switch's value, from itself or its text, in the type of its default. Raises ValueError with a sentence."""
    kind = type(like)
    try:
        if kind is bool:
            return value if isinstance(value, bool) else {"true": True, "false": False}[str(value).lower()]
        if kind is tuple:
            parts = value.split(",") if isinstance(value, str) else value
            return tuple(str(part).strip() for part in parts if str(part).strip())
        return kind(value)
    except (KeyError, TypeError, ValueError):
        raise ValueError(f"switch {name} wants a value like {like!r}, not {value!r}") from None


def table() -> list[str]:
    """The switches as rows of a Markdown table."""
    rows = ["| switch | zia | conforming | basis | meaning |", "| --- | --- | --- | --- | --- |"]
    for field in dataclasses.fields(Switches):
        meaning = str(field.metadata["meaning"])
        if field.metadata["choices"]:
            meaning += f" ({', '.join(f'`{choice}`' for choice in field.metadata['choices'])})"
        defaults = (shown_value(field.default), shown_value(field.metadata["conforming"]))
        rows.append(f"| `{field.name}` | `{defaults[0]}` | `{defaults[1]}` | {field.metadata['basis']} | {meaning} |")
    return rows


def shown_value(value: t.Any) -> str:
    """A switch's value as the README shows it."""
    if isinstance(value, tuple):
        return ",".join(value) or "(none)"
    return str(value).lower() if isinstance(value, bool) else str(value)
