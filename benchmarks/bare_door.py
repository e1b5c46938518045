"""A rival for the intake: the same server and framework, which answers 202 and keeps nothing."""

import sys

import uvicorn
from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse

door = FastAPI(docs_url=None, redoc_url=None, telemetry={"operation_spans": False, "logs": False})


@door.get("/healthz")
async def healthz() -> dict[str, bool]:
    """Whether it answers at all."""
    return {"alive": True}


@door.post("/events", status_code=202)
async def events(request: Request) -> JSONResponse:
    """Read what came as JSON, and say it was taken."""
    event = await request.json()
    return JSONResponse([{"index": 0, "id": event["id"], "result": "recorded"}], 202)


if __name__ == "__main__":
    uvicorn.run(door, host="127.0.0.1", port=int(sys.argv[1]), access_log=False, log_level="error")
