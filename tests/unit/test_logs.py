import json
import logging
import sys

from app.logs import JsonLines


def record(message: str, *args: object, **extra: object) -> logging.LogRecord:
    return logging.getLogger("lamina.test").makeRecord(
        "lamina.test", logging.INFO, __file__, 1, message, args, None, extra=extra
    )


def test_a_record_is_one_line_of_json_with_its_extras() -> None:
    line = JsonLines().format(record("took %d s\nor so", 3, job_id="job_1", tenant_id="default"))
    assert "\n" not in line
    found = json.loads(line)
    assert found.pop("time").endswith("+00:00")
    assert found == {
        "level": "info",
        "logger": "lamina.test",
        "message": "took 3 s\nor so",
        "job_id": "job_1",
        "tenant_id": "default",
    }


def test_what_json_cannot_say_is_said_as_text() -> None:
    assert json.loads(JsonLines().format(record("x", where=sys)))["where"] == str(sys)


def test_an_exception_is_part_of_the_line() -> None:
    failed = record("failed")
    try:
        raise ValueError("no such thing")
    except ValueError:
        failed.exc_info = sys.exc_info()
    assert "no such thing" in json.loads(JsonLines().format(failed))["error"]
