SELECT
  COUNT(*) AS "rows",
  COUNT_IF(
    (
      "t0"."order_id" IS NULL
    )
    OR (
      TRIM("t0"."order_id", ' \t\n\r\x0b\f') = ''
    )
  ) AS "no_order_id",
  COUNT_IF((
    "t0"."user_id" IS NULL
  ) OR (
    TRIM("t0"."user_id", ' \t\n\r\x0b\f') = ''
  )) AS "no_user_id",
  COUNT_IF(
    (
      "t0"."session_id" IS NULL
    )
    OR (
      TRIM("t0"."session_id", ' \t\n\r\x0b\f') = ''
    )
  ) AS "no_session_id",
  MIN("t0"."ordered_at") AS "first",
  MAX("t0"."ordered_at") AS "last",
  MIN("t0"."currency") AS "least_currency",
  MAX("t0"."currency") AS "greatest_currency",
  COUNT_IF(
    (
      "t0"."order_id" IS NULL
    )
    OR (
      TRIM("t0"."order_id", ' \t\n\r\x0b\f') = ''
    )
  ) AS "rule_0",
  COUNT_IF("t0"."ordered_at" IS NULL) AS "rule_1",
  COUNT_IF((
    "t0"."user_id" IS NULL
  ) OR (
    TRIM("t0"."user_id", ' \t\n\r\x0b\f') = ''
  )) AS "rule_2",
  COUNT_IF("t0"."ordered_at" < TIMESTAMP_FROM_PARTS(1990, 1, 1, 0, 0, 0, 0)) AS "rule_3",
  COUNT_IF("t0"."ordered_at" > TIMESTAMP_FROM_PARTS(2026, 4, 1, 12, 30, 0, 0)) AS "rule_4",
  COUNT_IF((
    "t0"."subtotal" - "t0"."subtotal"
  ) <> 0) AS "rule_5",
  COUNT_IF((
    "t0"."discount" - "t0"."discount"
  ) <> 0) AS "rule_6",
  COUNT_IF((
    "t0"."shipping" - "t0"."shipping"
  ) <> 0) AS "rule_7",
  COUNT_IF((
    "t0"."tax" - "t0"."tax"
  ) <> 0) AS "rule_8",
  COUNT_IF((
    "t0"."cost" - "t0"."cost"
  ) <> 0) AS "rule_9",
  COUNT_IF((
    "t0"."refund" - "t0"."refund"
  ) <> 0) AS "rule_10",
  COUNT_IF((
    "t0"."fx" - "t0"."fx"
  ) <> 0) AS "rule_11",
  COUNT_IF(
    NOT (
      "t0"."status" IN ('placed', 'paid', 'shipped', 'delivered', 'cancelled', 'returned', '')
    )
  ) AS "rule_12",
  COUNT_IF("t0"."subtotal" < 0) AS "rule_13",
  COUNT_IF("t0"."discount" < 0) AS "rule_14",
  COUNT_IF("t0"."shipping" < 0) AS "rule_15",
  COUNT_IF("t0"."tax" < 0) AS "rule_16",
  COUNT_IF("t0"."cost" < 0) AS "rule_17",
  COUNT_IF("t0"."refund" < 0) AS "rule_18",
  COUNT_IF(
    (
      "t0"."subtotal" < "t0"."discount"
    )
    AND (
      (
        "t0"."discount" - "t0"."discount"
      ) = 0
    )
  ) AS "rule_19",
  COUNT_IF("t0"."fx" <= 0) AS "rule_20",
  COUNT_IF("t0"."paid_at" < "t0"."ordered_at") AS "rule_21",
  COUNT_IF("t0"."shipped_at" < "t0"."paid_at") AS "rule_22",
  COUNT_IF("t0"."delivered_at" < "t0"."shipped_at") AS "rule_23",
  COUNT_IF("t0"."loaded_at" < "t0"."ordered_at") AS "rule_24"
FROM "orders" AS "t0"
