"""The management API: plain JSON for the company's own people and programs, on its own port, never without a token."""

from connector.web.management.api import management_app

__all__ = ["management_app"]
