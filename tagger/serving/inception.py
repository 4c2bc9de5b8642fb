"""INCEpTION's protocol of an external recommender: annotations for a document.

Requests and answers are those of the developer guide, "External recommender", at
https://inception-project.github.io/releases/latest/docs/developer-guide.html. A model is not trained by it: a request
to train is answered with 204, as by any recommender that learns nothing from it, and predictions follow.
"""

import json
from typing import Annotated, Literal

from pydantic import BaseModel, Field

from tagger.corpus.sentence import Sentence
from tagger.serving.cas import Document, features_of
from tagger.serving.limits import Limits
from tagger.serving.models import ServedModel
from tagger.serving.refusals import Refusal
from tagger.serving.regions import chosen_head, regions_of
from tagger.serving.sentences import bounded, lines_of
from tagger.tagging.tagged import Tagged

SEGMENTATION = "de.tudarmstadt.ukp.dkpro.core.api.segmentation.type"
PREDICTED, SCORE = "inception_internal_predicted", "_score"  # names of features


class MetadataBody(BaseModel):
    """The annotations that are wanted; further keys are not read."""

    layer: str
    feature: str
    anchoringMode: Literal["characters", "singleToken", "tokens", "sentences"] = "tokens"


class DocumentBody(BaseModel):
    """A document; further keys are not read."""

    xmi: str


class RecommendBody(BaseModel):
    """A request for annotations of a document; further keys are not read."""

    metadata: MetadataBody
    document: DocumentBody
    typeSystem: Annotated[str, Field(description="Type system of the document, as XML.")]


async def predict(model: ServedModel, body: RecommendBody, limits: Limits) -> str:
    """The document with annotations: those of the head with the name of the feature, else of the first that fits.

    Raises:
        DataError: a sentence cannot be read by the model.
        Refusal: the document or type system cannot be read, no head fits, or there are too many sentences or tokens.
    """
    layer, feature = body.metadata.layer, body.metadata.feature
    try:
        document, features = Document(body.document.xmi), features_of(body.typeSystem, layer)
        sentences = bounded(_sentences(document, limits), limits)
    except ValueError as error:
        raise Refusal(422, f"the document: {error}") from None
    if features is None:
        raise Refusal(422, f"typeSystem: there is no type {layer[:80]}")
    kinds = ("label",) if body.metadata.anchoringMode == "sentences" else ("tag", "string")
    target = chosen_head(model.bundle.targets, feature, kinds)
    if target is None:
        raise Refusal(422, f"{model.name} has no head for annotations of {body.metadata.anchoringMode}")

    def render(tagged: list[Tagged]) -> str:
        for each in tagged:
            offsets = each.offsets or ()
            for region in regions_of(each, target):
                values = {feature: region.value, PREDICTED: "true", f"{feature}{SCORE}": f"{region.confidence:.4f}"}
                known = {name: value for name, value in values.items() if name in features}
                document.annotate(layer, offsets[region.start][0], offsets[region.end - 1][1], known)
        return json.dumps({"document": document.xmi()}, ensure_ascii=False)

    return await model.batches.tag(sentences, render)


def _sentences(document: Document, limits: Limits) -> list[Sentence]:
    """The sentences of a document, by its own sentences and tokens; a document without tokens has one a line."""
    tokens = document.annotations(f"{SEGMENTATION}.Token")
    if not tokens:
        return [*lines_of(document.text, limits)]
    sentences = document.annotations(f"{SEGMENTATION}.Sentence") or [(0, len(document.text))]
    result = []
    position = 0
    for start, end in sentences:
        inside: list[tuple[int, int]] = []
        while position < len(tokens) and tokens[position][0] < end:
            if tokens[position][0] >= start and tokens[position][0] < tokens[position][1]:
                inside.append(tokens[position])
            position += 1
        if inside:
            result.append(Sentence(tuple(document.text[a:b] for a, b in inside), offsets=tuple(inside)))
    return result
