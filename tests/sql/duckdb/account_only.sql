SELECT
  COUNT(*) AS "rows",
  COUNT(DISTINCT "t1"."user_id") AS "users",
  SUM(CASE WHEN "t1"."user_id" IS NULL THEN 1 ELSE 0 END) AS "no_user",
  SUM(CASE WHEN "t1"."variant" IS NULL THEN 1 ELSE 0 END) AS "no_variant",
  MIN("t1"."exposed_at") AS "first",
  MAX("t1"."exposed_at") AS "last",
  SUM(CASE WHEN "t1"."exposed_at" IS NULL THEN 1 ELSE 0 END) AS "no_time"
FROM (
  SELECT
    "t0"."experiment",
    "t0"."variant",
    "t0"."user_id",
    "t0"."exposed_at",
    "t0"."loaded_at",
    "t0"."country",
    "t0"."device",
    "t0"."channel",
    "t0"."stratum",
    "t0"."layer",
    "t0"."propensity",
    "t0"."visit",
    "t0"."spend",
    "t0"."past_visits",
    "t0"."member",
    CAST("t0"."exposed_at" AS DATE) AS "day"
  FROM "exposures" AS "t0"
  WHERE
    "t0"."experiment" = 'checkout'
    AND CAST("t0"."member" AS TEXT) IN ('true')
    AND "t0"."country" IN ('CN', 'JP')
) AS "t1"
