"""Heads of a network (softmax, CRF): one module per kind, with everything about it that needs no Keras.

Both kinds score the tags of each step by `dense`, from the outputs of the last recurrent layer. A new kind is a module
here, an entry in `KINDS`, its layers and loss in `network/heads.py`, and a choice of `model.head` in the config.
"""

from tagger.heads.crf import CRF
from tagger.heads.softmax import Softmax

Head = Softmax | CRF
KINDS: dict[str, type[Head]] = {"softmax": Softmax, "crf": CRF}
