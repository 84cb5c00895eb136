"""What messages say of cancer types, needs, audiences, stages, access, mode, relations and languages."""

from datetime import UTC, datetime

import pytest

from bot.nlu.entities import find_entities
from bot.nlu.lexicon import Lexicon, build_lexicon
from bot.understanding import Expecting
from services.events.taxonomy import load_taxonomy

NOW = datetime(2026, 12, 2, 10, 0, tzinfo=UTC)


@pytest.fixture(scope="module")
def lexicon() -> Lexicon:
    return build_lexicon(load_taxonomy(), find_places=lambda text: (), resolve_place=lambda text: None)


def said(lexicon: Lexicon, kind: str, text: str, asked: str = "") -> list:
    expecting = Expecting(asked, asked) if asked else None
    values = [entity.value for entity in find_entities(text, lexicon, expecting, NOW) if entity.kind == kind]
    return [value["relation"] if kind == "relation" else value for value in values]


def rows(table: str) -> list[tuple[str, list[str]]]:
    """The texts of each line, parted by bars, with the values that the line begins with."""
    lines = [line.split(": ", 1) for line in table.strip().splitlines()]
    return [(text.strip(), values.split()) for values, listed in lines for text in listed.split(" | ")]


def texts(table: str) -> list[str]:
    return [text.strip() for line in table.strip().splitlines() for text in line.split(" | ")]


CANCER_TYPES = """
breast: breast cancer | had a mastectomy | brest cancer group | her2 positive | mastectomey | triple negative
prostate: prostate | prostrate cancer | my psa is up | anything for prostate near me | prostste
bowel: bowel cancer | bowl cancer | colon | colorectal | bum cancer | cancer of the bowel
lung: lung | lungs | mesothelioma | small cell lung | chest cancer
blood: leukaemia | leukemia | lymphoma | hodgkins | myeloma | blood cancer | leukeamia | stem cell transplant
skin: melanoma | skin cancer | cancer of the skin | malignant melanoma | a skin tumour
gynae: ovarian | womb cancer | cervical | overian cancer | endometrial cancer | gynae
upper_gi: pancreatic | gullet | stomach cancer | oesophageal | cancer in my liver | liver cancer
head_neck: throat cancer | head and neck | thyroid | mouth cancer | cancer of the tongue | voice box cancer
urology_other: kidney | bladder cancer | testicular | cancer of the bladder | renal cell
brain: brain tumour | glioblastoma | brain cancer | brian tumour
sarcoma: sarcoma | bone cancer | osteosarcoma
neuroendocrine: neuroendocrine | carcinoid
secondary: stage 4 | its spread | mets | secondary cancer
unknown_primary: unknown primary | cup cancer
any: any type of cancer | all cancers
breast lung: breast and lung cancer
skin lung: skin or lung cancer
secondary breast: stage 4 breast
lung: its not breast its lung
breast secondary: started in the breast and now its in my bones
breast: bresat cancer
"""
ANSWERS_TO_CANCER_TYPE = """
skin: skin | skin please | its skin
blood: blood
head_neck: throat | mouth
urology_other: bladder
bowel: bowl | bum
brain: brain
any: all | any | any of them
upper_gi: liver | stomach
sarcoma: bone
"""
NO_CANCER_TYPE = """
got a pain in my chest | a rash on my skin
bowls club | i play bowls | chest pain | my chest hurts | sore throat | throat infection | dry skin | itchy skin
blood test
high blood pressure | stomach ache | upset stomach | cup of tea | fancy a cup | any time | all of us | hope so
bone idle
brain fog | chemo brain | bowel problems | bladder problems | food | its all good | net result | word of mouth
kidney stones
breast feeding | head over heels | the gist of it | a ball game | he has a big mouth | my back aches | neck and neck
up to my neck
"""
NEEDS = """
fatigue: tired | knackered all the time | no energy | fatigue | tierd | wiped out | anything for fatige near me
fatigue: exhausted
emotional: anxious | feeling low | cant cope | counselling | panic attacks | depressed | so stressed | worried sick
money: money worries | benefits | help with bills | pip form | universal credit | worried about money
work: tell work | going back to his job | help with work | sick pay | work advice | losing my job
exercise: any walks | gym | pilates | walking group | tai chi | excercise | something to get fit | nordic walking
diet: eating is hard | healthy eating | what to eat | a food workshop | weight loss | dietician
menopause: menopause | hot flushes | menapause | night sweats
lymphoedema: lymphoedema | lymphodema | swollen arm | limphoedema
pelvic: i leak when i cough | stoma | leaking | bladder problems | weak bladder | incontinence
intimacy: sex is painful | erectile dysfunction | fertility | intimacy | problems with sex
complementary: massage | reflexology | reiki | mindfulness | acupuncture | meditation
appearance: mastectomy bras | look good feel better | losing my hair | makeup | body image
recurrence: fear of recurrence | scared its gonna come back | worried its come back | what if its coming back
end_of_treatment: moving forward | hope course | life after treatment | whats next
bereavement: bereavement | lost my nan to leukaemia | lost my husband | grief
children: telling the kids | talking to my children
smoking: quit smoking | stop smoking | vaping
cognition: brain fog | chemo brain | memory problems | cant concentrate
neuropathy: pins and needles | pins & needles | numb fingers | tingling | neuropathy
sleep: cant sleep | can't sleep | insomnia | trouble sleeping | a sleep workshop
prehab: prehab | getting ready for surgery | before my op
prehab: need to get fit before they operate | surgeon wants me fitter | build up strength before my operation
exercise prehab: yoga before my op
recurrence: scared of the cancer coming back | worried sick its back
emotional recurrence: counselling for fear of recurrence
pelvic: kegel exercises
advance_planning: making a will | power of attorney | funeral
spiritual: chaplain | prayer group | help with faith
travel_insurance: travel insurance | holiday insurance
company: group | a group please | any groups | people like me | talk about it | get him out the house
company: meet ppl | company | get out of the house | meet people | to talk please | people to talk to
company: need to talk | looking for a group | looking for a group in the evenings
exercise: swimming | walking football | a yoga group | pilates group | walking netball
creative: also gardning | craft | singing group | singin
company: support group | lonely | coffee morning | meet others
creative: art | singing | choir | gardening
side_effects: side effects | late effects | managing pain
"""
ANSWERS_TO_NEED = """
work: work | work stuff | job
diet: food | eating | weight
sleep: sleep | sleeping
intimacy: sex
appearance: hair
exercise: walking
pelvic: bladder
cognition: memory
emotional: low
exercise diet: yoga and food
company: group | to talk | a group | just someone to talk with
exercise: yoga group
"""
NO_NEED = """
does this link work | how does it work | that works for me | i will | it will be ok | i hope so | hope not
low cost | walk to the hospital | my phone battery is low | is it near my work
walking distance | no worries | dont worry | i work mondays | tired of waiting | sick and tired of this
what is the cost | at work
give me a lift | is there any meaning | whats the weather | in memory of | book me in | looks good to me
my hair appointment at 2 | the group was lovely | book group | is the group on tuesday | who do i need to talk to
"""
AUDIENCE = """
carer: im a carer | i'm her carer | something for carers | i look after my mum
women: women only | ladies only | womens group
young_adult: im 23 | i am 31 | 24 year old | a 24yo | aged 22 | 19 yr old lad | shes 27
young_adult: im only 18 | im 26 with lymphoma | under 30s | young ppl | young person | in my early 30s
men: mens one | only men | guys only | the mens session
women: for women only | womens one | ladies one
men: men only | a mens group | just for blokes
young_adult: young adults | im in my 20s | people my age
lgbtq: lgbtq | LGBTQ+ | anything for gay men
black_asian: black women | south asian
bereaved: bereaved | im a widow
learning_disability: learning disability
muslim: muslim
jewish: jewish
"""
NO_AUDIENCE = """
im 58 | im 40 | im 23 miles away | im 19 weeks post op | shes 7 | im 2 tired | aged care | number 23 | the 24 bus
hes 24 hours away | 20 year anniversary | im 25 minutes away | im 20 years clear | mens rea
"""
STAGE = """
newly_diagnosed: newly diagnosed | just been diagnosed | recently diagnosed
in_treatment: im having chemo | in treatment | halfway through chemo | on chemo
after_treatment: finished treatment | i finished chemo in june | in remission | got the all clear
incurable: incurable | palliative | im terminal
"""
ACCESS = """
wheelchair: wheelchair | step-free | step free access | cant manage stairs | is there a ramp | i use a zimmer frame
hearing_loop: hard of hearing | hearing aids | hearing loop | im a bit deaf
bsl: bsl | sign language | BSL interpreter please
large_print: large print | partially sighted
easy_read: easy read
quiet_room: quiet room | im autistic
assistance_dog: guide dog
halal: halal
vegetarian: vegetarian | veggie food
vegan: vegan
gluten_free: gluten free
near_parking: blue badge
accessible_toilet: near a toilet | disabled toilet
chair: i cant stand for long
wheelchair halal: wheelchair and halal
"""
NO_ACCESS = "no wheelchair | i dont need a wheelchair | in step with you | a quiet day | i dont want an interpreter"
MODE = """
online: online | on line please | zoom | from home | i cant travel | virtual | can i join remotely | teams call
in_person: in person | face to face | f2f | not online | i dont do zoom | no internet
in_person: no online please | rather not online | i dont want it online | anything but online | no more zoom
in_person: not keen on zoom | id rather it wasnt online | cant get online
in_person: face2face | online wont work for me | zoom is no good | rather see actual people
online: not in person | dont want face to face | no cant travel | no from home please | no, online
online: too poorly to travel | from my armchair | over video | via the internet
in_person: a real room please | somewhere i can actually go
in_person in_person: no online. in person please | in person rather than online
"""
RELATIONS = """
father: for my dad | its for my dad | my dad has prostate cancer | dad has cancer | my dads got lung cancer
father: im his son | hes my dad
mother: for my mum | my mum needs help | mums just finished chemo | i look after my mum | on behalf of my mother
mother: im her daughter
husband: for my husband | my husband has been diagnosed | im his wife | for hubby | my poor husband is struggling
wife: for the wife | my wife is having chemo | im her husband | booking for my wife
partner: hes my other half | for my partner | my girlfriend has a brain tumour | im his partner
son: for my son | my son is going through treatment | im his mum
daughter: for my daughter | my daughter has leukaemia | im her dad
friend: for a friend | its for my best mate | my friend was diagnosed
brother: for my brother | my brother has cancer | im his brother
sister: for my sister
grandparent: for my nan | my grandad has bowel cancer
neighbour: for my neighbour | its for the lady next door
patient: for a patient | on behalf of my patient | referring a patient | i have a patient who is anxious
patient: im her nurse
other: for someone else | im her carer | its for my aunt | my cousin has cancer | for my mother in law
father: no my dad | not my mum, my dad | make that my dad | pancriatic cancer my dad, he cant eat much
mother: 4 my mum | find my mum something | my mother speak only bengali
husband: my husband Ahmet has prostate cancer, can you book him on something
partner: something to help my partner cope | putting my partner down
daughter: ewings sarcoma my daughter shes 15 | my daughter Aisha its her booking
son: my son Jordan is the patient
grandparent: my nan is called Violet, its for her
other: the lady i care for | its for my auntie | my khala has breast cancer | my mil has stage 4
mother: ammi needs help with food | me mum needs a wig | mums name is Joyce | its for my ma
father: for abbu | dad, 80, needs company
grandparent: for my yiayia | nonna cant sleep | my great gran in Bow has skin cancer
neighbour: the man upstairs asked me to text, he has bowel cancer
sister: my stepsister who lives in Hackney needs someone to talk to
husband: hubs needs to get out more
son: my lad's got leukaemia
self: now something for me | find something for me this time
self: its for me | for myself | im the patient | just for me
"""
NO_RELATION = """
me and my wife | my wife told me | my husband will drive me | my daughter is helping me text
can i bring my husband? | my wife and i
my husband died | my mum died last year | i have 2 sons | im a carer | my sister said to text you | me and my mum
for me and my dad
good for me | not me mate | its my wifes birthday | give it to someone else | can my husband have the jab
patient transport
im not a patient | meant for someone else | you remind me of my niece | works for me | my dad has died
my son has told me about you | my husband drives
is it ok if my friend comes | hello | my son told me, he is 15. its 4pm
i came with my dad. hes parking the car
thanks bro | cheers bruv | my dad had it too so im scared | i care for my husband, is there a carers cafe
my neighbour recommended it | the boy at the desk said so
"""
LANGUAGES = """
Polish: do you speak polish | in polish please | Polish | polski | a polish speaker | i only speak polish
Polish: polish interpreter | I speak Polish | polish group | a polish one | any polish groups
Bengali: do you speak bengali | bangla please | বাংলা | in bengali
Spanish: necesito español | spanish please | speak spanish
Turkish: my mum only speaks turkish | Türkçe | anything in turkish
Gujarati: gujrati please | a gujarati group
Urdu: urdu | اردو
Romanian: romanian interpreter
Somali: she speaks somali
English: in english please | back to english
Tamil: can you text me in tamil
"""
NO_LANGUAGE = """
polish my nails | turkish delight | french polish the table | i live on greek street
chinese takeaway | a german car | my english is not good | i dont speak much english
"""


@pytest.mark.parametrize(("text", "ids"), rows(CANCER_TYPES))
def test_cancer_types(lexicon, text, ids):
    assert said(lexicon, "cancer_type", text) == ids


@pytest.mark.parametrize(("text", "ids"), rows(ANSWERS_TO_CANCER_TYPE))
def test_a_part_of_the_body_answers_which_cancer(lexicon, text, ids):
    assert said(lexicon, "cancer_type", text, asked="cancer_type") == ids


@pytest.mark.parametrize("text", texts(NO_CANCER_TYPE))
def test_ordinary_talk_names_no_cancer_type(lexicon, text):
    assert said(lexicon, "cancer_type", text) == []


@pytest.mark.parametrize(("text", "ids"), rows(NEEDS))
def test_needs(lexicon, text, ids):
    assert said(lexicon, "need", text) == ids


@pytest.mark.parametrize(("text", "ids"), rows(ANSWERS_TO_NEED))
def test_a_word_answers_what_with(lexicon, text, ids):
    assert said(lexicon, "need", text, asked="need") == ids


@pytest.mark.parametrize("text", texts(NO_NEED))
def test_ordinary_talk_names_no_need(lexicon, text):
    assert said(lexicon, "need", text) == []


@pytest.mark.parametrize(("text", "ids"), rows(AUDIENCE))
def test_audiences(lexicon, text, ids):
    assert said(lexicon, "audience", text) == ids


@pytest.mark.parametrize("text", texts(NO_AUDIENCE))
def test_other_numbers_are_no_age(lexicon, text):
    assert said(lexicon, "audience", text) == []


@pytest.mark.parametrize(("text", "ids"), rows(STAGE))
def test_stages(lexicon, text, ids):
    assert said(lexicon, "stage", text) == ids


@pytest.mark.parametrize(("text", "ids"), rows(ACCESS))
def test_access(lexicon, text, ids):
    assert said(lexicon, "access", text) == ids


@pytest.mark.parametrize("text", texts(NO_ACCESS))
def test_what_is_not_needed_is_no_access_need(lexicon, text):
    assert said(lexicon, "access", text) == []


@pytest.mark.parametrize(("text", "ids"), rows(MODE))
def test_modes(lexicon, text, ids):
    assert said(lexicon, "mode", text) == ids


@pytest.mark.parametrize(("text", "ids"), rows(RELATIONS))
def test_relations(lexicon, text, ids):
    assert said(lexicon, "relation", text) == ids


@pytest.mark.parametrize("text", texts(NO_RELATION))
def test_people_named_for_other_reasons_are_no_relation(lexicon, text):
    assert said(lexicon, "relation", text) == []


@pytest.mark.parametrize(("text", "names"), rows(LANGUAGES))
def test_languages(lexicon, text, names):
    assert said(lexicon, "language", text) == names


@pytest.mark.parametrize("text", texts(NO_LANGUAGE))
def test_words_like_languages_are_none(lexicon, text):
    assert said(lexicon, "language", text) == []


def test_either_way_is_no_mode(lexicon):
    assert said(lexicon, "mode", "online or in person") == []


def test_a_negated_type_is_left_out(lexicon):
    assert said(lexicon, "cancer_type", "not bowel, lung") == ["lung"]


def test_a_weak_word_does_not_answer_in_a_long_message(lexicon):
    assert said(lexicon, "cancer_type", "why do you need to know all of this", asked="cancer_type") == []
