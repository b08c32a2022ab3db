"""The one error of the demo."""


class DemoError(Exception):
    """The demo cannot go on; the sentence says why, and names the log to read where there is one."""
