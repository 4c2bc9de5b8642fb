"""The distribution of this package, and the packages that an installation lacks."""

import json
import re
import shlex
import sys
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path
from urllib.parse import unquote, urlparse

from tagger.errors import TaggerError

DISTRIBUTION = "recurrent-tagger"


def require(extra: str) -> None:
    """Check that all packages of an extra are installed.

    Raises:
        TaggerError: names the missing ones and the command that installs them.
    """
    if missing := missing_packages(extra):
        raise packages_error(extra, missing)


def packages_error(extra: str, missing: list[str]) -> TaggerError:
    """The error for packages that are missing."""
    return TaggerError(
        f"this command needs packages that are not installed: {', '.join(missing)}", installation_command(extra)
    )


def missing_packages(extra: str) -> list[str]:
    """Names of the packages of an extra that are not installed, those of extras in it included."""
    missing: list[str] = []
    for requirement in _requirements():
        name, inner, marker = re.fullmatch(r"([\w.-]+)(?:\[(.+?)\])?[^;]*(?:;(.*))?", requirement).groups()  # type: ignore[union-attr]
        if not marker or not re.search(rf"extra == ['\"]{re.escape(extra)}['\"]", marker):
            continue
        if name == DISTRIBUTION:
            missing += missing_packages(inner)
        elif not _is_installed(name):
            missing.append(name)
    return missing


def installation_command(extra: str) -> str:
    """The command that adds an extra to this installation: from the same folder, if it was installed from one."""
    source, options = DISTRIBUTION, []
    try:
        direct_url = json.loads(distribution(DISTRIBUTION).read_text("direct_url.json") or "{}")
    except PackageNotFoundError:  # run from its folder
        direct_url = {"url": Path(__file__).parents[1].as_uri()}
    if (url := urlparse(direct_url.get("url", ""))).scheme == "file":
        source = unquote(url.path)
        options = ["-e"] if direct_url.get("dir_info", {}).get("editable") else []
    return shlex.join([sys.executable, "-m", "pip", "install", *options, f"{source}[{extra}]"])


def _requirements() -> list[str]:
    try:
        return distribution(DISTRIBUTION).requires or []
    except PackageNotFoundError:  # run from its folder, and not installed
        return []


def _is_installed(name: str) -> bool:
    try:
        distribution(name)
    except PackageNotFoundError:
        return False
    return True
