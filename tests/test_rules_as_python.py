"""Compiled rules, run as the plain Python that they are: they say the same, and their lines can be counted as covered.

The scanner is compiled by numba, the rules about voices and targets by `helpers._native`. Neither machine code has lines
that a tracer sees. Here the same source runs interpreted, on text written so that every rule has something to do, and
its answers are held against those of the machine code.
"""

import importlib.util
import inspect
from pathlib import Path
from unittest import mock

import numba
import numba.extending
import numpy as np
import pandas as pd
import pytest

from helpers import _scan, _voice_kernels, engine, find_mentions, targets
from helpers._tokens import char_table
from helpers.lexicon import Lexicon
from helpers.text import code_points


def _numbers(buf, i, n):
    return [int(b) for b in buf[i : i + n]]


def _interpreted(intrinsic):
    """Write in Python what a function of the scanner says in LLVM."""
    name = intrinsic.__name__
    if name == "_load8":
        return lambda buf, i: np.uint64(int.from_bytes(bytes(_numbers(buf, i, 8)), "little"))
    if name == "_lowest_bit":
        return lambda x: (int(x) & -int(x)).bit_length() - 1
    assert name == "mask", f"{name}: say here what it does in Python"
    ranges = inspect.getclosurevars(intrinsic).nonlocals["ranges"]

    def mask(buf, i):
        inside = [any(a <= b <= z for a, z in ranges) for b in _numbers(buf, i, 64)]
        return np.uint64(sum(1 << k for k, yes in enumerate(inside) if yes))

    return mask


def _as_written(*functions, **options):
    """Stand in for numba.njit, with options or without."""
    return functions[0] if functions else lambda function: function


@pytest.fixture(scope="module")
def plain_scan():
    """The scanner's module, not compiled."""
    spec = importlib.util.spec_from_file_location("scan_as_python", Path(_scan.__file__))
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    with (
        mock.patch.object(numba, "njit", _as_written),
        mock.patch.object(numba.extending, "intrinsic", _interpreted),
    ):
        spec.loader.exec_module(module)
    return module


def _with_fields(record):
    """Give structured arrays the fields that numba gives them: table[0].key."""
    return record._replace(
        **{
            name: value.view(np.recarray)
            for name, value in record._asdict().items()
            if isinstance(value, np.ndarray) and value.dtype.names
        }
    )


def _scan_plainly(module, texts, compiled):
    encoded = [text.encode("utf-8", "surrogatepass") for text in texts]
    offsets = np.concatenate([[0], np.cumsum([len(e) for e in encoded])]).astype(np.int64)
    buf = np.frombuffer(b"".join(encoded), np.uint8)
    tables = _with_fields(compiled.tables)
    with np.errstate(over="ignore"):  # hashes run over, as they do in machine code
        memo = _with_fields(module.new_memo(tables, int(np.diff(offsets).max(initial=1))))
        words, found, places = module.scan_documents(buf, offsets, tables, memo, True)
    rows = places.copy()
    rows[:, 2] = compiled.rank_term[rows[:, 2]]
    return words, np.repeat(np.arange(len(texts)), found), rows


TERMS = [
    "regime", "regime*", "*cracy", "*ist*", "client state*", "Communist Party of *", "communist", "so-called * government",
    "a*", "tax regime", "strongman", "Putin's *", "режим*", "دولة", "état", "straße", "* of terror", "United States",
    "extraordinarily long phrases that go on", "counterrevolutionaries", "weltanschauungskrieg*", "don't",
]  # fmt: skip
TEXTS = [
    "The Beijing regime’s tax regime is a regime-backed client\nstate; CLIENT   STATES, client\n\nstate. Bureaucracy!",
    "Communist Party of Vietnam, the communist party, so-called people's government, a so-called\r\ngovernment it isn't.",
    "Putin's war and Putin’s strongman’s lists; don't, don’t, ’tis 'quoted' rock'n'roll a' b' O’Neill’s.",
    "Режимы и режим. دولة État état STRASSE Straße naïve café — em—dash, x–y 🙂 e\u0301tat \ufeff\x00 3.14 a_b.",
    "counterrevolutionaries counterrevolutionaries weltanschauungskriegen weltanschauungskriegen the war of terror",
    "The United\u00a0States and United\u2003States of terror. extraordinarily long phrases that go on extraordinarily",
    "abc ab AB", "", " ", "'", "’’", "x" * 9000 + " regime", ("word " * 1700) + "regime " + "é" * 40, "\ud800 regime \udfff communist",
]  # fmt: skip


@pytest.mark.parametrize(
    "terms", [TERMS, [t for t in TERMS if "*" not in t], ["* regime", "*e"], ["ab*"], []], ids=len
)
def test_the_scanner_runs_alike_as_python_and_as_machine_code(plain_scan, terms):
    compiled = engine.compile_terms(terms)
    words, doc, rows = _scan_plainly(plain_scan, TEXTS, compiled)
    hits = engine.scan(TEXTS, compiled)
    assert words.tolist() == hits.words.tolist()
    machine = np.column_stack([hits.doc, hits.start, hits.end, hits.term])
    assert np.column_stack([doc, rows]).tolist() == machine.tolist()
    if terms is TERMS:
        assert len(machine) > 30


# Sentences of our own, one or more for each rule about who speaks and whom a word is about.
ARTICLE = """\
Putin said that the Beijing regime was “a client state” and that its strongman, Xi Jinping, would fall. According to \
three officials, Iran's regime attacked Israel on Monday, and Tehran, the capital, was shelled by Israeli jets.

“We will never surrender to the regime in Kyiv,” Sergei Lavrov, the foreign minister, told reporters in Moscow. “It is \
a puppet.

“It will not last,” he added. Mr. Cohen denied it. "They are 'thugs'," said Ann Day, a senator from Ohio, who called \
the so-called "rules" a joke. Critics say Trump is a "dictator", but Mr. Trump – a Republican – rejected the charge.

Bashar al-Assad, the dictator, was ousted. The dictator, Kim Jong Un, has missiles that threaten Japan. His regime is \
brutal. The president's demands angered Democrats; she, Hillary Clinton said, "was not amused." The U.S.-backed rebels \
and anti-American militants fought. Russia's invasion of Ukraine and the occupation of Crimea by Russia shocked NATO. \
The regime Russia supports has been accused of war crimes; Hamas, Hezbollah and the Taliban were called terrorists.

“If they come,” the king asked, “who will stop them?” Nobody, wrote the Times. In Beijing, communist China's leaders \
warned that Taiwan “must not cross the line,” adding that secession was treason. Asked whether he would resign, Johnson \
replied: “No.” The Kremlin's puppet in Minsk, Lukashenko, is Putin's friend. Neither the White House nor Congress would \
comment, a spokeswoman for Angela Merkel said, citing “security”. It was a massacre, Zelensky tweeted; that country is \
under attack. Whoever they may be, those leaders, officials claimed, are liars: “all of them,” a source said. Erdogan \
vowed to crush the coup, his aides told Reuters. The prime minister, Theresa May, promised that her government would \
not “cave in to the mob”. Saudi Arabia denied the claim, saying it was false. J. R. Smith Jr. of the C.I.A. testified. \
Which of them, the mayor of London wondered, was the aggressor? American troops invaded Iraq; the invaders were hated.
"""
REPORTS = """\
He told reporters on Thursday that the regime would fall; she told them they were wrong. Officials asked on Sunday, in \
an interview with the BBC, whether the regime had lied. The ministry said in 2016 he would resign and was ready. A \
spokesman said in a statement last Monday that “the rules” (which he did not name) were broken, while allies disagreed. \
His claim that the regime had fallen was false. The minister’s claim that it won was mocked; Cruz's view is that it lost.
Her argument, the senator said, was that the deal (signed in May) would fail. The tax, economists said, would hurt; \
growth, they added, was slow, but not, according to Draghi, for long. The regime is weak, according to a report by the \
Pentagon, which was published last week. She called it “a huge mistake by the regime”. He described the ruler as "a \
brutal and corrupt dictator". Johnson was told by aides it was over. They were warned the regime would strike. \
The panel found that the FBI, the White House said, had no case. "We won," he said, "and they lost," before adding that \
the regime - whoever leads it - was weak: "It is over." Merkel believes that Russia will lose, and that Putin knows it.
Kerry, who said Iran had lied, resigned. Whether it was a coup, Morsi asked, is not clear. Under the deal, which \
officials said was dead, Iran may trade. Clinton informed aides this week the campaign was over. He argued for peace and \
that war would be wrong. Trump promised to leave. Xi denied having said that Taiwan was lost. “It is,” said the general, \
a veteran of two wars, “a disgrace.” As Obama put it, "we are better than that" – and, he said, it showed. Mr. Orban \
(Hungary) told the German newspaper Bild: “The regime of Brussels is over.” “Why?” she asked. “Because,” he replied \
quietly on Friday, shrugging, “I said so.” Not only did he say, several times, the regime lied; Ms. Pelosi, D-Calif., \
tweeted that it stole. Reporters were told why it fell, how it fell and who led it. Analysts say the regime's end is near.
In the words of the late Senator John McCain, the regime is “evil”, and so, wrote The New York Times's Thomas Friedman, \
is its army. Warning of chaos, the U.N. said Monday the truce – brokered by Qatar – held [for now]. The mayor, asked if \
he was sorry, said: no. Iran insists its program is peaceful, Israel that it is not. Nobody knows what the king thinks.
"""
NOTES = [
    '"An unclosed quotation, said Putin.\n\nThe regime fell.',
    "'Apostrophes as marks,' said Xi, 'are the regime's.' ‘Curly ones too,’ he said. «Russia’s regime», „Kremlin“.",
    "He said: 'It was \"the 'regime' of 'Assad'\" again.' The boys' regime; rock 'n' roll in the '90s.",
    "(Reuters) — Biden, 78, told CNN's Jake Tapper on Jan. 5 that Putin is “a killer” and, later, “worse.” \n\n“Yes,” he said.",
    "Obama? Trump! “…” said no one. U.K. officials said No. 5 was the regime's. "
    + "and the regime of Assad, " * 30,
    "Senators, including Ted Cruz and Bernie Sanders, said they had been lied to by the F.B.I. and by James Comey's team.",
    "",
]


@pytest.mark.parametrize("text", [ARTICLE, REPORTS, *NOTES], ids=lambda text: text[:12] or "empty")
def test_rules_about_voices_run_alike_on_an_article(text):
    letters, n = code_points(text), len(text)
    starts = np.arange(0, n, 5, dtype=np.int64)
    bounds, spans = np.array([0, n], dtype=np.int64), np.array([0, len(starts)], dtype=np.int64)

    def answers(cps):
        out = np.zeros((len(starts), 5), dtype=np.int64)
        _voice_kernels.annotate(cps, bounds, spans, starts, starts + 1, out)
        return [out.tolist(), *(part.tolist() for part in _voice_kernels.read(cps, 0, n))]

    machine = answers(letters)
    chars, cues = _voice_kernels.tables()
    wide = mock.patch.object(_voice_kernels, "tables", return_value=(chars.astype(np.int64), cues))
    with wide, mock.patch.object(_voice_kernels, "_natively", _voice_kernels._annotate):
        python = answers(letters.astype(np.int64))
    assert python == machine


def _plain_rules():
    return targets._Rules(*(native.rule for native in targets._rules()))


def _targets_of(text, spans):
    from helpers.text import sentences

    cut = sentences(text)
    which = np.clip(np.searchsorted(cut["start"], spans[:, 0], side="right") - 1, 0, None)
    lo, hi = cut["start"].to_numpy()[which], cut["end"].to_numpy()[which]
    doc = np.zeros(len(spans), np.int64)
    dates = [pd.Timestamp("2018-05-01")]
    return targets.annotate_targets(
        [text], doc, spans[:, 0], spans[:, 1], lo, np.maximum(hi, spans[:, 1]), dates=dates, threads=1
    )


@pytest.mark.parametrize("text", [ARTICLE, REPORTS, *NOTES[:-1]], ids=lambda text: text[:12])
def test_rules_about_targets_run_alike_on_an_article(text):
    at = np.arange(0, len(text) - 1, 7)
    spans = np.column_stack([at, np.minimum(at + 1 + at % 17, len(text))])
    machine = _targets_of(text, spans)
    wide = mock.patch("helpers._runs.code_points", lambda t: code_points(t).astype(np.int64))
    table = mock.patch("helpers._tokens.char_table", return_value=char_table().astype(np.int64))
    with wide, table, mock.patch.object(targets, "_rules", return_value=_plain_rules()):
        python = _targets_of(text, spans)
    assert python.to_dict() == machine.to_dict()
    assert machine["target"].notna().any()


def test_the_article_has_every_voice_and_every_way_to_find_a_target():
    found = find_mentions(ARTICLE, Lexicon.load("geopolitics"))
    assert set(found["voice"]) == {"narrator", "quoted", "reported", "scare"}
    assert {"phrase", "clause", "sentence", "last_named"} <= set(found["target_how"].dropna())
