"""Using data, at the provider: every single use is judged against the signed agreement (decisions 5, 14 and 15)."""

from connector.services.usage.requests import DataRequest, Limits, Looked, Use
from connector.services.usage.service import Usage

__all__ = ["DataRequest", "Limits", "Looked", "Usage", "Use"]
