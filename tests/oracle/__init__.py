"""A slow, obvious second implementation of rating, written from the specification alone, to check the fast one with.

world.py says what exists, generate.py makes up small nasty worlds, oracle.py computes what every hour, plan, task and
the project must come to, results.py is how it answers. Nothing of the product is used but the names of the cost and
revenue types.
"""
