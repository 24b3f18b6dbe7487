SELECT
  COUNT(*) AS "rows",
  COUNT("t0"."order_id") AS "named",
  COUNT(DISTINCT "t0"."order_id") AS "different",
  SUM(
    CASE
      WHEN (
        "t0"."order_id" IS NULL
      )
      OR (
        TRIM("t0"."order_id", ' 	
') = ''
      )
      THEN 1
      ELSE 0
    END
  ) AS "rule_0",
  SUM(CASE WHEN "t0"."ordered_at" IS NULL THEN 1 ELSE 0 END) AS "rule_1",
  SUM(
    CASE
      WHEN (
        "t0"."user_id" IS NULL
      )
      OR (
        TRIM("t0"."user_id", ' 	
') = ''
      )
      THEN 1
      ELSE 0
    END
  ) AS "rule_2",
  SUM(CASE WHEN "t0"."revenue" IS NULL THEN 1 ELSE 0 END) AS "rule_3",
  SUM(
    CASE
      WHEN (
        "t0"."channel" IS NULL
      )
      OR (
        TRIM("t0"."channel", ' 	
') = ''
      )
      THEN 1
      ELSE 0
    END
  ) AS "rule_4",
  SUM(
    CASE
      WHEN "t0"."ordered_at" < MAKE_TIMESTAMP(1990, 1, 1, 0, 0, 0.0)
      THEN 1
      ELSE 0
    END
  ) AS "rule_5",
  SUM(
    CASE
      WHEN "t0"."ordered_at" > MAKE_TIMESTAMP(2026, 4, 1, 12, 30, 0.0)
      THEN 1
      ELSE 0
    END
  ) AS "rule_6",
  SUM(CASE WHEN (
    "t0"."revenue" - "t0"."revenue"
  ) <> 0 THEN 1 ELSE 0 END) AS "rule_7"
FROM "orders" AS "t0"
