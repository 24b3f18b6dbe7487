"""The exposures' account: who was exposed and when, or why no honest count can be made."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from ibis.expr.types import Table

from workbench.abtest import aggregate
from workbench.abtest.design import Design
from workbench.errors import DataError, StudyError, unknown
from workbench.tables import collect
from workbench.tables.breach import SEVERAL
from workbench.tables.distinct import distinct


@dataclass(frozen=True, slots=True)
class Period:
    """First and last exposure on the business clock; None without `exposed_at`."""

    first: datetime | None
    last: datetime | None


def check_exposures(users: Table, exposures: Table, design: Design) -> Period:
    """Refuse exposures of which no honest count can be made.

    Args:
        users: The experiment's exposures, from `aggregate.exposed`.
        exposures: The whole table, to say what there is instead.
        design: The study's words.

    Raises:
        StudyError: The experiment is unknown.
        DataError: Nobody; or missing ids and users that stand more than once, each on a line of its own.
    """
    row = collect(aggregate.account(users, distinct(users.user_id, exposures.user_id))).iloc[0]
    if row["rows"] == 0:
        _refuse_nobody(exposures, design)
    faults = [
        f"{missing:,.0f} of {row['rows']:,} exposures of {design.experiment!r} have no {column}; "
        "complete them or leave them out of the table"
        for column, missing in (
            ("user_id", row["no_user"]),
            ("variant", row["no_variant"]),
            ("exposed_at", row.get("no_time", 0)),
        )
        if missing
    ]
    if row["users"] < row["rows"] - row["no_user"]:
        faults.append(_repeated(users.filter(users.user_id.notnull()), design, int(row["users"])))
    if faults:
        raise DataError(SEVERAL.join(faults))
    if "first" not in row:
        return Period(None, None)
    return Period(row["first"].to_pydatetime(), row["last"].to_pydatetime())


def _refuse_nobody(exposures: Table, design: Design) -> None:
    known = (
        collect(exposures.select(experiment=exposures.experiment.cast("string")).distinct())["experiment"]
        .dropna()
        .tolist()
    )
    if not known:
        raise DataError("the table exposures is empty; there is nobody to compare")
    if design.experiment not in known:
        raise StudyError(f"the table exposures: {unknown('experiment', design.experiment, sorted(known))}")
    wanted = " and ".join(f"{column} in ({', '.join(values)})" for column, values in design.only.items())
    raise DataError(f"nobody in the experiment {design.experiment!r} has {wanted}; widen or correct `only`")


def _repeated(users: Table, design: Design, distinct: int) -> str:
    repeated = aggregate.repeated(users)
    counts = collect(aggregate.count_repeated(repeated)).iloc[0]
    examples = ", ".join(str(user) for user in collect(repeated.limit(3))["user_id"][: int(counts["crossed"]) or None])
    count, what, cure = (
        (
            counts["crossed"],
            "users are in more than one variant",
            "find out how they could be, and leave them out of the table exposures",
        )
        if counts["crossed"]
        else (
            counts["repeated"],
            "users stand more than once in the table exposures",
            "keep the first exposure of each",
        )
    )
    return (
        f"experiment {design.experiment!r}: {count:,.0f} of {distinct:,} {what} (for example user {examples}); {cure}"
    )
