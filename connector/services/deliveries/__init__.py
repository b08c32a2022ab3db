"""Deliveries that we fetch, as consumer."""

from connector.services.deliveries.service import Deliveries

__all__ = ["Deliveries"]
