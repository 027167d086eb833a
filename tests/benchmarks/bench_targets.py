"""How often the right target is found: NewsWCL50 and NewsMTSC (part of ``make bench-annotation``).

NewsWCL50 (Hamborg 2019, CC BY-SA 4.0) says of each span that characterises somebody whom it is about. Its concepts are
mapped onto the table of targets by code of the state or by the person's full name, and what the name alone would give
in an article of that day is the right answer; concepts that are things or events ("Comey memos") are not in the table.
Where a span has several concepts any of them is right. Rules were written looking at events 0 to 2 only.

NewsMTSC (Hamborg & Donnay 2021) marks in a sentence whom its sentiment is about. Counted are sentences with a marked
name that is in the table and a word of the shipped lexicons that is loaded: how often one such word's target is the
marked one. Chance is what the same sentence gives if one of its named parties is drawn at random.

Usage: python tests/benchmarks/bench_targets.py [--events 0 1 2] [--errors 40] [--shared FOLDER]
"""

from __future__ import annotations

import argparse
import os
import re
from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd

from helpers.targets import Targets, annotate_targets, find_targets
from helpers.text import sentences

# NewsWCL50's short names of persons and groups, and the names that the table knows them by.
CONCEPTS = {
    "Trump": "Donald Trump", "Kim": "Kim Jong Un", "Abe": "Shinzo Abe", "Comey": "James Comey",
    "Flynn": "Michael Flynn", "Mike Pompeo": "Mike Pompeo", "Clinton": "Hillary Clinton", "Obama": "Barack Obama",
    "Macron": "Emmanuel Macron", "Rouhani": "Hassan Rouhani", "Rohani": "Hassan Rouhani", "KIM": "Kim Jong Un",
    "KMI": "Kim Jong Un", "Democrats": "Democrats", "Republicans": "Republicans", "Wikileaks": "WikiLeaks",
    "Trump campaign": "Trump campaign",
}  # fmt: skip


def clean(text: str) -> str:
    """Undo the tokenisation of NewsWCL50's texts: hyphens, quotation marks, paragraph signs."""
    text = re.sub(r"\s*\\n\s*", "\n\n", text)
    text = re.sub(r"(?<!\n)\n(?!\n)", " ", text)
    text = re.sub(r"(?<=\w) - (?=\w)", "-", text)
    text = re.sub(r"(?<=\w) / (?=\w)", "/", text)
    paragraphs = []
    for paragraph in text.split("\n\n"):
        parts = re.split(r'\s*"\s*', paragraph)
        out = parts[0]
        for i, part in enumerate(parts[1:]):
            out += (' "' if i % 2 == 0 else '" ' if re.match(r"\w", part) else '"') + part
        paragraphs.append(out.strip())
    text = "\n\n".join(paragraphs)
    return re.sub(r"\( (.*?) \)", r"(\1)", text)


@cache
def squash(text: str) -> tuple[str, np.ndarray]:
    """Letters and digits only, with the place of each in the text."""
    places = [i for i, c in enumerate(text) if c.isalnum()]
    return "".join(text[i].lower() for i in places), np.array(places, dtype=np.int64)


def locate(row, raw: str, text: str) -> tuple[int, int] | None:
    """Find a coding's span: of all places of its words, the one nearest to the sentence and token it counts."""
    wanted = "".join(c.lower() for c in row.code_mention if c.isalnum())
    flat, places = squash(text)
    if not wanted:
        return None
    lines = raw.split("\n")
    before = sum(c.isalnum() for line in lines[: row.sentence] for c in line.replace("\\n", ""))
    line = lines[min(row.sentence, len(lines) - 1)].replace("\\n", "").split()
    guess = before + sum(c.isalnum() for token in line[: row.start] for c in token)
    found = [m.start() for m in re.finditer(f"(?={re.escape(wanted)})", flat)]
    found = [i for i in found if places[i] == 0 or not text[places[i] - 1].isalnum()]
    if not found:
        return None
    best = min(found, key=lambda i: abs(i - guess))
    return int(places[best]), int(places[best + len(wanted) - 1]) + 1


def right_answers(concept: str, targets: Targets, date) -> set[str]:
    """The targets that a concept stands for; empty where it is none of the table."""
    codes = targets.rows[targets.rows["code"] != ""].drop_duplicates("code").set_index("code")["target"]
    out = set()
    for part in concept.split(";"):
        part = part.strip()
        if part in codes.index:
            out.add(codes[part])
        elif part in CONCEPTS:
            name = CONCEPTS[part]
            answer = find_targets(name, [(0, len(name))], targets, date=date)["target"][0]
            out |= {answer} if isinstance(answer, str) else set()
        else:
            return set()  # a thing or an event takes part: not what a target can be
    return out


def newswcl50(folder: Path, events: list[int], targets: Targets) -> pd.DataFrame:
    """One row per coded span: event, text, offsets, right answers, target and rule."""
    articles = pd.read_parquet(folder / "newswcl50_articles.parquet").set_index("doc_id")
    codes = pd.read_parquet(folder / "newswcl50_annotations.parquet")
    codes = codes[(codes["code_type"] == "PROPERTY") & codes["event_id"].isin(events)]
    codes = codes.dropna(subset=["target_concept"]).drop_duplicates(
        ["doc_id", "paragraph", "sentence", "start", "end", "target_concept"]
    )
    names = list(dict.fromkeys(codes["doc_id"]))
    texts = [clean(articles["text"][name]) for name in names]
    dates = [articles["date"][name] for name in names]
    rows, known = [], {}
    for code in codes.itertuples():
        d = names.index(code.doc_id)
        span = locate(code, articles["text"][code.doc_id], texts[d])
        key = code.target_concept, dates[d]
        if key not in known:
            known[key] = right_answers(key[0], targets, key[1])
        answers = known[key]
        rows.append((code.event_id, d, code.code_mention, code.target_concept, *(span or (-1, -1)), answers))
    table = pd.DataFrame(rows, columns=["event", "doc", "span", "concept", "start", "end", "right"])
    table.attrs["texts"] = texts
    found = table[table["start"] >= 0].copy()
    lo, hi = sentence_bounds(texts, found)
    found["sent"], found["sent_end"] = lo, hi
    answers = annotate_targets(
        texts, found["doc"], found["start"], found["end"], lo, hi, targets, dates=dates
    )
    table = table.join(found[["sent", "sent_end"]]).join(answers.set_index(found.index))
    table.attrs["texts"] = texts
    return table


def sentence_bounds(texts: list[str], spans: pd.DataFrame) -> tuple[np.ndarray, np.ndarray]:
    """Bounds of the sentence that each span begins in."""
    lo, hi = np.zeros(len(spans), np.int64), np.zeros(len(spans), np.int64)
    doc, start, end = (spans[c].to_numpy() for c in ("doc", "start", "end"))
    for d in np.unique(doc):
        bounds = sentences(texts[d])
        mine = np.flatnonzero(doc == d)
        row = np.clip(np.searchsorted(bounds["start"], start[mine], side="right") - 1, 0, None)
        lo[mine], hi[mine] = bounds["start"].to_numpy()[row], bounds["end"].to_numpy()[row]
    return lo, np.maximum(hi, end)


def newsmtsc(folder: Path, targets: Targets) -> pd.DataFrame:
    """One row per marked name with a loaded word in its sentence: marked target, targets of the words."""
    from helpers.engine import scan
    from helpers.lexicon import Lexicon

    rows = pd.read_parquet(folder / "newsmtsc.parquet")
    rows = rows[rows["polarity"] != 4.0].reset_index(drop=True)
    texts = rows["text"].tolist()
    whole = np.zeros(len(rows), np.int64), np.array([len(t) for t in texts], dtype=np.int64)
    every = np.arange(len(rows))
    marked = annotate_targets(texts, every, rows["start"], rows["end"], *whole, targets)
    named = marked["target_how"].eq("phrase")  # a name of the table, not a pronoun
    lexicon = Lexicon.load_all()
    loaded = lexicon.terms.loc[lexicon.terms["stance"].isin(["critical", "favourable"]), "term"]
    hits = scan(texts, lexicon.compiled)
    is_loaded = np.isin(np.array(lexicon.patterns, dtype=object)[hits.term], loaded.to_numpy(dtype=object))
    outside = (hits.end <= rows["start"].to_numpy()[hits.doc]) | (
        hits.start >= rows["end"].to_numpy()[hits.doc]
    )
    keep = is_loaded & outside & named.to_numpy()[hits.doc]
    doc = hits.doc[keep]
    answers = annotate_targets(
        texts, doc, hits.start[keep], hits.end[keep], whole[0][doc], whole[1][doc], targets
    )
    answers["marked"], answers["doc"] = marked["target"].to_numpy()[doc], doc
    return answers


def judged(table: pd.DataFrame) -> pd.DataFrame:
    """The located spans with a concept of the table, each once, with `right` (all right answers) and `ok`."""
    asked = table[(table["start"] >= 0) & table["right"].map(bool)]
    place = ["doc", "start", "end"]
    both = asked.groupby(place)["right"].agg(lambda sets: set().union(*sets))
    asked = asked.drop_duplicates(place).drop(columns="right").join(both, on=place)
    return asked.assign(ok=[t in r for t, r in zip(asked["target"], asked["right"], strict=True)])


def report(table: pd.DataFrame, title: str) -> None:
    """Print shares: located, in the table, right; by rule."""
    located = table["start"] >= 0
    asked = judged(table)
    print(
        f"{title}: {len(table)} spans, {located.mean():.1%} located, {len(asked)} with a concept in the table, "
        f"right {asked['ok'].mean():.3f}, no answer {asked['target'].isna().mean():.3f}"
    )
    how = asked.assign(how=asked["target_how"].fillna("none")).groupby("how")["ok"].agg(["size", "mean"])
    print(how.round(3).to_string(), "\n")


def main() -> None:
    """Print every figure."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--events", type=int, nargs="*", default=[0, 1, 2, 3, 4])
    parser.add_argument(
        "--errors", type=int, default=0, help="print so many wrong answers (events 0 to 2 only)"
    )
    parser.add_argument("--level", default="party", choices=["party", "person"])
    parser.add_argument("--no-mtsc", action="store_true")
    repo = Path(__file__).resolve().parents[2]
    parser.add_argument(
        "--shared", type=Path, default=Path(os.environ.get("FRAMING_SHARED", repo.parent / "shared"))
    )
    args = parser.parse_args()
    targets, folder = Targets.load().at(args.level), args.shared / "data"
    table = newswcl50(folder, args.events, targets)
    for name, chosen in {"events 0-2 (looked at)": [0, 1, 2], "events 3-4 (not looked at)": [3, 4]}.items():
        part = table[table["event"].isin(chosen)]
        if len(part):
            report(part, f"NewsWCL50, level {args.level}, {name}")
    wrong = judged(table[table["event"].le(2)])
    wrong = wrong[~wrong["ok"]]
    texts = table.attrs["texts"]
    for row in wrong.sample(min(args.errors, len(wrong)), random_state=7).sort_index().itertuples():
        a, b = int(row.start), int(row.end)
        lo, hi = int(row.sent), int(row.sent_end)
        print(
            f"[{row.concept} | {row.target} | {row.target_how}] {texts[row.doc][lo:a]}<<{texts[row.doc][a:b]}>>{texts[row.doc][b:hi]}"
        )
    if not args.no_mtsc:
        pairs = newsmtsc(folder, targets)
        right = pairs["target"] == pairs["marked"]
        print(
            f"NewsMTSC: {len(pairs)} loaded words beside a marked name, its target chosen {right.mean():.3f}"
        )


if __name__ == "__main__":
    main()
