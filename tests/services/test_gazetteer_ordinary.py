"""Ordinary sentences in which no word is a place, whatever the map says: find_in must stay silent on every one."""

import pytest

from services.journey.gazetteer import Gazetteer

SENTENCES = """
he is barking mad
the dogs barking kept me up all night
you're barking up the wrong tree
is there any parking
where do i park
i enjoy reading
reading group please
interested in reading
do you have a reading group or book club
i was reading the leaflet
i got this number from reading your poster
by reading the letter i understood
she is an angel of a nurse
you are an angel
my nurse was an angel to me
angel delight is all i can eat
i go to temple on saturdays
my temples hurt
its a bank holiday monday
can i give you my bank details
no money in bank
need help with my bank account
the table is oval shaped
going forward with hope
the moving forward course
hope to see you
a monument to his memory
my name is victoria
its victoria here
victoria said i could book
message from victoria
my nurse victoria told me about it
chelsea fan here
my daughter chelsea will come with me
i support arsenal
watching arsenal tonight
west ham fan for life
off to the spurs match
my seven sisters are coming
me and my 7 sisters
take a bow
he tied a bow
bow tie event
i am off the hook
by hook or by crook
ham sandwich for lunch
can i bring a sandwich
be aware of the time
beware
are you aware
rye bread gives me heartburn
its a big deal for me
i cant deal with this
good deal
bath time for the kids
i need a bath
up to the mill
lee will drive me
my husband lee has bowel cancer
kings and queens
oh gosh thank you
thanks guys
hi guys
you guys are great
send me the details
send details please
stock up on food
cooling cap hurts
wing it
the grain of truth
the stone in my kidney
kidney stone
gall stones
skin is sloughing off
poplar trees give me hay fever
epsom salts help my feet
eton mess for pudding
my barnet is falling out
lost my barnet with the chemo
tooting my own horn
st johns ambulance took me in
st georges day is a bad time
beating about the bush
elephant in the room
dr sutton said i should come
nurse barnes gave me this number
mr harrow is my surgeon
sister hayes on the ward
my consultant is mr bromley
miss wembley my teacher
sarah sutton
john barnes
my surname is not important
book 2 of us please
me n 2 friends
n 1 more thing
t2 n1 m0
my tumour is T3 N2 M0
staged as t2 n1
stage n1
b12 injections
low in b12
im low in co2
w8 for me
cant w8 to come
lost w8 since chemo
my w8 is down
n1 mate
n1 thanks
cu l8r
gr8 thanks
im gr8 m8
see you 2moro
10am or 4pm
on the 1st at 10
room s3 please
is it grade 3
her2 positive
brca1 gene
ca125 was up
psa of 4.5
my psa is 5
e45 cream
take 5 of them
vitamin d3
covid19 jab
i'm 65
9/10 really helped
lewisham road surgery
12 croydon road
my gp on harrow road
flat 3 kingston house
cold street food
a walk in the park
a green park bench
on my old street
the end of the mile
east or west
up north
down south
north and south
i feel hot and shivery
chest pain and short of breath
my head hurts
yes please
no thanks
stop
help
cancel my booking
two places please
me and my wife
wheelchair access
moving house
a new cross to bear
my manor house dream
arena tickets
excel spreadsheet
i excel at nothing
lords prayer
fleet of cars
buried in paper
strand of hair
strands of hair on my pillow
poor as a church mouse
rugby match on
im in a jersey
mad about the boy
victoria sponge
yorkshire tea
new york
bristol stool chart
oxford accent
lincoln biscuits
how would i get there
bury the hatchet
hull of a boat
embankment collapsed
slough of despond
the grays anatomy one
welling up as i write
my eyes are welling up
hayley is coming
morgan is my name
barney the dog
healing group
feeling low
eating problems
woolly hat
my wife is called shirley
shirley here
brent is my son
preston is my son
i live alone
i live with my son
i live in fear
near enough
near death experience
near the end
in pain
in bed
at home
at work
at the moment
from tomorrow
round the corner
around 5
by bus
by car
close to tears
next to nothing
does the w15 go anywhere near
is it the e3 bus
get the W3
number 12 bus
do i have to live in the borough
chelsea buns
i was reading about it in the paper
he is at his best
mill about
my son is called preston
bank on it
the free sessions
is it free
at the free yoga
lee asked me to text
wake me at 5
on the mend
feeling low today
can my wife come
i had surgery in june
lumpectomy in may
its in my spine L4
l5 s1 disc
M25 traffic was bad
off the m4
the a406 is closed
xx
lol
call me on 07700 900123
room 12
ward 5
floor 3
10:30
book 3 places
my email is broken
how much is it
e numbers
how did you get my number
"""


@pytest.fixture(scope="module")
def gazetteer():
    return Gazetteer.load()


@pytest.mark.parametrize("sentence", SENTENCES.strip().splitlines())
def test_ordinary_talk_holds_no_place(gazetteer, sentence):
    assert gazetteer.find_in(sentence) == []


@pytest.mark.parametrize("sentence", SENTENCES.strip().splitlines())
def test_ordinary_talk_in_capitals_holds_no_place(gazetteer, sentence):
    assert gazetteer.find_in(sentence.upper()) == []


def test_the_list_is_long_enough_to_mean_something():
    assert len(set(SENTENCES.strip().splitlines())) >= 200
