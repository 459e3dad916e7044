"""What receiving is compared with: the smallest FastAPI application that reads the form and answers as Brygga does."""

from argparse import ArgumentParser

import uvicorn
from fastapi import FastAPI, Request, Response

app = FastAPI(docs_url=None, redoc_url=None)


@app.get("/healthz")
async def alive() -> dict[str, str]:
    """Whether it has started."""
    return {"status": "ok"}


@app.post("/webhooks/twilio/sms")
async def echo(request: Request) -> Response:
    """Read the form, keep nothing."""
    await request.form()
    return Response("<Response/>", media_type="text/xml")


if __name__ == "__main__":
    parser = ArgumentParser(prog="python -m benchmarks.echo", description=__doc__)
    parser.add_argument("--port", type=int, required=True)
    uvicorn.run(app, host="127.0.0.1", port=parser.parse_args().port, log_config=None, access_log=False)
