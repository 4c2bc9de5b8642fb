"""Measurements of speed, memory and accuracy, run by hand from the project's root.

    python -m tests.benchmarks.reading FILE.conllu       time to read files; memory of readers and writers
    python -m tests.benchmarks.streaming                 time and memory of `tagger convert`, 1 and 10 million tokens
    python -m tests.benchmarks.tokenizer_f1 FILE.conllu  the tokenizer against the words of a treebank
    python tests/benchmarks/fuzz_readers.py              every reader on mutated bytes
    python -m tests.benchmarks.fuzz                      every command on random files, options and configs
    python -m tests.benchmarks.crf                       CRFsuite with hand-made features on the same data
    python -m tests.benchmarks.accuracy CONFIG …         the effect of settings, with several seeds each
    python -m tests.benchmarks.speed --results FILE      speed and memory compared with other taggers

Details are in the docstrings and in `--help` (tokenizer_f1 has no options).
"""
