"""rasa-sdk's actions, without the HTTP server that it imports and that is never run here.

`rasa_sdk` imports sanic for one annotation. That costs a tenth of a cold start and memory for good, so an empty
stand-in takes its place while rasa-sdk is imported. Everything of ours takes rasa-sdk's names from here.
"""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from types import ModuleType

_SERVER = "sanic"


@contextmanager
def _without_server() -> Iterator[None]:
    if _SERVER in sys.modules:
        yield
        return
    stand_in = ModuleType(_SERVER)
    stand_in.Sanic = type("Sanic", (), {})  # type: ignore[attr-defined]
    sys.modules[_SERVER] = stand_in
    try:
        yield
    finally:
        del sys.modules[_SERVER]


with _without_server():
    from rasa_sdk import Action, Tracker
    from rasa_sdk.events import SlotSet
    from rasa_sdk.executor import ActionExecutor, CollectingDispatcher

__all__ = ["Action", "ActionExecutor", "CollectingDispatcher", "SlotSet", "Tracker"]
