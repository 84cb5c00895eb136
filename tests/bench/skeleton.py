"""What a turn is measured against: a bare FastAPI webhook with 2 ms of work and naive commits."""

import os
import sqlite3
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import aiohttp
import uvicorn
from fastapi import BackgroundTasks, FastAPI, Request
from starlette.responses import Response

WORK_S = 0.002


def _work() -> None:
    until = time.perf_counter() + WORK_S
    while time.perf_counter() < until:
        pass


@asynccontextmanager
async def lifespan(app: FastAPI) -> AsyncIterator[None]:
    """Open the database and the client."""
    path = os.environ["DATABASE_URL"].removeprefix("sqlite:///")
    app.state.database = sqlite3.connect(path, isolation_level=None)
    app.state.database.executescript(
        "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; CREATE TABLE IF NOT EXISTS bare (who TEXT, what TEXT)"
    )
    async with aiohttp.ClientSession() as app.state.client:
        yield


app = FastAPI(lifespan=lifespan)


@app.get("/health")
async def health() -> dict[str, str]:
    """It runs."""
    return {"status": "ok"}


@app.post("/webhooks/twilio/messages")
async def message(request: Request, later: BackgroundTasks) -> Response:
    """Commit what came, work, commit what goes, send it."""
    form = await request.form()
    app.state.database.execute("INSERT INTO bare VALUES (?, ?)", (form["From"], form["Body"]))
    later.add_task(_reply, str(form["From"]))
    return Response("<Response/>", media_type="text/xml")


async def _reply(to: str) -> None:
    _work()
    app.state.database.execute("INSERT INTO bare VALUES (?, ?)", (to, "reply"))
    url = f"{os.environ['TWILIO_API_BASE_URL']}/2010-04-01/Accounts/bare/Messages.json"
    async with app.state.client.post(url, data={"To": to, "From": "bare", "Body": "reply"}) as answer:
        await answer.read()


if __name__ == "__main__":
    uvicorn.run(app, port=int(sys.argv[1]), log_config=None, access_log=False, loop="uvloop", http="httptools")
