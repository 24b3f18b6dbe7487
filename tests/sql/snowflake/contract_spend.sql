SELECT
  COUNT(*) AS "rows",
  COUNT("t0"."spend_date") AS "named",
  COUNT(DISTINCT "t0"."spend_date") AS "different",
  COUNT_IF("t0"."spend_date" IS NULL) AS "rule_0",
  COUNT_IF((
    "t0"."channel" IS NULL
  ) OR (
    TRIM("t0"."channel", ' \t\n\r\x0b\f') = ''
  )) AS "rule_1",
  COUNT_IF("t0"."spend" IS NULL) AS "rule_2",
  COUNT_IF("t0"."spend_date" < DATE_FROM_PARTS(1990, 1, 1)) AS "rule_3",
  COUNT_IF("t0"."spend_date" > DATE_FROM_PARTS(2026, 4, 1)) AS "rule_4",
  COUNT_IF((
    "t0"."spend" - "t0"."spend"
  ) <> 0) AS "rule_5"
FROM "spend" AS "t0"
