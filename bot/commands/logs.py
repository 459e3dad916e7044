"""How events are logged: one JSON line each on standard error, and never what stood in a row."""

import logging
import sys

import structlog


def quiet_logging(level: str) -> None:
    """One JSON line an event on standard error; libraries only when something is wrong."""
    logging.basicConfig(level=logging.WARNING, format="%(levelname)s %(name)s %(message)s", stream=sys.stderr)
    # A tick that is still at work when the next one is due is no fault.
    logging.getLogger("apscheduler").setLevel(logging.ERROR)
    for handler in logging.getLogger().handlers:
        handler.addFilter(_without_traceback)
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            _without_traceback_values,
            structlog.processors.JSONRenderer(),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelName(level)),
        # Looked up for each line: whoever has put another stream in its place gets it there.
        logger_factory=lambda *_: structlog.PrintLogger(sys.stderr),
    )


def _without_traceback(record: logging.LogRecord) -> bool:
    # The server logs a fault with its words, which may quote a note or a number; `bot.errors` has logged its kind.
    record.exc_info = record.exc_text = None
    return True


def _without_traceback_values(
    _logger: object, _name: str, event: structlog.typing.EventDict
) -> structlog.typing.EventDict:
    # An exception's words may hold a row's values: its kind and place say enough.
    if event.pop("exc_info", None):
        error = sys.exc_info()[1]
        event["error"] = type(error).__name__
        trace = error.__traceback__ if error else None
        while trace is not None and trace.tb_next is not None:
            trace = trace.tb_next
        if trace is not None:
            event["at"] = f"{trace.tb_frame.f_code.co_filename.rsplit('/', 1)[-1]}:{trace.tb_lineno}"
    return event
