"""What a text is about: learned from the city's own officers, explained by the text's own words, never on its own
below a set confidence. Tables owned: incidents_model.

`words` text → weighted pieces · `model` a linear model as arrays · `learning` examples → model with its measured
figures (the only place that needs scikit-learn) · `training` when a new one replaces the old one · `service` the door.
"""
