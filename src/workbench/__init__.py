"""Parameterised notebooks that answer questions of product operations and end in a decision."""
