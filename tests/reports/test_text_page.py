"""The page of tagged text that `predict --html` writes."""

import pytest
from typer.testing import CliRunner

from tagger.cli import app
from tests.bundles import save_heads_bundle, save_spans_bundle
from tests.pages import HTML, parsed, text_of


def predict(tmp_path, save, *arguments, **options):
    """The page that predict writes, parsed, and its size."""
    model, page = save(tmp_path / "bundle", **options), tmp_path / "page.html"
    done = CliRunner().invoke(app, ["predict", str(model), *arguments, "--html", str(page)])
    assert (done.exit_code, done.stdout) == (0, ""), done.output
    return parsed(page.read_text(encoding="utf-8")), page.stat().st_size


def pieces(page):
    return [
        (each.get("class").split()[1:], text_of(each))
        for each in page.iter(f"{HTML}span")
        if each.get("class", "").startswith("piece")
    ]


def test_a_span_is_one_piece_with_its_type_and_lowest_confidence(tmp_path):
    page, _ = predict(tmp_path, save_spans_bundle, "Ada Byron , <i>x</i>", "--pretokenized", decode="valid")

    assert pieces(page) == [(["c0"], "Ada Byronper 0.61"), ([], ","), ([], "<i>x</i>")]


def test_labels_tags_and_strings_of_all_heads_are_shown(tmp_path):
    page, _ = predict(tmp_path, save_heads_bundle, "Ada plays")

    assert "intent play 0.73" in text_of(page)
    assert pieces(page) == [(["c0"], "AdaNOUN B-per Ada 0.98"), (["c1"], "playsVERB O play 0.98")]


@pytest.mark.parametrize(
    "text", ["play " * 4_000, "play it\n" * 400, f"{'漢' * 90} " * 600], ids=["long", "many", "wide"]
)
def test_a_page_of_any_text_is_small_and_says_what_is_left_out(text, tmp_path):
    (tmp_path / "input.txt").write_text(text, encoding="utf-8")
    page, n_bytes = predict(tmp_path, save_heads_bundle, "--input", str(tmp_path / "input.txt"), "--pretokenized")

    assert n_bytes < 2_000_000
    assert len(pieces(page)) < 2_500
    assert "more tokens" in text_of(page) or "more sentences are not shown" in text_of(page)


def test_lines_without_text_are_not_called_left_out(tmp_path):
    (tmp_path / "input.txt").write_text("play it\n\n\nplay that\n", encoding="utf-8")
    page, _ = predict(tmp_path, save_heads_bundle, "--input", str(tmp_path / "input.txt"))

    assert len(pieces(page)) == 4
    assert "not shown" not in text_of(page)


def test_a_page_cannot_be_combined_with_options_of_other_ways_to_tag(tmp_path):
    for options in (["--stream"], ["--best", "2"]):
        done = CliRunner().invoke(app, ["predict", "model", "--html", str(tmp_path / "page.html"), *options])
        assert done.exit_code == 2
        assert "--html cannot be combined" in " ".join(done.output.split())
