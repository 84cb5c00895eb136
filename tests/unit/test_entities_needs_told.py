"""What people need, told by what happens to them rather than by its name: signs, with no model beside them."""

import pytest

from tests.unit.texted import rows, values

TOLD = """
fatigue: I sleep twelve hours and still feel like a zombie | everything is an effort since the radiotherapy
fatigue: hes kipping on the settee all day long | wifey falls asleep mid sentence | no juice left in me
emotional: I keep biting everyones head off | waking at 4 with dread in my chest
emotional: im all over the shop since diagnosis | finding it hard to take it all in | she cries at adverts
emotional: head full of what ifs | he wont talk about how hes feeling
money: the gas is on emergency and ive no income | is there a grant for the heating | half my wage gone n rent due
money: cant top up the leccy
work: HR want me to sign something
diet: ive ballooned on steroids | eating properly after bowel op | everything makes me gag
menopause: sweats and mood since they took my ovaries
pelvic: up and down to the loo all night | accidents since the radiotherapy down below
pelvic: bowel doesnt behave since the radio
intimacy: how do i date with one breast | me and the mrs arent close like that now
appearance: my bra dont sit right since the op | my hair is going next week
end_of_treatment: all clear but lost
children: something fun for the grandkids while shes in hospital | kids club for children whose parent is ill
smoking: 20 a day and the surgeon says stop
cognition: put the keys in the fridge again | cant follow a film anymore, chemo did it
sleep: up at 3 every night | mind wont shut off at bedtime
spiritual: somewhere to pray with others
side_effects: mouth like a desert | sick as a dog after every cycle
"""


@pytest.mark.parametrize(("text", "need"), rows(TOLD))
def test_a_need_is_told_by_its_signs(lexicon, text, need):
    assert set(values(lexicon, text, "need")) == {need}


@pytest.mark.parametrize(
    "text",
    [
        "forget what i said about mornings",
        "i cant remember what i booked",
        "all done now",
        "i have no idea",
        "why has nobody rung me back",
        "is there a prayer room",
        "my boiler has no pressure",
        "is there help with fares",
        "there are 4 in our group",
        "when can i drive again",
        "how do i join the group",
        "got the kids with me, will text later",
    ],
)
def test_ordinary_talk_tells_none(lexicon, text):
    assert values(lexicon, text, "need") == []
