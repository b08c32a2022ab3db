"""What there is: data cards, profiles, descriptions in DCAT, filters and search. No I/O, no network, no clock."""
