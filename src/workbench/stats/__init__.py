"""Statistics that the fields of study share."""

from workbench.stats.estimate import Better, Estimate
from workbench.stats.moments import Moments, MomentTable

__all__ = ["Better", "Estimate", "MomentTable", "Moments"]
