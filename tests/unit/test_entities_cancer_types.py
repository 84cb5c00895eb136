"""How people who text name each type of cancer: slips, short names, operations, plain words for the body."""

from datetime import UTC, datetime

import pytest

from bot.nlu.entities import find_entities
from bot.nlu.lexicon import Lexicon, build_lexicon
from services.events.taxonomy import load_taxonomy

NOW = datetime(2026, 12, 2, 10, 0, tzinfo=UTC)

# The types, and texts that name those and no other.
NAMED = """
breast: TNBC | her2+ on herceptin | lump in my boob turned out bad | wan ta di breast dem tek off
breast: cancer in me left tit | cancer in one breast | breastcancer
prostate: TURP then prostatectomy | me prostrates cancer | gleason 7 | mi prostate have cancer
bowel: cancer in me bowels | right hemi-colectomy last week | anterior resection for cancer | the big c, bowel
bowel: cancer up my bum | dukes C caecal
lung: meso from the dockyard | non small cell. immunotherapy | C on the lung | tumor on lung
blood: NHL in remission | MGUS | mantle cell | cancer in my blood | lymph cancer | my child has ALL, leukaemia
blood: hogkins | multiple myeloma. bones ache.
skin: BCC on my nose | scc on my ear | skin cancer on me nose | cancerous mole | rodent ulcer
skin: squamous cell carcinoma of the skin
gynae: cancer of the neck of the womb | cancer in my lady parts | cancer in my privates, vulva
gynae: full hysterectomy because of cancer | cancer down below
upper_gi: took his stomach out for the cancer | hepatocellular carcinoma | my belly have cancer
upper_gi: the big C in my gullet | ivor lewis | had the Whipples
head_neck: dry mouth since radiotherapy on my throat | throat rads | cancer on the side of my tongue
head_neck: cancer in mi throat | my throat, they said its cancer | cancer, throat
head_neck: squamous cell carcinoma of the tongue | H&N cancer | parotid tumour
urology_other: cancer down below, penile | cancer of the waterworks, bladder | cancer in my water pipe
urology_other: cancer in me ball | neobladder | BCG for my bladder cancer
brain: after brain radiotherapy | DIPG | brain tumer | tumour in me head
neuroendocrine: NETs group zoom thursdays | my nan has NETs | a NET in my appendix
neuroendocrine: pancreatic NET, the neuroendocrine kind
unknown_primary: CUP they call it, primary never found | cancer origin unknown | never found where mine began
unknown_primary: primary they can't find | they dont know where the cancer started | where it began nobody knows
secondary: in me bones now | it gone everywhere | its gone to my spine | cancer come back and spread
secondary breast: secondary breast cancer | breast spread to the bones | Mets in my spine, from the breast
secondary lung: secondary lung cancer | lung gone to brain
secondary bowel: bowel gone to lungs | bowel cancer that went to my liver | bowel ca with lung mets
secondary skin: melanoma spread to my liver
secondary urology_other: bladder cancer spread to my bones
"""
UNNAMED = """
lung capacity | breast pump | my bowels are bad since pelvic radiotherapy | cant trust my bowels
how do i date with one boob | neck massage | belly dancing | leaking bladder | loose bowels | advanced pottery
net weight | soft tissue massage | spread too thin | gone to my sisters | moved to my daughters
skin dry from chemo | chest is tight | my skin is bad, cancer drugs | dry mouth | ask my CNS | i want ALL of them
can i come to the lunch in liverpool street | wheres primary care
"""


@pytest.fixture(scope="module")
def lexicon() -> Lexicon:
    return build_lexicon(load_taxonomy(), find_places=lambda text: (), resolve_place=lambda text: None)


def types_in(text: str, lexicon: Lexicon) -> set[str]:
    return {entity.value for entity in find_entities(text, lexicon, None, NOW) if entity.kind == "cancer_type"}


@pytest.mark.parametrize("line", NAMED.strip().splitlines())
def test_people_name_their_cancer_in_many_ways(lexicon, line):
    types, texts = line.split(": ", 1)
    for text in texts.split(" | "):
        assert types_in(text, lexicon) == set(types.split()), text


@pytest.mark.parametrize("text", [text for line in UNNAMED.strip().splitlines() for text in line.split(" | ")])
def test_a_part_of_the_body_alone_is_no_cancer(lexicon, text):
    assert types_in(text, lexicon) == set()
