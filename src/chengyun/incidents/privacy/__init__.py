"""Personal data of a case after its purpose has ended: contacts erased, texts masked, in the end erased.

`rules` what becomes of texts and JSON · `erasing` one incident · `requests` what a resident or an officer asks for.
"""
