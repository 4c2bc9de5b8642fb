"""The report of a sweep: its settings, the effect of each key, and the winner."""

from collections import Counter
from collections.abc import Sequence

from tagger.reports.figures import FigureTable, thinned
from tagger.reports.measures import metric_name
from tagger.reports.page import number, render, spread
from tagger.reports.report.data import hash_table, version_table
from tagger.reports.report.scores import headlines, weak_splits
from tagger.reports.sweep_report.course import learning_curves, score_over_trials
from tagger.reports.sweep_report.effects import effect_figure, importance_figure
from tagger.reports.sweep_report.parallel import parallel_figure
from tagger.reports.sweep_report.record import Failed, Key, SweepRecord, Tried, Winner

__all__ = ["Failed", "Key", "SweepRecord", "Tried", "Winner", "sweep_page"]

MOST_DRAWN = 300  # settings in a figure, so that the page stays under a megabyte
MOST_CURVES = 100
MOST_LISTED = 300  # settings of the leaderboard
MOST_FAILURES = 50


def sweep_page(sweep: SweepRecord) -> str:
    """The report as HTML: one file that makes no request."""
    metric = "score" if sweep.metric == "auto" else metric_name(sweep.metric)
    scored = [(number, setting) for number, setting in enumerate(sweep.tried, start=1) if setting.scores]
    with_curves = [*sweep.ranking, *(setting for _, setting in scored if setting.state != "ranked")]
    with_curves = thinned([setting for setting in with_curves if setting.curve], MOST_CURVES)
    ranking = sweep.ranking
    drawn = thinned(ranking, MOST_DRAWN)
    counting = [key for key in sweep.keys if any(key.name in setting.values for setting in ranking)]
    return render(
        "reports/sweep_report/sweep_report.html",
        sweep=sweep,
        metric=metric,
        counts=_counts(sweep),
        best=spread(ranking[0].mean, ranking[0].sd) if ranking else None,
        n_ranked=len(ranking),
        n_drawn=len(drawn),
        n_listed=min(len(ranking), MOST_LISTED),
        course=score_over_trials(scored, metric, most=MOST_DRAWN) if scored else None,
        curves=learning_curves(with_curves, ranking[0] if ranking else None, metric) if with_curves else None,
        importance=importance_figure(sweep.importance) if sweep.importance else None,
        conditional=[key.name for key in counting if sweep.importance and key.name not in sweep.importance],
        effects=[effect_figure(key, ranking, metric, most=MOST_DRAWN) for key in counting],
        parallel=parallel_figure(counting, drawn, metric) if drawn else None,
        leaderboard=_leaderboard(ranking[:MOST_LISTED], sweep.keys, metric) if ranking else None,
        weak_splits=weak_splits(sweep.winner.evaluated) if sweep.winner else {},
        headlines=headlines(sweep.winner.evaluated) if sweep.winner else None,
        failures=sweep.failures[:MOST_FAILURES],
        hashes=hash_table(sweep.winner.provenance["data"]) if sweep.winner else None,
        versions=version_table(sweep.winner.provenance["versions"]) if sweep.winner else None,
    )


def _leaderboard(ranking: Sequence[Tried], keys: Sequence[Key], metric: str) -> FigureTable:
    """The best settings, with the values of all keys."""
    rows = [
        [
            str(rank),
            spread(setting.mean, setting.sd),
            *(key.text(setting.values[key.name]) if key.name in setting.values else "" for key in keys),
            str(len(setting.scores)),
            number(setting.parameters),
            number(setting.seconds),
            "–" if setting.n_bytes is None else f"{setting.n_bytes / 1e6:.2f} MB",
        ]
        for rank, setting in enumerate(ranking, start=1)
    ]
    header = ["rank", f"{metric} on dev", *(key.name for key in keys), "seeds", "parameters", "seconds", "size"]
    return FigureTable("Settings from the best on; mean and standard deviation over seeds", header, rows)


def _counts(sweep: SweepRecord) -> str:
    """Number of settings in each state, in words."""
    n = Counter[str](setting.state for setting in sweep.tried)
    states = {
        "ranked": "with a rank",
        "incomplete": "without all their seeds",
        "pruned": "given up",
        "failed": "failed",
    }
    settings = f"{len(sweep.tried):,} {'setting' if len(sweep.tried) == 1 else 'settings'} ({sweep.sampler})"
    return ", ".join([settings, *(f"{n[state]:,} {words}" for state, words in states.items() if n[state])])
