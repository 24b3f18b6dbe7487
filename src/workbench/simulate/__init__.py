"""A simulated platform whose truth is known."""

from workbench.simulate.sample import write_sample

__all__ = ["write_sample"]
