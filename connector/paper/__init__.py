"""Contracts on paper: the only room that knows how a PDF is made."""

from connector.paper.pdf import as_pdf

__all__ = ["as_pdf"]
