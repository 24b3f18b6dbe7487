SELECT
  COUNT(*) AS "rows",
  COUNT("t0"."order_id") AS "named",
  COUNT(DISTINCT "t0"."order_id") AS "different",
  COUNT(*) FILTER(WHERE
    (
      "t0"."order_id" IS NULL
    )
    OR (
      TRIM("t0"."order_id", ' 	
') = ''
    )) AS "rule_0",
  COUNT(*) FILTER(WHERE
    "t0"."ordered_at" IS NULL) AS "rule_1",
  COUNT(*) FILTER(WHERE
    (
      "t0"."user_id" IS NULL
    )
    OR (
      TRIM("t0"."user_id", ' 	
') = ''
    )) AS "rule_2",
  COUNT(*) FILTER(WHERE
    "t0"."revenue" IS NULL) AS "rule_3",
  COUNT(*) FILTER(WHERE
    (
      "t0"."channel" IS NULL
    )
    OR (
      TRIM("t0"."channel", ' 	
') = ''
    )) AS "rule_4",
  COUNT(*) FILTER(WHERE
    "t0"."ordered_at" < MAKE_TIMESTAMP(1990, 1, 1, 0, 0, 0.0)) AS "rule_5",
  COUNT(*) FILTER(WHERE
    "t0"."ordered_at" > MAKE_TIMESTAMP(2026, 4, 1, 12, 30, 0.0)) AS "rule_6",
  COUNT(*) FILTER(WHERE
    (
      "t0"."revenue" - "t0"."revenue"
    ) <> 0) AS "rule_7"
FROM "orders" AS "t0"
