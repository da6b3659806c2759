# Copyright: (c) 2026, scimops maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""How Sphinx builds the documentation site; tests/checks/docsite.py runs it ("make docs"). Nothing is fetched while it builds."""

from __future__ import annotations

project = "scimops.zscaler_one"
author = "scimops maintainers"
copyright = "2026, scimops maintainers"
html_title = "scimops.zscaler_one"
html_short_title = "scimops.zscaler_one"

extensions = ["sphinx_antsibull_ext"]
# Options and results of ansible-core's own pages cannot be looked up without the network; such references stay plain text.
suppress_warnings = ["ref.ref"]

html_theme = "sphinx_ansible_theme"
html_theme_options = {
    "documentation_home_url": "https://github.com/scimops/scimops.zscaler_one",
    "topbar_links": {},
    "vcs_pageview_mode": "",
}
html_static_path = ["static"]
html_css_files = ["site.css"]
html_show_sphinx = False
html_use_index = False
html_copy_source = False
html_show_sourcelink = False
pygments_style = "ansible"
highlight_language = "yaml+jinja"
default_role = "any"
smartquotes = False
