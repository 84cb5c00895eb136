"""The conversation, and the service around it.

structlog imports rich for tracebacks in colour, which nothing here writes: that took 60 ms and 5 MiB of every
process. It looks for it when it is first imported, and so that happens here, where rich cannot be found.
"""

import sys

if "rich" not in sys.modules:
    sys.modules["rich"] = None  # type: ignore[assignment]
    import structlog as structlog

    del sys.modules["rich"]
