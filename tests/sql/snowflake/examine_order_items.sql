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
  COUNT_IF(
    (
      "t0"."product_id" IS NULL
    )
    OR (
      TRIM("t0"."product_id", ' \t\n\r\x0b\f') = ''
    )
  ) AS "no_product_id",
  COUNT_IF(
    (
      "t0"."coupon_id" IS NULL
    )
    OR (
      TRIM("t0"."coupon_id", ' \t\n\r\x0b\f') = ''
    )
  ) AS "no_coupon_id",
  COUNT_IF(
    (
      "t0"."seller_id" IS NULL
    )
    OR (
      TRIM("t0"."seller_id", ' \t\n\r\x0b\f') = ''
    )
  ) AS "no_seller_id",
  COUNT_IF((
    "t0"."user_id" IS NULL
  ) OR (
    TRIM("t0"."user_id", ' \t\n\r\x0b\f') = ''
  )) AS "no_user_id",
  MIN("t0"."ordered_at") AS "first",
  MAX("t0"."ordered_at") AS "last",
  COUNT_IF(
    (
      "t0"."order_id" IS NULL
    )
    OR (
      TRIM("t0"."order_id", ' \t\n\r\x0b\f') = ''
    )
  ) AS "rule_0",
  COUNT_IF("t0"."line_no" IS NULL) AS "rule_1",
  COUNT_IF("t0"."ordered_at" IS NULL) AS "rule_2",
  COUNT_IF(
    (
      "t0"."product_id" IS NULL
    )
    OR (
      TRIM("t0"."product_id", ' \t\n\r\x0b\f') = ''
    )
  ) AS "rule_3",
  COUNT_IF("t0"."quantity" IS NULL) AS "rule_4",
  COUNT_IF("t0"."unit_price" IS NULL) AS "rule_5",
  COUNT_IF((
    "t0"."user_id" IS NULL
  ) OR (
    TRIM("t0"."user_id", ' \t\n\r\x0b\f') = ''
  )) AS "rule_6",
  COUNT_IF("t0"."ordered_at" < TIMESTAMP_FROM_PARTS(1990, 1, 1, 0, 0, 0, 0)) AS "rule_7",
  COUNT_IF("t0"."ordered_at" > TIMESTAMP_FROM_PARTS(2026, 4, 1, 12, 30, 0, 0)) AS "rule_8",
  COUNT_IF((
    "t0"."unit_price" - "t0"."unit_price"
  ) <> 0) AS "rule_9",
  COUNT_IF((
    "t0"."list_price" - "t0"."list_price"
  ) <> 0) AS "rule_10",
  COUNT_IF((
    "t0"."unit_cost" - "t0"."unit_cost"
  ) <> 0) AS "rule_11",
  COUNT_IF((
    "t0"."discount" - "t0"."discount"
  ) <> 0) AS "rule_12",
  COUNT_IF("t0"."quantity" < 1) AS "rule_13",
  COUNT_IF("t0"."unit_price" < 0) AS "rule_14",
  COUNT_IF("t0"."list_price" < 0) AS "rule_15",
  COUNT_IF("t0"."unit_cost" < 0) AS "rule_16",
  COUNT_IF("t0"."discount" < 0) AS "rule_17",
  COUNT_IF("t0"."unit_price" = 0) AS "rule_18",
  COUNT_IF("t0"."loaded_at" < "t0"."ordered_at") AS "rule_19"
FROM "order_items" AS "t0"
