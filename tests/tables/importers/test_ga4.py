"""GA4's BigQuery export, imported: each of its traps in a few events as BigQuery writes them."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from workbench.errors import DataError
from workbench.tables import collect, examine, open_catalog
from workbench.tables.importers import import_export

# As BigQuery writes the export's schema into Parquet (Google's help, "[GA4] BigQuery Export schema"), in part.
VALUE = {
    "string_value": pa.string(),
    "int_value": pa.int64(),
    "float_value": pa.float64(),
    "double_value": pa.float64(),
}
ITEM = {
    "item_id": pa.string(),
    "item_name": pa.string(),
    "item_brand": pa.string(),
    "item_variant": pa.string(),
    "item_category": pa.string(),
    "price_in_usd": pa.float64(),
    "price": pa.float64(),
    "quantity": pa.int64(),
    "item_revenue_in_usd": pa.float64(),
    "item_revenue": pa.float64(),
    "item_refund_in_usd": pa.float64(),
    "item_refund": pa.float64(),
    "coupon": pa.string(),
    "item_list_index": pa.string(),
}
SALE = ("purchase_revenue_in_usd", "purchase_revenue", "refund_value_in_usd", "refund_value", "shipping_value_in_usd",
        "shipping_value", "tax_value_in_usd", "tax_value")  # fmt: skip


def struct(fields: dict) -> pa.DataType:
    return pa.struct(list(fields.items()))


SCHEMA = pa.schema(
    {
        "event_date": pa.string(),
        "event_timestamp": pa.int64(),
        "event_name": pa.string(),
        "event_params": pa.list_(struct({"key": pa.string(), "value": struct(VALUE)})),
        "event_bundle_sequence_id": pa.int64(),
        "user_id": pa.string(),
        "user_pseudo_id": pa.string(),
        "user_first_touch_timestamp": pa.int64(),
        "device": struct({"category": pa.string(), "language": pa.string()}),
        "geo": struct(dict.fromkeys(("city", "country", "continent", "region"), pa.string())),
        "traffic_source": struct(dict.fromkeys(("name", "medium", "source"), pa.string())),
        "collected_traffic_source": struct(
            dict.fromkeys(("manual_campaign_name", "manual_source", "manual_medium", "gclid"), pa.string())
        ),
        "ecommerce": struct(
            {"total_item_quantity": pa.int64(), **dict.fromkeys(SALE, pa.float64()), "transaction_id": pa.string()}
        ),
        "items": pa.list_(struct(ITEM)),
    }
)
FERN = {
    "item_id": "FERN-1",
    "item_name": "Fern print",
    "item_brand": "Leaf",
    "item_category": "Prints",
    "price": 16.0,
    "quantity": 1,
}
TOTE = {"item_id": "TOTE-1", "item_name": "Canvas tote", "item_category": "Bags", "price": 20.0, "quantity": 1}


def event(
    name: str,
    at: str,
    *,
    key: str | None = "1.1",
    session: int | None = 7,
    params: dict | None = None,
    **fields: object,
) -> dict:
    """One event; `at` is its time in the property's zone, which is UTC+8."""
    local = pd.Timestamp(at)
    given = {"ga_session_id": session, **(params or {})}
    return {
        "event_date": f"{local:%Y%m%d}",
        "event_timestamp": (local - pd.Timedelta(hours=8)).value // 1000,
        "event_name": name,
        "event_params": [
            {"key": name, "value": {{str: "string_value", int: "int_value", float: "double_value"}[type(value)]: value}}
            for name, value in given.items()
            if value is not None
        ],
        "user_pseudo_id": key,
        "device": {"category": "mobile", "language": "en-us"},
        "geo": {"country": "China", "region": "Zhejiang", "city": "(not set)"},
        "traffic_source": {"source": "google", "medium": "organic", "name": "(organic)"},
        "items": [],
        **fields,
    }


def purchase(
    at: str,
    transaction: str | None,
    *items: dict,
    revenue: float | None = None,
    currency: str = "CNY",
    **fields: object,
) -> dict:
    sale = {"transaction_id": transaction, "purchase_revenue": revenue, **fields.pop("ecommerce", {})}
    return event("purchase", at, params={"currency": currency}, ecommerce=sale, items=list(items), **fields)


# Just before midnight and just after: these two pin the offset of the property down to a quarter of an hour.
EDGES = (
    event("session_start", "2026-01-30 23:59:00", key="9.9", session=1),
    event("page_view", "2026-01-31 00:00:30", key="9.9", session=1),
)


def as_json(events: list[dict]) -> str:
    """As BigQuery writes newline JSON: whole numbers as text, nothing where a field is null."""

    def plain(value: object) -> object:
        if isinstance(value, dict):
            return {name: plain(inner) for name, inner in value.items() if inner is not None}
        if isinstance(value, list):
            return [plain(inner) for inner in value]
        return str(value) if isinstance(value, int) else value

    return "".join(json.dumps(plain(one)) + "\n" for one in events)


def write_parquet(path: Path, events: list[dict]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    pq.write_table(pa.Table.from_pylist(events, schema=SCHEMA), path)


def tables_of(out: Path) -> dict[str, list[dict]]:
    catalog = open_catalog(out / "catalog.yaml")
    tables = {}
    for name in catalog.names:
        table = catalog.table(name)
        frame = collect(table.order_by(table.columns[:2]))
        tables[name] = frame.astype(object).where(frame.notna(), None).to_dict("records")
    return tables


@pytest.fixture
def imported(tmp_path: Path):
    """Import these events from one file of Parquet; the account and the tables."""

    def _import(*events: dict, edges: bool = True) -> tuple:
        write_parquet(tmp_path / "events_20260131.parquet", [*(EDGES if edges else ()), *events])
        account = import_export("ga4", tmp_path / "events_20260131.parquet", tmp_path / "out")
        return account, tables_of(tmp_path / "out")

    return _import


def chosen(rows: list[dict], *columns: str) -> list[tuple]:
    return [tuple(row[column] for column in columns) for row in rows]


VISIT = (
    event("session_start", "2026-01-31 10:00:00", params={"page_location": "https://shop.example/?a=1"},
          collected_traffic_source={"manual_source": "Newsletter", "manual_medium": "email", "manual_campaign_name": "spring"}),
    event("view_search_results", "2026-01-31 10:01:00", params={"search_term": "fern"}),
    event("view_item_list", "2026-01-31 10:01:30", items=[FERN, TOTE]),
    event("view_item", "2026-01-31 10:02:00", items=[FERN], params={"value": 16.0}),
    event("add_to_cart", "2026-01-31 10:03:00", items=[FERN]),
    event("scroll", "2026-01-31 10:03:30"),
    purchase("2026-01-31 10:05:00", "T1", {**FERN, "quantity": 2}, TOTE, revenue=47.0,
             ecommerce={"shipping_value": 6.0, "tax_value": 3.0}),
)  # fmt: skip


def test_events_sessions_and_users(imported) -> None:
    account, tables = imported(*VISIT)

    assert list(account.lines())[:6] == [
        "events_20260131.parquet: 9 rows read",
        "             9  events        events",
        "written",
        "             9  events",
        "             2  sessions",
        "             0  identities",
    ]
    assert account.notes == (
        "times are UTC+8 in the catalogue: this puts 9 of 9 events on their event_date, the day in the property's time zone",
        "events of the 3 newest days, to 2026-01-31: 9; GA4 may still add to these, so import them again later",
        "events that keep GA4's own name (page_view 1, scroll 1): 2",
        "purchases whose revenue is below the sum of their items, where the difference is their discount: 1",
    )
    assert chosen(
        tables["events"], "event_id", "event_at", "event_name", "product_id", "category_id", "query", "value"
    )[2:8] == [
        (3, pd.Timestamp("2026-01-31 10:00"), "session_start", None, None, None, None),
        (4, pd.Timestamp("2026-01-31 10:01"), "search", None, None, "fern", None),
        (5, pd.Timestamp("2026-01-31 10:01:30"), "view_list", None, None, None, None),
        (6, pd.Timestamp("2026-01-31 10:02"), "view_item", "FERN-1", "Prints", None, 16.0),
        (7, pd.Timestamp("2026-01-31 10:03"), "add_to_cart", "FERN-1", "Prints", None, None),
        (8, pd.Timestamp("2026-01-31 10:03:30"), "scroll", None, None, None, None),
    ]
    columns = (
        "session_id",
        "user_id",
        "started_at",
        "channel",
        "campaign",
        "device",
        "landing",
        "country",
        "events",
        "converted",
        "step",
    )
    assert chosen(tables["sessions"], *columns)[0] == (
        "1.1.7", "1.1", pd.Timestamp("2026-01-31 10:00"), "newsletter / email", "spring", "mobile",
        "https://shop.example/?a=1", "China", 7, True, "purchase",
    )  # fmt: skip
    assert chosen(tables["sessions"], "session_id", "events", "converted", "step")[1] == ("9.9.1", 2, False, "visit")
    assert chosen(tables["users"], "user_id", "first_seen_at", "acquisition_channel", "country", "city")[0] == (
        "1.1", pd.Timestamp("2026-01-31 10:00"), "google / organic", "China", None,
    )  # fmt: skip
    assert chosen(tables["products"], "product_id", "category_id", "title", "brand") == [
        ("FERN-1", "Prints", "Fern print", "Leaf"),
        ("TOTE-1", "Bags", "Canvas tote", None),
    ]
    assert chosen(tables["categories"], "category_id", "name") == [("Bags", "Bags"), ("Prints", "Prints")]


def test_a_purchase_is_an_order_with_its_lines(imported) -> None:
    _, tables = imported(*VISIT)

    columns = (
        "order_id",
        "user_id",
        "ordered_at",
        "status",
        "channel",
        "session_id",
        "subtotal",
        "discount",
        "shipping",
        "tax",
        "currency",
    )
    assert chosen(tables["orders"], *columns) == [
        (
            "T1",
            "1.1",
            pd.Timestamp("2026-01-31 10:05"),
            "paid",
            "newsletter / email",
            "1.1.7",
            52.0,
            5.0,
            6.0,
            3.0,
            "CNY",
        )
    ]
    assert chosen(tables["order_items"], "order_id", "line_no", "product_id", "quantity", "unit_price", "user_id") == [
        ("T1", 1, "FERN-1", 2, 16.0, "1.1"),
        ("T1", 2, "TOTE-1", 1, 20.0, "1.1"),
    ]


@pytest.mark.parametrize("suffix", ["json", "json.gz", "jsonl"])
def test_newline_json_gives_the_same(imported, tmp_path: Path, suffix: str) -> None:
    _, wanted = imported(*VISIT)
    text = as_json([*EDGES, *VISIT]).encode()
    (tmp_path / f"export.{suffix}").write_bytes(gzip.compress(text, mtime=0) if suffix.endswith("gz") else text)

    account = import_export("ga4", tmp_path / f"export.{suffix}", tmp_path / "again")

    assert '"event_timestamp": "17698' in text.decode()
    assert account.reads[0].rows == 9
    assert tables_of(tmp_path / "again") == wanted


def test_a_product_without_a_category_has_the_same_one_from_every_export(imported) -> None:
    unset = [{**FERN, "item_category": "(not set)"}, {**TOTE, "item_category": None}]

    _, tables = imported(
        *(purchase(f"2026-01-31 10:0{i}:00", f"T{i}", item, revenue=9.0) for i, item in enumerate(unset))
    )

    assert chosen(tables["products"], "product_id", "category_id") == [
        ("FERN-1", "(no category)"),
        ("TOTE-1", "(no category)"),
    ]
    assert chosen(tables["categories"], "category_id", "name") == [("(no category)", "(no category)")]
    assert {row["category_id"] for row in tables["events"]} == {None}


@pytest.mark.parametrize(
    "wrong",
    [
        purchase("2026-01-31 10:01:00", "T2", FERN, revenue=float("inf")),
        purchase("2026-01-31 10:01:00", "T2", TOTE, {**FERN, "price": float("nan")}, revenue=16.0),
        event("view_item", "2026-01-31 10:01:00", params={"value": float("inf")}),
    ],
)
def test_amounts_that_are_infinite_or_no_number_are_refused(imported, wrong) -> None:
    with pytest.raises(DataError) as caught:
        imported(purchase("2026-01-31 10:00:00", "T1", FERN, revenue=16.0), wrong)  # below the two of the edges

    assert "1 event has an amount that is infinite or no number, as in row 4; export it again" in str(caught.value)


def test_purchases_that_are_no_orders(imported) -> None:
    account, tables = imported(
        purchase("2026-01-31 10:00:00", "T1", FERN, revenue=16.0),
        purchase("2026-01-31 10:09:00", "T1", FERN, revenue=16.0),
        purchase("2026-01-31 10:10:00", "(not set)", FERN, revenue=16.0),
        purchase("2026-01-31 10:11:00", None, FERN, revenue=16.0),
        purchase("2026-01-31 10:12:00", "T2", revenue=30.0),
        purchase(
            "2026-01-31 10:13:00", "T3", FERN, {**TOTE, "item_id": "(not set)"}, {**TOTE, "price": None}, revenue=40.0
        ),
        purchase(
            "2026-01-31 10:14:00", "T4", {**TOTE, "price": None, "item_revenue": 38.0, "quantity": 2}, revenue=38.0
        ),
    )

    assert chosen(tables["orders"], "order_id", "ordered_at", "subtotal", "discount") == [
        ("T1", pd.Timestamp("2026-01-31 10:00"), 16.0, 0.0),
        ("T2", pd.Timestamp("2026-01-31 10:12"), 30.0, 0.0),
        ("T3", pd.Timestamp("2026-01-31 10:13"), 16.0, 0.0),
        ("T4", pd.Timestamp("2026-01-31 10:14"), 38.0, 0.0),
    ]
    assert chosen(tables["order_items"], "order_id", "product_id", "unit_price") == [
        ("T1", "FERN-1", 16.0),
        ("T3", "FERN-1", 16.0),
        ("T4", "TOTE-1", 19.0),
    ]
    assert account.notes[2:] == (
        "events that keep GA4's own name (page_view 1): 1",
        "purchase events without a transaction_id, which are no orders: 2",
        "purchase events that repeat a transaction_id, which are no further orders: 1",
        "items of purchases without an item_id, a price or a quantity, which are no lines: 2",
        "purchases whose revenue is above the sum of their items (tax or shipping in it), where the items count: 1",
    )


def test_refunds_are_returns(imported) -> None:
    def refund(at: str, order: str, *items: dict, value: float | None = None) -> dict:
        return event("refund", at, ecommerce={"transaction_id": order, "refund_value": value}, items=list(items))

    account, tables = imported(
        purchase("2026-01-31 10:00:00", "T1", {**FERN, "quantity": 2}, TOTE, revenue=52.0),
        purchase("2026-01-31 10:00:10", "T2", FERN, TOTE, revenue=30.0),
        purchase("2026-01-31 10:00:20", "T3", FERN, revenue=16.0),
        refund("2026-01-31 11:00:00", "T1", FERN),
        refund("2026-01-31 12:00:00", "T1", {**FERN, "item_refund": 12.5}),
        refund("2026-01-31 13:00:00", "T1", FERN),
        refund("2026-01-31 14:00:00", "T2", value=30.0),
        refund("2026-01-31 15:00:00", "elsewhere", FERN),
    )

    assert chosen(tables["returns"], "order_id", "line_no", "seq", "quantity", "returned_at", "product_id") == [
        ("T1", 1, 1, 1, pd.Timestamp("2026-01-31 11:00"), "FERN-1"),
        ("T1", 1, 2, 1, pd.Timestamp("2026-01-31 12:00"), "FERN-1"),
        ("T2", 1, 1, 1, pd.Timestamp("2026-01-31 14:00"), "FERN-1"),
        ("T2", 2, 1, 1, pd.Timestamp("2026-01-31 14:00"), "TOTE-1"),
    ]
    # 30.00 came back for lines of 16.00 and 20.00.
    assert [row["refund"] for row in tables["returns"]] == pytest.approx(
        [16.0, 12.5, 16 * 30 / 36, 20 * 30 / 36], rel=1e-12
    )
    assert chosen(tables["orders"], "order_id", "status", "refund") == [
        ("T1", "paid", 28.5),
        ("T2", "returned", pytest.approx(30.0, rel=1e-12)),
        ("T3", "paid", 0.0),
    ]
    assert account.notes[-2:] == (
        "refund events of a purchase that is not in the export: 1",
        "refunds of more units than were sold, which are no returns: 1",
    )


def test_several_currencies_are_taken_in_dollars(imported) -> None:
    dear, cheap = {**FERN, "price_in_usd": 2.5}, {**FERN, "price": 3.0, "price_in_usd": 3.3}
    account, tables = imported(
        purchase(
            "2026-01-31 10:00:00", "T1", dear, ecommerce={"purchase_revenue": 16.0, "purchase_revenue_in_usd": 2.5}
        ),
        purchase(
            "2026-01-31 10:01:00",
            "T2",
            cheap,
            currency="eur",
            ecommerce={"purchase_revenue": 3.0, "purchase_revenue_in_usd": 3.3},
        ),
    )

    assert chosen(tables["orders"], "order_id", "subtotal", "currency") == [("T1", 2.5, "USD"), ("T2", 3.3, "USD")]
    assert "purchases in 2 currencies (CNY 1, EUR 1), all taken in US dollars as GA4 converts them" in account.notes


def test_a_device_becomes_the_user_that_signs_in(imported) -> None:
    account, tables = imported(
        event("view_item", "2026-01-31 10:00:00", key="1.1"),
        event("login", "2026-01-31 10:05:00", key="1.1", user_id="anna"),
        event("view_item", "2026-01-31 11:00:00", key="2.2"),
        event("login", "2026-01-31 11:05:00", key="2.2", user_id="ben"),
        event("login", "2026-01-31 11:06:00", key="2.2", user_id="cara"),
        event("view_item", "2026-01-31 12:00:00", key=None, session=None),
    )

    assert chosen(tables["identities"], "user_key", "user_id", "linked_at") == [
        ("1.1", "anna", pd.Timestamp("2026-01-31 10:05")),
        ("2.2", "ben", pd.Timestamp("2026-01-31 11:05")),
        ("2.2", "cara", pd.Timestamp("2026-01-31 11:06")),
    ]
    assert chosen(tables["events"], "user_key", "user_id")[2:] == [
        ("1.1", "anna"),
        ("1.1", "anna"),
        ("2.2", "2.2"),
        ("2.2", "ben"),
        ("2.2", "cara"),
        (None, None),
    ]
    assert [row["user_id"] for row in tables["users"]] == ["2.2", "9.9", "anna", "ben", "cara"]
    assert account.notes[3:] == (
        "events without a user (consent denied), kept: 1",
        "events without a session, kept: 1",
        "devices that several users signed in on; their events without a user_id stay the device's: 1",
    )


def test_repeated_events_leave(imported) -> None:
    once = event("view_item", "2026-01-31 10:00:00", items=[FERN])
    account, tables = imported(once, once, {**once, "items": [TOTE]}, once)

    assert [(fate.rows, fate.into, fate.why) for fate in account.reads[0].fates] == [
        (4, "events", "events"),
        (2, "", "repeat an earlier event in every respect"),
    ]
    assert chosen(tables["events"], "event_id", "product_id")[2:] == [(3, "FERN-1"), (5, "TOTE-1")]


def test_a_folder_of_days_with_intraday_tables(tmp_path: Path) -> None:
    folder = tmp_path / "export"
    morning = event("view_item", "2026-01-31 08:00:00")
    evening = event("view_item", "2026-02-01 20:00:00")
    write_parquet(folder / "events_20260130.parquet", [EDGES[0]])
    write_parquet(folder / "events_20260131" / "part-000000000000.parquet", [EDGES[1], morning])
    write_parquet(folder / "events_intraday_20260131.parquet", [morning])
    write_parquet(folder / "events_intraday_20260201.parquet", [evening])
    write_parquet(folder / "users_20260131.parquet", [morning])

    account = import_export("ga4", folder, tmp_path / "out")

    (read,) = account.reads
    assert (read.source, read.rows) == ("export (4 files)", 5)
    assert [(fate.rows, fate.into, fate.why) for fate in read.fates] == [
        (4, "events", "events"),
        (1, "", "are of an intraday table, whose day has its daily table"),
    ]
    assert [row["event_at"] for row in tables_of(tmp_path / "out")["events"]] == [
        pd.Timestamp("2026-01-30 23:59"),
        pd.Timestamp("2026-01-31 00:00:30"),
        pd.Timestamp("2026-01-31 08:00"),
        pd.Timestamp("2026-02-01 20:00"),
    ]


def test_only_the_newest_days_are_unsettled(imported) -> None:
    days = [event("view_item", f"2026-02-0{day} 12:00:00") for day in range(1, 6)]
    account, _ = imported(*days)

    assert account.notes[1].startswith("events of the 3 newest days, to 2026-02-05: 3;")


def test_an_offset_that_several_fit_is_said_to(imported) -> None:
    account, _ = imported(event("view_item", "2026-01-31 12:00:00"), edges=False)

    assert account.notes[0].startswith("times are UTC+0 in the catalogue: this puts 1 of 1 events on their event_date")
    assert account.notes[0].endswith("as would any from -4 to +14")


def test_fields_that_an_export_lacks_are_missing(tmp_path: Path) -> None:
    """Exports before 2023 have no collected_traffic_source; their channel stands in parameters."""
    old = event("page_view", "2026-01-31 10:00:00", params={"source": "Bing", "medium": "cpc", "campaign": "winter"})
    table = pa.Table.from_pylist([*EDGES, old], schema=SCHEMA).drop_columns(
        ["collected_traffic_source", "ecommerce", "items", "user_id"]
    )
    pq.write_table(table, tmp_path / "events_20260131.parquet")

    import_export("ga4", tmp_path / "events_20260131.parquet", tmp_path / "out")

    tables = tables_of(tmp_path / "out")
    assert chosen(tables["sessions"], "session_id", "channel", "campaign")[0] == ("1.1.7", "bing / cpc", "winter")
    assert set(tables) == {"events", "sessions", "users"}


def test_the_contract_holds_but_for_names_of_ga4(imported, tmp_path: Path) -> None:
    imported(*VISIT, event("refund", "2026-01-31 11:00:00", ecommerce={"transaction_id": "T1"}, items=[FERN]))

    catalog = open_catalog(tmp_path / "out" / "catalog.yaml")
    (breach,) = (breach for name in catalog.names for breach in examine(catalog, name).breaches)
    assert (breach.severity, breach.columns, breach.count) == ("warn", ("event_name",), 3)


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("e.json", "event_date,event_name\n20260131,purchase\n", "e.json: wanted newline JSON, one event per line; its first line is none"),
        ("e.json", json.dumps([EDGES[0]]), "e.json: wanted newline JSON, one event per line; its first line is none"),
        ("e.json", '{"event_date": "20260131", "eventname": "x", "event_timestamp": "1"}\n', "e.json has no column 'event_name'; nearest: 'eventname'; is this GA4's export of events?"),
        ("e.json", as_json(list(EDGES))[:-30], "e.json cannot be read: a line of it is no JSON, or is cut off; export it again"),
        ("e.json", as_json([EDGES[0], {**EDGES[1], "items": [{"price": "dear"}]}]), 'e.json cannot be read: a value of it is not what its field must be ("dear"); export it again'),
        (
            "e.json",
            as_json([EDGES[0], {**EDGES[1], "event_date": "31/01/2026"}, {**EDGES[1], "event_timestamp": "soon"}]),
            "e.json: 2 of 3 events have no event_timestamp (microseconds since 1970), no event_date (like 20260131) or no event_name: row 2: time 1769788830000000, date '31/01/2026', name 'page_view'; row 3: time unreadable, date '20260131', name 'page_view'; export it again",
        ),
        ("e.csv", "a", ("e.csv is something else; wanted GA4's BigQuery export of events: a file, or a folder of them (.parquet, .json, "
            ".jsonl, .ndjson, .json.gz, .jsonl.gz, .ndjson.gz)")),
    ],
)  # fmt: skip
def test_what_cannot_be_imported(tmp_path: Path, name: str, content: str, said: str) -> None:
    (tmp_path / name).write_text(content)

    with pytest.raises(DataError) as caught:
        import_export("ga4", tmp_path / name, tmp_path / "out")

    assert str(caught.value) == said
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("factor", [0.001, 1000])
def test_times_in_another_unit_are_refused(tmp_path: Path, factor: float) -> None:
    wrong = {**EDGES[0], "event_timestamp": int(EDGES[0]["event_timestamp"] * factor)}
    write_parquet(tmp_path / "e.parquet", [wrong])

    with pytest.raises(DataError, match=r"1 of 1 events have no event_timestamp \(microseconds since 1970\)"):
        import_export("ga4", tmp_path / "e.parquet", tmp_path / "out")


def test_events_of_the_same_moment_are_taken_in_the_order_of_the_files(imported) -> None:
    """The engine works in parallel: without an order, each import could name another channel."""
    events = [event("page_view", "2026-01-31 10:00:00", params={"source": f"s{i}", "medium": "m"}) for i in range(50)]

    _, tables = imported(*events)

    assert tables["sessions"][0]["channel"] == "s0 / m"


def test_a_parquet_of_something_else_is_refused(tmp_path: Path) -> None:
    pq.write_table(pa.table({"event": ["x"], "event_time": [1]}), tmp_path / "e.parquet")

    with pytest.raises(DataError, match=r"e\.parquet has no column 'event_date'; nearest: 'event_time'; is this GA4's"):
        import_export("ga4", tmp_path / "e.parquet", tmp_path / "out")
