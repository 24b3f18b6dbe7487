"""GA4's BigQuery export of events: Parquet or newline JSON, one file or a folder of daily tables.

Times are stored in UTC.  `event_date` is the day in the property's time zone, from which the offset is found.
"""

from __future__ import annotations

from pathlib import Path

from workbench.errors import DataError
from workbench.tables.importers.account import Fate, Read
from workbench.tables.importers.desk import NO_CATEGORY, Desk, Imported, Table, quoted
from workbench.tables.importers.ga4_files import Staged, find_days, stage
from workbench.tables.importers.ga4_sales import lay_out_sales, sales_remarks, sales_tables

NAMES = {
    "view_search_results": "search",
    "add_payment_info": "add_payment",
    "view_item_list": "view_list",
    "select_item": "click_item",
}
_OWN = ("session_start", "view_item", "add_to_cart", "begin_checkout", "purchase", "sign_up")
REWRITTEN_DAYS = 3  # Google's help: a daily table is updated for up to three days after its date

# Of the same event the first counts.  Repetitions are rare, and only their rows are compared.
_REPEATED = """
CREATE TABLE extra AS SELECT event_id FROM (
    SELECT event_id, row_number() OVER (PARTITION BY mark ORDER BY event_id) AS copy
    FROM stage SEMI JOIN (SELECT mark FROM stage GROUP BY mark HAVING count(*) > 1) USING (mark)
) WHERE copy > 1"""

# A key that signed in as one user was that user before, too; of one that several used, only the signed-in events are.
_PERSONS = """
CREATE TABLE links AS SELECT user_key, known_user AS user_id, make_timestamp(min(micros)) AS linked_at
FROM stage ANTI JOIN extra USING (event_id) WHERE user_key IS NOT NULL AND known_user IS NOT NULL GROUP BY ALL;

CREATE TABLE persons AS SELECT user_key, min(user_id) AS linked_user
FROM links GROUP BY user_key HAVING count(*) = 1;
"""
# `moment` orders events by time, and those of the same microsecond as the files do, so that every import says the same.
_KEPT = f"""
CREATE VIEW kept AS SELECT *, coalesce(known_user, linked_user, user_key) AS user_id,
    coalesce(MAP {{{", ".join(f"{quoted(said)}: {quoted(meant)}" for said, meant in NAMES.items())}}}[name], name)
        AS event_name,
    micros * 1024 + event_id % 1024 AS moment
FROM stage ANTI JOIN extra USING (event_id) LEFT JOIN persons USING (user_key)"""  # noqa: S608  own words

_STEPS = ("visit", "view", "cart", "checkout", "purchase")
_STEP = """CASE event_name WHEN 'purchase' THEN 5 WHEN 'begin_checkout' THEN 4 WHEN 'add_payment' THEN 4
    WHEN 'add_to_cart' THEN 3 WHEN 'view_item' THEN 2 ELSE 1 END"""
_SESSIONS = f"""
CREATE TABLE visits AS SELECT session_id, arg_max(user_id, event_id) AS user_id,
    make_timestamp(min(micros)) AS started_at, any_value(user_key) AS user_key, arg_min(channel, moment) AS channel,
    arg_min(campaign, moment) AS campaign, arg_min(device, moment) AS device, arg_min(url, moment) AS landing,
    arg_min(country, moment) AS country, count(*) AS events, bool_or(event_name = 'purchase') AS converted,
    [{", ".join(quoted(step) for step in _STEPS)}][max({_STEP})] AS step
FROM kept WHERE session_id IS NOT NULL GROUP BY session_id"""  # noqa: S608

_TABLES = {
    "events": """
        SELECT event_id, user_id, make_timestamp(micros) AS event_at, event_name, session_id, user_key,
            if(len(items) = 1, nullif(nullif(items[1].item_id, ''), '(not set)'), NULL) AS product_id,
            if(len(items) = 1, nullif(nullif(items[1].item_category, ''), '(not set)'), NULL) AS category_id,
            query, url, device, value
        FROM kept""",
    "sessions": "SELECT * FROM visits",
    "identities": "SELECT * FROM links",
    "users": """
        SELECT user_id, make_timestamp(min(least(micros, first_touch))) AS first_seen_at,
            arg_min(first_channel, moment) AS acquisition_channel,
            arg_min(first_campaign, moment) AS acquisition_campaign, arg_min(country, moment) AS country,
            arg_min(region, moment) AS region, arg_min(city, moment) AS city
        FROM kept WHERE user_id IS NOT NULL GROUP BY user_id""",
    "products": f"""
        SELECT product_id,
            coalesce(nullif(nullif(arg_max(category, moment), ''), '(not set)'), {quoted(NO_CATEGORY)}) AS category_id,
            arg_max(title, moment) AS title, arg_max(brand, moment) AS brand
        FROM (
            SELECT item.item_id AS product_id, item.item_name AS title, item.item_brand AS brand,
                item.item_category AS category, moment
            FROM (SELECT unnest(items) AS item, moment FROM kept WHERE len(items) > 0)
        )
        WHERE product_id NOT IN ('', '(not set)') GROUP BY product_id""",  # noqa: S608
}
_REMARKS = (
    ("SELECT count(*) FROM kept WHERE user_id IS NULL", "events without a user (consent denied), kept: {:,}"),
    ("SELECT count(*) FROM kept WHERE session_id IS NULL", "events without a session, kept: {:,}"),
    (
        "SELECT count(*) FROM (SELECT user_key FROM links GROUP BY user_key HAVING count(*) > 1)",
        "devices that several users signed in on; their events without a user_id stay the device's: {:,}",
    ),
)


def convert(desk: Desk, path: Path) -> Imported:
    """Events, and what follows from them: sessions, users, identities, products, purchases and refunds."""
    days = find_days(path)
    staged = stage(desk, days)
    if not staged.rows:
        raise DataError(f"{path.name} holds no events; export it again")
    for step in (_REPEATED, _PERSONS, _KEPT, _SESSIONS):
        desk.run(step)
    offset, clock = _offset(desk)
    currency = lay_out_sales(desk)
    constants = {"currency": currency} if currency else {}
    tables = {name: Table(query, utc_offset_hours=offset) for name, query in {**_TABLES, **sales_tables()}.items()}
    tables["orders"] = Table(tables["orders"].query, constants, offset)
    counts = [(desk.value(query), words) for query, words in _REMARKS]
    remarks = [words.format(count) for count, words in counts if count]
    notes = (clock, _unsettled(desk), *_other_names(desk), *remarks, *sales_remarks(desk))
    return Imported(tables, (_read(desk, path, staged),), notes)


def _read(desk: Desk, path: Path, staged: Staged) -> Read:
    extra = int(desk.value("SELECT count(*) FROM extra"))
    fates = (
        Fate(staged.rows - extra, "events", "events"),
        Fate(extra, "", "repeat an earlier event in every respect"),
        Fate(staged.replaced, "", "are of an intraday table, whose day has its daily table"),
    )
    name = path.name if staged.files == 1 else f"{path.name} ({staged.files:,} files)"
    return Read(name, staged.rows + staged.replaced, tuple(fate for fate in fates if fate.rows))


def _offset(desk: Desk) -> tuple[float, str]:
    """The offset from UTC, in hours, by which most events fall on their `event_date`; and the sentence on it.

    Of several that do equally well, whole hours come first, then the one nearest to UTC.
    """
    found = desk.rows(
        """
        WITH quarters AS (
            SELECT strptime(event_date, '%Y%m%d') AS day, micros // 900000000 AS quarter, count(*) AS events
            FROM stage GROUP BY ALL
        )
        SELECT shift / 4, sum(events) FILTER (date_trunc('day', make_timestamp((quarter + shift) * 900000000)) = day)
        FROM quarters, (SELECT unnest(range(-48, 57)) AS shift) GROUP BY shift
        """
    )
    total = int(desk.value("SELECT count(*) FROM stage"))
    agreeing = {float(hours): int(events or 0) for hours, events in found}
    most = max(agreeing.values())
    best = sorted(hours for hours, events in agreeing.items() if events == most)
    offset = min(best, key=lambda hours: (hours % 1 > 0, abs(hours), hours))
    others = "" if len(best) == 1 else f", as would any from {best[0]:+g} to {best[-1]:+g}"
    return offset, (
        f"times are UTC{offset:+g} in the catalogue: this puts {most:,} of {total:,} events on their event_date, "
        f"the day in the property's time zone{others}"
    )


def _unsettled(desk: Desk) -> str:
    day, count = desk.rows(
        f"""
        WITH newest AS (SELECT max(strptime(event_date, '%Y%m%d')) AS day FROM stage)
        SELECT (SELECT day::DATE FROM newest), count(*)
        FROM kept WHERE strptime(event_date, '%Y%m%d') > (SELECT day FROM newest) - INTERVAL {REWRITTEN_DAYS} DAY
        """  # noqa: S608
    )[0]
    return (
        f"events of the {REWRITTEN_DAYS} newest days, to {day}: {count:,}; GA4 may still add to these, so import them "
        "again later"
    )


def _other_names(desk: Desk) -> list[str]:
    """Which events keep a name that is none of the canonical ones."""
    known = (*NAMES.values(), *_OWN)
    listed = ", ".join(quoted(name) for name in known)
    found = desk.rows(
        f"SELECT event_name, count(*) FROM kept WHERE event_name NOT IN ({listed}) GROUP BY 1 ORDER BY 2 DESC, 1"  # noqa: S608
    )
    shown = ", ".join(f"{name} {count:,}" for name, count in found[:5]) + (", …" if len(found) > 5 else "")
    return [f"events that keep GA4's own name ({shown}): {sum(count for _, count in found):,}"] if found else []
