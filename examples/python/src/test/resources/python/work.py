"""What the Python workers of the tests do."""
import time

from rq import get_current_job


def echo(value):
    return value


def named(**arguments):
    return arguments


def nothing(*arguments):
    pass


def fail(message):
    raise ValueError(message)


def linger():
    time.sleep(60)


def succeed_after(failures):
    """Fails so often, and then tells which attempt it is."""
    attempt = get_current_job().connection.incr("attempts:" + get_current_job().id)
    if attempt <= failures:
        raise ValueError("not yet")
    return f"attempt {attempt}"
