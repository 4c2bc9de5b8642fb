"""Strings of tokens, such as lemmas, as edit scripts that a head learns; each distinct pair is converted once."""

from collections.abc import Collection
from dataclasses import replace
from functools import lru_cache

import numpy as np

from tagger.corpus.answers import Numbering
from tagger.corpus.sentences import Sentences
from tagger.heads.edit_scripts import apply_script, edit_script

N_CACHED = 1 << 16  # pairs of a script and a form, the last used ones


def scripts_of(sentences: Sentences, ignore: Collection[str] = ()) -> Sentences:
    """Copy with edit scripts as tags, from each token to the string that was its tag.

    Args:
        sentences: their tags are strings; unchanged without tags.
        ignore: strings that stay as they are.
    """
    if sentences.tags is None:
        return sentences
    n_strings = max(1, len(sentences.tag_names))
    pairs, pair = np.unique(sentences.tokens.astype(np.int64) * n_strings + sentences.tags, return_inverse=True)
    scripts, ids = Numbering(), []
    for i in pairs.tolist():
        form, string = sentences.forms[i // n_strings], sentences.tag_names[i % n_strings]
        ids.append(scripts[string if string in ignore else _script_of(form, string)])
    return replace(sentences, tag_names=tuple(scripts), tags=np.array(ids, np.int32)[pair])


_script_of = lru_cache(N_CACHED)(edit_script)  # the same pairs come again: checked, counted, encoded, scored


@lru_cache(N_CACHED)
def string_of(script: str, form: str) -> str:
    """The string that an edit script makes of a form; the form itself if it does not fit.

    >>> string_of("lower/end-3+y", "Cities"), string_of("lower/end-3+y", "is")
    ('city', 'is')
    """
    string = apply_script(script, form)
    return form if string is None else string
