# Copyright: (c) 2026, scimops maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The enterprise application from the Entra gallery."""

from __future__ import annotations

DOCUMENTATION = r"""
---
module: entra_gallery_app
short_description: Add an enterprise application from the Microsoft Entra gallery, or delete it
version_added: "1.0.0"
description:
  - Adds Zscaler One, or any other application of the gallery that Entra can provision to, as C(New application) in the portal does. Only
    an application that is made from its gallery template can have automatic provisioning.
  - Microsoft Graph makes another application each time it is asked. So the module looks first, for an application that comes from
    O(template) and is named O(display_name), and makes one only if three looks, a second apart, find none. A lost answer, or the 404 that
    Graph sometimes gives although it did the work, is followed by a search, never by a second attempt.
  - Then it waits until application and service principal can be seen by id and in lists, several times in a row, so that the next task
    or the next run finds them. If that lasts longer than O(consistency_timeout), the task fails and tells the ids as far as they are known.
    Run it again only when the application is listed, since what no list shows would be made a second time.
extends_documentation_fragment:
  - scimops.zscaler_one._attributes
  - scimops.zscaler_one._attributes.action_group_entra
  - scimops.zscaler_one._entra
attributes:
  check_mode:
    support: full
    details:
      - The ids of an application that would be made are V(null).
  diff_mode:
    support: full
  idempotent:
    support: full
options:
  display_name:
    description:
      - The name that the application has or gets in the tenant. Upper and lower case are the same, as they are to Entra.
      - If it is not given, it is the name of the template.
    type: str
  template:
    description:
      - The name of the gallery template, exactly as the gallery shows it.
      - Ids of templates differ between clouds, so there is no option for the id. The galleries of the national clouds have only a part
        of the templates.
    type: str
    default: Zscaler One
  state:
    description:
      - V(present) finds the application or makes it.
      - V(absent) deletes it, with its assignments, its provisioning job and its single sign-on. People in Zscaler stay as they are. For
        thirty days it can be restored in the portal, under C(App registrations), C(Deleted applications).
      - An application that has the name but comes from another template is never deleted and never taken for this one; it is an error.
    type: str
    choices: [present, absent]
    default: present
  allow_second:
    description:
      - Make the application although the tenant has another one of O(template) under a name that is nearly the same. Without it this is
        refused, since such a name is mostly misspelt, or that of an application which was renamed in the portal, and a second application
        would have nobody assigned and would provision nobody.
      - Nearly the same are names of which one is a part of the other, such as V(Zscaler One) and V(Zscaler One (test\)), and those that
        share most of their letters in the same order. A name that is clearly another only gets a warning.
      - It decides nothing once the application exists.
    type: bool
    default: false
notes:
  - "Permissions for Microsoft Graph: C(Application.Read.All) to look, and C(Application.ReadWrite.OwnedBy) besides to make the application
    and to delete one that the same client made. C(Application.ReadWrite.All) is enough for all of it, whoever made the application.
    Check mode needs C(Application.Read.All) only."
  - Two applications of the template that have the name are an error that names both, and nothing is written.
  - An existing application is not changed, its name included.
seealso:
  - module: scimops.zscaler_one.entra_app_assignment
  - module: scimops.zscaler_one.entra_saml_sso
  - module: scimops.zscaler_one.entra_provisioning_job
author:
  - scimops maintainers (@scimops)
"""

EXAMPLES = r"""
- name: Applications, with the connection written down once
  module_defaults:
    group/scimops.zscaler_one.entra:
      tenant_id: 11111111-2222-3333-4444-555555555555
      client_id: 66666666-7777-8888-9999-000000000000
      client_secret: "{{ vault_entra_client_secret }}"
  block:
    - name: The tenant has Zscaler One
      scimops.zscaler_one.entra_gallery_app:
      register: zscaler

    - name: Who may use it
      scimops.zscaler_one.entra_app_assignment:
        service_principal_id: "{{ zscaler.app.service_principal_id }}"
        assignments:
          - group: Zscaler users
            role: User

    - name: A second one for tests, under a name of its own
      scimops.zscaler_one.entra_gallery_app:
        template: Zscaler Beta
        display_name: Zscaler Beta (test)
        allow_second: true

    - name: The one for tests is not needed any more
      scimops.zscaler_one.entra_gallery_app:
        template: Zscaler Beta
        display_name: Zscaler Beta (test)
        state: absent
"""

RETURN = r"""
app:
  description:
    - The application after the run, in check mode as it would be. Empty if there is none.
  returned: when planning succeeded
  type: dict
  contains:
    display_name:
      description: The name in the tenant.
      type: str
      returned: if there is an application
    template_id:
      description: The id of the gallery template in this cloud.
      type: str
      returned: if there is an application
    service_principal_id:
      description:
        - The object id of the enterprise application, which other modules want as
          O(scimops.zscaler_one.entra_app_assignment#module:service_principal_id).
        - V(null) for an application that would be made.
      type: str
      returned: if there is an application
    application_id:
      description: The object id of the app registration; V(null) for an application that would be made.
      type: str
      returned: if there is an application
    app_id:
      description: The client id, which both share; V(null) for an application that would be made.
      type: str
      returned: if there is an application
    app_roles:
      description: The enabled roles that people can be assigned in. Empty for an application that would be made.
      type: list
      elements: dict
      returned: if there is an application
      contains:
        id:
          description: The id of the role.
          type: str
          returned: always
        display_name:
          description: The name of the role.
          type: str
          returned: always
  sample:
    display_name: Zscaler One
    template_id: 0a1b2c3d-0000-4000-8000-000000000001
    service_principal_id: 0a1b2c3d-0000-4000-8000-000000000002
    application_id: 0a1b2c3d-0000-4000-8000-000000000003
    app_id: 0a1b2c3d-0000-4000-8000-000000000004
    app_roles:
      - {id: 0a1b2c3d-0000-4000-8000-000000000005, display_name: User}
operations:
  description:
    - What was done, in this order, or in check mode what would be done. Empty if nothing changed.
  returned: when planning succeeded
  type: list
  elements: dict
  contains:
    kind:
      description: V(application).
      type: str
      returned: always
    verb:
      description: V(create) or V(delete).
      type: str
      returned: always
    name:
      description: The name of the application.
      type: str
      returned: always
    details:
      description: The C(template).
      type: dict
      returned: always
  sample:
    - {kind: application, verb: create, name: Zscaler One, details: {template: Zscaler One}}
diff:
  description: Before and after, in names. Both are empty if nothing changes.
  returned: when planning succeeded, with C(--diff)
  type: dict
  sample:
    before: {}
    after: {display_name: Zscaler One, template: Zscaler One}
    before_header: Zscaler One (before)
    after_header: Zscaler One (after)
problems:
  description: All that is wrong with the input; the first twenty also stand in the message. Nothing was written.
  returned: when the input is wrong
  type: list
  elements: dict
  sample:
    - {place: option template, field: "", reason: "the gallery has no template named exactly Zscaler on; did you mean Zscaler One?"}
requests:
  description: What the task asked of Microsoft Graph.
  returned: always, once the options were checked
  type: dict
  contains:
    sent:
      description: How many requests were sent, repeated ones included.
      type: int
      returned: always
    by_method:
      description: The same by HTTP method.
      type: dict
      returned: always
    throttled:
      description: How often Graph asked for less haste.
      type: int
      returned: always
    retried:
      description: How many of the requests were repetitions.
      type: int
      returned: always
    waited:
      description: Seconds spent waiting, because Graph asked for it or until Entra showed what was written.
      type: float
      returned: always
  sample: {sent: 4, by_method: {GET: 3, POST: 1}, throttled: 0, retried: 0, waited: 2.0}
"""

from ..module_utils._arguments import STATE
from ..module_utils._entra_module import run_entra
from ..module_utils._workflow.gallery_app import act

OPTIONS = {
    "display_name": {"type": "str"},
    "template": {"type": "str", "default": "Zscaler One"},
    "state": STATE,
    "allow_second": {"type": "bool", "default": False},
}


def main() -> None:
    """Run the module."""
    run_entra(OPTIONS, act)


if __name__ == "__main__":
    main()
