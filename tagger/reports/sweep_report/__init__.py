"""The report of a sweep as an HTML page: settings, effect of each key, winner."""

from collections import Counter
from collections.abc import Sequence

from tagger.corpus.counted import counted
from tagger.corpus.terms import in_terms
from tagger.reports.config_table import config_table
from tagger.reports.figures import FigureTable, thinned
from tagger.reports.metric_names import MEAN_SCORE, UNITS, metric_name
from tagger.reports.page import mean_and_sd, number, percent, render
from tagger.reports.run_report.data import hash_table, version_table
from tagger.reports.run_report.scores import score_table, unbeaten_baselines
from tagger.reports.sweep_report.curves import score_by_epoch, score_by_setting
from tagger.reports.sweep_report.effects import effect_figure, importance_figure
from tagger.reports.sweep_report.parallel import parallel_figure
from tagger.reports.sweep_report.record import Key, SettingResult, SweepRecord, TrialFailure, Winner

__all__ = ["Key", "SettingResult", "SweepRecord", "TrialFailure", "Winner", "sweep_page"]

MAX_DRAWN = 300  # settings in a figure, so that the page stays under a megabyte
MAX_CURVES = 100
MAX_LISTED = 300  # settings of the leaderboard
MAX_FAILURES = 50


def sweep_page(sweep: SweepRecord) -> str:
    """Render the report as HTML, in one file that makes no requests and is whole without scripts."""
    metric = {"auto": "score", "mean": MEAN_SCORE}.get(sweep.metric) or metric_name(sweep.metric)
    scored = [(number, setting) for number, setting in enumerate(sweep.settings, start=1) if setting.scores]
    with_curves = [*sweep.ranking, *(setting for _, setting in scored if setting.state != "ranked")]
    with_curves = thinned([setting for setting in with_curves if setting.curve], MAX_CURVES)
    ranking = sweep.ranking
    drawn = thinned(ranking, MAX_DRAWN)
    used_keys = [key for key in sweep.keys if any(key.name in setting.values for setting in ranking)]
    evaluated = sweep.winner.by_head if sweep.winner else {}
    kinds = {head: sweep.winner.kinds[head] for head in evaluated} if sweep.winner else {}
    is_series = bool(sweep.winner and sweep.winner.reads_series)
    return render(
        "reports/sweep_report/sweep_report.html",
        is_series=is_series,
        sweep=sweep,
        config=config_table(sweep.winner.config) if sweep.winner else None,
        metric=metric,
        counts=_counts(sweep),
        best=mean_and_sd(ranking[0].mean, ranking[0].sd) if ranking else None,
        n_ranked=len(ranking),
        n_drawn=len(drawn),
        n_listed=min(len(ranking), MAX_LISTED),
        progress=score_by_setting(scored, metric, max_items=MAX_DRAWN) if scored else None,
        curves=score_by_epoch(with_curves, ranking[0] if ranking else None, metric) if with_curves else None,
        importance=importance_figure(sweep.importance) if sweep.importance else None,
        conditional_keys=[key.name for key in used_keys if sweep.importance and key.name not in sweep.importance],
        effects=[effect_figure(key, ranking, metric, max_items=MAX_DRAWN) for key in used_keys],
        parallel=parallel_figure(used_keys, drawn, metric) if drawn else None,
        leaderboard=_leaderboard(ranking[:MAX_LISTED], sweep.keys, metric) if ranking else None,
        unbeaten_baselines={
            head: unbeaten_baselines(each, kinds[head], is_series=is_series) for head, each in evaluated.items()
        },
        scores={head: score_table(each, kinds[head], is_series=is_series) for head, each in evaluated.items()},
        kinds=kinds,
        nouns={kind: in_terms(kind, is_series=is_series) for kind in kinds.values()},
        units={kind: in_terms(unit, is_series=is_series) for kind, unit in UNITS.items()},
        failures=sweep.failures[:MAX_FAILURES],
        hashes=hash_table(sweep.winner.provenance["data"]) if sweep.winner else None,
        versions=version_table(sweep.winner.provenance["versions"]) if sweep.winner else None,
    )


def _leaderboard(ranking: Sequence[SettingResult], keys: Sequence[Key], metric: str) -> FigureTable:
    """The best settings with the values of all keys, and the scores of several heads."""
    heads = list(dict.fromkeys(name for setting in ranking for name in setting.heads))
    rows = [
        [
            str(rank),
            mean_and_sd(setting.mean, setting.sd),
            *(percent(setting.heads.get(name)) for name in heads),
            *(key.text(setting.values[key.name]) if key.name in setting.values else "" for key in keys),
            str(len(setting.scores)),
            number(setting.parameters),
            number(setting.seconds),
            "–" if setting.n_bytes is None else f"{setting.n_bytes / 1e6:.2f} MB",
        ]
        for rank, setting in enumerate(ranking, start=1)
    ]
    header = ["rank", f"{metric} on dev", *map(metric_name, heads), *(key.name for key in keys)]
    header += ["seeds", "parameters", "seconds", "size"]
    return FigureTable("Settings by rank; scores are means ± standard deviations over seeds", header, rows)


def _counts(sweep: SweepRecord) -> str:
    """State in words how many settings there are in each state."""
    n = Counter[str](setting.state for setting in sweep.settings)
    states = {
        "ranked": "ranked",
        "incomplete": "incomplete (not all seeds finished)",
        "pruned": "pruned (stopped early)",
        "failed": "failed",
    }
    settings = f"{counted(len(sweep.settings), 'setting')} ({sweep.sampler} sampler)"
    counts = ", ".join(f"{n[state]:,} {words}" for state, words in states.items() if n[state])
    return f"{settings}: {counts}" if counts else settings
