"""The live engine of vital signs: pure computing, without database or HTTP (decision 0019).

`plan.build` turns definitions, territory and datastreams into arrays; `kernel.Engine` takes readings in and tells
what changed. `oracle` is the same in plain numpy and is the specification; `duck` works windows out by SQL.
"""
