"""Readiness: which questions can the warehouse answer today?"""

from workbench.readiness.conclusion import conclude_readiness
from workbench.readiness.demands import Demand, Demands, read_demands
from workbench.readiness.judgement import Judgement, Mend, Verdict, judge, refuse_broken
from workbench.readiness.plots import show_map
from workbench.readiness.survey import Survey, Surveyed, survey
from workbench.readiness.tabulate import show_breaches, show_mends, show_notebooks, show_studies, show_tables

__all__ = [
    "Demand",
    "Demands",
    "Judgement",
    "Mend",
    "Survey",
    "Surveyed",
    "Verdict",
    "conclude_readiness",
    "judge",
    "read_demands",
    "refuse_broken",
    "show_breaches",
    "show_map",
    "show_mends",
    "show_notebooks",
    "show_studies",
    "show_tables",
    "survey",
]
