"""The command line: framing report, compare, score, lexicon, baseline, notebooks."""

from __future__ import annotations

import argparse
import sys
import textwrap
from collections.abc import Sequence
from pathlib import Path

from helpers import __version__

OK, FOUND_ERRORS, BAD_INPUT, INTERRUPTED = 0, 1, 2, 130
FORMATS = ("csv", "json", "parquet")

_EPILOG = """examples:
  framing report my_article.txt                 a charted report in reports/my_article/
  framing report                                the same for the sample articles
  framing report my_article.txt --pdf           the same, printed as PDF too
  framing compare news.csv --by outlet          who names how, among many articles
  framing score news/ --format csv --out scores.csv
  framing score corpus.parquet --out scores.parquet   a corpus of any size; goes on after an interruption
  framing lexicon check my_lexicon.csv

exit codes: 0 done; 1 a check found errors; 2 the input or the command line is wrong; 130 interrupted"""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line.

    Parameters
    ----------
    arguments : sequence of str, optional
        The words after ``framing``; those of the process by default.

    Returns
    -------
    int
        Exit code: 0 done, 1 a check found errors, 2 bad input, 130 interrupted.
    """
    options = _parser().parse_args(arguments)
    try:
        return options.run(options)
    except (ValueError, TypeError, OSError, RuntimeError) as error:
        from helpers.safe import safe_text

        print(f"framing: {safe_text(str(error))}", file=sys.stderr)
        return BAD_INPUT
    except KeyboardInterrupt as stopped:
        print(f"framing: {str(stopped) or 'interrupted; files already written are whole'}", file=sys.stderr)
        return INTERRUPTED


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="framing",
        description="Measure how news text names people, states and events, compared with neutral naming.",
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action="version", version=f"framing-notebooks {__version__}")
    commands = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)
    _add_report(commands)
    _add_compare(commands)
    _add_score(commands)
    _add_lexicon(commands)
    _add_baseline(commands)
    _add_notebooks(commands)
    return parser


def _command(commands, name: str, said: str, more: str, *examples: str) -> argparse.ArgumentParser:
    """Add a command whose --help says what it does and shows it in use."""
    return commands.add_parser(
        name,
        help=said,
        description=textwrap.fill(f"{said[0].upper()}{said[1:]}. {more}", 80),
        epilog="\n  ".join(["examples:", *examples]),
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )


def _add_report(commands) -> None:
    one = _command(
        commands,
        "report",
        "a charted report of one or several articles",
        "Each article gets a folder: report.html (one file, opens without a network), every figure as SVG, PDF and PNG "
        "with its data, the tables as CSV and as a workbook, methods.md to paste into a paper, and provenance.json.",
        "framing report my_article.txt",
        "framing report articles/ --lexicon migration --out my_reports",
        "framing report my_article.html --pdf",
    )
    one.add_argument(
        "source", nargs="?", metavar="ARTICLES", help="file or folder of articles (default: the samples)"
    )
    one.add_argument(
        "--out", type=Path, default=Path("reports"), help="folder for the reports (default: reports)"
    )
    one.add_argument("--pdf", action="store_true", help="print each report as PDF too (needs Chromium)")
    _add_measure(one)
    one.set_defaults(run=_report)


def _add_compare(commands) -> None:
    one = _command(
        commands,
        "compare",
        "a charted comparison of the outlets of many articles",
        "Each outlet is held against all the others, and against neutral coverage. The article is the unit: an outlet "
        "with a handful of articles has wide intervals, or too little text to say anything.",
        "framing compare news.csv",
        "framing compare speeches.parquet --by party --lexicon all",
    )
    one.add_argument("source", metavar="ARTICLES", help="table of articles with a column of outlets")
    one.add_argument(
        "--by", default="outlet", metavar="COLUMN", help="column whose groups are compared (default: outlet)"
    )
    one.add_argument(
        "--out", type=Path, default=Path("reports"), help="folder for the report (default: reports)"
    )
    one.add_argument("--pdf", action="store_true", help="print the report as PDF too (needs Chromium)")
    _add_measure(one)
    one.set_defaults(run=_compare)


def _add_score(commands) -> None:
    one = _command(
        commands,
        "score",
        "a table of rates and choice shares, with intervals",
        "One row for each article and frame; the frame “all” is every loaded word. docs/glossary.md names the columns.",
        "framing score my_article.txt",
        "framing score news.csv --column text=body --by outlet --out outlets.csv",
        "framing score news/ --voice narrator --target China --baseline news --format json",
    )
    one.add_argument("sources", nargs="+", metavar="FILES", help="files or folders of articles")
    one.add_argument("--format", choices=FORMATS, help="default: by the ending of --out, else csv")
    one.add_argument(
        "--out", type=Path, help="file to write (default: standard output; parquet needs a file)"
    )
    one.add_argument(
        "--by",
        action="append",
        metavar="COLUMN",
        help="a row for each group instead of one for each article, such as --by outlet",
    )
    one.add_argument(
        "--voice", choices=("narrator", "quoted", "reported", "scare"), help="count only this voice"
    )
    one.add_argument("--target", help="count only mentions that name this one, such as --target China")
    one.add_argument(
        "--column",
        action="append",
        default=[],
        metavar="OURS=YOURS",
        help="name a column of yours, such as text=body",
    )
    _add_measure(one, baseline=None)
    one.set_defaults(run=_score)


def _add_measure(parser: argparse.ArgumentParser, baseline: str | None = "news") -> None:
    parser.add_argument(
        "--lexicon",
        default="geopolitics",
        help="a name that 'framing lexicon list' shows, or a file (default: geopolitics)",
    )
    parser.add_argument(
        "--baseline",
        default=baseline,
        help=f"neutral coverage to compare with (default: {baseline or 'no comparison'})",
    )


def _add_lexicon(commands) -> None:
    group = _command(
        commands,
        "lexicon",
        "list, check or convert lexicons",
        "A lexicon is a table that can be edited in a spreadsheet: term, concept, frame, stance, weight, note. "
        "CONTRIBUTING.md says how to write one.",
        "framing lexicon list",
        "framing lexicon check my_lexicon.csv",
        "framing lexicon convert my_dictionary.dic my_lexicon.csv",
    )
    parts = group.add_subparsers(metavar="PART", required=True)
    parts.add_parser("list", help="the shipped lexicons").set_defaults(run=_lexicon_list)
    check = parts.add_parser(
        "check", help="what a lexicon's author should look at; exit code 1 if there are errors"
    )
    check.add_argument("lexicon", help="a shipped name or a file")
    check.set_defaults(run=_lexicon_check)
    symmetry = parts.add_parser("symmetry", help="what each camp has and lacks for each concept")
    symmetry.add_argument("lexicon", help="a shipped name or a file")
    symmetry.add_argument("--terms", action="store_true", help="show the terms too")
    symmetry.set_defaults(run=_lexicon_symmetry)
    learn = parts.add_parser(
        "learn", help="learn loaded_language and the sentence model anew from labelled news"
    )
    learn.add_argument("folder", type=Path, help="folder of babe.parquet, ptc_*.parquet and basil_*.parquet")
    learn.add_argument("--out", type=Path, help="data folder to write to (default: the shipped one)")
    learn.set_defaults(run=_lexicon_learn)
    convert = parts.add_parser("convert", help="read a dictionary of another program, or write one")
    convert.add_argument("source", type=Path, help="a lexicon, or a dictionary of another program")
    convert.add_argument("destination", type=Path, help="what to write; its ending says in which form")
    convert.set_defaults(run=_lexicon_convert)


def _add_baseline(commands) -> None:
    group = _command(
        commands,
        "baseline",
        "build a baseline of neutral coverage",
        "A baseline holds counts of words and terms, never texts. Use it with --baseline and the folder it is in.",
        'framing baseline build agency_copy.csv --title "Agency copy 2024" --out my_baseline',
        "framing report my_article.txt --baseline my_baseline",
    )
    parts = group.add_subparsers(metavar="PART", required=True)
    build = parts.add_parser("build", help="from neutral articles of your own")
    build.add_argument("source", help="file or folder of articles")
    build.add_argument("--title", required=True, help="what charts call it")
    build.add_argument("--out", type=Path, required=True, help="folder to write")
    build.add_argument(
        "--lexicon", default="geopolitics", help="a shipped name or a file (default: geopolitics)"
    )
    build.set_defaults(run=_baseline_build)
    shipped = parts.add_parser(
        "build-shipped", help="the shipped ones again, from labelled news on this machine"
    )
    shipped.add_argument("folder", type=Path, help="folder that holds outlet_articles.parquet and the others")
    shipped.set_defaults(run=_baseline_shipped)


def _add_notebooks(commands) -> None:
    one = _command(
        commands,
        "notebooks",
        "run all notebooks again, in place, from top to bottom",
        "With --articles the notebooks that take articles are run on yours, and the runs go to reports/notebooks.",
        "framing notebooks 03",
        "framing notebooks --articles news.csv",
    )
    one.add_argument("names", nargs="*", help="only those whose name begins so, such as 01 03")
    one.add_argument("--articles", help="articles of your own for the notebooks that take some")
    one.add_argument(
        "--out", type=Path, help="folder for the runs (default: in place, or reports/ with --articles)"
    )
    one.set_defaults(run=_notebooks)


def _report(options) -> int:
    from helpers._resources import data_path
    from helpers.reporting import make_reports

    source, out = options.source, options.out
    if source is None:
        source, out = data_path("samples", "samples.csv"), out / "samples"
    pages = make_reports(source, out, lexicon=options.lexicon, baseline=options.baseline, pdf=options.pdf)
    _name_pages(pages, options.pdf)
    return OK


def _compare(options) -> int:
    from helpers.reporting import make_comparison

    page = make_comparison(
        options.source,
        options.out,
        by=options.by,
        lexicon=options.lexicon,
        baseline=options.baseline,
        pdf=options.pdf,
    )
    _name_pages([page], options.pdf)
    return OK


def _name_pages(pages: Sequence[Path], pdf: bool) -> None:
    for page in pages:
        print(page)
        if pdf:
            print(page.with_suffix(".pdf"))


def _score(options) -> int:
    from helpers import Baseline, Lexicon, compare_to_baseline, read_articles, score
    from helpers.safe import safe_csv, write_whole

    ending = options.out.suffix.lstrip(".").lower() if options.out else ""
    if options.out and not options.format and ending not in FORMATS:
        raise ValueError(
            f"--out {options.out}: end the name with .csv, .json or .parquet, or name a --format"
        )
    kind = options.format or ending or "csv"
    if kind == "parquet" and options.out is None:
        raise ValueError("--format parquet needs a file to write; name it with --out")
    if (
        kind == "parquet"
        and ending == kind
        and not options.by
        and not options.baseline
        and _is_dataset(options)
    ):
        return _score_dataset(options)
    articles = _read_all(options.sources, dict(_pair(text) for text in options.column), read_articles)
    lexicon = Lexicon.load(options.lexicon)
    _check_target(options.target)
    table = score(articles, lexicon, by=options.by, voice=options.voice, target=options.target)
    if options.baseline:
        table = compare_to_baseline(table, Baseline.load(options.baseline))
    if kind == "parquet":
        import io

        buffer = io.BytesIO()
        table.to_parquet(buffer)
        content: str | bytes = buffer.getvalue()
    else:
        content = (
            safe_csv(table)
            if kind == "csv"
            else table.to_json(orient="records", date_format="iso", indent=1) + "\n"
        )
    if options.out:
        write_whole(options.out, content)
    else:
        sys.stdout.write(content)  # type: ignore[arg-type]
    return OK


def _check_target(name: str | None) -> None:
    """Refuse a name that no mention can have: it would count nothing, and look like a finding."""
    from difflib import get_close_matches

    from helpers.targets import Targets

    known = Targets.load().names if name else []
    if name and name not in known:
        near = get_close_matches(name, known, 3, 0.6)
        hint = f"did you mean {' or '.join(near)}?" if near else "data/targets.csv lists them, such as China"
        raise ValueError(f"--target {name!r}: there is no such target; {hint}")


def _is_dataset(options) -> bool:
    """Whether there is one source, and a table: then it is read as a stream, however large it is."""
    from helpers._readers import TABLE_SUFFIXES, kind_of

    source = Path(options.sources[0])
    return len(options.sources) == 1 and source.is_file() and kind_of(source) in TABLE_SUFFIXES


def _score_dataset(options) -> int:
    from helpers import Lexicon, score_dataset

    _check_target(options.target)
    filters = {"voice": options.voice, "target": options.target}
    done = score_dataset(
        options.sources[0],
        Lexicon.load(options.lexicon),
        options.out,
        columns=dict(_pair(text) for text in options.column),
        **{name: value for name, value in filters.items() if value},
    )
    for count, reason in ((done.left_out - done.duplicates, "empty"), (done.duplicates, "duplicate")):
        if count:
            print(f"framing: {options.sources[0]}: {count} x {reason}", file=sys.stderr)
    return OK


def _pair(text: str) -> tuple[str, str]:
    ours, equals, yours = text.partition("=")
    if not (ours and equals and yours):
        raise ValueError(f"--column {text!r}: write OURS=YOURS, such as text=body")
    return ours, yours


def _read_all(sources: Sequence[str], columns: dict[str, str], read_articles):
    import pandas as pd

    from helpers.articles import exclusions
    from helpers.safe import safe_text

    frames = [read_articles(Path(source), columns=columns) for source in sources]
    for source, frame in zip(sources, frames, strict=True):
        for reason, count in exclusions(frame)["reason"].value_counts().items():
            print(safe_text(f"framing: {source}: {count} x {reason}"), file=sys.stderr)
    return frames[0] if len(frames) == 1 else pd.concat(frames, ignore_index=True)


def _lexicon_learn(options) -> int:
    from helpers._learn_build import build

    for path in build(options.folder, options.out):
        print(path)
    return OK


def _lexicon_list(options) -> int:
    from helpers import Lexicon

    for name in Lexicon.available():
        lexicon = Lexicon.load(name)
        print(f"{name:24} {lexicon.version:8} {len(lexicon.patterns):6,} terms  {lexicon.title}")
    return OK


def _lexicon_check(options) -> int:
    from helpers import Lexicon
    from helpers.safe import safe_text

    lexicon = Lexicon.load(options.lexicon)
    found = lexicon.check()
    for row in found.itertuples():
        line = f"line {row.line}: " if row.line == row.line and row.line else ""
        print(safe_text(f"{row.severity}: {line}{row.term}: {row.problem}: {row.detail} {row.remedy}"))
    counts = found["severity"].value_counts()
    summary = ", ".join(f"{counts.get(name, 0)} {name}s" for name in ("error", "warning", "info"))
    print(f"{lexicon.name}: {len(lexicon.patterns):,} terms; {summary}")
    return FOUND_ERRORS if counts.get("error", 0) else OK


def _lexicon_symmetry(options) -> int:
    from helpers import Lexicon
    from helpers.lexicon_explain import symmetry_lines
    from helpers.safe import safe_text

    lexicon = Lexicon.load(options.lexicon)
    lines = symmetry_lines(lexicon.symmetry(), terms=options.terms)
    for line in lines or [f"{lexicon.name} has no concepts, so there is nothing to hold against one another"]:
        print(safe_text(line))
    return OK


def _lexicon_convert(options) -> int:
    from helpers import Lexicon, read_dictionary, write_dictionary

    if options.source.suffix.lower() in (".csv", ".tsv", ".json"):
        lexicon, lost = Lexicon.load(options.source), []
    else:
        lexicon, report = read_dictionary(options.source)
        lost = report.to_dict("records")
    if options.destination.suffix.lower() == ".csv":
        lexicon.save(options.destination)
    else:
        lost = [*lost, *write_dictionary(lexicon, options.destination).to_dict("records")]
    for row in lost:
        print(f"not carried over: {row}", file=sys.stderr)
    return OK


def _baseline_build(options) -> int:
    from helpers import Baseline, Lexicon, read_articles

    baseline = Baseline.build(
        read_articles(Path(options.source)), Lexicon.load(options.lexicon), title=options.title
    )
    baseline.save(options.out)
    print(options.out)
    return OK


def _baseline_shipped(options) -> int:
    from helpers._baseline_build import build_shipped

    for path in build_shipped(options.folder):
        print(path)
    return OK


def _notebooks(options) -> int:
    from helpers.notebook_runs import run_all

    for path, seconds in run_all(options.names, articles=options.articles, out=options.out):
        print(f"{path}  {seconds:.0f} s")
    return OK
