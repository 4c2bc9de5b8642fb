"""Heads of a network: one module for each kind of what comes out, with everything about it that needs no Keras.

Each gives `dense` scores of tags, made of the last recurrent layer's outputs, and says what is above them. A new kind
is a module here, a line in `KINDS`, layers and loss in `network/heads.py`, and a choice of `model.head` in the config.
"""

from tagger.heads.crf import CRF
from tagger.heads.softmax import Softmax

Head = Softmax | CRF
KINDS: dict[str, type[Head]] = {"softmax": Softmax, "crf": CRF}
