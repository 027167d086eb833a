"""The choice lexicons of single fields: size, both stances in each camp's words, neutral names, false friends."""

import re

import pandas as pd
import pytest

from helpers.engine import scan
from helpers.lexicon import Lexicon

LOADED = ("critical", "favourable")
NAMES = [
    "climate_and_energy", "economy_and_tax", "health_and_abortion", "migration", "parties_and_ideology", "protest_and_policing",
]  # fmt: skip
FALSE_FRIENDS = {
    "climate_and_energy": [
        "The political climate has changed.", "A climate of fear.", "The tax climate is mild.", "She applied for a green card.",
        "Holocaust deniers were fined.", "A pipeline of talent.", "The drill sergeant shouted.", "His pristine record.",
        "Heroes save the planet from aliens in the film.", "They fight climate change denial.", "A big oil company drilled.",
        "The office wrote a Climate Action Plan.", "Wheat farmers recall the green revolution.", "Ties saw a modest warming.",
        "On the virus the science is not settled.", "Nets caught oil-soaked gulls.", "A cat is a bird-killing hunter.",
        "Skyrocketing energy costs hit bakers.", "Police look into environmental crimes.", "Spies were poisoning the water.",
    ],
    "economy_and_tax": [
        "The State of the Union address.", "The river bank was high.", "She had her fair share of luck.", "A union of two hearts.",
        "The Federal Open Market Committee met.", "A private lifeline for him.", "About 47 percent of voters approve.",
        "He felt a sense of entitlement.", "The Paycheck Protection Program lent money.", "They live on Main Street.",
        "Rent control is big business for lawyers.", "The most vulnerable Senate seat is in the north.",
        "Bees are the most vulnerable to frost.", "She lent the neighbours a helping hand.",
        "Museums sell ads for additional revenue streams.", "He left a printed handout on every chair.",
        "A novel of the Gilded Age.", "Massive cuts to the navy were planned.", "Tribes with a collectivist culture.",
        "Both have good-paying jobs at the mill.", "Tips fed those in need.", "On Equal Pay Day she marched.",
        "Allies should pay their fair share.", "Shops like the sales tax holiday in August.",
        "Candidates went on a spending spree for ads.",
        "Non-entitlement spending fell.", "The poor state of the roads.", "Structural reform of the choir is due.",
        "Pupils get a free lunch at noon.",
    ],
    "health_and_abortion": [
        "A pregnant pause.", "Baby boomers retire.", "The pilot chose to abort the mission.", "A government-run newspaper.",
        "The dog was euthanized.", "A death spiral of debt.", "The right to life and liberty.", "Precious life savings.",
        "He turned back the clock.", "A parental choice.", "A Red Bull addict.", "Nurses have the right to choose not to.",
    ],
    "protest_and_policing": [
        "The mob boss and his lawyer.", "A flash mob danced.", "She read him the riot act.", "Officers in riot gear.",
        "A laugh riot of a film.", "A demonstration of force by the navy.", "He won the protest vote.",
        "The senator was called an anarchist.", "A media mob followed the candidate.", "The new strain is no less lethal.",
        "He teaches a gun safety course.", "Everytown for Gun Safety wrote to us.", "A halt restored order to the market.",
        "There is an uprising among back-benchers.",
        "The mob informant was paid.", "The state of the new Jim Crow vote law.", "A far less lethal strain of the virus.",
        "Crowd control at the hospital door.", "They set up a defund the police committee.", "The guard refused to say his name.",
        "Nurses risk their lives every day.", "We must keep our communities safe from floods.", "The vote was largely peaceful.",
        "A Kalashnikov assault rifle stood in the museum.", "Bronzes looted from the state.", "A riot of pink in the garden.",
        "Guards stood in riot formation.", "An AK-74 assault rifle lay there.", "A smash-and-grab budget.",
    ],
    "migration": [
        "A grant from the Open Society fund.", "The house was torn apart by termites.", "Police widened the dragnet for the thief.",
        "They game the system of frequent flyers.", "Doctors saw a climate of fear on the ward.",
        "The team signed the best and brightest players.", "The judge must enforce the law as written.",
        "Profits were repatriated in spring.", "A ruling may open the floodgates to lawsuits.",
        "Nobody should live in fear of the dentist.", "Two states share a porous border with a third.",
        "The loan has a safe harbor clause.", "He volunteered at a summer camp.", "Good Samaritans pulled the driver out.",
        "The general's freedom of movement was limited.", "They asked him to build the wall of the barn.",
        "A raid named Operation Wetback.", "The so-called sanctuary movement.", "He sought refuge in a hotel.",
        "Jobs came pouring into our country.", "A nation of dreamers.", "Plants moved abroad for cheap labor.",
        "Anglers practice catch and release fishing.", "A zero-tolerance policy at the school.", "Families torn apart by war.",
        "Investors seeking safe haven bought gold.", "Robots will take our jobs.", "Guests met in the reception center.",
        "Snow removal operations began.", "They lost work through no fault of their own.", "The stadium is a burden on taxpayers.",
        "A heavily militarized border divides them.", "A young striker is a great replacement.", "Walk the safe routes to school.",
        "A state should enforce our laws on fishing.", "A melting pot of styles.", "The spy came out of the shadows.",
        "A voluntary return of the displaced.", "Military-age men were called up by the army.", "Hens in inhumane conditions.",
        "Users made a mass migration of data.", "She is a dreamer.", "Tigers put in cages.", "A museum of the concentration camp.",
        "Guards at the juvenile detention center.", "The legalization of marijuana.", "Senate newcomers took the oath.",
        "The county's net in-migration slowed.", "An open border of flowers.",
    ],
    "parties_and_ideology": [
        "It was a radical redistribution of seats on the board.", "The museum showed the Jim Crow years.",
        "The church was a safe space for the homeless.", "Gunmen ended the hostage-taking at the cafe.",
        "They fled from political persecution.", "The charge was obstruction of justice.",
        "Friends and colleagues across the aisle applauded.", "A march of anti-gun violence groups.",
        "Hackers boasted of hacks and leaks.", "A Patriot battery was moved south.", "She read the Statesman at breakfast.",
        "The hard truth is that trains run late.", "Felony disenfranchisement laws differ by state.",
        "Divers want to get to the bottom of the lake.", "Scouts treat elders with dignity and respect.",
        "An orchestra of collectivist cultures.", "A revolving door of interns.", "Keys in the pockets of his coat.",
        "Hotel prices, say industry insiders, will rise.", "Cuts put money in the pockets of workers.",
        "He sat across the aisle on the bus.", "A bridge is a national treasure.",
        "Victims of anti-gay violence were mourned.", "A reactionary response to the storm.",
        "The court restored their voting rights.", "She spoke for the League for Religious Liberty.",
        "Guests came from special interest countries.", "Scouts learn gun safety at camp.",
        "Grandmother can get things done around the house.", "An independent-minded cat.",
        "Police charged a mob boss of the docks.", "A conservative judge and a liberal judge sat together.",
        "Her cousin was a weak-kneed swimmer.", "The speaker may block the vote until June.",
        "The twins sit in the photo from far right to left.", "Doctors discuss gun safety with patients.",
        "He was no natural leader at school.", "Hikers were hurt in anti-gay and anti-trans violence.",
    ],
}  # fmt: skip
CHOICES = {
    "climate_and_energy": {
        "climate crisis": "critical", "climate hoax": "critical", "global warming": "neutral", "climate deniers": "critical",
        "climate realists": "favourable", "climate skeptics": "neutral", "dirty energy": "critical", "clean coal": "favourable",
        "fossil fuels": "neutral", "eco-terrorists": "critical", "war on coal": "critical", "clean energy": "favourable",
        "renewable energy": "neutral", "climate resilience": "neutral", "climate justice": "favourable",
    },
    "economy_and_tax": {
        "death tax": "critical", "estate tax": "neutral", "tax relief": "favourable", "tax giveaway": "critical",
        "tax cut": "neutral", "job creators": "favourable", "fat cats": "critical", "union bosses": "critical",
        "rightsizing": "favourable", "layoffs": "neutral", "welfare queens": "critical",
    },
    "health_and_abortion": {
        "pro-life": "favourable", "pro-choice": "favourable", "anti-choice": "critical", "pro-abortion": "critical",
        "abortion opponents": "neutral", "abortionist": "critical", "unborn child": "favourable", "clump of cells": "critical",
        "fetus": "neutral", "partial-birth abortion": "critical", "socialized medicine": "critical",
        "universal health care": "favourable", "anti-vaxxers": "critical", "forced vaccination": "critical",
        "death with dignity": "favourable",
    },
    "protest_and_policing": {
        "rioters": "critical", "peaceful protesters": "favourable", "protesters": "neutral", "police shooting": "neutral",
        "officer-involved shooting": "favourable", "lynched by police": "critical", "boys in blue": "favourable",
        "assault weapons": "critical", "defund the police": "neutral", "crowd control weapons": "favourable", "modern sporting rifles": "favourable",
    },
    "migration": {
        "illegal aliens": "critical", "undocumented immigrants": "neutral", "Dreamers": "favourable", "travel ban": "neutral",
        "Muslim ban": "critical", "extreme vetting": "favourable", "immigration enforcement": "neutral",
        "deportation force": "critical", "build the wall": "neutral", "Build the wall": "favourable",
        "immigration dragnet": "critical", "families torn apart": "critical", "gaming the asylum system": "critical",
        "so-called refugees": "critical", "safe harbor for refugees": "favourable",
        "abolish ICE": "neutral", "low-skilled immigrants": "neutral", "skilled immigrants": "neutral",
        "zero-tolerance border policy": "favourable", "families torn apart by deportation": "critical",
    },
    "parties_and_ideology": {
        "radical left": "critical", "radical right": "critical", "left-wing": "neutral", "right-wing": "neutral",
        "liberal agenda": "neutral", "conservative agenda": "neutral", "right to vote": "neutral", "right to bear arms": "neutral",
        "new Jim Crow": "critical", "ballot harvesting": "critical", "true patriot": "favourable", "RINO": "critical",
        "small donors": "neutral", "dark money": "critical", "big labor": "critical", "originalist": "neutral",
        "judicial activism": "critical", "political hostage-taking": "critical", "meritocracy": "neutral",
        "myth of meritocracy": "critical", "true meritocracy": "favourable", "fair-minded senators": "favourable",
    },
}  # fmt: skip

REPORTING = [
    "He was not telling the truth.", "They failed to tell the truth.", "She swore to tell the truth.",
    "The trial has not demonstrated that it works.", "The change felt threatening to her pride.",
    "The flood has claimed nearly forty lives.", "They also claimed $500 of income.", "A hawker was peddling wares.",
    "An envelope was lying undiscovered.", "The fund sold savaged equities.", "He let slip the chance.",
    "Her guide points out the window.", "A union hit back with tariffs.", "The memo listed talking points.",
    "A self-mocking smile.", "The band played with trumpets and drums amid fumes.", "Traffic snarls delayed the bus.",
    "Tradition demanded that the doors stay open.", "We need him to tell the truth.", "The mirror sent sunlight deflected by ice.",
    "Workmen said that mass graves uncovered there were old.",
]  # fmt: skip
NO_OPPORTUNITIES = {  # where nobody would have put a loaded word
    "reporting_verbs": [
        "The club is well-informed.", "She leads by ten pledged delegates.", "The plan calls for two lanes.", "They live in the promised land.",
        "She was asked if it rained.", "He is committed to jazz.", "The accused sat down.", "All told, ten came.",
        "That said, it rained.",
    ],
    "parties_and_ideology": [
        "Three vaccine candidates failed.", "Oscar nominees dined.", "The right to free speech.", "A filibuster-proof majority.",
        "A judge advocate spoke.", "A third-party laboratory tested it.", "The Republican National Committee met.",
        "They live in a liberal democracy.", "A rank-and-file police officer.", "The Hollywood Reporter wrote.",
        "Civil libertarians sued.", "The murder investigation dragged on.", "A rule change for exporters.", "A rusty campaigner.",
        "The justice of the peace wed them.", "She filled in a voter registration form.", "Peace proposals failed.",
    ],
    "protest_and_policing": [
        "The Springfield Police Department moved.", "Two police cars were parked.", "Hail caused property damage.",
        "She carries pepper spray.", "Gun Owners of America met.", "A lawyer explained qualified immunity.",
        "The judge gave long prison sentences.", "She resigned in protest.",
        "A site may police itself.", "He lost his concealed carry permit.",
    ],
}  # fmt: skip


@pytest.fixture(scope="module", params=NAMES)
def lexicon(request) -> Lexicon:
    return Lexicon.load(request.param)


def found(lexicon: Lexicon, text: str) -> dict[str, str]:
    stances = lexicon.terms.drop_duplicates("term").set_index("term")["stance"]
    hits = scan([text], lexicon.compiled)
    marks = {
        text[start:end]: stances[lexicon.patterns[term]]
        for start, end, term in zip(hits.start, hits.end, hits.term, strict=True)
    }
    return {words: stance for words, stance in marks.items() if stance != "ignore"}


def test_it_is_large_and_no_term_stands_twice(lexicon):
    counted = lexicon.terms[lexicon.terms["stance"].ne("ignore")]
    assert len(counted) >= 200
    assert lexicon.terms["term"].is_unique


def test_every_concept_can_be_chosen_otherwise(lexicon):
    table = pd.crosstab(lexicon.terms["concept"], lexicon.terms["stance"]).drop(index="")
    assert len(table) >= 8
    assert table["neutral"].min() >= 5
    assert table["critical"].min() >= 3
    assert table["favourable"].min() >= 3


def test_each_camp_has_hostile_and_kind_words(lexicon):
    loaded = lexicon.terms[lexicon.terms["stance"].isin(LOADED)]
    assert loaded["camp"].ne("").all()
    table = pd.crosstab(loaded["camp"], loaded["stance"]).drop(index=["any", "official"], errors="ignore")
    assert len(table) >= 2
    assert table.min().min() >= 20


def test_everything_is_defined_and_nothing_is_wrong(lexicon):
    assert all(lexicon.frames.values())
    assert all(lexicon.concepts.values())
    assert len(lexicon.sources) >= 3
    assert lexicon.version
    assert lexicon.licence == "CC0-1.0"
    report = lexicon.check()
    assert report[report["severity"].isin(["error", "warning"])].to_dict("records") == []


def test_choices_are_told_apart(lexicon):
    for words, stance in CHOICES[lexicon.name].items():
        assert found(lexicon, f"They saw {words} there.") == {words: stance}, words


def test_false_friends_are_silent(lexicon):
    for text in FALSE_FRIENDS[lexicon.name]:
        assert {words for words, stance in found(lexicon, text).items() if stance in LOADED} == set(), text


def test_reporting_verbs_in_other_senses_are_silent():
    lexicon = Lexicon.load("reporting_verbs")
    for text in REPORTING:
        assert {words for words, stance in found(lexicon, text).items() if stance in LOADED} == set(), text
    assert found(lexicon, "They kept parroting talking points.") == {"parroting talking points": "critical"}
    assert found(lexicon, "She is telling the truth.") == {"telling the truth": "favourable"}


@pytest.mark.parametrize("name", NO_OPPORTUNITIES)
def test_neutral_words_in_other_senses_are_no_opportunities(name):
    lexicon = Lexicon.load(name)
    for text in NO_OPPORTUNITIES[name]:
        assert found(lexicon, text) == {}, text


def test_swapping_two_states_changes_no_mention(lexicon):
    template = "{a} and its {term} met {b}'s {term}; {term} of {b} or {a} {term} {b}."
    filled = [term.replace("*", "xx") for term in lexicon.patterns]
    first = scan([template.format(a="China", b="Israel", term=term) for term in filled], lexicon.compiled)
    second = scan([template.format(a="Israel", b="China", term=term) for term in filled], lexicon.compiled)
    assert first.term.tolist() == second.term.tolist()
    assert first.doc.tolist() == second.doc.tolist()


def test_no_term_is_a_bare_common_word_with_a_wildcard(lexicon):
    assert [t for t in lexicon.patterns if re.fullmatch(r"\*?\w{1,4}\*?", t) and "*" in t] == []
