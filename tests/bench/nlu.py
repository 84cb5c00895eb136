"""How long a message takes to understand (intent and entities), and what the model and the word lists weigh.

`understand_by_lists_alone` is the same without the learnt readers, which are asked where no listed word or rule tells.

The reference, measured in the same run on the same messages, is the ordinary way: a scikit-learn pipeline of the same
kind of model (TF-IDF of words and letters, LinearSVC) asked for one message at a time, which finds no entities. The
time of a fixed loop in Python is beside them, so that runs on different machines can be compared.
"""

import json
import random
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from bot.loading import load_lexicon, train_model
from bot.nlu import classify
from bot.nlu.interpreter import Interpreter
from bot.nlu.learnt import NOTHING
from bot.nlu.training_data import Example, read_folder
from bot.settings import MODEL, NLU_DATA, ROOT
from services.core.errors import ConfigurationError
from services.journey.gazetteer import Gazetteer

MESSAGES = 2000
LOOP = 100_000
NOW = datetime(2026, 11, 23, 10, tzinfo=UTC)
WEIGHT = """
import sys, psutil, numpy, rapidfuzz, yaml
from pathlib import Path
from bot.nlu import classify
before = psutil.Process().memory_info().rss
model = classify.load(Path(sys.argv[1]), Path(sys.argv[2]))
model.classify("hello")
print((psutil.Process().memory_info().rss - before) / 2**20)
"""


def trained(fallback: Path) -> Path:
    """The deployment's model if it is current, else one trained into `fallback`."""
    try:
        classify.load(MODEL, NLU_DATA)
    except ConfigurationError:
        train_model(NLU_DATA, fallback)
        return fallback
    return MODEL


def sklearn_pipeline(examples: Sequence[Example]) -> Any:
    """The ordinary way to the same kind of model."""
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.pipeline import make_pipeline, make_union
    from sklearn.svm import LinearSVC

    features = make_union(
        TfidfVectorizer(ngram_range=(1, 2), sublinear_tf=True),
        TfidfVectorizer(analyzer="char_wb", ngram_range=(2, 5), sublinear_tf=True),
    )
    pipeline = make_pipeline(features, LinearSVC(C=0.5))
    return pipeline.fit([example.text for example in examples], [example.intent for example in examples])


def milliseconds(act: Callable[[str], object], texts: Sequence[str]) -> dict[str, float]:
    """Median and 99th percentile of one call, over the texts."""
    for text in texts[:100]:
        act(text)
    times = []
    for text in texts:
        started = time.perf_counter()
        act(text)
        times.append((time.perf_counter() - started) * 1000)
    return {"median_ms": round(statistics.median(times), 3), "p99_ms": round(statistics.quantiles(times, n=100)[98], 3)}


def fixed_loop_ms() -> float:
    """The time of a fixed amount of work in Python."""
    started = time.perf_counter()
    total = 0
    for number in range(LOOP):
        total += number % 7
    return round((time.perf_counter() - started) * 1000, 2)


def run() -> dict[str, Any]:
    """Measure understanding, its two halves, the reference and the weights."""
    examples = read_folder(NLU_DATA / "nlu")
    texts = [example.text for example in random.Random(1).sample(examples, MESSAGES)]
    with tempfile.TemporaryDirectory() as folder:
        path = trained(Path(folder) / "model.npz")
        started = time.perf_counter()
        model = classify.load(path, NLU_DATA)
        model.classify("hello")
        load_ms = (time.perf_counter() - started) * 1000
        weighed = subprocess.run(
            [sys.executable, "-c", WEIGHT, str(path), str(NLU_DATA)],
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=True,
        )
        file_mb = path.stat().st_size / 1e6
    gazetteer = Gazetteer.load()
    interpreter, by_lists = (Interpreter(model, load_lexicon(gazetteer, learnt)) for learnt in (model.learnt, NOTHING))
    understand = milliseconds(lambda text: interpreter.understand(text, None, NOW), texts)
    understand_by_lists = milliseconds(lambda text: by_lists.understand(text, None, NOW), texts)
    pipeline = sklearn_pipeline(examples)
    reference = milliseconds(lambda text: pipeline.predict([text]), texts)
    return {
        "messages": len(texts),
        "understand": understand,
        "understand_by_lists_alone": understand_by_lists,
        "classify": milliseconds(model.classify, texts),
        "reference_sklearn_pipeline": reference,
        "ratio_of_medians": round(understand["median_ms"] / reference["median_ms"], 2),
        "fixed_python_loop_ms": fixed_loop_ms(),
        "model": {
            "features": len(model.vectoriser.rarity),
            "file_mb": round(file_mb, 1),
            "resident_mib": round(float(weighed.stdout), 1),
            "load_ms": round(load_ms, 1),
        },
    }


def main() -> None:
    """Print the figures as JSON."""
    print(json.dumps(run(), indent=2))


if __name__ == "__main__":
    main()
