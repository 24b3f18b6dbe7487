SELECT
  COUNT(*) AS "rows",
  COUNT("t0"."spend_date") AS "named",
  COUNT(DISTINCT "t0"."spend_date") AS "different",
  COUNT(*) FILTER(WHERE
    "t0"."spend_date" IS NULL) AS "rule_0",
  COUNT(*) FILTER(WHERE
    (
      "t0"."channel" IS NULL
    )
    OR (
      TRIM(' 	
' FROM "t0"."channel") = ''
    )) AS "rule_1",
  COUNT(*) FILTER(WHERE
    "t0"."spend" IS NULL) AS "rule_2",
  COUNT(*) FILTER(WHERE
    "t0"."spend_date" < MAKE_DATE(1990, 1, 1)) AS "rule_3",
  COUNT(*) FILTER(WHERE
    "t0"."spend_date" > MAKE_DATE(2026, 4, 1)) AS "rule_4",
  COUNT(*) FILTER(WHERE
    (
      "t0"."spend" - "t0"."spend"
    ) <> 0) AS "rule_5"
FROM "spend" AS "t0"
