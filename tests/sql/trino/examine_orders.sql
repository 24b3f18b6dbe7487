SELECT
  COUNT(*) AS "rows",
  COUNT(*) FILTER(WHERE
    (
      "t0"."order_id" IS NULL
    )
    OR (
      TRIM(' 	
' FROM "t0"."order_id") = ''
    )) AS "no_order_id",
  COUNT(*) FILTER(WHERE
    (
      "t0"."user_id" IS NULL
    )
    OR (
      TRIM(' 	
' FROM "t0"."user_id") = ''
    )) AS "no_user_id",
  COUNT(*) FILTER(WHERE
    (
      "t0"."session_id" IS NULL
    )
    OR (
      TRIM(' 	
' FROM "t0"."session_id") = ''
    )) AS "no_session_id",
  MIN("t0"."ordered_at") AS "first",
  MAX("t0"."ordered_at") AS "last",
  MIN("t0"."currency") AS "least_currency",
  MAX("t0"."currency") AS "greatest_currency",
  COUNT(*) FILTER(WHERE
    (
      "t0"."order_id" IS NULL
    )
    OR (
      TRIM(' 	
' FROM "t0"."order_id") = ''
    )) AS "rule_0",
  COUNT(*) FILTER(WHERE
    "t0"."ordered_at" IS NULL) AS "rule_1",
  COUNT(*) FILTER(WHERE
    (
      "t0"."user_id" IS NULL
    )
    OR (
      TRIM(' 	
' FROM "t0"."user_id") = ''
    )) AS "rule_2",
  COUNT(*) FILTER(WHERE
    "t0"."ordered_at" < CAST(FROM_ISO8601_TIMESTAMP('1990-01-01T00:00:00') AS TIMESTAMP)) AS "rule_3",
  COUNT(*) FILTER(WHERE
    "t0"."ordered_at" > CAST(FROM_ISO8601_TIMESTAMP('2026-04-01T12:30:00') AS TIMESTAMP)) AS "rule_4",
  COUNT(*) FILTER(WHERE
    (
      "t0"."subtotal" - "t0"."subtotal"
    ) <> 0) AS "rule_5",
  COUNT(*) FILTER(WHERE
    (
      "t0"."discount" - "t0"."discount"
    ) <> 0) AS "rule_6",
  COUNT(*) FILTER(WHERE
    (
      "t0"."shipping" - "t0"."shipping"
    ) <> 0) AS "rule_7",
  COUNT(*) FILTER(WHERE
    (
      "t0"."tax" - "t0"."tax"
    ) <> 0) AS "rule_8",
  COUNT(*) FILTER(WHERE
    (
      "t0"."cost" - "t0"."cost"
    ) <> 0) AS "rule_9",
  COUNT(*) FILTER(WHERE
    (
      "t0"."refund" - "t0"."refund"
    ) <> 0) AS "rule_10",
  COUNT(*) FILTER(WHERE
    (
      "t0"."fx" - "t0"."fx"
    ) <> 0) AS "rule_11",
  COUNT(*) FILTER(WHERE
    NOT (
      "t0"."status" IN ('placed', 'paid', 'shipped', 'delivered', 'cancelled', 'returned', '')
    )) AS "rule_12",
  COUNT(*) FILTER(WHERE
    "t0"."subtotal" < 0) AS "rule_13",
  COUNT(*) FILTER(WHERE
    "t0"."discount" < 0) AS "rule_14",
  COUNT(*) FILTER(WHERE
    "t0"."shipping" < 0) AS "rule_15",
  COUNT(*) FILTER(WHERE
    "t0"."tax" < 0) AS "rule_16",
  COUNT(*) FILTER(WHERE
    "t0"."cost" < 0) AS "rule_17",
  COUNT(*) FILTER(WHERE
    "t0"."refund" < 0) AS "rule_18",
  COUNT(*) FILTER(WHERE
    (
      "t0"."subtotal" < "t0"."discount"
    )
    AND (
      (
        "t0"."discount" - "t0"."discount"
      ) = 0
    )) AS "rule_19",
  COUNT(*) FILTER(WHERE
    "t0"."fx" <= 0) AS "rule_20",
  COUNT(*) FILTER(WHERE
    "t0"."paid_at" < "t0"."ordered_at") AS "rule_21",
  COUNT(*) FILTER(WHERE
    "t0"."shipped_at" < "t0"."paid_at") AS "rule_22",
  COUNT(*) FILTER(WHERE
    "t0"."delivered_at" < "t0"."shipped_at") AS "rule_23",
  COUNT(*) FILTER(WHERE
    "t0"."loaded_at" < "t0"."ordered_at") AS "rule_24"
FROM "orders" AS "t0"
