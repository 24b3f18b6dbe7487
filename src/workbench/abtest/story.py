"""A test's headline, its rule and what to do next, in sentences."""

from __future__ import annotations

from dataclasses import replace
from math import ceil

from scipy.special import ndtri

from workbench.abtest import words
from workbench.abtest.analysis import Analysis
from workbench.abtest.decision import Guardrail
from workbench.abtest.design import Design
from workbench.abtest.means import Effect
from workbench.abtest.power import units_needed
from workbench.report import numbers
from workbench.tables.metrics import Metric

POWER = 0.8


def headline(analysis: Analysis) -> str:
    """One sentence that a manager repeats."""
    decision, goal = analysis.decision, analysis.first_goal
    if decision.withheld:
        return f"No result of this test can be believed: {words.inside_a_sentence(analysis.split.detail)}"
    subject = f"{analysis.leading}{words.scope(analysis.design)}"
    if decision.word in {"ship", "stop"}:
        return f"{decision.word.capitalize()} {subject}: {_decisive(analysis)}."
    if analysis.comparison(goal.name, analysis.leading).effect is None:
        return f"{goal.label} cannot be compared: {analysis.comparison(goal.name, analysis.leading).withheld}."
    found = _found(analysis, goal)
    if analysis.running:
        return f"Still running until {_end(analysis.design)}; {subject} so far: {found}."
    if decision.word == "hold":
        return f"Not yet {subject}: {found}, but {_held(analysis)}."
    return f"No clear answer for {subject}: {found}."


def rule(analysis: Analysis) -> str:
    """The rule that was set beforehand, with this study's metrics and levels; `decision.decide` applies it."""
    design = analysis.design
    goals, guardrails = design.with_role("goal"), design.with_role("guardrail")
    corrected = f", corrected for {analysis.family} comparisons" if analysis.family > 1 else ""
    better = f"{words.listed([words.named(goal) for goal in goals], last='or')} is clearly better"
    needs = [f"{better} ({numbers.share(design.level)} confidence{corrected})"]
    needs += ["no goal is clearly worse"] if len(goals) > 1 else []
    needs += [f"{words.named(g)} surely {_limit(g)}" for g in guardrails]
    text = f"Ship a variant if {words.listed(needs)}. "
    worse = "a goal is clearly worse and none better" if len(goals) > 1 else f"{words.named(goals[0])} is clearly worse"
    text += f"Stop it if {worse}{' or a guardrail is surely beyond its limit' if guardrails else ''}."
    waits = ["goals disagree"] if len(goals) > 1 else []
    waits += ["a guardrail is not settled"] if guardrails else []
    text += f" Hold it if a goal is better but {words.listed(waits, last='or')}." if waits else ""
    if design.planned_end:
        early = (
            f"; before, only a guardrail beyond its limit at {numbers.share(design.early_level)} confidence stops it"
        )
        text += f" Decided from {_end(design)} on{early if guardrails else ', not before'}."
    return text


def next_step(analysis: Analysis) -> str:
    """What to do now, or what would settle the question."""
    decision, design = analysis.decision, analysis.design
    if decision.withheld:
        return (
            "Find out why users are missing or misplaced (logging, redirects, bots), mend it, and start the test again "
            "with new users."
        )
    off = [arm.arm for arm in decision.arms if arm.word == "stop"]
    switch_off = f"Switch {words.listed(off)} off" if off else ""
    if decision.word == "stop":
        return f"{switch_off} and keep {design.control}."
    if decision.word == "ship":
        seconds = [arm.arm for arm in decision.arms if arm.word == "ship" and arm.arm != decision.arm]
        also = f" {words.listed(seconds)} would ship too, as second choice." if seconds else ""
        return f"Give {decision.arm} to everybody{words.scope(design)}.{also}" + (f" {switch_off}." if off else "")
    if analysis.running:
        rest = f"Leave the test running; the decision is due when the data reach {_end(design)}."
    elif decision.word == "hold":
        rest = _what_would_release(analysis)
    else:
        rest = _what_would_settle(analysis)
    return f"{switch_off}. {rest}" if off else rest


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


def _guardrails(analysis: Analysis, status: str) -> list[Guardrail]:
    """The guardrails with this status in the leading variant."""
    of_leading = [g for g in analysis.guardrails if g.arm == analysis.leading]
    return [g for g in of_leading if ("unknown" if g.test is None else g.test.status) == status]


def _decisive(analysis: Analysis) -> str:
    """What ships or stops the leading variant: a goal first, else a guardrail."""
    goals = _with_outcome(analysis, "better" if analysis.decision.word == "ship" else "worse")
    if goals and not analysis.running:
        return _found(analysis, goals[0])
    broken = _guardrails(analysis, "breached")[0]
    return f"{words.inside_a_sentence(broken.metric)} is beyond its limit, {broken.shown}"


def _held(analysis: Analysis) -> str:
    """What keeps the leading variant from shipping though a goal is better."""
    worse = [words.named(goal) for goal in _with_outcome(analysis, "worse")]
    if worse:
        return f"{words.listed(worse)} is clearly worse"
    waiting = [words.inside_a_sentence(g.metric) for g in _guardrails(analysis, "open")]
    return f"{words.listed(waiting)} may still be beyond its limit"


def _what_would_release(analysis: Analysis) -> str:
    worse = [words.named(goal) for goal in _with_outcome(analysis, "worse")]
    if worse:
        better = words.listed([words.named(goal) for goal in _with_outcome(analysis, "better")])
        return (
            f"More users will not settle this: somebody has to weigh better {better} against worse "
            f"{words.listed(worse)}."
        )
    guardrail = _guardrails(analysis, "open")[0]
    name, test = words.inside_a_sentence(guardrail.metric), guardrail.test
    if test is None or test.room <= 0:
        return f"Look into {name} before anything else: as it stands, it is beyond its limit."
    there = sum(analysis.measured.users.values())
    factor = ((ndtri((1 + test.level) / 2) + ndtri(POWER)) * test.std_error / test.room) ** 2
    return f"Run on until {name} is settled, with about {_about(max(there * factor, there * 1.1))} users in all."


def _what_would_settle(analysis: Analysis) -> str:
    unknown = [goal.label for goal in _with_outcome(analysis, "unknown")]
    unknown += [guardrail.metric for guardrail in _guardrails(analysis, "unknown")]
    if unknown:
        names = words.listed([words.inside_a_sentence(name) for name in unknown])
        return f"The rule needs {names}, which cannot be judged (the reason is below): mend it or leave it out."
    goal, design = _with_outcome(analysis, "unclear")[0], analysis.design
    found = analysis.comparison(goal.name, analysis.leading).effect
    if found is None or found.control == 0:
        return f"Wait for more users, then read {words.named(goal)} again."
    change = abs(found.control) * design.smallest_effect
    worth = (
        f"{numbers.share(design.smallest_effect)} of {words.control(goal, found)}, that is {words.size(goal, change)}"
    )
    if -change < found.low and found.high < change:
        return f"A change worth acting on ({worth}) is as good as excluded; keep {design.control}."
    return _users_needed(analysis, found, change, worth)


def _users_needed(analysis: Analysis, found: Effect, change: float, worth: str) -> str:
    there = found.n_control + found.n_treatment
    needed = units_needed(replace(found, level=analysis.family_level), change, power=POWER)
    users = needed.control + needed.treatment
    if users <= there:
        return (
            f"The interval still holds changes worth acting on ({worth}), though a test of this size finds them "
            f"mostly: expect little, and keep {analysis.design.control}."
        )
    control = analysis.design.control
    pair = f" in {control} and {analysis.leading}" if len(analysis.variants) > 1 else ""
    return (
        f"To find a change worth acting on ({worth}) in {POWER * 10:.0f} cases of 10, about {_about(users)} "
        f"users{pair} are needed; there were {numbers.count(there)}. Run on to that number, or keep {control}."
    )


def _limit(metric: Metric) -> str:
    """What a guardrail may do: "falls by no more than 2 %"."""
    return f"{'falls' if metric.better == 'up' else 'rises'} by no more than {numbers.share(metric.margin or 0.0)}"


def _about(users: float) -> str:
    return numbers.number(ceil(users), "", half_width=users / 20)


def _end(design: Design) -> str:
    return f"{design.planned_end:%-d %b %Y}" if design.planned_end else ""
