# Copyright: (c) 2026, scimops maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A Django project of nothing but django-scim2, as it comes. DATABASE and SCIM_TOKEN are in the environment."""

from __future__ import annotations

import os
import secrets

ALLOWED_HOSTS = ["127.0.0.1"]
AUTH_USER_MODEL = "people.Person"
DATABASES = {"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": os.environ["DATABASE"]}}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
INSTALLED_APPS = ["django.contrib.auth", "django.contrib.contenttypes", "people"]
LOGGING_CONFIG = None
MIDDLEWARE = ["tokens.TokenCheck", "django_scim.middleware.SCIMAuthCheckMiddleware"]
MIGRATION_MODULES = {"auth": None, "contenttypes": None, "people": None}
ROOT_URLCONF = "urls"
SCIM_SERVICE_PROVIDER = {
    "NETLOC": "127.0.0.1",
    "SCHEME": "http",
    "AUTHENTICATION_SCHEMES": [{"type": "oauthbearertoken", "name": "Bearer", "description": "A token"}],
    "GROUP_MODEL": "people.models.Team",
}
SECRET_KEY = secrets.token_urlsafe(32)
USE_TZ = True
