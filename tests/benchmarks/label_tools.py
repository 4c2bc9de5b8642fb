"""Answers of `tagger serve` to Label Studio, checked by Label Studio's own SDK.

    python -m tests.benchmarks.label_tools
    python -m tests.benchmarks.label_tools --python /some/environment/bin/python

The SDK (500 MB with what it needs, and a lower version of NumPy than ours) is installed into an environment of its own,
which is removed at the end. There, its `LabelInterface` makes tasks for some projects, asks the server, and validates
each prediction against the project. There is a line for each project; the exit code is 1 if one failed.
"""

import argparse
import subprocess
import sys
import tempfile
import venv
from pathlib import Path

from tests.bundles import save_heads_bundle, save_spans_bundle
from tests.serving.process import served

SDK = "label-studio-sdk==2.1.2"
CLIENT = r"""
import sys
from importlib.metadata import version

import requests
from label_studio_sdk.label_interface import LabelInterface
from label_studio_sdk.label_interface.objects import PredictionValue

TEXTS = ["Ada Byron plays.\nByron reads", "\U0001f4a9 Ada plays", "nothing here", ""]
PROJECTS = {
    "spans": '<View><Labels name="label" toName="text"><Label value="per"/><Label value="loc"/></Labels>'
    '<Text name="text" value="$text"/></View>',
    "heads": '<View><Text name="text" value="$text"/><Choices name="intent" toName="text"><Choice value="play"/>'
    '<Choice value="other"/></Choices><Labels name="pos" toName="text"><Label value="NOUN"/><Label value="VERB"/>'
    '</Labels><Labels name="names" toName="text"><Label value="per"/></Labels></View>',
}
failed = False
for model, config in PROJECTS.items():
    interface, address = LabelInterface(config), f"{sys.argv[1]}/label-studio/{model}"
    tasks = [interface.generate_sample_task(), *({"id": i, "data": {"text": text}} for i, text in enumerate(TEXTS))]
    tasks = [task if "data" in task else {"data": task} for task in tasks]
    setup = requests.post(f"{address}/setup", json={"project": "1.1", "schema": config, "access_token": "-"})
    body = {"tasks": tasks, "label_config": config, "project": "1.1", "params": {"context": None}}
    answer = requests.post(f"{address}/predict", json=body)
    answer.raise_for_status()
    predictions = answer.json()["results"]
    problems = [problem for each in predictions for problem in interface.validate_prediction(each, return_errors=True)]
    for task, each in zip(tasks, predictions, strict=True):
        PredictionValue(**each)
        for region in each["result"]:
            value = region["value"]
            if "start" in value and task["data"]["text"][value["start"] : value["end"]] != value["text"]:
                problems.append(f"{value} is not in the text")
    regions = sum(len(each["result"]) for each in predictions)
    print(f"{model}: {len(predictions)} predictions with {regions} regions by label-studio-sdk "
          f"{version('label-studio-sdk')}; {problems or 'all valid'}")
    failed |= bool(problems) or not regions or setup.json() != {"model_version": model}
sys.exit(failed)
"""


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--python", type=Path, help="of an environment that has the SDK; default: it is made")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="tagger-label-tools-") as name:
        folder = Path(name)
        python = options.python or environment(folder / "environment")
        save_spans_bundle(folder / "spans", decode="valid")
        save_heads_bundle(folder / "heads")
        with served(str(folder / "spans"), str(folder / "heads")) as (_, address, _):
            return subprocess.run([python, "-c", CLIENT, address.rstrip("/")]).returncode


def environment(folder: Path) -> Path:
    """The Python of a new environment that has the SDK."""
    venv.create(folder, with_pip=True)
    python = folder / "bin" / "python"
    subprocess.run([python, "-m", "pip", "install", "--quiet", SDK], check=True)
    return python


if __name__ == "__main__":
    sys.exit(main())
