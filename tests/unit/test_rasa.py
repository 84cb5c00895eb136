"""rasa-sdk runs in process without the HTTP server that it ships with."""

import subprocess
import sys

NO_SERVER = """
import sys
from bot.actions.executor import Actions
from bot.actions.rasa import Action, SlotSet

class Count(Action):
    def name(self):
        return "action_count"

    def run(self, dispatcher, tracker, domain):
        dispatcher.utter_message(text="counted")
        return [SlotSet("count", tracker.slots["count"] + 1)]

outcome = Actions([Count()]).run("action_count", {"count": 1})
assert outcome.slots == {"count": 2}, outcome
assert outcome.messages[0]["text"] == "counted"
assert not any(name == "sanic" or name.startswith("sanic.") for name in sys.modules)
from sanic import Sanic
assert hasattr(Sanic, "add_route")
"""


def test_actions_run_without_loading_a_server_and_leave_it_to_be_loaded_by_others():
    subprocess.run([sys.executable, "-c", NO_SERVER], check=True)
