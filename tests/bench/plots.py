# Copyright: (c) 2026, scimops maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Draws the plots as SVG. The only file that needs matplotlib."""

from __future__ import annotations

import typing as t

if t.TYPE_CHECKING:
    from pathlib import Path

    from .curves import Point

STYLES = ("o-", "s-", "^-")
COLOURS = ("#1f5fa8", "#b8402a", "#5d7a2e")


def draw(curves: dict[str, list[Point]], folder: Path) -> None:
    """Write requests.svg and time.svg."""
    folder.mkdir(parents=True, exist_ok=True)
    _plot(curves, lambda point: point.requests, "requests", folder / "requests.svg")
    _plot(curves, lambda point: point.seconds, "seconds", folder / "time.svg")


def _plot(curves: dict[str, list[Point]], value: t.Callable[[Point], float], label: str, path: Path) -> None:
    import matplotlib as mpl

    mpl.use("svg")
    # The same numbers give the same file.
    mpl.rcParams["svg.hashsalt"] = "scimops"
    from matplotlib import pyplot

    figure, axes = pyplot.subplots(figsize=(7, 4))
    for (way, points), style, colour in zip(curves.items(), STYLES, COLOURS):
        measured = [point for point in points if point.measured]
        axes.plot([point.users for point in measured], [value(point) for point in measured], style, color=colour, label=way)
        beyond = [measured[-1], *(point for point in points if not point.measured)]
        axes.plot([point.users for point in beyond], [value(point) for point in beyond], ":", color=colour)
        if len(beyond) > 1:
            axes.plot([beyond[-1].users], [value(beyond[-1])], style[0], color=colour, markerfacecolor="white")
            axes.annotate("extrapolated", (beyond[-1].users, value(beyond[-1])), textcoords="offset points", xytext=(-66, -2), fontsize=8)
    axes.set(xscale="log", yscale="log", xlabel="users", ylabel=label, title=f"A run with nothing to do: {label}")
    axes.grid(visible=True, which="major", alpha=0.3)
    axes.legend(loc="upper left", frameon=False)
    figure.tight_layout()
    figure.savefig(path, metadata={"Date": None})
    pyplot.close(figure)
