SELECT
  CAST("t1"."ordered_at" AS DATE) AS "day",
  COUNT(*) AS "rows"
FROM (
  SELECT
    *
  FROM "orders" AS "t0"
  WHERE
    "t0"."ordered_at" >= TIMESTAMP_FROM_PARTS(2026, 1, 27, 0, 0, 0, 0)
    AND "t0"."ordered_at" <= TIMESTAMP_FROM_PARTS(2026, 3, 31, 12, 30, 0, 0)
) AS "t1"
GROUP BY
  1
