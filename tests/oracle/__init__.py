"""A slow, obvious second implementation of rating, written from the specification alone, to check the fast one with.

world.py says what exists, generate.py makes up small nasty worlds, oracle.py computes what every hour, plan, task and
the project must come to, results.py is how it answers; choices.py is where the specification leaves two readings. None
of these uses anything of the product but the names of the cost and revenue types.

engine.py gives the product's own answer for a world in the same words, and agreement.py tells where the two differ.
test_agreement.py holds them together in core, test_agreement_stored.py through the services and the database.
`make test` takes a sample, `make test-oracle` 100,000 hours and planned days, and 500 stored worlds.
"""
