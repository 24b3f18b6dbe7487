SELECT
  CAST(DATEADD(MINUTE, '-210', "t0"."spend_date") AS DATE) AS "spend_date",
  "t0"."channel",
  CAST("t0"."spend" AS DOUBLE) AS "spend"
FROM "stored" AS "t0"
