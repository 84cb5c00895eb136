"""Who comes, whom it is for and what anyone is called, in the many ways in which Londoners text it.

Each row guards something general (a way to count, to name or to bring someone), not one message.
"""

from datetime import UTC, datetime

import pytest

from bot.nlu.entities import find_entities
from bot.understanding import Expecting
from tests.unit.texted import rows, values

NOW = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)


COUNTS = """
1: on me lonesome | not bringing anyone | ive no one to bring | I shall be unaccompanied | me alone | just one
1: was gonna bring my sister but shes busy so just me | only i will be there
1: my sister mostly comes with me but she is away, just me this time
1: i wanted to bring my sister but shes not well so ill come alone to the workshop | its just her, im dropping her off
1: billy no mates here | by my own self only | Jus meself darlin | he'll be on his own
3: I got 2 people coming with me so 3 all together | my two daughters will come and so will I | a threesome for the golf
4: I'll bring me mum, me nan and me aunt, so that's four with me | fuor people pls
5: there was 6 of us but Maureen's in hospital so 5 for the coach
8: Eight please for the choir workshop
2: two, me and my guide dog's spare human (my brother) | I book for my parents, they are two
1: just me, the husband's working | just me my wife can't make it | just me and the dog
2: 2 tix | two please | probably 2 | can you squeeze in two | room for one more? | two coming | too of us | x 2
2: me w/ my mum | husband in tow | my wife will be with me | I've got my mum with me | oh and my sister too
2: can my sister come | is my wife welcome too | would my husband be able to come | plus hubby | also my wife
2: me and a lady from church | me and my chemo buddy | me and big Dave | me and our Susan | me and Mrs Patel
2: Sandra and me | Sandra & I would love to come | my friend Linda and I | he and I | self and spouse
2: my friend from chemo and i both want to try pilates | us 2 want yoga | is it ok if my mate sits in with me
2: my husband will want to come cos he does the driving | we are a couple, both had cancer
3: three friends from church, me included | three mates, myself included
3: i want to go with 2 friends from chemo | going with my auntie n uncle
2: me and the auld fella | mi ah come wid mi daughter | me and mi pickney | one for me one for him
3: me and both my sisters | tree of us | room for two more | book me, Amir and his mum in | that makes 3
4: put 4 down | group of 4 ladies from the temple | four attending | at least four | total 4 | we shall be four
2: 1 adult and 1 carer | extra seat for my carer | wife might pop along | me and my carer, she has to come
2: my wife would also like to attend | was 3 now 2 | number of people: 2
2: my friend also | there's myself and Bríd
4: bringing 3 with me
3: bringing a couple of mates | three including me | me and my daughters, there's two of them
3: me, me cousin n her bloke, next fri | Joan, Pat and me | my mum dad and me
5: five | just us girls, five | me, the husband and the kids, all 5 of us
3: sign up me n 2 m8s for football
2: gym wiv my boy so 2 man | Book her in and I'll come with her. My gran, she's got lymphoma.
2: two a we | id like to come with someone | me and my partner have decided to come
1: no need for plus one, just me
6: half dozen from church
12: a dozen of us
"""


@pytest.mark.parametrize(("text", "count"), rows(COUNTS))
def test_all_who_come_are_counted(lexicon, text, count):
    assert values(lexicon, text, "count") == [int(count)]


@pytest.mark.parametrize(
    "text",
    [
        "2",  # of what, nobody knows
        "nobody else understands",
        "Will there be an interpreter, I speak Portuguese",
        "brain fog + tired + 2 jobs",
        "My wife and I do not know should we hide it from the children",
        "my husband and me have not been together as man and wife since my operation",
        "How do me and my partner get close again",
        "You've been very patient with me",
        "i dont want to be alone",
        "looking forward 2 coming",
        "two heads are better than one",
        "my carer comes at 9",
        "one of my patients wants to come",
        "lets go with 2",
        "3 for the past two weeks i was in bed",
        "me and my husband split up",
        "me and my wife cant come",
        "my husband lives with me",
        "we've lost the intimate side, and I'd like to discuss it with someone",
        "me and my wife have lost that spark",
        "me and my husband were told together",
    ],
)
def test_talk_that_counts_nobody(lexicon, text):
    assert values(lexicon, text, "count") == []


def test_a_number_alone_counts_nobody_where_something_else_is_asked(lexicon):
    found = find_entities("two please", lexicon, Expecting("when", "date"), NOW)
    assert not [entity for entity in found if entity.kind == "count"]


RELATIONS = """
father: on my dads behalf | mi faada have prostate | me da's got cancer
mother: book mum in | not mine, it's my mum's | mum on chemo and struggling | mum lost her hair | ma mammy's no well
mother: this is her son texting
husband: me auld fella, he won't text himself
wife: get my wife a place | the missus has got it | wife with breast cancer
brother: my wee brother has it | my brother, Tunde
sister: my sister was told she has it
grandparent: my nan aged 80
friend: for one of my friends | for my mum's friend
patient: on behalf of one of my patients
other: for a lady at my church | my boss has it | for my parents | for my husband's brother | for my landlord
sister: for my lil sis
wife: my wife's the patient
mother: not for myself but for my mum | it will be my mother attending
husband: is there something my husband can do online
self: it's me that has it
grandparent: my gran in Hendon, walks slowly, wants chair exercise
wife: my wife's brain tumour has made her forgetful, can she join | would my wife be able to do the art class
partner: can my girlfriend do it from home over the laptop
other: My uncle is needing this, he not have phone | me auntie a look fi wig | my twin has lung cancer
other: my nephew's off to uni after sarcoma | my pal's da needs a wig
daughter: my youngest daughter has leukaemia
neighbour: neighbour of mine has cancer | my neighbour Jean finds walking hard, wants a sit down class
mother: im bringing my mum, she's the patient
son: can you fit in my son and me, he's the one with leukaemia
father: what can my father eat after they took his stomach out | can my dad get help with benefits
mother: patient is my mother aged 70 | can my mum get help to give up smoking
friend: mi fren Cherry have breast cancer an she want a lymph arm class
other: Could my niece Shanice get some advice about work | one of my parishioners in Stockwell, she can only do mornings
brother: my brother willnae talk to any of us, he needs somebody to speak to
son: bereavement support for my son, his wife died
neighbour: my neighbour lost her son to a brain tumour and could do with grief support
"""


@pytest.mark.parametrize(("text", "relation"), rows(RELATIONS))
def test_whom_it_is_for(lexicon, text, relation):
    assert values(lexicon, text, "relation") == [{"relation": relation}]


@pytest.mark.parametrize(
    "text",
    [
        "oh brother, another menu",
        "I look after my husband day and night and I'm on my knees",
        "My wife has ovarian cancer. I could do with meeting other husbands doing the same",
        "Nobody ask how I am only how is he. I'm his carer 24/7",
        "how do you support a partner with cancer",
        "activities for kids whose mum has cancer",
        "grants for mums with cancer",
        "is there a patient group",
        "glioblastoma. my husband. 52. I need somebody to talk to",
        "mates have vanished tbh",
        "my partner is frightened to touch me now in case he hurts me",
        "my dad had bowel cancer and now ive got it",
        "ex smoker, want a gentle walk",
        "My wife has a brain tumour and I am doing everything in house. I need support as husband",
        "my wife died in june, is there a bereavement group",
        "my mum doesnt know I have cancer",
        "my husband wont talk about it",
        "my boss is being funny about sick leave",
        "me, my mum, and my nan",
        "1 for me, 1 for my sister",
        "and my wife",
        "me w/ my mum",
        "a lady at my church told me",
        "my mum had it",
        "my husband doesnt drive",
        "extra seat for my wife",
        "Wembley side only, bhai, knees are finished",
        "bro i need a gym",
        "I'm at my daughter's in Surbiton while I recover",
        "living with my mum in Bow, breast cancer",
        "who looks after the one doing the looking after? That's me, for my brother",
        "how do I explain to the kids that dad has cancer",
        "my brother wants me to stop smoking",
        "my wife is worried about me",
        "my dad had prostate cancer so i want to be checked",
        "can my son drop me off",
        "my sister lives in Kent so just me",
        "my sister had the same op",
        "just me",
    ],
)
def test_it_is_for_no_one_else(lexicon, text):
    assert values(lexicon, text, "relation") == []


def test_two_people_whom_it_is_for(lexicon):
    found = values(lexicon, "two places for my mum and dad", "relation")
    assert found == [{"relation": "mother"}, {"relation": "father"}]


NAMES = """
Jean: Jean, spelt J E A N | Jean with a J
Sara: Sara no h
Nora: Nora btw | only me Nora | sent by Nora | Nora again, sorry
Ingrid: Ingrid, Tuesday if you please
Kwabs: I'm Kwabs
Olwethu: im Olwethu from Leyton | hi its Olwethu
Mrs Chaudhry: Mrs Chaudhry here
Mr Chowdhury: My brother-in-law, Mr Chowdhury, needs advice
Mrs Patel: its Mr and Mrs Patel
Tunde: book Tunde in
J. Webb: just put J. Webb
Doyle: surname is Doyle
Mo: everyone just calls me Mo
Bill: stick Bill on the list
Derek: Derek calling
Winston: Winston de name
Maureen: Luv Maureen xx
Delroy: Is me Delroy. Prostate.
Sheila: reiki for my mum? she's Sheila, in Bexleyheath
Mrs Pettigrew: I am by myself all day and would enjoy some company. Mrs Pettigrew, Richmond
Kev: my fella. Kev. hes stubborn but he'll come
Jerome: Jerome, SE5, after the quit smoking ting, evenings
"""


@pytest.mark.parametrize(("text", "name"), rows(NAMES))
def test_a_name_however_it_is_given(lexicon, text, name):
    assert values(lexicon, text, "name") == [name]


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("Sue and Ron", ["Sue", "Ron"]),
        ("I'm Sue and my husband is Ron", ["Sue", "Ron"]),
        ("first name Pat, surname Doyle", ["Pat", "Doyle"]),
        ("my friend Linda and I will come", ["Linda"]),
    ],
)
def test_everyone_named(lexicon, text, names):
    assert [name for name in values(lexicon, text, "name") if name in names] == names


@pytest.mark.parametrize(
    "text",
    [
        "his name escapes me",
        "I'm Scottish",
        "I'm HIV positive",
        "Im Coeliac",
        "Sarah, can you help",
        "I'm under Dr Patel",
    ],
)
def test_a_word_that_is_no_name(lexicon, text):
    assert values(lexicon, text, "name") == []
