"""Measurements and slow accuracy runs, started by hand from the project's root.

    python -m tests.benchmarks.reading FILE.conllu       time to read files; memory through readers and writers
    python -m tests.benchmarks.streaming                 time and memory of `tagger convert`, 1 and 10 million tokens
    python -m tests.benchmarks.tokenizer_f1 FILE.conllu  our tokens against a treebank's words
    python tests/benchmarks/fuzz_readers.py              mutated bytes through every reader
    python -m tests.benchmarks.fuzz                      files, options and configs at random through every command
    python -m tests.benchmarks.crf                       CRFsuite with hand-made features, on the same data
    python -m tests.benchmarks.accuracy CONFIG …         what settings bring, several seeds each
    python -m tests.benchmarks.speed --results FILE      speed and memory beside other taggers

Each says more in its docstring and with `--help`, but for tokenizer_f1, which has no options.
"""
