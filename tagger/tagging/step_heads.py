"""The heads whose answers can be given step by step, and why a tagger has none."""

from tagger.errors import BundleError
from tagger.head_names import PLAIN_HEAD
from tagger.heads.target import TagTarget
from tagger.tagging.bundle import Bundle

LOOK_AHEAD_HINT = (
    "--look-ahead 10 tags a step when 10 more are known, evaluate --look-ahead 10 shows at what cost; or train with "
)
MOST_TAGS = 4096  # whose pairs fit into memory


def step_heads(bundle: Bundle, look_ahead: int = 0) -> list[int]:
    """Indices of the heads that tag step by step: those of tags and of strings, and none of labels.

    Args:
        bundle: the tagger.
        look_ahead: number of later steps that are known when a step is tagged.

    Raises:
        BundleError: the answers of a step depend on later ones.
    """
    if bundle.architecture.bidirectional and not look_ahead:
        raise BundleError(
            "this tagger reads each series in both directions, so a step cannot be tagged before the last one is known",
            f"{LOOK_AHEAD_HINT}--set model.bidirectional=false",
        )
    indices = [i for i, target in enumerate(bundle.targets) if target.kind != "label"]
    if not indices:
        raise BundleError("this tagger has labels of whole series only, and nothing to tag step by step")
    for i in indices:
        _check_head(bundle.targets[i], look_ahead)
    return indices


def _check_head(target: TagTarget, look_ahead: int) -> None:
    is_plain = target.name == PLAIN_HEAD
    subject, key = ("this tagger", "model") if is_plain else (f"the head {target.name}", f"heads.{target.name}")
    if (reason := _later_steps(target)) and not look_ahead:
        softmax = "--set model.head=softmax" if is_plain else f"--set {key}.crf=false"
        raise BundleError(
            f"{subject} {reason}, so the tag of a step depends on later ones",
            f"{LOOK_AHEAD_HINT}{softmax} --set {key}.decode=free",
        )
    if target.min_duration:
        raise BundleError(
            f"{subject} has min_duration, which chooses all states of a series together",
            f"train with --set {key}.min_duration=1",
        )
    if (target.chain or target.allowed) and len(target.tags) > MOST_TAGS:
        raise BundleError(f"{subject} has {len(target.tags):,} tags, too many to choose a sequence step by step")


def _later_steps(target: TagTarget) -> str:
    """Why the tag of a step depends on the scores of later steps; empty if it does not."""
    if target.chain is not None:
        return "has a CRF, which chooses the tags of a series together"
    if target.allowed is not None:
        return 'has decode = "valid", which chooses the tags of a series together'
    if target.scheme != target.scheme_train:
        return f"converts whole sequences of tags, from {target.scheme_train} to {target.scheme}"
    return ""
