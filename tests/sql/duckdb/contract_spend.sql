SELECT
  COUNT(*) AS "rows",
  COUNT("t0"."spend_date") AS "named",
  COUNT(DISTINCT "t0"."spend_date") AS "different",
  SUM(CASE WHEN "t0"."spend_date" IS NULL THEN 1 ELSE 0 END) AS "rule_0",
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
  ) AS "rule_1",
  SUM(CASE WHEN "t0"."spend" IS NULL THEN 1 ELSE 0 END) AS "rule_2",
  SUM(CASE WHEN "t0"."spend_date" < MAKE_DATE(1990, 1, 1) THEN 1 ELSE 0 END) AS "rule_3",
  SUM(CASE WHEN "t0"."spend_date" > MAKE_DATE(2026, 4, 1) THEN 1 ELSE 0 END) AS "rule_4",
  SUM(CASE WHEN (
    "t0"."spend" - "t0"."spend"
  ) <> 0 THEN 1 ELSE 0 END) AS "rule_5"
FROM "spend" AS "t0"
