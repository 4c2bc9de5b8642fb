"""Tagging and inspection of a request's sentences."""

import asyncio
import json
from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from tagger.corpus.counted import counted
from tagger.corpus.sentence import Sentence
from tagger.serving.limits import MOST_INSPECTED, MOST_RANKED, MOST_STATES, Limits
from tagger.serving.models import ServedModel
from tagger.serving.refusals import Refusal
from tagger.serving.schemas import InspectBody, TagBody
from tagger.serving.sentences import column_sentence, sentences_of, token_sentence
from tagger.tagging.architecture import Architecture
from tagger.tagging.output_json import json_line
from tagger.tagging.tagged import Tagged

if TYPE_CHECKING:
    from tagger.inspection.subject import Subject


async def tag(model: ServedModel, body: TagBody, limits: Limits) -> str:
    """The answer to a request that tags, see `TagAnswer`.

    Raises:
        DataError: a sentence cannot be read by the model.
        Refusal: there are too many sentences or tokens, or no head of which the best sequences could be returned.
    """
    if body.best and not model.info["best"]:
        raise Refusal(422, f"best ranks sequences of tags, and {model.name} has no head of tags")
    sentences = sentences_of(body, model.bundle.encoder, limits)
    if body.best and body.best * sum(map(len, sentences)) > MOST_RANKED:
        raise Refusal(413, f"the best sequences have more than {MOST_RANKED:,} tokens together", "ask for fewer")

    def render(tagged: list[Tagged]) -> str:
        lines = ", ".join(json_line(each, confidence=body.confidence).removesuffix("\n") for each in tagged)
        return f'{{"model": {json.dumps(model.name)}, "sentences": [{lines}]}}'

    return await model.batches.tag(sentences, render, best=body.best or 0, confidence=body.confidence)


async def inspect(model: ServedModel, body: InspectBody, limits: Limits) -> str:
    """The answer to a request for states, as `tagger inspect --format json` writes it.

    Raises:
        DataError: the sentence cannot be read by the model.
        Refusal: the sentence has too many tokens.
    """
    if body.sentence is not None:
        sentence = column_sentence(body.sentence, model.bundle.encoder, "sentence")
    else:
        sentence = token_sentence(body.tokens or (), "tokens")
    most = most_inspected(model.bundle.architecture)
    if len(sentence) > most:
        raise Refusal(
            413, f"states of {model.name} are shown for {counted(most, 'token')} or fewer, got {len(sentence):,}"
        )
    loop = asyncio.get_running_loop()
    return await loop.run_in_executor(model.inspector, _inspected, model.name, model.folder, sentence, tuple(body.show))


def most_inspected(architecture: Architecture) -> int:
    """The most tokens of a sentence whose states are sent, fewer for larger networks."""
    n_units = sum(architecture.units) * (2 if architecture.bidirectional else 1)
    return min(MOST_INSPECTED, max(1, MOST_STATES // n_units))


def _inspected(name: str, folder: Path, sentence: Sentence, sections: tuple[str, ...]) -> str:
    from tagger.inspection.steps import sentence_steps
    from tagger.inspection.to_json import to_json

    subject = replace(_subject(folder), name=name)
    return json.dumps(to_json(subject, sentence_steps(subject, sentence), sections), ensure_ascii=False)


@lru_cache
def _subject(folder: Path) -> "Subject":
    from tagger.inspection.subject import model_subject

    return model_subject(folder)
