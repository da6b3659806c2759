# Copyright: (c) 2026, scimops maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Listings end and tell the truth about themselves, whatever the service claims (facts F36-F44)."""

from __future__ import annotations

import pytest
from ansible_collections.scimops.zscaler_one.plugins.module_utils._errors import Refusal, UntrustedAnswer
from ansible_collections.scimops.zscaler_one.plugins.module_utils._wire.listing import Listing, Page, fetch_page, read_all
from ansible_collections.scimops.zscaler_one.plugins.module_utils._wire.resources import LARGEST


class Service:
    """A list of N entries, told in pages by `tell(start, asked, entries)`; counts what is asked."""

    def __init__(self, count, asked=10, tell=None):
        self.entries = [{"id": f"u{number}"} for number in range(1, count + 1)]
        self.asked, self.tell, self.starts, self.kept = asked, tell or honest, [], []

    def fetch(self, start):
        self.starts.append(start)
        return self.tell(self, start)

    def page(self, start, size=None, total=None):
        size = self.asked if size is None else size
        return Page(self.entries[start - 1 : start - 1 + size], len(self.entries) if total is None else total)

    def read(self):
        def begin():
            self.kept.clear()
            return Listing("Users", self.asked, self.fetch, self.kept.extend)

        return read_all(begin)


def honest(service, start):
    return service.page(start)


def capped(service, start):
    return service.page(start, size=3)


def everything_at_once(service, start):
    return service.page(start, size=1000)


def no_total(service, start):
    return service.page(start)._replace(total=None)


@pytest.mark.parametrize(
    ("count", "tell", "requests"),
    [
        pytest.param(0, honest, 1, id="f44_nobody_is_no_doubt_by_itself"),
        pytest.param(7, honest, 1, id="p1_one_page"),
        pytest.param(25, honest, 3, id="p1_three_pages"),
        pytest.param(30, honest, 3, id="p1_no_empty_page_is_asked_for"),
        pytest.param(10, honest, 2, id="f38_exactly_one_full_page_costs_one_more"),
        pytest.param(7, capped, 3, id="f36_the_next_start_comes_from_what_was_received"),
        pytest.param(57, everything_at_once, 1, id="f43_larger_pages_are_used"),
        pytest.param(25, no_total, 4, id="without_total_an_empty_page_is_the_end"),
    ],
)
def test_f36_f43_f44_a_truthful_service_is_read_whole_at_the_least_cost(count, tell, requests):
    service = Service(count, tell=tell)
    listing = service.read()
    assert [entry["id"] for entry in service.kept] == [f"u{number}" for number in range(1, count + 1)]
    assert listing.doubts == []
    assert len(service.starts) == requests
    assert set(listing.ids) == {entry["id"] for entry in service.kept}


def total_of_a_page(service, start):
    return service.page(start, total=service.asked)


def total_of_this_page(service, start):
    page = service.page(start)
    return page._replace(total=len(page.resources))


def too_low(service, start):
    return service.page(start, total=12)


def none_promised(service, start):
    return service.page(start, total=0)


@pytest.mark.parametrize("tell", [total_of_a_page, total_of_this_page, too_low, none_promised])
@pytest.mark.parametrize("count", [15, 25, 30])
def test_f38_users_beyond_the_total_are_still_found(tell, count):
    service = Service(count, tell=tell)
    listing = service.read()
    assert len(service.kept) == count
    assert "more entries than its totalResults" in listing.doubts[0]
    assert service.starts == [*range(1, count + 1, 10), count + 1]


def too_high(service, start):
    return service.page(start, total=40)


def test_f37_f38_an_empty_page_before_the_total_is_asked_for_once_more_and_doubted():
    service = Service(25, tell=too_high)
    listing = service.read()
    assert service.starts == [1, 11, 21, 26, 26]
    assert listing.doubts == ["/Users: totalResults is 40, but the pages end after 25"]
    assert len(service.kept) == 25


def test_f37_an_empty_page_that_was_a_slip_is_no_doubt():
    def slip(service, start):
        return service.page(start, size=0) if service.starts.count(11) == 1 and start == 11 else service.page(start)

    service = Service(25, tell=slip)
    assert service.read().doubts == []
    assert len(service.kept) == 25


@pytest.mark.parametrize("change", [-1, +1])
def test_f39_a_total_that_changes_once_is_read_anew_without_doubt(change):
    def moving(service, start):
        if start == 11 and service.starts.count(11) == 1:
            service.entries = service.entries[1:] if change < 0 else [*service.entries, {"id": "new"}]
        return service.page(start)

    service = Service(25, tell=moving)
    listing = service.read()
    assert listing.doubts == []
    assert len(service.kept) == len(service.entries) == 25 + change
    assert service.starts == [1, 11, 1, 11, 21]


def test_f39_f41_a_deletion_that_shortens_the_last_page_is_read_anew():
    def shrinking(service, start):
        page = service.page(start)
        if service.starts == [1]:
            service.entries = service.entries[1:]
        return page

    service = Service(11, tell=shrinking)
    listing = service.read()
    assert listing.doubts == []
    assert {entry["id"] for entry in service.kept} == {f"u{number}" for number in range(2, 12)}


def test_f39_a_total_that_never_rests_is_doubted_after_two_new_beginnings():
    def restless(service, start):
        return service.page(start, total=100 + len(service.starts))

    service = Service(25, tell=restless)
    listing = service.read()
    assert service.starts.count(1) == 3
    assert len(service.kept) == 25
    assert "totalResults changed from" in listing.doubts[0]


def test_f40_an_overlap_is_kept_once_and_doubted():
    def overlapping(service, start):
        return service.page(max(1, start - 1)) if start > 1 else service.page(start)

    service = Service(25, tell=overlapping)
    listing = service.read()
    ids = [entry["id"] for entry in service.kept]
    assert len(ids) == len(set(ids))
    assert "came twice" in listing.doubts[0]


def test_f42_page_one_for_ever_ends_after_three_requests():
    service = Service(25, tell=lambda service, _start: service.page(1))
    with pytest.raises(Refusal, match="whatever startIndex says") as caught:
        service.read()
    assert len(service.starts) == 3
    assert caught.value.details["listing"] == "suspect"


def test_f42_page_one_for_ever_without_a_total_ends_in_doubt():
    service = Service(25, tell=lambda service, _start: service.page(1)._replace(total=None))
    assert "a guess" in service.read().doubts[0]
    assert len(service.starts) == 2


def test_f42_the_last_page_again_beyond_the_end_is_no_lie():
    service = Service(10, tell=lambda service, _start: service.page(1))
    assert service.read().doubts == []
    assert len(service.kept) == 10


def test_a_list_without_end_ends(monkeypatch):
    monkeypatch.setattr("ansible_collections.scimops.zscaler_one.plugins.module_utils._wire.listing.MAX_PAGES", 50)
    service = Service(0, tell=lambda _service, start: Page([{"id": str(start)}], None))
    assert "does not end" in service.read().doubts[0]
    assert len(service.starts) == 50


def test_a_list_of_ever_new_entries_ends_before_the_memory_does(monkeypatch):
    monkeypatch.setattr("ansible_collections.scimops.zscaler_one.plugins.module_utils._wire.listing.MAX_ENTRIES", 50)
    service = Service(0, tell=lambda _service, start: Page([{"id": str(start + more)} for more in range(10)], None))
    with pytest.raises(Refusal, match="does not end after 50 entries") as caught:
        service.read()
    assert len(service.starts) == 6
    assert caught.value.details["listing"] == "suspect"


def test_a_list_as_long_as_allowed_is_read(monkeypatch):
    monkeypatch.setattr("ansible_collections.scimops.zscaler_one.plugins.module_utils._wire.listing.MAX_ENTRIES", 50)
    assert len(Service(50).read().ids) == 50


def test_a_refusal_does_not_claim_that_nothing_was_changed():
    # A look-up after many writes may be what meets the lie.
    with pytest.raises(Refusal) as caught:
        Service(25, tell=lambda service, _start: service.page(1)).read()
    assert "nothing was" not in str(caught.value)


def test_entries_without_id_are_doubted():
    service = Service(0, tell=lambda _service, start: Page([{"id": "a"}, {"userName": "no id"}, {}] if start == 1 else [], 3))
    assert "without an id" in service.read().doubts[0]
    assert service.kept == [{"id": "a"}]


def test_f38_look_beyond_goes_on_after_a_false_end():
    service = Service(25, tell=lambda service, start: service.page(start, size=4, total=4))
    listing = service.read()
    assert (len(service.kept), listing.doubts) == (4, [])
    listing.look_beyond()
    assert len(service.kept) == 25
    assert "more entries" in listing.doubts[0]


def test_f38_look_beyond_costs_an_honest_service_one_request():
    service = Service(7)
    listing = service.read()
    listing.look_beyond()
    assert (len(service.starts), listing.doubts) == (2, [])


class OneAnswer:
    def __init__(self, body):
        self.body, self.status = body, 200

    def send(self, *_args, **_more):
        return self


@pytest.mark.parametrize(
    ("body", "page"),
    [
        ({"totalResults": 1, "Resources": [{"id": "a"}]}, Page([{"id": "a"}], 1)),
        ({"totalResults": "1", "Resources": [{"id": "a"}]}, Page([{"id": "a"}], 1)),
        ({"Resources": [{"id": "a"}]}, Page([{"id": "a"}], None)),
        ({"totalResults": 0}, Page([], 0)),
        ({"totalResults": 2, "Resources": ["odd", {"id": "a"}]}, Page([{}, {"id": "a"}], 2)),
        ({"totalResults": -1, "Resources": []}, Page([], None)),
        ({"totalResults": True, "Resources": []}, Page([], None)),
        ({"totalResults": "9" * 5000, "Resources": []}, Page([], LARGEST)),
        ({"totalResults": 10**400, "Resources": []}, Page([], LARGEST)),
    ],
)
def test_a_page_is_read_though_much_of_it_is_missing(body, page):
    assert fetch_page(OneAnswer(body), "Users", {}) == page


@pytest.mark.parametrize("body", [None, {}, [], "text", {"Resources": None}, {"Resources": {}}, {"status": "ok"}])
def test_f44_an_answer_that_is_no_list_is_no_empty_directory(body):
    with pytest.raises(UntrustedAnswer, match="no SCIM list"):
        fetch_page(OneAnswer(body), "Users", {})


def test_f37_a_first_page_that_is_empty_although_there_are_some_is_asked_twice_and_doubted():
    asked = []

    def fetch(start):
        asked.append(start)
        return Page([], 3)

    listing = read_all(lambda: Listing("Users", 100, fetch, lambda _entries: None))
    assert asked == [1, 1]
    assert len(listing.doubts) == 1
    assert "totalResults is 3, but the pages end after 0" in listing.doubts[0]
