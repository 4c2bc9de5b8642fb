"""Errors to read on a terminal."""

from tagger.evaluation.steps import Steps
from tagger.reports.mistakes import Excerpt, Outcome, Word, frequent_confusions, worst_sentences

N_CONFUSIONS, N_WORST = 5, 3  # that are shown
MAX_WORDS = 25  # of a sentence that went wrong: a long series would fill the terminal


def format_errors(steps: Steps) -> str:
    """The most frequent confusions with an example each, and the sentences that went most wrong.

    Args:
        steps: the scored tokens, of which at least one is wrong.
    """
    outcomes = _outcomes(steps)
    confusions = frequent_confusions(outcomes, n=N_CONFUSIONS, n_examples=1)
    counts = [f"{found.count:,}" for found in confusions]
    pairs = [f"{found.gold} → {found.predicted}" for found in confusions]
    wide = max(map(len, counts)), max(map(len, pairs))
    return "\n".join(
        [
            "most frequent errors, gold → predicted, each with an example",
            *(
                f"  {count:>{wide[0]}}  {pair:<{wide[1]}}  {_line(found.examples[0], with_tags=False)}"
                for count, pair, found in zip(counts, pairs, confusions, strict=True)
            ),
            "",
            "sentences that went most wrong",
            *(
                f"  {found.n_errors} of {found.n_words} tokens: {_line(found, with_tags=True)}"
                for found in worst_sentences(outcomes, n=N_WORST, max_words=MAX_WORDS)
            ),
        ]
    )


def _outcomes(steps: Steps) -> list[Outcome]:
    """The sentences with their tags; a token that is not scored has none, and so is never wrong."""
    gold, predicted = ([[""] * len(tokens) for tokens in steps.sentences] for _ in range(2))
    confidence = [[1.0] * len(tokens) for tokens in steps.sentences]
    places = list(zip(steps.sentence.tolist(), steps.position.tolist(), strict=True))
    for (i, j), right, tag in zip(places, steps.gold.tolist(), steps.predicted.tolist(), strict=True):
        gold[i][j], predicted[i][j] = steps.tags[right], steps.tags[tag]
    if steps.confidence is not None:
        for (i, j), score in zip(places, steps.confidence.tolist(), strict=True):
            confidence[i][j] = score
    return [Outcome(*row) for row in zip(steps.sentences, gold, predicted, confidence, strict=True)]


def _line(excerpt: Excerpt, *, with_tags: bool) -> str:
    """An excerpt in one line, its errors in brackets, and gold and predicted tag in them too if that is asked for."""

    def shown(part: Word | int) -> str:
        if isinstance(part, int):
            return "…"
        if not part.is_focus:
            return part.token
        return f"[{part.token} {part.gold} → {part.predicted}]" if with_tags else f"[{part.token}]"

    return " ".join(map(shown, excerpt.parts))
