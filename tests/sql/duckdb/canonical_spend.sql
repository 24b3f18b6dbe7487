SELECT
  CAST("t0"."spend_date" + INTERVAL '-210' MINUTE AS DATE) AS "spend_date",
  "t0"."channel",
  CAST("t0"."spend" AS DOUBLE) AS "spend"
FROM "stored" AS "t0"
