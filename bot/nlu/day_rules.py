"""The grammar of days: by name, by week and month, by number."""

from bot.nlu.numbered_rules import NUMBERED_RULES
from bot.nlu.rewriting import Rules
from bot.nlu.week_rules import WEEK_RULES
from bot.nlu.weekday_rules import WEEKDAY_RULES

DAYS = Rules([*WEEKDAY_RULES, *WEEK_RULES, *NUMBERED_RULES])
