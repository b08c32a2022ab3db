"""What Eclipse EDC adds to the standard's context: its query language and a few properties of its own."""

from typing import Any, Final

EDC_NAMESPACE: Final = "https://w3id.org/edc/v0.0.1/ns/"


def _own(*names: str) -> dict[str, Any]:
    return {name: f"edc:{name}" for name in names}


def edc_context() -> dict[str, Any]:
    """`https://w3id.org/edc/dspace/v0.0.1`, which EDC names beside the standard's in everything that it sends."""
    query = {
        **_own("offset", "limit", "sortOrder", "sortField"),
        "filterExpression": {"@id": "edc:filterExpression", "@container": "@set"},
    }
    return {
        "@version": 1.1,
        "edc": EDC_NAMESPACE,
        "dct": "http://purl.org/dc/terms/",
        "dcat": "http://www.w3.org/ns/dcat#",
        "QuerySpec": {"@id": "edc:QuerySpec", "@context": query},
        "Criterion": {"@id": "edc:Criterion", "@context": _own("operandLeft", "operator", "operandRight")},
        **_own("inForceDate", "id", "description", "isCatalog"),
        "conformsTo": {"@id": "dct:conformsTo", "@type": "@id"},
        "endpointURL": {"@id": "dcat:endpointURL", "@type": "@id"},
        "format": {"@id": "dct:format", "@type": "@id"},
    }
