"""Transfer processes, both roles: asked for by our people, moved by messages, told to the other side."""

from connector.services.transfers.service import Transfers

__all__ = ["Transfers"]
