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
      "t0"."product_id" IS NULL
    )
    OR (
      TRIM(' 	
' FROM "t0"."product_id") = ''
    )) AS "no_product_id",
  COUNT(*) FILTER(WHERE
    (
      "t0"."coupon_id" IS NULL
    )
    OR (
      TRIM(' 	
' FROM "t0"."coupon_id") = ''
    )) AS "no_coupon_id",
  COUNT(*) FILTER(WHERE
    (
      "t0"."seller_id" IS NULL
    )
    OR (
      TRIM(' 	
' FROM "t0"."seller_id") = ''
    )) AS "no_seller_id",
  COUNT(*) FILTER(WHERE
    (
      "t0"."user_id" IS NULL
    )
    OR (
      TRIM(' 	
' FROM "t0"."user_id") = ''
    )) AS "no_user_id",
  MIN("t0"."ordered_at") AS "first",
  MAX("t0"."ordered_at") AS "last",
  COUNT(*) FILTER(WHERE
    (
      "t0"."order_id" IS NULL
    )
    OR (
      TRIM(' 	
' FROM "t0"."order_id") = ''
    )) AS "rule_0",
  COUNT(*) FILTER(WHERE
    "t0"."line_no" IS NULL) AS "rule_1",
  COUNT(*) FILTER(WHERE
    "t0"."ordered_at" IS NULL) AS "rule_2",
  COUNT(*) FILTER(WHERE
    (
      "t0"."product_id" IS NULL
    )
    OR (
      TRIM(' 	
' FROM "t0"."product_id") = ''
    )) AS "rule_3",
  COUNT(*) FILTER(WHERE
    "t0"."quantity" IS NULL) AS "rule_4",
  COUNT(*) FILTER(WHERE
    "t0"."unit_price" IS NULL) AS "rule_5",
  COUNT(*) FILTER(WHERE
    (
      "t0"."user_id" IS NULL
    )
    OR (
      TRIM(' 	
' FROM "t0"."user_id") = ''
    )) AS "rule_6",
  COUNT(*) FILTER(WHERE
    "t0"."ordered_at" < CAST('1990-01-01T00:00:00' AS TIMESTAMP)) AS "rule_7",
  COUNT(*) FILTER(WHERE
    "t0"."ordered_at" > CAST('2026-04-01T12:30:00' AS TIMESTAMP)) AS "rule_8",
  COUNT(*) FILTER(WHERE
    (
      "t0"."unit_price" - "t0"."unit_price"
    ) <> 0) AS "rule_9",
  COUNT(*) FILTER(WHERE
    (
      "t0"."list_price" - "t0"."list_price"
    ) <> 0) AS "rule_10",
  COUNT(*) FILTER(WHERE
    (
      "t0"."unit_cost" - "t0"."unit_cost"
    ) <> 0) AS "rule_11",
  COUNT(*) FILTER(WHERE
    (
      "t0"."discount" - "t0"."discount"
    ) <> 0) AS "rule_12",
  COUNT(*) FILTER(WHERE
    "t0"."quantity" < 1) AS "rule_13",
  COUNT(*) FILTER(WHERE
    "t0"."unit_price" < 0) AS "rule_14",
  COUNT(*) FILTER(WHERE
    "t0"."list_price" < 0) AS "rule_15",
  COUNT(*) FILTER(WHERE
    "t0"."unit_cost" < 0) AS "rule_16",
  COUNT(*) FILTER(WHERE
    "t0"."discount" < 0) AS "rule_17",
  COUNT(*) FILTER(WHERE
    "t0"."unit_price" = 0) AS "rule_18",
  COUNT(*) FILTER(WHERE
    "t0"."loaded_at" < "t0"."ordered_at") AS "rule_19"
FROM "order_items" AS "t0"
