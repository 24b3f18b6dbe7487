"""The files of GA4's BigQuery export, read one by one into narrow events in Parquet: a year does not fit in memory.

The fields and what they mean: Google's help, "[GA4] BigQuery Export schema".
"""

from __future__ import annotations

import glob
import gzip
import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from workbench.errors import DataError, unknown
from workbench.tables.files import check_gzip, check_parquet
from workbench.tables.importers import IMPORTERS
from workbench.tables.importers.desk import Desk, quoted

_EARLIEST, _LATEST = 946_684_800_000_000, 4_102_444_800_000_000  # the years 2000 and 2100
_NEEDED = ("event_date", "event_timestamp", "event_name")

# What is read, and as what: exports of other years have more and fewer fields, and JSON writes whole numbers as text.
_TYPES = {
    "event_date": "VARCHAR",
    "event_timestamp": "VARCHAR",
    "event_name": "VARCHAR",
    "event_params": "STRUCT(key VARCHAR, value STRUCT(string_value VARCHAR, int_value BIGINT, float_value DOUBLE, "
    "double_value DOUBLE))[]",
    "event_bundle_sequence_id": "BIGINT",
    "user_id": "VARCHAR",
    "user_pseudo_id": "VARCHAR",
    "user_first_touch_timestamp": "BIGINT",
    "device": "STRUCT(category VARCHAR)",
    "geo": "STRUCT(country VARCHAR, region VARCHAR, city VARCHAR)",
    "traffic_source": "STRUCT(name VARCHAR, medium VARCHAR, source VARCHAR)",
    "collected_traffic_source": "STRUCT(manual_campaign_name VARCHAR, manual_source VARCHAR, manual_medium VARCHAR, "
    "gclid VARCHAR)",
    "ecommerce": "STRUCT(transaction_id VARCHAR, purchase_revenue DOUBLE, purchase_revenue_in_usd DOUBLE, "
    "shipping_value DOUBLE, shipping_value_in_usd DOUBLE, tax_value DOUBLE, tax_value_in_usd DOUBLE, "
    "refund_value DOUBLE, refund_value_in_usd DOUBLE)",
    "items": "STRUCT(item_id VARCHAR, item_name VARCHAR, item_brand VARCHAR, item_category VARCHAR, price DOUBLE, "
    "price_in_usd DOUBLE, quantity BIGINT, item_revenue DOUBLE, item_revenue_in_usd DOUBLE, item_refund DOUBLE, "
    "item_refund_in_usd DOUBLE, coupon VARCHAR)[]",
    "batch_event_index": "BIGINT",
    "batch_page_id": "BIGINT",
    "batch_ordering_id": "BIGINT",
}
# Rows that agree in all of these are one event that was exported twice.
_SAME = (
    "user_pseudo_id, user_id, event_timestamp, event_name, event_bundle_sequence_id, batch_event_index, batch_page_id, "
    "batch_ordering_id, event_params, items, ecommerce"
)


def _given(expression: str) -> str:
    """Text, or NULL for what GA4 writes where there is none."""
    return f"nullif(nullif(trim({expression}), ''), '(not set)')"


def _text(key: str) -> str:
    """A parameter of the event as text; an id that looks like a number is stored as one."""
    value = f"list_filter(event_params, p -> p.key = {quoted(key)})[1].value"
    return _given(f"coalesce({value}.string_value, {value}.int_value::VARCHAR)")


def _amount(key: str) -> str:
    value = f"list_filter(event_params, p -> p.key = {quoted(key)})[1].value"
    return f"coalesce({value}.double_value, {value}.float_value, {value}.int_value)"


def _channel(source: str, medium: str) -> str:
    return f"lower({_given(source)} || ' / ' || coalesce({_given(medium)}, '(none)'))"


_COLLECTED = "collected_traffic_source"
_FIELDS = f"""
    TRY_CAST(event_timestamp AS BIGINT) AS micros, event_date, event_name AS name,
    {_given("user_pseudo_id")} AS user_key, {_given("user_id")} AS known_user,
    user_key || '.' || {_text("ga_session_id")} AS session_id,
    user_first_touch_timestamp AS first_touch,
    {_text("page_location")} AS url, {_text("search_term")} AS query, {_text("currency")} AS currency,
    {_amount("value")} AS value, {_given("device.category")} AS device,
    {_given("geo.country")} AS country, {_given("geo.region")} AS region, {_given("geo.city")} AS city,
    {_channel("traffic_source.source", "traffic_source.medium")} AS first_channel,
    {_given("traffic_source.name")} AS first_campaign,
    coalesce(
        {_channel(f"{_COLLECTED}.manual_source", f"{_COLLECTED}.manual_medium")},
        if({_COLLECTED}.gclid <> '', 'google / cpc', NULL),
        {_channel(_text("source"), _text("medium"))}
    ) AS channel,
    coalesce({_given(f"{_COLLECTED}.manual_campaign_name")}, {_text("campaign")}) AS campaign,
    coalesce({_given("ecommerce.transaction_id")}, {_text("transaction_id")}) AS transaction_id,
    ecommerce, items, hash({_SAME}) AS mark"""


@dataclass(frozen=True, slots=True)
class Day:
    """One file of the export.

    Attributes:
        path: The file.
        date: YYYYMMDD of its daily table; "" if its name says none.
        is_intraday: Whether it is of a table that the daily one replaces.
    """

    path: Path
    date: str
    is_intraday: bool


@dataclass(frozen=True, slots=True)
class Staged:
    """The events of an export, as the view `stage`.

    Attributes:
        rows: How many, numbered 1, 2, 3, … as `event_id` in the order of the files.
        replaced: Rows of intraday files whose day has its daily table; they are not in the view.
        files: How many files were read.
    """

    rows: int
    replaced: int
    files: int


def find_days(path: Path) -> tuple[Day, ...]:
    """The files of an export: one, or all Parquet or JSON files in a folder, in the order of their days.

    Raises:
        DataError: There is none, they are of both formats, or one is empty.
    """
    files = sorted(file for file in path.rglob("*") if file.is_file()) if path.is_dir() else [path]
    importer = IMPORTERS["ga4"]
    fitting = [file for file in files if importer.reads(file)]
    # The export of users stands beside that of events.
    events = [file for file in fitting if not re.match(r"(pseudonymous_)?users_\d", file.name)]
    if not events:
        found = f"found {files[0].name}" if files else "found none"
        raise DataError(f"{path.name} is something else: {found}; wanted {importer.expects}")
    if len({file.name.lower().endswith(".parquet") for file in events}) > 1:
        raise DataError(f"{path.name} holds Parquet and JSON files; keep those of one format")
    for file in events:
        if file.stat().st_size == 0:
            raise DataError(f"{file.name} is empty (0 bytes); export it again")
    # A table may be a folder of parts, so the folders' names count; above the export they do not.
    named = [(file, str(file.relative_to(path.parent))) for file in events]
    days = [Day(file, _date(name), bool(re.search(r"events_(intraday|fresh)_", name))) for file, name in named]
    return tuple(sorted(days, key=lambda day: (day.date, str(day.path))))


def _date(name: str) -> str:
    found = re.findall(r"events_(?:\w+_)?(\d{8})", name)
    return found[-1] if found else ""


def stage(desk: Desk, days: Sequence[Day]) -> Staged:
    """Read the files one by one.

    Raises:
        DataError: One is damaged, or is no export of events; says which, and in which rows.
    """
    folder = desk.folder / "stage"
    folder.mkdir()
    daily = {day.date for day in days if not day.is_intraday}
    rows = replaced = 0
    for number, day in enumerate(days):
        scan = _parquet(day.path) if day.path.name.lower().endswith(".parquet") else _json(day.path)
        subject = f"{day.path.name} cannot be read"
        if day.is_intraday and day.date in daily:
            replaced += int(desk.rows(f"SELECT count(*) FROM ({scan})", subject)[0][0])  # noqa: S608  own words
            continue
        target = quoted(str(folder / f"{number:06}.parquet"))
        desk.run(
            f"COPY (SELECT {rows} + row_number() OVER () AS event_id, {_FIELDS} FROM ({scan})) TO {target}",  # noqa: S608
            subject,
        )
        rows += _checked(desk, day.path.name, target)
    desk.run(f"CREATE VIEW stage AS FROM read_parquet({quoted(str(folder / '*.parquet'))})")
    return Staged(rows, replaced, len(days))


def _checked(desk: Desk, file: str, target: str) -> int:
    """The rows of a file that was read; each must say when, and on which day of the property, it happened."""
    count = int(desk.value(f"SELECT count(*) FROM {target}"))  # noqa: S608
    if not count:
        raise DataError(f"{file} holds no events; export it again")
    # Milliseconds would be of 1970, and nanoseconds of the year 50000.
    right = (
        f"micros BETWEEN {_EARLIEST} AND {_LATEST} AND try_strptime(event_date, '%Y%m%d') IS NOT NULL AND name <> ''"
    )
    wrong = desk.rows(
        f"SELECT event_id - min(event_id) OVER () + 1 AS row, micros, event_date, name FROM {target} "  # noqa: S608
        f"QUALIFY ({right}) IS NOT true ORDER BY event_id"
    )
    if wrong:
        shown = "; ".join(
            f"row {row:,}: time {micros or 'unreadable'}, date {date!r}, name {name!r}"
            for row, micros, date, name in wrong[:3]
        )
        raise DataError(
            f"{file}: {len(wrong):,} of {count:,} events have no event_timestamp (microseconds since 1970), no "
            f"event_date (like 20260131) or no event_name: {shown}; export it again"
        )
    _refuse_boundless(desk, file, target)
    return count


def _refuse_boundless(desk: Desk, file: str, target: str) -> None:
    """Refuse amounts that are infinite or no number: one of them makes every sum useless."""
    of_items = " OR ".join(f"NOT isfinite(item.{field})" for field in _amounts("items"))
    of_sale = " OR ".join(f"NOT isfinite(ecommerce.{field})" for field in _amounts("ecommerce"))
    in_items = f"len(list_filter(items, item -> coalesce({of_items}, false))) > 0"
    wrong = desk.rows(
        f"SELECT event_id - min(event_id) OVER () + 1 AS row FROM {target} "  # noqa: S608  own words
        f"QUALIFY coalesce(NOT isfinite(value), false) OR coalesce({of_sale}, false) OR {in_items} ORDER BY row"
    )
    if wrong:
        shown = ", ".join(f"{row:,}" for (row,) in wrong[:3])
        count = "1 event has" if len(wrong) == 1 else f"{len(wrong):,} events have"
        raise DataError(f"{file}: {count} an amount that is infinite or no number, as in row {shown}; export it again")


def _amounts(field: str) -> list[str]:
    return re.findall(r"(\w+) DOUBLE", _TYPES[field])


def _parquet(path: Path) -> str:
    check_parquet(path)
    try:
        present = pq.read_schema(path).names
    except (pa.ArrowException, OSError):
        raise DataError(f"{path.name} is damaged; copy or export it again") from None
    _refuse_missing(path.name, present)
    columns = ", ".join(
        f"{column}::{kind} AS {column}" if column in present else f"NULL::{kind} AS {column}"
        for column, kind in _TYPES.items()
    )
    return f"SELECT {columns} FROM read_parquet({quoted(glob.escape(str(path)))})"  # noqa: S608


def _json(path: Path) -> str:
    check_gzip(path)
    opened = gzip.open if path.name.lower().endswith(".gz") else open
    try:
        with opened(path, "rt", encoding="utf-8") as file:
            record = json.loads(file.readline())
    except UnicodeDecodeError:
        raise DataError(f"{path.name} is not UTF-8 text; export it again") from None
    except ValueError:
        record = None
    if not isinstance(record, dict):
        raise DataError(f"{path.name}: wanted newline JSON, one event per line; its first line is none")
    _refuse_missing(path.name, list(record))
    columns = ", ".join(f"{quoted(column)}: {quoted(kind)}" for column, kind in _TYPES.items())
    return (
        f"SELECT * FROM read_json({quoted(glob.escape(str(path)))}, format = 'newline_delimited', "  # noqa: S608
        f"columns = {{{columns}}})"
    )


def _refuse_missing(file: str, present: Sequence[str]) -> None:
    for column in _NEEDED:
        if column not in present:
            _, _, near = unknown("column", column, present).partition("; ")
            raise DataError(f"{file} has no column {column!r}; {near}; is this GA4's export of events?")
