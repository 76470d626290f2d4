"""What the Python workers of the tests do."""
import time


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
