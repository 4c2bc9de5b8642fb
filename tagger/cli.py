"""The commands: parse, call one function, print.

Heavy imports stand inside the command that needs them, so that the others start at once.
"""

import logging
import re
from collections.abc import Iterator
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, BinaryIO, Literal

import typer

from tagger.console import download_progress, output, print_data, progress, reported, standard_input

if TYPE_CHECKING:
    from tagger.corpus.sentence import Sentence
    from tagger.experiments.sweep.schedule import Workers
    from tagger.experiments.sweep.sweep import Swept

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
log = logging.getLogger("tagger")


@reported
def _print_versions(wanted: bool) -> None:
    if wanted:
        packages = ("tagger", "tensorflow", "keras", "onnxruntime", "numpy")
        print_data("\n".join(f"{package} {_version(package)}" for package in packages))
        raise typer.Exit


def _version(package: str) -> str:
    from importlib.metadata import PackageNotFoundError, version

    try:
        return version(package)
    except PackageNotFoundError:  # TensorFlow and Keras, where a tagger only tags
        return "is not installed"


Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="No progress, only warnings.")]
Threads = Annotated[int, typer.Option(min=0, metavar="N", help="Threads to compute with; 0: one per core.")]
Debug = Annotated[bool, typer.Option("--debug", help="Show the traceback of an error.")]
On = Annotated[Literal["local", "ray"], typer.Option("--on", help="Work on this machine, or on a Ray cluster.")]
Address = Annotated[
    str | None,
    typer.Option("--address", metavar="ADDR", help="The cluster's head, HOST:PORT; default: the one that runs here."),
]
Model = Annotated[Path, typer.Argument(metavar="MODEL", help="A run folder or a bundle folder.")]


@app.callback()
def tagger(
    version: Annotated[
        bool, typer.Option("--version", callback=_print_versions, is_eager=True, help="Show versions and leave.")
    ] = False,
) -> None:
    """Train recurrent sequence taggers from one config file, and tag with them."""


def _local(path: Path) -> Path:
    """The file that a name such as ewt:test stands for, fetched if it is not here; any other path as it is."""
    if ":" not in str(path) or path.exists():
        return path
    from tagger.corpus.download import resolve

    return resolve(str(path)) or path


def _check_place(on: str, address: str | None) -> None:
    if address and on == "local":
        raise typer.BadParameter("--address is of a cluster, and goes with --on ray")


@app.command()
@reported
def train(
    config: Annotated[Path, typer.Argument(metavar="CONFIG", help="A config file (TOML).")],
    run: Annotated[
        Path | None, typer.Option(metavar="DIR", help="The run folder; default: runs/<config name>.")
    ] = None,
    settings: Annotated[
        list[str] | None, typer.Option("--set", metavar="KEY=VALUE", help="Another value for a key of the config.")
    ] = None,
    overwrite: Annotated[bool, typer.Option("--overwrite", help="Replace a run that is there already.")] = False,
    resume: Annotated[
        bool, typer.Option("--resume", help="Go on with a run that was broken off, after its last whole epoch.")
    ] = False,
    start_from: Annotated[
        Path | None,
        typer.Option("--from", metavar="MODEL", help="Begin with another tagger's weights, words and tags."),
    ] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Read the data, print what would be trained, and leave.")
    ] = False,
    quiet: Quiet = False,
    threads: Threads = 0,
    debug: Debug = False,
) -> None:
    """Train a tagger, save it, and print its accuracy, tag by tag."""
    from tagger.config import load_config

    if overwrite and resume:
        raise typer.BadParameter("--resume goes on with a run, --overwrite replaces it: take one of them")
    run_dir = run or Path("runs") / config.stem
    checked = load_config(config, settings)
    if dry_run:
        from tagger.experiments.further import load_start
        from tagger.experiments.plan import describe_plan

        print_data(describe_plan(checked, load_start(start_from) if start_from else None))
        return

    from tagger.evaluation.table import format_evaluation
    from tagger.experiments.train import train as train_tagger

    with progress(quiet=quiet, epochs=checked.training.epochs) as listen:
        finished = train_tagger(
            checked, run_dir,
            overwrite=overwrite, resume=resume, start_from=start_from, threads=threads, listen=listen,
        )  # fmt: skip
    for split, evaluation in list(finished.evaluations.items())[-1:]:
        print_data(f"{split}, tagged by the saved tagger\n\n{format_evaluation(evaluation)}")
    reads_columns = checked.features.numeric or checked.features.columns
    log.info("tag with it: tagger predict %s %s", run_dir, "--input FILE" if reads_columns else '"…"')


@app.command()
@reported
def sweep(
    config: Annotated[Path, typer.Argument(metavar="CONFIG", help="A sweep's file (TOML): a base and what varies.")],
    run: Annotated[
        Path | None, typer.Option(metavar="DIR", help="The sweep's folder; default: runs/<config name>.")
    ] = None,
    jobs: Annotated[
        int | None,
        typer.Option(
            min=1,
            metavar="N",
            help="Trials that run at the same time; default: 1, on Ray as many as the cluster holds.",
        ),
    ] = None,
    on: On = "local",
    address: Address = None,
    gpus: Annotated[
        float, typer.Option(min=0, metavar="N", help="GPUs of each trial on Ray; a share of one, such as 0.5, too.")
    ] = 0,
    retry: Annotated[
        int, typer.Option(min=0, metavar="N", help="Try a trial that fails, or has failed before, so often again.")
    ] = 0,
    timeout: Annotated[
        float | None, typer.Option(min=1, metavar="SECONDS", help="End a trial that takes longer.")
    ] = None,
    memory: Annotated[
        int | None, typer.Option(min=1, metavar="MB", help="End a trial whose process takes more memory.")
    ] = None,
    max_failures: Annotated[
        int | None, typer.Option(min=1, metavar="N", help="End the sweep when so many trials have failed.")
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Check all configs, list the trials, and leave.")] = False,
    status: Annotated[bool, typer.Option("--status", help="Tell how far the sweep is, and leave.")] = False,
    quiet: Quiet = False,
    threads: Threads = 0,
    debug: Debug = False,
) -> None:
    """Train many taggers that one file describes, and rank them; finished ones are never trained again.

    --threads is of each trial; 0: the cores, divided by --jobs, and on Ray 1.
    """
    _check_place(on, address)
    if gpus and on == "local":
        raise typer.BadParameter("--gpus goes with --on ray; on one machine trials share its GPUs")
    folder = run or Path("runs") / config.stem
    if status:
        from tagger.experiments.sweep.status import format_status

        print_data(format_status(folder, f"tagger sweep {config}"))
        return
    from tagger.experiments.sweep.plan import load_plan

    plan = load_plan(config)
    if dry_run:
        from tagger.experiments.sweep.dry_run import describe_sweep

        print_data(describe_sweep(plan, folder))
        return
    from tagger.experiments.sweep.display import live_table
    from tagger.experiments.sweep.leaderboard import format_leaderboard
    from tagger.experiments.sweep.limits import MB
    from tagger.experiments.sweep.sweep import sweep as run_sweep
    from tagger.experiments.sweep.workers import LocalWorkers, share_of_cores

    def run_with(workers: "Workers") -> "Swept":
        with live_table(quiet=quiet) as listen:
            return run_sweep(plan, folder, workers, retry=retry, max_failures=max_failures, listen=listen)

    place, limit = folder / "workers", memory and memory * MB
    if on == "ray":
        from tagger.experiments.ray_cluster import connected, n_that_fit

        with connected(address):
            from tagger.experiments.sweep.ray_workers import RayWorkers

            room = n_that_fit(threads or 1, gpus)
            swept = run_with(RayWorkers(jobs or room, threads or 1, gpus, place, timeout=timeout, memory=limit))
    else:
        n = jobs or 1
        swept = run_with(LocalWorkers(n, threads or share_of_cores(n), place, timeout=timeout, memory=limit))
    print_data(format_leaderboard(swept.rows, swept.metric).rstrip("\n"))
    if swept.test:
        print_data(f"\ntest accuracy {swept.test['accuracy']:.4f}, of the winner's best seed")
    log.info("the winner is %s; tag with it: tagger predict %s …", swept.winner.folder, folder / "best")


@app.command()
@reported
def predict(
    model: Model,
    texts: Annotated[list[str] | None, typer.Argument(metavar="TEXT...", help="Sentences.")] = None,
    input_paths: Annotated[
        list[Path] | None,
        typer.Option("--input", "-i", metavar="FILE", help="A file of sentences, or several; -: standard input."),
    ] = None,
    input_format: Annotated[
        Literal["auto", "text", "conllu", "columns", "csv", "jsonl", "slash"],
        typer.Option(help="The input's format; auto goes by the file's name, and text has one sentence a line."),
    ] = "auto",
    encoding: Annotated[
        str | None, typer.Option(metavar="E", help="The input's; default: utf-8 for text, else that of training.")
    ] = None,
    output_path: Annotated[
        Path | None, typer.Option("--output", "-o", metavar="FILE", help="Write there, packed if it ends in .gz.")
    ] = None,
    output_format: Annotated[
        Literal["text", "tsv", "jsonl", "conllu"], typer.Option("--format", "-f", help="The output's format.")
    ] = "text",
    confidence: Annotated[bool, typer.Option("--confidence", help="Tell each tag's probability.")] = False,
    best: Annotated[
        int,
        typer.Option(
            min=0,
            metavar="K",
            show_default=False,
            help="Tell up to K best sequences of tags, best first, and the probability of each; not in conllu.",
        ),
    ] = 0,
    pretokenized: Annotated[
        bool, typer.Option("--pretokenized", help="The text is cut into tokens already: split at spaces only.")
    ] = False,
    on: On = "local",
    address: Address = None,
    quiet: Quiet = False,
    threads: Threads = 0,
    debug: Debug = False,
) -> None:
    """Tag sentences: given as arguments, in a file, or on standard input."""
    from tagger.corpus.text import text_sentences
    from tagger.tagging.input import guess_input_format, read_input
    from tagger.tagging.output import formatter
    from tagger.tagging.pauses import windows_at_pauses
    from tagger.tagging.tagger import WINDOW, Tagger

    if texts and (input_paths or input_format != "auto" or encoding):
        raise typer.BadParameter(
            "sentences are given as arguments: --input, --input-format and --encoding are for files"
        )
    if best and output_format == "conllu":
        raise typer.BadParameter("CoNLL-U has one tag a word: --best goes with --format text, tsv or jsonl")
    _check_place(on, address)
    paths = input_paths or []
    reads_stdin = Path("-") in paths or not (paths or texts)
    if reads_stdin and len(paths) > 1:
        raise typer.BadParameter("standard input is read alone, without other files")
    if on == "ray" and (reads_stdin or texts):
        raise typer.BadParameter("--on ray is for files: --input FILE")
    tagger = Tagger.load(model, threads=threads)
    layout = tagger.bundle.layout
    to_lines = formatter(output_format, confidence=confidence, layout=layout)

    def sentences_of(source: Path | BinaryIO) -> "Iterator[Sentence]":
        source_format = guess_input_format(source, layout) if input_format == "auto" else input_format
        if isinstance(source, Path) and source.is_file() and input_format == "auto":
            log.info("reading %s as %s; --input-format says otherwise", source, source_format)
        keep_rows = output_format == source_format == "conllu"
        return read_input(
            source, source_format, layout, pretokenized=pretokenized, keep_rows=keep_rows, encoding=encoding
        )

    with output(output_path) as file:
        if texts:
            sentences = text_sentences(texts, pretokenized=pretokenized)
            file.writelines(map(to_lines, tagger.stream(sentences, best=best)))
        elif on == "ray":
            from tagger.experiments.ray_cluster import connected
            from tagger.experiments.ray_tagging import How, tagged_text

            with connected(address):
                how = How(output_format, confidence, best, threads or 1)
                file.writelines(tagged_text(model, chain.from_iterable(map(sentences_of, paths)), how))
        elif not reads_stdin:
            sentences = chain.from_iterable(map(sentences_of, paths))
            file.writelines(map(to_lines, tagger.stream(sentences, best=best)))
        else:
            for window in windows_at_pauses(sentences_of(standard_input()), WINDOW):
                file.writelines(map(to_lines, tagger.tag_window(window, best=best)))
                file.flush()


@app.command()
@reported
def evaluate(
    model: Model,
    path: Annotated[Path, typer.Argument(metavar="FILE", help="A tagged file.")],
    output_format: Annotated[
        Literal["text", "json"], typer.Option("--format", "-f", help="json: one object, its ratios from 0 to 1.")
    ] = "text",
    quiet: Quiet = False,
    threads: Threads = 0,
    debug: Debug = False,
) -> None:
    """Score a tagged file: accuracy with its interval beside baselines, each tag's scores, errors to read."""
    import json

    from tagger.evaluation.table import format_evaluation
    from tagger.experiments.score import evaluate_file
    from tagger.tagging.tagger import Tagger

    evaluation = evaluate_file(Tagger.load(model, threads=threads), _local(path))
    print_data(json.dumps(evaluation.to_json(), indent=2) if output_format == "json" else format_evaluation(evaluation))


@app.command()
@reported
def compare(
    first: Annotated[Path, typer.Argument(metavar="A", help="A run folder or a bundle folder.")],
    second: Annotated[Path, typer.Argument(metavar="B", help="Another one.")],
    path: Annotated[Path, typer.Argument(metavar="FILE", help="A tagged file that neither was trained on.")],
    output_format: Annotated[
        Literal["text", "json"], typer.Option("--format", "-f", help="json: one object, with every changed token.")
    ] = "text",
    html: Annotated[Path | None, typer.Option("--html", metavar="FILE", help="Write a page for a browser too.")] = None,
    quiet: Quiet = False,
    threads: Threads = 0,
    debug: Debug = False,
) -> None:
    """Tell whether one of two taggers is better: tests, changed tags, tokens that were mended and broken.

    Differences are B's number less A's. The intervals and p come from whole sentences, drawn and swapped.
    """
    import json

    from tagger.evaluation.comparison_text import format_comparison
    from tagger.experiments.compare import compare_on_file
    from tagger.tagging.tagger import Tagger

    taggers = Tagger.load(first, threads=threads), Tagger.load(second, threads=threads)
    found = compare_on_file(*taggers, _local(path))
    if html is not None:
        from tagger.evaluation.comparison_page import comparison_page

        with output(html) as file:
            file.write(comparison_page(found, str(first), str(second), str(path)))
        log.info("the page is %s", html)
    names = {"a": str(first), "b": str(second), "file": str(path)}
    is_json = output_format == "json"
    print_data(
        json.dumps({**names, **found.to_json()}, indent=2, ensure_ascii=False)
        if is_json
        else format_comparison(found, str(first), str(second))
    )


@app.command()
@reported
def report(
    run: Annotated[Path, typer.Argument(metavar="RUN", help="A run folder.")],
    quiet: Quiet = False,
    debug: Debug = False,
) -> None:
    """Write a run's report.html again, from its folder alone; the data may have moved."""
    from tagger.experiments.report import write_report

    print_data(str(write_report(run)))


@app.command()
@reported
def check(
    paths: Annotated[list[Path], typer.Argument(metavar="CONFIG|FILE...", help="A config, or tagged files.")],
    output_format: Annotated[
        Literal["text", "json"], typer.Option("--format", "-f", help="json: everything that was found.")
    ] = "text",
    quiet: Quiet = False,
    debug: Debug = False,
) -> None:
    """Find what is wrong with a config or with data, file and line."""
    import json

    from tagger.experiments.check import check as check_paths
    from tagger.experiments.check.report import format_text, to_json

    checked = check_paths([_local(path) for path in paths])
    is_json = output_format == "json"
    print_data(json.dumps(to_json(checked), indent=2, ensure_ascii=False) if is_json else format_text(checked))
    if checked.has_errors:
        raise typer.Exit(1)


@app.command()
@reported
def init(
    paths: Annotated[list[Path], typer.Argument(metavar="FILE...", help="Tagged files, or one to cut dev from.")],
    quiet: Quiet = False,
    debug: Debug = False,
) -> None:
    """Print a full, commented config that is guessed from data."""
    from tagger.experiments.init import guess_config

    files = {path: _local(path) for path in paths}
    names = {file.resolve(): str(path) for path, file in files.items() if file != path}
    print_data(guess_config([*files.values()], Path(), names=names).rstrip("\n"))


@app.command()
@reported
def convert(
    source: Annotated[Path, typer.Argument(metavar="IN", help="A tagged file; -: standard input.")],
    target: Annotated[
        Path, typer.Argument(metavar="OUT", help="The file to write, packed if it ends in .gz; -: standard output.")
    ],
    scheme: Annotated[
        Literal["iob1", "bio", "bioes"] | None, typer.Option(help="Write tags in this scheme; default: as they are.")
    ] = None,
    token: Annotated[
        str | None,
        typer.Option(metavar="COLUMN", help="Which column holds the tokens: a name, or an index from 0; -1: the last."),
    ] = None,
    tag: Annotated[
        str | None,
        typer.Option(
            metavar="COLUMN", help="Which column holds the tags; svo: subjects and objects told by the trees."
        ),
    ] = None,
    sentence: Annotated[
        str | None,
        typer.Option(
            metavar="COLUMN", help="Columns and tables: which column tells sentences apart; default: blank lines do."
        ),
    ] = None,
    per_row: Annotated[
        Literal["token", "sentence"], typer.Option(help="Tables: whether a row is a token, or a whole sentence.")
    ] = "token",
    from_format: Annotated[
        Literal["auto", "conllu", "columns", "csv", "jsonl", "slash"],
        typer.Option("--from", help="The format of IN; auto goes by its content."),
    ] = "auto",
    to_format: Annotated[
        Literal["auto", "conllu", "columns", "csv", "jsonl", "slash"],
        typer.Option("--to", help="The format of OUT; auto goes by its name, and is columns where that does not tell."),
    ] = "auto",
    encoding: Annotated[str, typer.Option(metavar="E", help="Of IN; OUT is UTF-8.")] = "utf-8",
    quiet: Quiet = False,
    debug: Debug = False,
) -> None:
    """Write a tagged file in another format or scheme.

    Columns are told as in a config: --token, --tag, --sentence and --per-row are its data.token and so on.
    """
    from tagger.corpus.layout import Layout
    from tagger.experiments.convert import converted

    layout = Layout(
        format=from_format,
        token=_column(token),
        tag=_column(tag),
        sentence=_column(sentence),
        per_row=per_row,
        encoding=encoding,
    )
    taken = standard_input("tagged sentences") if str(source) == "-" else _local(source)
    place = None if str(target) == "-" else target
    with output(place) as file:
        file.writelines(converted(taken, place, layout, scheme=scheme, to_format=to_format))


def _column(text: str | None) -> int | str | None:
    """A column as a config has it: an index where the text is a whole number, else a name."""
    return int(text) if text and re.fullmatch(r"-?\d+", text) else text


@app.command()
@reported
def inspect(
    path: Annotated[
        Path | None, typer.Argument(metavar="CONFIG|MODEL", help="A config, a run folder or a bundle folder.")
    ] = None,
    layer: Annotated[
        str | None,
        typer.Option(
            metavar="TEXT",
            help='In place of both, a layer: "gru units=9 inputs=10"; also bidirectional, merge, reset_after, steps.',
        ),
    ] = None,
    sentence: Annotated[
        str | None, typer.Option(metavar="TEXT", help="Show the states at each step of this sentence.")
    ] = None,
    input_path: Annotated[
        Path | None,
        typer.Option(
            "--input",
            "-i",
            metavar="FILE",
            help="The same for the first sentence of a file; where only numbers enter, also of numbers, a step a line.",
        ),
    ] = None,
    constant: Annotated[
        float | None,
        typer.Option(metavar="X", help="Let every weight be X, and each bias 0, but 1 of an LSTM's forget gate."),
    ] = None,
    output_format: Annotated[
        Literal["text", "json"], typer.Option("--format", "-f", help="json: everything, each number in full.")
    ] = "text",
    html: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Also write a page, the states as heat maps.")
    ] = None,
    quiet: Quiet = False,
    debug: Debug = False,
) -> None:
    """Look inside: layers, shapes, parameters with their formula, and the states at each step."""
    import json

    from tagger.experiments.inspect.subject import subject_of
    from tagger.experiments.inspect.text import format_text
    from tagger.experiments.inspect.to_json import to_json

    if (path is None) == (layer is None):
        raise typer.BadParameter("one thing is inspected: a CONFIG, a MODEL, or a --layer")
    if sentence is not None and input_path is not None:
        raise typer.BadParameter("--sentence gives a sentence, and so does --input: take one of them")
    given = sentence if sentence is not None else input_path
    if constant is not None and given is None:
        raise typer.BadParameter("--constant is for the states: it goes with --sentence or --input")
    subject = subject_of(path, layer, constant=constant, needs_weights=given is not None)
    steps = None
    if given is not None:
        from tagger.experiments.inspect.steps import sentence_steps

        steps = sentence_steps(subject, given)
    if html is not None:
        from tagger.experiments.inspect.html import html_page

        with output(html) as file:
            file.write(html_page(subject, steps))
        log.info("the page is %s", html)
    is_json = output_format == "json"
    print_data(json.dumps(to_json(subject, steps), ensure_ascii=False) if is_json else format_text(subject, steps))


data = typer.Typer(
    no_args_is_help=True, rich_markup_mode=None, context_settings={"help_option_names": ["-h", "--help"]}
)
app.add_typer(data, name="data", help="Public data sets: list them, fetch them.")


@data.command("list")
@reported
def list_data_sets(quiet: Quiet = False, debug: Debug = False) -> None:
    """List the public data sets that can be fetched, with licence and source."""
    from tagger.corpus.catalogue import format_catalogue

    print_data(format_catalogue())


@data.command("fetch")
@reported
def fetch_data_set(
    name: Annotated[
        str, typer.Argument(metavar="NAME", help="A data set, or one of its files: ewt, ewt:train, glove:100d.")
    ],
    quiet: Quiet = False,
    debug: Debug = False,
) -> None:
    """Download a public data set, verify it, and print where its files are."""
    from tagger.corpus.download import fetch

    with download_progress(quiet=quiet) as listen:
        found = fetch(name, listen=listen)
    print_data("\n".join(f"{split}\t{path}" for split, path in found.items()))
