"""A picture of which intents are taken for which; matplotlib is imported here only, and only when drawing."""

from pathlib import Path

import numpy as np

from bot.nlu.scores import IntentScores

_INCHES_EACH = 0.27
_MARGIN = 3.5  # inches, for the names
_DOTS_PER_INCH = 90


def draw_confusions(scores: IntentScores, folder: Path) -> Path:
    """Draw the share of each expected intent (row) that was understood as each intent (column); returns the PNG."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    names = scores.intents
    counts = np.array([[scores.pairs[expected, got] for got in names] for expected in names], dtype=float)
    side = _MARGIN + _INCHES_EACH * len(names)
    figure = Figure(figsize=(side, side), layout="constrained")
    FigureCanvasAgg(figure)
    axes = figure.add_subplot()
    shares = counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)
    axes.imshow(np.sqrt(shares), cmap="Blues", vmin=0, vmax=1)  # the root makes single mistakes visible
    axes.set_xticks(range(len(names)), names, rotation=90, fontsize=7)
    axes.set_yticks(range(len(names)), names, fontsize=7)
    axes.set_xlabel("understood")
    axes.set_ylabel("expected")
    axes.set_title(f"{scores.name}: {scores.total} messages, {scores.accuracy:.1%} understood")
    for (row, column), count in np.ndenumerate(counts):
        if count:
            axes.text(
                column,
                row,
                f"{count:.0f}",
                ha="center",
                va="center",
                fontsize=5,
                color="white" if row == column else "black",
            )
    path = folder / f"confusion-{'-'.join(scores.name.replace(',', '').split())}.png"
    path.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(path, dpi=_DOTS_PER_INCH)
    return path
