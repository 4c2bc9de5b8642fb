"""The ranking of a sweep's settings, and how much each key counts."""

from collections.abc import Mapping, Sequence

from tagger.reports.figures import Bar, Figure, Table, bar_panels
from tagger.reports.page import number, percent
from tagger.reports.sweep_report.record import Key, Tried


def spread(setting: Tried) -> str:
    """The mean of a setting's scores and their deviation; a dash where it has none."""
    return spread_of(setting.mean, setting.sd) if setting.scores else percent(None)


def spread_of(mean: float, sd: float | None) -> str:
    """A mean of scores and their deviation, if there is one.

    >>> spread_of(0.94174, 0.002)
    '94.17 ± 0.20\\xa0%'
    """
    return percent(mean) if sd is None else f"{100 * mean:.2f} ± {percent(sd)}"


def leaderboard(ranking: Sequence[Tried], keys: Sequence[Key], metric: str) -> Table:
    """The best settings, with the values of all keys."""
    rows = [
        [
            str(rank),
            spread(setting),
            *(key.told(setting.values[key.name]) if key.name in setting.values else "" for key in keys),
            str(len(setting.scores)),
            number(setting.parameters),
            number(setting.seconds),
            "–" if setting.n_bytes is None else f"{setting.n_bytes / 1e6:.2f} MB",
        ]
        for rank, setting in enumerate(ranking, start=1)
    ]
    header = ["rank", f"{metric} on dev", *(key.name for key in keys), "seeds", "parameters", "seconds", "size"]
    return Table("Settings from the best on; mean and standard deviation over seeds", header, rows)


def importance_figure(importance: Mapping[str, tuple[float, float]]) -> Figure:
    """How much of the differences in score each key explains, the most important first.

    Args:
        importance: by name of the key, its shares by fANOVA and by mean decrease in impurity.
    """
    ordered = sorted(importance.items(), key=lambda item: -item[1][0])
    return Figure(
        "importance",
        "Importance of the keys",
        "The share of the differences in score that a key explains, by fANOVA over a random forest; with few settings "
        "it is rough.",
        bar_panels([Bar(name, share, percent(share, 1)) for name, (share, _) in ordered]),
        Table(
            "Importance of the keys, as a share of all",
            ["key", "fANOVA", "mean decrease in impurity"],
            [[name, percent(share, 1), percent(other, 1)] for name, (share, other) in ordered],
        ),
    )
