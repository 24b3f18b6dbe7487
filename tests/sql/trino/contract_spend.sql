SELECT
  COUNT(*) AS "rows",
  COUNT("t0"."spend_date") AS "named",
  COUNT(DISTINCT "t0"."spend_date") AS "different",
  SUM(IF("t0"."spend_date" IS NULL, 1, 0)) AS "rule_0",
  SUM(
    IF(
      (
        "t0"."channel" IS NULL
      )
      OR (
        TRIM(' 	
' FROM "t0"."channel") = ''
      ),
      1,
      0
    )
  ) AS "rule_1",
  SUM(IF("t0"."spend" IS NULL, 1, 0)) AS "rule_2",
  SUM(IF("t0"."spend_date" < FROM_ISO8601_DATE('1990-01-01'), 1, 0)) AS "rule_3",
  SUM(IF("t0"."spend_date" > FROM_ISO8601_DATE('2026-04-01'), 1, 0)) AS "rule_4",
  SUM(IF((
    "t0"."spend" - "t0"."spend"
  ) <> 0, 1, 0)) AS "rule_5"
FROM "spend" AS "t0"
