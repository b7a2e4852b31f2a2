"""scenarios: what a district invents, as folders of data that people can read, check, adopt and undo.

Noun: the scenario, one folder. Tables: scenarios_version (content-addressed files), scenarios_adoption (which centre
uses which version since when). News published: none; adopting installs a rulebook in incidents.
"""
