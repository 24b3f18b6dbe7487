"""A test's headline, its rule and what to do next, in sentences."""

from __future__ import annotations

from workbench.abtest import words
from workbench.abtest.analysis import Analysis
from workbench.abtest.design import Design
from workbench.abtest.power import units_needed
from workbench.report import numbers


def headline(analysis: Analysis) -> str:
    """One sentence that a manager repeats."""
    goal, leading = analysis.first_goal, analysis.leading
    if analysis.decision.withheld:
        return f"No result of this test can be believed: {words.inside_a_sentence(analysis.split.detail)}"
    found = analysis.comparison(goal.name, leading)
    if found.effect is None:
        return f"{goal.label} cannot be compared: {found.withheld}."
    size = f"{words.effect(goal, found.effect)}, from {words.control(goal, found.effect)}"
    return f"{_verdict(analysis, f'{leading} changes {words.named(goal)} by {size}')}."


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


def _verdict(analysis: Analysis, found: str) -> str:
    """The decision with what led to it; `found` says what the first goal did."""
    word = analysis.decision.word
    if word == "ship":
        return f"Ship {analysis.leading}: it changes {_shipped(analysis)}"
    if word == "stop":
        return f"Stop {_stopped(analysis)}"
    if analysis.running:
        return f"Still running until {_end(analysis.design)}: so far {found}"
    if word == "hold":
        return f"Not yet: {found}, but not everything that must hold does"
    return f"No clear answer: {found}"


def _shipped(analysis: Analysis) -> str:
    """The first goal that is clearly better in the variant that ships."""
    better = [g.metric for g in analysis.decision.goals if g.arm == analysis.leading and g.outcome == "better"]
    for metric in analysis.design.with_role("goal"):
        found = analysis.comparison(metric.name, analysis.leading).effect
        if metric.label in better and found is not None:
            return f"{words.named(metric)} by {words.effect(metric, found)}, from {words.control(metric, found)}"
    raise ValueError("a variant ships without a goal that is better")


def _stopped(analysis: Analysis) -> str:
    """What is worse in the leading variant: a goal first, else a guardrail."""
    arm = analysis.leading
    worse = [g.metric for g in analysis.decision.goals if g.arm == arm and g.outcome == "worse"]
    for metric in analysis.design.with_role("goal"):
        found = analysis.comparison(metric.name, arm).effect
        if metric.label in worse and found is not None and not analysis.running:
            size = f"{words.effect(metric, found)}, from {words.control(metric, found)}"
            return f"{arm}: it changes {words.named(metric)} by {size}"
    broken = next(g for g in analysis.guardrails if g.arm == arm and g.test and g.test.status == "breached")
    return f"{arm}: {words.inside_a_sentence(broken.metric)} is worse than allowed, {broken.shown}"


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
