"""Findings about the answers of a head, for the log of a training and for `tagger check`."""

from collections.abc import Collection, Mapping

from tagger.checks import Finding, Split, answer_findings, rule_notes
from tagger.config import HeadConfig
from tagger.corpus.formats import format_of
from tagger.corpus.layout import Layout
from tagger.corpus.sentences import Sentences
from tagger.corpus.spelling import Notation
from tagger.heads.edit_scripts import describe_script
from tagger.heads.strings import scripts_of
from tagger.training.data_files import HeadKeys


def head_findings(
    settings: HeadConfig,
    keys: HeadKeys,
    views: Mapping[str, Sentences],
    notation: Notation,
    ignore: Collection[str],
    layout: Layout,
) -> list[Finding]:
    """Certain and likely errors in the answers of a head.

    Args:
        settings: the head's section of the config.
        keys: names of its keys.
        views: by split, the sentences that have the answer, as their tags; train first.
        notation: scheme and spelling of tags.
        ignore: answers that are neither learned nor scored.
        layout: layout of the files, with their format.
    """
    own = {f"data.{key}": keys.key(key) for key in ("map", "ignore")}
    if keys.table:
        own |= {"data.scheme": f"{keys.table}.scheme", "data.tag": f"{keys.table}.{settings.kind}"}
    elif settings.kind == "label":
        own |= {"data.tag": "data.label", "data.label = ": "data.tag = "}
    may_lack = settings.column == "feats" or format_of(layout).is_optional(settings.column)
    return answer_findings(
        [Split.of(split, _checked(settings, view, ignore)) for split, view in views.items()],
        keys.name,
        kind=settings.kind,
        notation=notation,
        ignore=ignore,
        may_lack=settings.kind == "tag" and may_lack,
        keys=own,
    )


def head_notes(settings: HeadConfig, keys: HeadKeys, train: Sentences, ignore: Collection[str]) -> list[str]:
    """Lines on the rules of a head of strings; none for other heads.

    Args:
        settings: the head's section of the config.
        keys: names of its keys.
        train: the sentences of train that have the answer, as their tags.
        ignore: answers that are neither learned nor scored.
    """
    if settings.kind != "string":
        return []
    return rule_notes(keys.name, _checked(settings, train, ignore), train, describe_script, ignore)


def _checked(settings: HeadConfig, view: Sentences, ignore: Collection[str]) -> Sentences:
    return scripts_of(view, ignore) if settings.kind == "string" else view
