"""The head whose answers can be given step by step, and why a tagger has none."""

from tagger.errors import BundleError
from tagger.heads.target import TagTarget
from tagger.tagging.bundle import Bundle

LOOK_AHEAD_HINT = (
    "--look-ahead 10 tags a step when 10 more are known, evaluate --look-ahead 10 shows at what cost; or train with "
)
MOST_TAGS = 4096  # whose pairs fit into memory


def step_head(bundle: Bundle, look_ahead: int = 0) -> int:
    """Index of the head that tags step by step: the first of tags, else the first of strings.

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
    kinds = [target.kind for target in bundle.targets]
    if {*kinds} == {"label"}:
        raise BundleError("this tagger has labels of whole series only, and nothing to tag step by step")
    index = kinds.index("tag" if "tag" in kinds else "string")
    target = bundle.targets[index]
    if (reason := _later_steps(target)) and not look_ahead:
        raise BundleError(
            f"{reason}, so the tag of a step depends on later ones",
            f"{LOOK_AHEAD_HINT}--set model.head=softmax --set model.decode=free",
        )
    if target.min_duration:
        raise BundleError(
            "this tagger has min_duration, which chooses all states of a series together",
            "train with --set model.min_duration=1",
        )
    if (target.chain or target.allowed) and len(target.tags) > MOST_TAGS:
        raise BundleError(f"sequences of {len(target.tags):,} tags are too large to be chosen step by step")
    return index


def _later_steps(target: TagTarget) -> str:
    """Why the tag of a step depends on the scores of later steps; empty if it does not."""
    if target.chain is not None:
        return "this tagger has a CRF, which chooses the tags of a series together"
    if target.allowed is not None:
        return 'this tagger has decode = "valid", which chooses the tags of a series together'
    if target.scheme != target.scheme_train:
        return f"this tagger converts whole sequences of tags, from {target.scheme_train} to {target.scheme}"
    return ""
