"""`python -m chengyun.scenarios.vital_signs > docs/reference/vital-signs.md`: the page of the shipped catalogue."""

from __future__ import annotations

import sys

from chengyun.scenarios.service import catalogue_of_paths, shipped
from chengyun.vitals.catalogue.reference import page

if __name__ == "__main__":
    sys.stdout.write(page(catalogue_of_paths([shipped()])))
