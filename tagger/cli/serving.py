"""The command that serves taggers over HTTP."""

import logging
from typing import Annotated

import typer

from tagger.bounds import MOST, MOST_SECONDS, MOST_TOKENS
from tagger.cli.options import Debug, Quiet, Threads
from tagger.console import reported
from tagger.serving.limits import DEFAULTS, Limits

LIMITS = "Limits of a request"

log = logging.getLogger("tagger")


@reported
def serve(
    models: Annotated[
        list[str],
        typer.Argument(
            metavar="MODEL...", help="Run or bundle folders; NAME=FOLDER names one, else the folder's name is used."
        ),
    ],
    host: Annotated[
        str,
        typer.Option(
            metavar="ADDRESS",
            help="Address to listen at; other machines cannot reach the default. 0.0.0.0: all addresses.",
        ),
    ] = "127.0.0.1",
    port: Annotated[
        int, typer.Option(min=0, max=65_535, metavar="N", help="Port to listen at; 0: any that is free.")
    ] = 8000,
    allow_host: Annotated[
        list[str] | None,
        typer.Option(
            metavar="NAME",
            help="A further name under which programs reach this server, as host.docker.internal; may be repeated.",
        ),
    ] = None,
    max_body: Annotated[
        int, typer.Option(min=1, max=MOST_TOKENS, metavar="BYTES", help="Largest body.", rich_help_panel=LIMITS)
    ] = DEFAULTS.body,
    max_sentences: Annotated[
        int, typer.Option(min=1, max=MOST, metavar="N", help="Most sentences.", rich_help_panel=LIMITS)
    ] = DEFAULTS.sentences,
    max_tokens: Annotated[
        int, typer.Option(min=1, max=MOST_TOKENS, metavar="N", help="Most tokens.", rich_help_panel=LIMITS)
    ] = DEFAULTS.tokens,
    timeout: Annotated[
        float,
        typer.Option(
            min=0.1, max=MOST_SECONDS, metavar="S", help="Most seconds until the answer.", rich_help_panel=LIMITS
        ),
    ] = DEFAULTS.seconds,
    max_waiting: Annotated[
        int,
        typer.Option(min=1, max=MOST, metavar="N", help="Most requests that wait at once.", rich_help_panel=LIMITS),
    ] = DEFAULTS.waiting,
    quiet: Quiet = False,
    threads: Threads = 0,
    debug: Debug = False,
) -> None:
    """Serve taggers over HTTP, with a page to try them: a program sends text or tokens and gets tags as JSON.

    POST /tag tags, GET /models lists the models, /openapi.json describes all requests. Label Studio and INCEpTION can
    use the server, too.
    """
    from tagger.packages import require

    require("serve")
    from tagger.serving.models import load_models
    from tagger.serving.serve import serve as serve_models

    if debug:
        log.setLevel(logging.DEBUG)
    limits = Limits(max_body, max_sentences, max_tokens, timeout, max_waiting)
    loaded = load_models(models, threads=threads)
    serve_models(loaded, limits, host=host, port=port, allowed=allow_host or ())
