"""A unique external reference on account moves. Tryton finds the classes by the register in tryton.cfg."""
