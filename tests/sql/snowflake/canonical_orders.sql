SELECT
  CAST("t0"."order_id" AS BIGINT) AS "order_id",
  "t0"."BUYER_ID" AS "user_id",
  DATEADD(MINUTE, '480', CAST("t0"."ordered_at" AS TIMESTAMP)) AS "ordered_at",
  "t0"."status",
  'CNY' AS "currency",
  DATEADD(MINUTE, '480', CAST("t0"."paid_at" AS TIMESTAMP)) AS "paid_at",
  DATEADD(
    MINUTE,
    '480',
    CAST(CAST(NULLIF(TRIM("t0"."shipped_at", ' \t\n\r\x0b\f'), '') AS TIMESTAMPTZ) AS TIMESTAMP)
  ) AS "shipped_at",
  CAST('2026-01-31 18:05:00' AS TIMESTAMP) AS "delivered_at",
  CAST("t0"."subtotal" AS DOUBLE) AS "subtotal",
  CAST(NULLIF(TRIM("t0"."discount", ' \t\n\r\x0b\f'), '') AS DOUBLE) AS "discount",
  CAST("t0"."points" AS DOUBLE) AS "points",
  CAST("t0"."subtotal" AS DOUBLE) - COALESCE(CAST(NULLIF(TRIM("t0"."discount", ' \t\n\r\x0b\f'), '') AS DOUBLE), 0.0) AS "revenue",
  COALESCE("t0"."status" = 'returned', FALSE) AS "refunded"
FROM "stored" AS "t0"
