"""Every fixed text of the pages, in each language; nothing else in the report holds words of its own."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

Language = Literal["en", "zh"]
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


@dataclass(frozen=True, slots=True)
class Texts:
    """The fixed texts of one language; `{…}` are filled when a page is made."""

    code: str
    ship: str
    hold: str
    stop: str
    inconclusive: str
    queued: str
    running: str
    succeeded: str
    failed: str
    timed_out: str
    killed: str
    lost: str
    passed: str
    warned: str
    broke: str
    better: str
    worse: str
    decision: str
    no_decision: str
    rule: str
    next_step: str
    checks_passed: str
    checks_warned: str
    checks_failed: str
    all_studies: str
    history_link: str
    data_to: str
    run_at: str
    checks: str
    robustness: str
    question: str
    method: str
    files: str
    what_was_run: str
    study: str
    notebook: str
    owner: str
    started: str
    took: str
    data: str
    rows: str
    fingerprint: str
    code_version: str
    uncommitted: str
    lock: str
    versions: str
    run: str
    empty: str
    messages: str
    too_large: str
    no_description: str
    what_to_do: str
    in_cell: str
    traceback: str
    do_study: str
    do_data: str
    do_machine: str
    do_cell: str
    do_timed_out: str
    do_killed: str
    do_lost: str
    happened_timed_out: str
    happened_killed: str
    happened_lost: str
    studies: str
    studies_count: str
    last_run: str
    need_attention: str
    count_failed: str
    count_stale: str
    stale: str
    search: str
    all_decisions: str
    all_owners: str
    none_match: str
    no_runs: str
    no_runs_do: str
    trend: str
    trend_reading: str
    last_decision: str
    history_of: str
    runs_count: str
    date: str
    finding: str
    main_estimate: str
    nothing_differs: str
    just_now: str
    minutes_ago: str
    hours_ago: str
    days_ago: str
    one_day_ago: str
    separator: str
    colon: str
    one_run: str
    one_study: str

    def word(self, decision: str) -> str:
        """The word shown for a decision; a field's own word is shown as it is."""
        if decision in ("ship", "hold", "stop", "inconclusive"):
            return str(getattr(self, decision))
        return decision.replace("_", " ").capitalize()

    def state_word(self, state: str) -> str:
        """The word shown for a run's state."""
        if state in ("queued", "running", "succeeded", "failed", "timed_out", "killed", "lost"):
            return str(getattr(self, state))
        return state.replace("_", " ").capitalize()

    def status_word(self, status: str) -> str:
        """The word shown for a check's status."""
        return {"pass": self.passed, "warn": self.warned, "fail": self.broke}[status]

    def day(self, moment: str) -> str:
        """A day, from an ISO date or time."""
        parsed = datetime.fromisoformat(moment)
        if self.code == "zh":
            return f"{parsed.year} 年 {parsed.month} 月 {parsed.day} 日"
        return f"{parsed.day} {_MONTHS[parsed.month - 1]} {parsed.year}"

    def moment(self, moment: datetime) -> str:
        """A day and a time, with the clock it is of."""
        clock = moment.tzname() or ""
        return f"{self.day(moment.isoformat())}{', ' if self.code == 'en' else ' '}{moment:%H:%M} {clock}".rstrip()

    def span(self, span: timedelta) -> str:
        """A length of time, short.

        >>> [ENGLISH.span(timedelta(seconds=s)) for s in (4.24, 185, 7200)]
        ['4.2 s', '3 min', '2 h 0 min']
        """
        seconds = span.total_seconds()
        if seconds < 60:
            return f"{seconds:.1f} s"
        minutes = round(seconds / 60)
        return f"{minutes} min" if minutes < 60 else f"{minutes // 60} h {minutes % 60} min"

    def age(self, moment: datetime, now: datetime) -> str:
        """How long ago, in words.

        >>> now = datetime(2026, 11, 22, 12)
        >>> [ENGLISH.age(now - timedelta(minutes=m), now) for m in (0, 5, 125, 1440, 5000)]
        ['just now', '5 min ago', '2 h ago', '1 day ago', '3 days ago']
        """
        minutes = int((now - moment).total_seconds() // 60)
        if minutes < 1:
            return self.just_now
        if minutes < 60:
            return self.minutes_ago.format(n=minutes)
        if minutes < 24 * 60:
            return self.hours_ago.format(n=minutes // 60)
        days = minutes // (24 * 60)
        return self.one_day_ago if days == 1 else self.days_ago.format(n=days)


ENGLISH = Texts(
    code="en",
    ship="Ship",
    hold="Hold",
    stop="Stop",
    inconclusive="Inconclusive",
    queued="Waiting",
    running="Running",
    succeeded="Done",
    failed="Failed",
    timed_out="Out of time",
    killed="Killed",
    lost="Lost",
    passed="Pass",
    warned="Note",
    broke="Fail",
    better="Better",
    worse="Worse",
    decision="Decision",
    no_decision="No decision",
    rule="Rule set beforehand",
    next_step="Next",
    checks_passed="{n} passed",
    checks_warned="{n} to note",
    checks_failed="{n} failed",
    all_studies="All studies",
    history_link="History of this study",
    data_to="Data to {day}",
    run_at="run {moment}",
    checks="Can these numbers be trusted?",
    robustness="Would another way of counting say the same?",
    question="The question, and who decides what from it",
    method="How this was worked out",
    files="Lists to act on",
    what_was_run="What was run",
    study="Study",
    notebook="Notebook",
    owner="Owner",
    started="Started",
    took="Took",
    data="Data",
    rows="{n} rows",
    fingerprint="fingerprint {code}",
    code_version="Code",
    uncommitted="with changes that were not committed",
    lock="Lock",
    versions="Versions",
    run="Run",
    empty="(empty)",
    messages="Messages while it ran",
    too_large="An output of {kib} KiB is left out of this page; it stands in executed.ipynb.",
    no_description="Picture from the notebook, without a description",
    what_to_do="What to do",
    in_cell="The notebook's code cell {n} raised an error.",
    traceback="Traceback",
    do_study="Correct the study (or the metric or catalogue that it names) as the message says, then run it again.",
    do_data="Correct the data, or the catalogue that describes them, then run the study again.",
    do_machine="Make room on the machine or mend its environment (`workbench doctor` looks at it), then run it again.",
    do_cell="Show this page to whoever keeps the notebook; the traceback says where it broke.",
    do_timed_out="Give the study more time (`timeout_minutes`) or less data, then run it again.",
    do_killed="Run the study again; if it is killed again, the machine is probably short of memory.",
    do_lost="Run the study again.",
    happened_timed_out="The run was stopped because it took longer than the study allows.",
    happened_killed="The run was killed before it could finish.",
    happened_lost="The machine or the program that watched over this run stopped before the run ended.",
    studies="Studies",
    studies_count="{n} studies",
    last_run="last run {moment}",
    need_attention="Needs attention",
    count_failed="{n} did not finish",
    count_stale="{n} out of date",
    stale="Out of date",
    search="Search studies, owners, findings",
    all_decisions="All decisions",
    all_owners="All owners",
    none_match="No study matches.",
    no_runs="No study has been run yet.",
    no_runs_do="Run one of those in experiments/, then open this page again:",
    trend="Main estimate over the last {n} runs, from {first} to {last}",
    trend_reading="Oldest run left, newest right; the band holds the intervals, the dashed line is zero.",
    last_decision="Last decision, {age}",
    history_of="History",
    runs_count="{n} runs",
    date="Date",
    finding="Finding",
    main_estimate="Main estimate",
    nothing_differs="All runs had the same parameters.",
    just_now="just now",
    minutes_ago="{n} min ago",
    hours_ago="{n} h ago",
    days_ago="{n} days ago",
    one_day_ago="1 day ago",
    separator=", ",
    colon=": ",
    one_run="1 run",
    one_study="1 study",
)

CHINESE = Texts(
    code="zh",
    ship="上线",
    hold="暂缓",
    stop="停止",
    inconclusive="尚无定论",
    queued="等待中",
    running="运行中",
    succeeded="已完成",
    failed="失败",
    timed_out="超时",
    killed="被终止",
    lost="失联",
    passed="通过",
    warned="留意",
    broke="未通过",
    better="变好",
    worse="变差",
    decision="结论",
    no_decision="没有结论",
    rule="事先定下的规则",
    next_step="下一步",
    checks_passed="{n} 项通过",
    checks_warned="{n} 项需留意",
    checks_failed="{n} 项未通过",
    all_studies="全部研究",
    history_link="本研究的历史",
    data_to="数据截至 {day}",
    run_at="运行于 {moment}",
    checks="这些数字可信吗？",
    robustness="换一种算法，结论会变吗？",
    question="问题是什么，谁据此决定什么",
    method="计算方法",
    files="可直接执行的清单",
    what_was_run="运行记录",
    study="研究",
    notebook="笔记本",
    owner="负责人",
    started="开始",
    took="用时",
    data="数据",
    rows="{n} 行",
    fingerprint="指纹 {code}",
    code_version="代码",
    uncommitted="含未提交的改动",
    lock="依赖锁",
    versions="版本",
    run="运行",
    empty="（空）",
    messages="运行时的消息",
    too_large="有一项 {kib} KiB 的输出未放入本页，见 executed.ipynb。",
    no_description="笔记本中的图，没有说明",
    what_to_do="该怎么做",
    in_cell="笔记本的第 {n} 个代码单元报错。",
    traceback="错误追踪",
    do_study="按提示修改研究文件（或它用到的指标、数据目录），然后重新运行。",
    do_data="修正数据或描述数据的目录文件，然后重新运行。",
    do_machine="腾出空间或修复运行环境（可用 `workbench doctor` 检查），然后重新运行。",
    do_cell="请把本页交给笔记本的维护者；错误追踪指出了出错的位置。",
    do_timed_out="放宽研究的时限（`timeout_minutes`）或减少数据，然后重新运行。",
    do_killed="请重新运行；若再次被终止，多半是内存不足。",
    do_lost="请重新运行。",
    happened_timed_out="运行超过了研究允许的时间，已被停止。",
    happened_killed="运行在完成之前被终止。",
    happened_lost="看护这次运行的机器或程序先停了，运行没有结果。",
    studies="研究一览",
    studies_count="{n} 项研究",
    last_run="最近运行 {moment}",
    need_attention="需要处理",
    count_failed="{n} 项未完成",
    count_stale="{n} 项已过期",
    stale="已过期",
    search="搜索研究、负责人、结论",
    all_decisions="全部结论",
    all_owners="全部负责人",
    none_match="没有符合的研究。",
    no_runs="还没有运行过任何研究。",
    no_runs_do="运行 experiments/ 里的一项，再打开本页：",
    trend="最近 {n} 次运行的主要估计，从 {first} 到 {last}",
    trend_reading="左旧右新；色带为区间，虚线为零。",
    last_decision="上次结论（{age}）",
    history_of="历史",
    runs_count="{n} 次运行",
    date="日期",
    finding="结论概要",
    main_estimate="主要估计",
    nothing_differs="各次运行的参数都相同。",
    just_now="刚刚",
    minutes_ago="{n} 分钟前",
    hours_ago="{n} 小时前",
    days_ago="{n} 天前",
    one_day_ago="1 天前",
    separator="、",
    colon="：",
    one_run="1 次运行",
    one_study="1 项研究",
)


def texts_in(language: Language) -> Texts:
    """The fixed texts of a language."""
    return CHINESE if language == "zh" else ENGLISH
