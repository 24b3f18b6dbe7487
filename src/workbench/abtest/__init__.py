"""A/B tests: did it win?"""

from workbench.abtest.analysis import Analysis, analyse
from workbench.abtest.conclusion import conclude_test
from workbench.abtest.design import Design, design
from workbench.abtest.measure import Measured, measure
from workbench.abtest.plots import show_days, show_effects, show_segments
from workbench.abtest.tabulate import show_alternatives, show_arms, show_metrics, split_table
from workbench.abtest.trust import checks

__all__ = [
    "Analysis",
    "Design",
    "Measured",
    "analyse",
    "checks",
    "conclude_test",
    "design",
    "measure",
    "show_alternatives",
    "show_arms",
    "show_days",
    "show_effects",
    "show_metrics",
    "show_segments",
    "split_table",
]
