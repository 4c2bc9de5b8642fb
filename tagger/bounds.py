"""Largest values of keys and options: a slip of the keyboard is an error before anything is read or allocated."""

MAX_TOKENS = 400_000  # default of data.max_tokens, the most tokens of a sentence
MOST_TOKENS = 1_000_000_000  # of a sentence that a user may allow
MOST_THREADS = 1_024  # and processes, and GPUs
MOST_SEQUENCES = 1_000  # best sequences of a sentence
MOST_AHEAD = 10_000  # later steps that are known when a step is tagged
MOST_SECONDS, MOST_MB = 100_000_000, 100_000_000  # of a trial
MOST = 1_000_000  # epochs, sentences of a batch, steps of a window, occurrences
MOST_UNITS = 65_536  # units of a layer, dimensions of a vector
MOST_LAYERS = 100
MOST_DURATION = 10_000  # steps that a state lasts at least
MOST_AFFIX = 64  # characters of a prefix or suffix
LEAST_NUMBER, MOST_NUMBER = 1e-12, 1e12  # rates, weights and norms, in single precision
LEAST_SHARE = 1e-6  # of train that is split off
