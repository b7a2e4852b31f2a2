"""Importing this makes passwords cheap: what protects them costs a tenth of a second, and tests sign in by the hundred.

`AS_SHIPPED` is what the product has instead; tests/identity/test_signin.py looks at its strength.
"""

from __future__ import annotations

from argon2 import PasswordHasher

from chengyun.identity import passwords

AS_SHIPPED: PasswordHasher = passwords._HASHER
passwords._HASHER = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
