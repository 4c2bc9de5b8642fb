"""The page of `tagger serve` in Chromium: screenshots, accessibility, keyboard, speed.

    python -m tests.benchmarks.page --shots DIR

Small taggers with weights set by hand are served by `tagger serve`, and Chromium, driven by Playwright, opens each
situation at 1280 and 390 pixels, light and dark. A violation of axe-core's rules, an error on the console, a request to
another host, a text wider than the page or a key that does not do its work is printed, and the exit code is 1. The
screenshots are for eyes: look at all of them.
"""

import argparse
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, CDPSession, Page, expect, sync_playwright

from tests.bundles import save_heads_bundle, save_numbers_bundle, save_spans_bundle, save_words_bundle
from tests.serving.process import served

SIZES = (1280, 390)
TOUCH = 44  # least pixels of what is touched
ROWS = "series,x,y\n" + "".join(f"1,{2 * (i % 20 < 9)},{i % 7}\n" for i in range(80)) + "2,3,1\n2,,1\n2,0,2\n"
TEXT = (
    "Ada Byron wrote to John.\nشكرا Ada! שלום Byron 👩‍🔬 你好世界\nDonaudampfschifffahrtsgesellschaftskapitän plays 😀"
)


def situations(models: Mapping[str, Mapping[str, Any]]) -> Iterator[tuple[str, dict[str, str]]]:
    """Name and state of each situation: every model, the best answers, tokens, a comparison, an error."""
    yield "start", {}
    words = [name for name, model in models.items() if not model["series"]]
    for name, model in models.items():
        text = series_text(model["channels"]) if model["series"] else TEXT
        yield name, {"model": name, "text": text}
    if words:
        yield "best", {"model": words[0], "text": TEXT, "best": "5"}
        yield "tokens", {"model": words[0], "text": "Ada\nwrote\n\nJohn\nplays", "kind": "tokens"}
    if len(words) > 1:
        yield "compare", {"model": words[0], "with": words[1], "text": TEXT}
    for name in [name for name, model in models.items() if model["series"]][:1]:
        yield "error", {"model": name, "text": "a,b\n1,2"}
        yield "missing", {"model": name, "text": ROWS}


def series_text(channels: list[str]) -> str:
    rows = [[f"{1 + ((i // 13 + j) % 2) * 2 + (i * 7 % 5) / 10}" for j, _ in enumerate(channels)] for i in range(90)]
    return "\n".join(",".join(row) for row in [channels, *rows])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--url", help="a page that is served already, in place of small taggers")
    parser.add_argument("--shots", type=Path, required=True, metavar="DIR", help="folder of the screenshots")
    parser.add_argument("--chromium", default="/usr/bin/chromium", metavar="FILE", help="the browser")
    options = parser.parse_args()
    options.shots.mkdir(parents=True, exist_ok=True)
    with page_address(options.url) as url, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=options.chromium, args=["--no-sandbox"])
        n_problems = 0
        for problem in all_problems(browser, url, options.shots):
            n_problems += 1
            print(problem, flush=True)
        browser.close()
    print(f"{n_problems} problems")
    sys.exit(n_problems > 0)


@contextmanager
def page_address(url: str | None) -> Iterator[str]:
    """Serve small taggers in a child process unless a page is served already, and yield the address of the page."""
    if url:
        yield url
        return
    with tempfile.TemporaryDirectory(prefix="tagger-page-") as folder:
        root = Path(folder)
        models = {
            "heads": save_heads_bundle(root / "heads"),
            "names": save_spans_bundle(root / "names", decode="strict", crf=True),
            "words": save_words_bundle(root / "words"),
            "series": save_numbers_bundle(root / "series", fills=True),
        }
        arguments = [f"{name}={path}" for name, path in models.items()]
        with served(*arguments) as (_, address, _):
            yield address


def all_problems(browser: Browser, url: str, shots: Path) -> Iterator[str]:
    page = browser.new_page()
    models = {model["name"]: model for model in page.request.get(f"{url}models").json()["models"]}
    page.close()
    for width in SIZES:
        for scheme in ("light", "dark"):
            for name, state in situations(models):
                with opened(browser, url, width, scheme, state) as (page, seen):
                    where = f"{name} at {width} pixels, {scheme}"
                    page.screenshot(path=shots / f"{name}-{width}-{scheme}.png", full_page=True)
                    yield from (f"{where}: {problem}" for problem in [*seen, *page_problems(page)])
                    if page.locator(".token").count():
                        page.locator(".token").first.click()
                        page.locator("#states h3").first.wait_for()
                        page.screenshot(path=shots / f"{name}-panel-{width}-{scheme}.png")
                        yield from (f"{where}, panel: {problem}" for problem in page_problems(page))
    for name in [name for name, model in models.items() if not model["series"]][:1]:
        with opened(browser, url, 1280, "light", {"model": name, "text": TEXT}) as (page, seen):
            yield from (f"keyboard: {problem}" for problem in [*keyboard_problems(page), *seen])
        with opened(browser, url, 1280, "light", {"model": name, "text": "Ada met Bob . " * 500}) as (page, _):
            print(f"2,000 tokens: {1e3 * processor_seconds(page, REDRAW):.0f} ms of processor time to draw them again")


REDRAW = """() => {
  document.getElementById("doubt").dispatchEvent(new Event("change"));
  document.body.getBoundingClientRect();
}"""


def processor_seconds(page: Page, script: str) -> float:
    """Processor time that a script takes in the main thread of the page, whatever else the machine does."""
    session = page.context.new_cdp_session(page)
    session.send("Performance.setTimeDomain", {"timeDomain": "threadTicks"})
    session.send("Performance.enable")
    before = thread_time(session)
    page.evaluate(script)
    return thread_time(session) - before


def thread_time(session: CDPSession) -> float:
    metrics = session.send("Performance.getMetrics")["metrics"]
    return float(next(each["value"] for each in metrics if each["name"] == "ThreadTime"))


@contextmanager
def opened(
    browser: Browser, url: str, width: int, scheme: Any, state: Mapping[str, str]
) -> Iterator[tuple[Page, list[str]]]:
    """Open the page with a state in its fragment; yield it, and a list of what went wrong, which grows."""
    context = browser.new_context(
        viewport={"width": width, "height": 900},
        color_scheme=scheme,
        has_touch=width < 500,
        is_mobile=width < 500,
        permissions=["clipboard-read", "clipboard-write"],
    )
    page, seen = context.new_page(), list[str]()
    page.on("console", lambda message: seen.append(f"console: {message.text}") if message.type == "error" else None)
    page.on("pageerror", lambda error: seen.append(f"script: {error}"))
    page.on("request", lambda asked: None if asked.url.startswith((url, "blob:")) else seen.append(asked.url))
    page.goto(f"{url}#{urlencode(state)}" if state else url)
    page.locator("#model option").first.wait_for(state="attached")
    if state:
        page.locator("#results:not([aria-busy]) #found:not([hidden]), .problem").first.wait_for()
    yield page, seen
    context.close()


def page_problems(page: Page) -> Iterator[str]:
    """Violations of axe-core's rules, a page wider than its window, and on a phone buttons too small for a finger."""
    for violation in Axe().run(page).response["violations"]:
        for node in violation["nodes"][:3]:
            reason = node["any"][0]["message"] if node["any"] else violation["help"]
            yield f"{violation['id']}: {node['html'][:160]}: {reason}"
    if page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth"):
        yield "wider than the window"
    if page.evaluate("[...document.querySelectorAll('[hidden]')].some((each) => each.checkVisibility())"):
        yield "something hidden can be seen"
    if not page.evaluate("matchMedia('(pointer: coarse)').matches"):
        return
    small = page.evaluate(
        """(least) => [...document.querySelectorAll("button, select, textarea, summary, label:has(input)")]
          .map((each) => [each, each.getBoundingClientRect()])
          .filter(([, box]) => box.height > 0 && box.height < least - 0.5)
          .map(([each, box]) => `${each.outerHTML.slice(0, 80)}: ${box.height} pixels high`)""",
        TOUCH,
    )
    yield from small[:3]


def keyboard_problems(page: Page) -> Iterator[str]:
    """Do everything with keys alone."""

    def focused() -> str:
        return str(page.evaluate("document.activeElement.getAttribute('aria-label') || document.activeElement.id"))

    page.locator("#input").focus()
    page.keyboard.press("Control+A")
    page.keyboard.type("Ada wrote to Byron")
    page.keyboard.press("Control+Enter")
    expect(page.locator(".token")).to_have_count(4)
    for _ in range(40):
        page.keyboard.press("Tab")
        if focused().startswith("Ada,"):
            break
    else:
        yield "Tab does not reach the first token"
        return
    for keys, expected in {"ArrowRight ArrowRight": "to,", "End": "Byron,", "ArrowLeft": "to,", "Home": "Ada,"}.items():
        for key in keys.split():
            page.keyboard.press(key)
        if not focused().startswith(expected):
            yield f"{keys} moves to {focused()}, not to {expected}"
    page.keyboard.press("Enter")
    page.locator("#states h3").first.wait_for()
    if focused() != "panel-title":
        yield f"Enter moves the focus to {focused()}, not to the panel"
    page.keyboard.press("Escape")
    if page.locator("#panel").is_visible() or not focused().startswith("Ada,"):
        yield f"Escape does not close the panel, or moves the focus to {focused()}"
    page.locator("#copy").focus()
    page.keyboard.press("Enter")
    expect(page.locator("#done")).to_have_text("JSON copied")
    if '"tokens"' not in page.evaluate("navigator.clipboard.readText()"):
        yield "no JSON was copied"


if __name__ == "__main__":
    main()
