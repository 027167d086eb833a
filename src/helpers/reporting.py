"""Reports: a notebook run on a reader's own articles, as one page, and as PDF."""

from __future__ import annotations

import textwrap
from pathlib import Path

from helpers._pages import notebook_to_html
from helpers._readers import bare_name
from helpers.notebook_runs import has_parameter, notebooks_folder, run_notebook
from helpers.pdf import html_to_pdf
from helpers.safe import safe_name, safe_text

MOST_REPORTS = 30


def make_reports(
    source: str | Path,
    out: Path,
    *,
    lexicon: str = "geopolitics",
    baseline: str = "news",
    jobs: int = 2,
    pdf: bool = False,
    progress: bool = True,
) -> list[Path]:
    """Run notebook ``01_one_article`` on each article of a source, and turn each run into a page.

    Parameters
    ----------
    source : str or pathlib.Path
        A file of one or several articles, or a folder of them.
    out : pathlib.Path
        Folder under which each report gets a folder of its own.
    lexicon, baseline : str
        Shipped names or paths.
    jobs : int
        How many articles at a time.
    pdf : bool
        Print each page as ``report.pdf`` too; needs a Chromium.
    progress : bool
        Show progress bars.

    Returns
    -------
    list of pathlib.Path
        The pages, in the order of the articles.

    Raises
    ------
    ValueError
        If there are more than `MOST_REPORTS` articles: compare them as a whole instead. If the lexicon or the
        baseline cannot be read.
    """
    from concurrent.futures import ProcessPoolExecutor
    from functools import partial
    from multiprocessing import get_context

    from tqdm.auto import tqdm

    from helpers.articles import read_articles

    path = Path(source).resolve()
    articles = read_articles(path)
    lexicon, baseline = _known(lexicon, baseline)
    if len(articles) > MOST_REPORTS:
        raise ValueError(
            f"{source}: holds {len(articles):,} articles; a report each is meant for up to {MOST_REPORTS}. "
            "Use 'framing score' for a table of all of them, or notebook 03_compare_outlets"
        )
    single = len(articles) == 1 and path.is_file()
    names = [bare_name(Path(path.name)) if single else doc_id for doc_id in articles["doc_id"]]
    folders = [out.resolve() / safe_name(name) for name in names]
    titles = list(map(article_title, articles["doc_id"], articles["title"]))
    one = partial(_one_report, str(path), lexicon=lexicon, baseline=baseline, pdf=pdf)
    if len(articles) == 1:
        return [one(articles["doc_id"].iloc[0], folders[0], titles[0], progress=progress)]
    with ProcessPoolExecutor(min(jobs, len(articles)), mp_context=get_context("spawn")) as pool:
        runs = pool.map(partial(one, progress=False), articles["doc_id"], folders, titles)
        return list(tqdm(runs, total=len(articles), desc="reports", unit="article", disable=not progress))


def article_title(doc_id: str, title: object) -> str:
    """Return the title of a report on one article: the article's own, where it has one, and what is asked of it."""
    name = textwrap.shorten(safe_text(title), 120, placeholder=" …") if isinstance(title, str) else ""
    return f"{name or doc_id}: how it names people, states and events"


def _known(lexicon: str, baseline: str) -> tuple[str, str]:
    """Read lexicon and baseline once, so that a wrong name is told before a notebook starts; make paths whole."""
    from helpers import Baseline, Lexicon

    if lexicon != "all":
        Lexicon.load(lexicon)
    Baseline.load(baseline)
    shipped = {"all", *Lexicon.available(), *Baseline.available()}
    # A notebook runs in its own folder, where a path from here would lead nowhere.
    first, second = (name if name in shipped else str(Path(name).resolve()) for name in (lexicon, baseline))
    return first, second


def _one_report(
    source: str,
    doc_id: str,
    folder: Path,
    title: str,
    *,
    lexicon: str,
    baseline: str,
    pdf: bool,
    progress: bool,
) -> Path:
    parameters = {
        "ARTICLE": source,
        "DOC_ID": doc_id,
        "LEXICON": lexicon,
        "BASELINE": baseline,
        "OUT": str(folder),
    }
    run = run_notebook(
        notebooks_folder() / "01_one_article.ipynb", folder / "report.ipynb", parameters, progress=progress
    )
    page = notebook_to_html(run, folder / "report.html", title=title)
    if pdf:
        html_to_pdf(page)
    return page


def make_comparison(
    source: str | Path,
    out: Path,
    *,
    by: str = "outlet",
    lexicon: str = "geopolitics",
    baseline: str = "news",
    pdf: bool = False,
    progress: bool = True,
) -> Path:
    """Run notebook ``03_compare_outlets`` on a folder or file of articles, and turn the run into a page.

    Parameters
    ----------
    source : str or pathlib.Path
        Articles with outlets: a table (.csv .jsonl .parquet …), or a folder of files.
    out : pathlib.Path
        Folder under which the comparison gets a folder of its own.
    by : str
        The column whose groups are compared.
    lexicon, baseline : str
        Shipped names or paths.
    pdf : bool
        Print the page as ``report.pdf`` too; needs a Chromium.
    progress : bool
        Show a progress bar.

    Returns
    -------
    pathlib.Path
        The page.

    Raises
    ------
    ValueError
        If the articles have no such column, or it holds fewer than two groups; if the lexicon or the baseline
        cannot be read.
    """
    from helpers.articles import read_articles

    path = Path(source).resolve()
    articles = read_articles(path)
    if by not in articles:
        raise ValueError(
            f"{source}: there is no column {by!r} to compare by; there are: {', '.join(map(str, articles))}"
        )
    groups = articles[by].dropna().nunique()
    if groups < 2:
        raise ValueError(
            f"{source}: column {by!r} holds {groups} group{'s' * (groups != 1)}; comparing takes two at least. "
            "Put the outlets into a column of a table, or name another column with --by"
        )
    lexicon, baseline = _known(lexicon, baseline)
    book = notebooks_folder() / "03_compare_outlets.ipynb"
    if by != "outlet" and not has_parameter(book, "BY"):
        raise ValueError(
            f"--by {by}: notebook {book.name} compares outlets; rename the column {by!r} to 'outlet'"
        )
    folder = out.resolve() / safe_name(f"{bare_name(Path(path.name))}_by_{by}")
    wanted = {"ARTICLES": str(path), "BY": by, "LEXICON": lexicon, "BASELINE": baseline, "OUT": str(folder)}
    parameters = {name: value for name, value in wanted.items() if has_parameter(book, name)}
    run = run_notebook(book, folder / "report.ipynb", parameters, progress=progress)
    page = notebook_to_html(
        run, folder / "report.html", title=f"How each {by} names people, states and events"
    )
    if pdf:
        html_to_pdf(page)
    return page
