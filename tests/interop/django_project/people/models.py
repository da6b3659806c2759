# Copyright: (c) 2026, scimops maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The least that django-scim2 wants: users, and groups of them."""

from __future__ import annotations

from django.contrib.auth.models import AbstractUser
from django.db import models
from django_scim.models import AbstractSCIMGroupMixin, AbstractSCIMUserMixin


class Person(AbstractSCIMUserMixin, AbstractUser):
    """A user of Django that SCIM knows."""

    @property
    def scim_groups(self) -> models.Manager:
        return self.team_set


class Team(AbstractSCIMGroupMixin):
    """A group; Django's own has no room for what SCIM knows."""

    name = models.CharField(max_length=254, unique=True)
    user_set = models.ManyToManyField(Person)
