"""Speed and memory beside other taggers, each measured thing in a process of its own.

pip install -e ".[benchmarks]"
python -m tests.benchmarks.speed --results runs/speed/results.jsonl
python -m tests.benchmarks.speed.table runs/speed/results.jsonl --readme tests/benchmarks/README.md

__main__.py          starts the processes, in turns, and keeps what they tell
plan.py              which processes there are, part by part
process.py           what is alike in all of them: options, clocks, the line that they print
material.py          sentences, configs and saved taggers that all of them read
ours.py              the project's own
pytorch.py           the same networks in PyTorch
stock_keras.py       the same networks of Keras' own layers
crfsuite.py          CRFsuite with hand-made features
spacy_pipeline.py    spaCy's tagger, untrained vectors
growth.py            files of a million tokens and more
table.py             results → the README's table
"""
