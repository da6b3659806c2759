# Copyright: (c) 2026, scimops maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What to do about an error of a SCIM service. Pure."""

from __future__ import annotations

import typing as t

from ._errors import NotRecorded, ServiceError, Stopped, Unauthorized

if t.TYPE_CHECKING:
    from ._errors import CollectionError


def advise(error: CollectionError) -> str:
    """What to do about an error that has one usual cause; otherwise nothing."""
    if isinstance(error, (Stopped, NotRecorded)):
        # Once something is written, these end the run in order, and its result says what was done.
        return ". Nothing was written"
    if isinstance(error, Unauthorized):
        return (
            ". The service refuses the credentials: check bearer_token (ZSCALER_ONE_SCIM_BEARER_TOKEN), and whether a new one was "
            "generated in the portal; save and activate there"
        )
    if isinstance(error, ServiceError) and error.status == 404:
        return ". Is base_url whole and exact, as the portal shows it: https://scim.zscalerone.net/ORGANIZATION/IDP/scim?"
    return ""
