"""The command line as a newcomer and as a script meet it."""

import json

import pandas as pd
import pytest

from helpers import cli

TEXT = "The regime fell on Friday. The dictator had left the capital; the government met without him."


@pytest.fixture
def news(tmp_path):
    path = tmp_path / "news.csv"
    pd.DataFrame(
        {"id": ["a", "b", "c"], "body": [TEXT, "The government met.", ""], "outlet": ["One", "Two", "Two"]}
    ).to_csv(path, index=False)
    return path


def run(capsys, *arguments) -> tuple[int, str, str]:
    code = cli.main([str(a) for a in arguments])
    out, err = capsys.readouterr()
    return code, out, err


def test_help_names_commands_examples_and_exit_codes(capsys):
    with pytest.raises(SystemExit) as stopped:
        cli.main(["--help"])
    assert stopped.value.code == 0
    shown = capsys.readouterr().out
    for part in ("report", "score", "lexicon", "baseline", "notebooks", "examples:", "exit codes:"):
        assert part in shown


@pytest.mark.parametrize("command", ["report", "compare", "score", "lexicon", "baseline", "notebooks"])
def test_help_of_each_command_says_what_it_does_and_shows_it(capsys, command):
    with pytest.raises(SystemExit):
        cli.main([command, "--help"])
    shown = capsys.readouterr().out
    assert f"examples:\n  framing {command}" in shown
    assert all(len(line) <= 100 for line in shown.splitlines())


def test_wrong_words_end_with_two(capsys):
    with pytest.raises(SystemExit) as stopped:
        cli.main(["scorre"])
    assert stopped.value.code == 2
    assert "invalid choice" in capsys.readouterr().err


def test_score_writes_each_format_with_the_same_numbers(capsys, news, tmp_path):
    arguments = ("score", news, "--column", "text=body", "--column", "doc_id=id")
    code, out, err = run(capsys, *arguments)
    assert code == cli.OK
    assert "1 x empty" in err
    (tmp_path / "out.csv").write_text(out)
    tables = [pd.read_csv(tmp_path / "out.csv")]
    for ending in ("json", "parquet"):
        path = tmp_path / f"out.{ending}"
        assert run(capsys, *arguments, "--out", path)[0] == cli.OK
        tables.append(
            pd.read_parquet(path) if ending == "parquet" else pd.DataFrame(json.loads(path.read_text()))
        )
    for table in tables:
        whole = table[table["frame"] == "all"].set_index("doc_id")
        assert whole["mentions"].to_dict() == {"a": 2, "b": 0}
        assert whole["words"].to_dict() == {"a": 16, "b": 3}


def test_score_by_group_and_voice(capsys, news):
    code, out, _ = run(
        capsys,
        "score",
        news,
        "--column",
        "text=body",
        "--by",
        "outlet",
        "--voice",
        "narrator",
        "--format",
        "json",
    )
    assert code == cli.OK
    rows = [row for row in json.loads(out) if row["frame"] == "all"]
    assert [(row["outlet"], row["mentions"]) for row in rows] == [("One", 2), ("Two", 0)]


def test_score_against_a_baseline(capsys, news):
    code, out, _ = run(
        capsys, "score", news, "--column", "text=body", "--baseline", "news", "--format", "json"
    )
    assert code == cli.OK
    first = next(row for row in json.loads(out) if row["frame"] == "all")
    assert first["ratio"] > 1
    assert first["low"] < first["ratio"] < first["high"]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("score", "nowhere.csv"), "nowhere.csv: no such file or folder"),
        (("score", "{news}"), "column 'text' is missing"),
        (("score", "{news}", "--column", "text"), "write OURS=YOURS"),
        (
            ("score", "{news}", "--column", "text=body", "--lexicon", "geopolitic"),
            "did you mean 'geopolitics'",
        ),
        (("score", "{news}", "--column", "text=body", "--baseline", "olds"), "news"),
        (("score", "{news}", "--column", "text=body", "--format", "parquet"), "needs a file to write"),
        (("score", "{news}"), "--column 'text=your column'"),
        (("score", "{news}", "--column", "text=body", "--target", "Chin"), "did you mean China"),
        (("score", "{news}", "--column", "text=body", "--out", "scores.xyz"), "end the name with .csv"),
        (("report", "{text}", "--lexicon", "geopolitic"), "did you mean 'geopolitics'"),
        (("report", "{text}", "--baseline", "olds"), "there is no baseline 'olds'"),
        (("report", "nowhere.txt"), "no such file or folder"),
        (("lexicon", "check", "nowhere.csv"), "nowhere.csv"),
        (("notebooks", "99"), "no notebook's name begins with 99"),
    ],
)
def test_bad_input_ends_with_two_and_says_what_to_do(capsys, news, arguments, message):
    text = news.with_name("one.txt")
    text.write_text("The regime fell, and a government followed it.")
    code, out, err = run(capsys, *(a.format(news=news, text=text) for a in arguments))
    assert (code, out) == (cli.BAD_INPUT, "")
    assert message in err
    assert "Traceback" not in err


def test_terminal_escapes_in_a_file_name_do_not_reach_the_terminal(capsys, tmp_path):
    code, _, err = run(capsys, "score", tmp_path / "\x1b[31mred.csv")
    assert code == cli.BAD_INPUT
    assert "\x1b" not in err


def test_interruption_has_its_own_code(capsys, monkeypatch):
    def interrupt(options):
        raise KeyboardInterrupt

    monkeypatch.setattr(cli, "_lexicon_list", interrupt)
    code, _, err = run(capsys, "lexicon", "list")
    assert code == cli.INTERRUPTED
    assert "interrupted" in err


def test_lexicon_list_and_check(capsys, tmp_path):
    code, out, _ = run(capsys, "lexicon", "list")
    assert code == cli.OK
    assert "geopolitics" in out
    path = tmp_path / "own.csv"
    path.write_text(
        "term,concept,frame,stance\ngovernment,government,,neutral\nregime,government,illegitimacy,critical\n"
    )
    code, out, _ = run(capsys, "lexicon", "check", path)
    assert code == cli.OK
    assert "own: 2 terms; 0 errors" in out
    path.write_text(
        "term,concept,frame,stance\nregime,government,illegitimacy,critical\nregime,government,illegitimacy,critical\n"
    )
    code, out, _ = run(capsys, "lexicon", "check", path)
    assert code == cli.FOUND_ERRORS
    assert "line 3" in out


def test_lexicon_symmetry_says_what_is_lacking(capsys, tmp_path):
    path = tmp_path / "own.csv"
    path.write_text(
        "term,concept,frame,stance\ngovernment,government,,neutral\nregime,government,illegitimacy,critical\n"
    )
    code, out, _ = run(capsys, "lexicon", "symmetry", path, "--terms")
    assert code == cli.OK
    assert out.splitlines() == [
        "government: 1 critical, 1 neutral; lacks favourable",
        "    critical: regime",
        "    neutral: government",
    ]
    code, out, _ = run(capsys, "lexicon", "symmetry", "loaded_language")
    assert code == cli.OK
    assert "no concepts" in out


def test_lexicon_convert_there_and_back(capsys, tmp_path):
    path = tmp_path / "own.csv"
    path.write_text(
        "term,concept,frame,stance\ngovernment,government,,neutral\nregime*,government,illegitimacy,critical\n"
    )
    code, _, err = run(capsys, "lexicon", "convert", path, tmp_path / "own.dic")
    assert code == cli.OK
    assert "regime*" in (tmp_path / "own.dic").read_text()
    assert "not carried over" in err
    assert run(capsys, "lexicon", "convert", tmp_path / "own.dic", tmp_path / "back.csv")[0] == cli.OK
    assert "regime*" in (tmp_path / "back.csv").read_text()


def test_baseline_build(capsys, tmp_path):
    frame = pd.DataFrame({"text": [f"The government met on day {i}. A regime fell." for i in range(12)]})
    frame.to_csv(tmp_path / "plain.csv")
    lexicon = tmp_path / "own.csv"
    lexicon.write_text(
        "term,concept,frame,stance\ngovernment,government,,neutral\nregime,government,illegitimacy,critical\n"
    )
    out = tmp_path / "mine"
    code, shown, _ = run(
        capsys,
        "baseline",
        "build",
        tmp_path / "plain.csv",
        "--title",
        "Mine",
        "--out",
        out,
        "--lexicon",
        lexicon,
    )
    assert code == cli.OK
    assert str(out) in shown
    from helpers import Baseline

    assert len(Baseline.load(out)) == 12
