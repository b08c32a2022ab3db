from tests.support.worlds import template, world

__all__ = ["template", "world"]
