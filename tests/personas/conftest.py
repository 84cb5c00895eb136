"""The dialogue that personas talk to is that of the transcripts."""

from tests.conversations.conftest import dialogue

__all__ = ["dialogue"]
