"""A test's headline, its rule and what to do next, in sentences."""

from __future__ import annotations

from workbench.abtest import words
from workbench.abtest.analysis import Analysis
from workbench.abtest.design import Design
from workbench.abtest.power import units_needed
from workbench.report import numbers
from workbench.tables.metrics import Metric


def headline(analysis: Analysis) -> str:
    """One sentence that a manager repeats."""
    decision, goal, leading = analysis.decision, analysis.first_goal, analysis.leading
    if decision.withheld:
        return f"No result of this test can be believed: {words.inside_a_sentence(analysis.split.detail)}"
    if decision.word in {"ship", "stop"}:
        return f"{decision.word.capitalize()} {leading}: {_decisive(analysis)}."
    if analysis.comparison(goal.name, leading).effect is None:
        return f"{goal.label} cannot be compared: {analysis.comparison(goal.name, leading).withheld}."
    found = _found(analysis, goal)
    if analysis.running:
        return f"Still running until {_end(analysis.design)}; {leading} so far: {found}."
    if decision.word == "hold":
        return f"Not yet {leading}: {found}, but {_held(analysis)}."
    return f"No clear answer for {leading}: {found}."


def rule(analysis: Analysis) -> str:
    """The rule that was set beforehand, with this study's metrics and levels."""
    design = analysis.design
    goals, guardrails = design.with_role("goal"), design.with_role("guardrail")
    family = len(goals) * len(analysis.variants)
    corrected = f", corrected for {family} comparisons" if family > 1 else ""
    ship = f"{words.listed([words.named(goal) for goal in goals], last='or')} is clearly better"
    ship += f" ({numbers.share(design.level)} confidence{corrected})"
    ship += ", no goal is clearly worse" if len(goals) > 1 else ""
    for guardrail in guardrails:
        ship += f", and {words.named(guardrail)} surely loses no more than {numbers.share(guardrail.margin or 0.0)}"
    stop = "a goal is clearly worse" + (" or a guardrail surely loses more" if guardrails else "")
    end = f" Decided from {_end(design)} on, not before." if design.planned_end else ""
    return f"Ship a variant if {ship}. Stop it if {stop}.{end}"


def next_step(analysis: Analysis) -> str:
    """What to do now, or what would settle the question."""
    decision, design = analysis.decision, analysis.design
    if decision.withheld:
        return (
            "Find out why users are missing or misplaced (logging, redirects, bots), mend it, and start the test again "
            "with new users."
        )
    if decision.word == "ship":
        rest = [arm.arm for arm in decision.arms if arm.arm != decision.arm]
        return f"Give {decision.arm} to everybody." + (f" Switch {words.listed(rest)} off." if rest else "")
    stopped = [arm.arm for arm in decision.arms if arm.word == "stop"]
    if decision.word == "stop":
        return f"Switch {words.listed(stopped)} off and keep {design.control}."
    off = f"Switch {words.listed(stopped)} off. " if stopped else ""
    if analysis.running:
        return f"{off}Leave the test running; the decision is due on {_end(design)}."
    return off + _what_would_settle(analysis)


def _found(analysis: Analysis, metric: Metric) -> str:
    """What the leading variant did to a metric: "conversion +3.6 pts (between +2.4 and +4.9 pts), from 28.8 %"."""
    found = analysis.comparison(metric.name, analysis.leading).effect
    if found is None:
        return f"{words.named(metric)} not known"
    return f"{words.named(metric)} {words.effect(metric, found)}, from {words.control(metric, found)}"


def _with_outcome(analysis: Analysis, outcome: str) -> list[Metric]:
    """The goals with this outcome in the leading variant."""
    labels = [g.metric for g in analysis.decision.goals if (g.arm, g.outcome) == (analysis.leading, outcome)]
    return [goal for goal in analysis.design.with_role("goal") if goal.label in labels]


def _held(analysis: Analysis) -> str:
    """What keeps the leading variant from shipping though a goal is better."""
    worse = [words.named(goal) for goal in _with_outcome(analysis, "worse")]
    if worse:
        return f"{words.listed(worse)} is clearly worse"
    still_open = [
        words.inside_a_sentence(g.metric)
        for g in analysis.guardrails
        if g.arm == analysis.leading and g.test and g.test.status == "open"
    ]
    return (
        f"{words.listed(still_open)} may still lose more than allowed" if still_open else "other variants are undecided"
    )


def _decisive(analysis: Analysis) -> str:
    """What ships or stops the leading variant: a goal first, else a guardrail."""
    goals = _with_outcome(analysis, "better" if analysis.decision.word == "ship" else "worse")
    if goals and not analysis.running:
        return _found(analysis, goals[0])
    broken = next(
        g for g in analysis.guardrails if g.arm == analysis.leading and g.test and g.test.status == "breached"
    )
    return f"{words.inside_a_sentence(broken.metric)} loses more than allowed, {broken.shown}"


def _what_would_settle(analysis: Analysis) -> str:
    goal, share = analysis.first_goal, analysis.design.smallest_effect
    found = analysis.comparison(goal.name, analysis.leading).effect
    if found is None or found.control == 0:
        return f"Wait for more users, then read {words.named(goal)} again."
    there = found.n_control + found.n_treatment
    change = abs(found.control) * share
    needed = units_needed(found, change)
    users = needed.control + needed.treatment
    worth = f"{numbers.share(share)} of {words.control(goal, found)}, that is {words.size(goal, change)}"
    if users <= there:
        return f"The test was large enough to find a change worth acting on ({worth}); keep {analysis.design.control}."
    return (
        f"To find a change worth acting on ({worth}), about {numbers.number(users, '', half_width=users / 20)} users "
        f"are needed; there were {numbers.count(there)}. Run on to that number, or drop the idea."
    )


def _end(design: Design) -> str:
    return f"{design.planned_end:%-d %b %Y}" if design.planned_end else ""
