SELECT
  CAST("t0"."order_id" AS BIGINT) AS "order_id",
  "t0"."BUYER_ID" AS "user_id",
  CAST("t0"."ordered_at" AS TIMESTAMP) + INTERVAL '480' MINUTE AS "ordered_at",
  "t0"."status",
  'CNY' AS "currency",
  CAST("t0"."paid_at" AS TIMESTAMP) + INTERVAL '480' MINUTE AS "paid_at",
  CAST(CAST(NULLIF(TRIM(' 	
' FROM "t0"."shipped_at"), '') AS TIMESTAMP WITH TIME ZONE) AS TIMESTAMP) + INTERVAL '480' MINUTE AS "shipped_at",
  CAST('2026-01-31 18:05:00' AS TIMESTAMP) AS "delivered_at",
  CAST("t0"."subtotal" AS DOUBLE) AS "subtotal",
  CAST(NULLIF(TRIM(' 	
' FROM "t0"."discount"), '') AS DOUBLE) AS "discount",
  CAST("t0"."points" AS DOUBLE) AS "points",
  CAST("t0"."subtotal" AS DOUBLE) - COALESCE(
    CAST(NULLIF(TRIM(' 	
' FROM "t0"."discount"), '') AS DOUBLE),
    CAST(0.0 AS DOUBLE)
  ) AS "revenue",
  COALESCE("t0"."status" = 'returned', FALSE) AS "refunded"
FROM "stored" AS "t0"
