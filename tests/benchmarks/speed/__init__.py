"""Speed and memory compared with other taggers, each measured in a process of its own.

pip install -e ".[benchmarks]"
python -m tests.benchmarks.speed --results runs/speed/results.jsonl
python -m tests.benchmarks.speed.table runs/speed/results.jsonl --readme tests/benchmarks/README.md

__main__.py          starts the processes in turns and records their results
plan.py              the processes to measure, by part
process.py           shared by all processes: options, timing, output
material.py          sentences, configs and saved taggers for all processes
ours.py              this project
pytorch.py           the same networks in PyTorch
stock_keras.py       the same networks with Keras' layers
crfsuite.py          CRFsuite with hand-made features
spacy_pipeline.py    spaCy's tagger without pretrained vectors
growth.py            files of a million tokens or more
table.py             the README's table from the results
"""
