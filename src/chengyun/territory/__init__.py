"""Noun: region. Who lies where and who governs it: dated regions from city to grid, their borders as an exact
partition, the point locator, place search, vector tiles, imports and reorganisations.

Tables: territory_version, territory_region, territory_alias, territory_governance, territory_shape,
territory_place. News: RegionMoved (a town is governed by another centre from now on), ReorganisationPlanned
(a dry run asks who would follow).
"""
