SELECT
  COUNT(*) AS "rows",
  COUNT(DISTINCT "t2"."user_id") AS "users",
  SUM(CASE WHEN "t2"."user_id" IS NULL THEN 1 ELSE 0 END) AS "no_user",
  SUM(CASE WHEN "t2"."variant" IS NULL THEN 1 ELSE 0 END) AS "no_variant"
FROM (
  SELECT
    *
  FROM (
    SELECT
      "t0"."experiment",
      "t0"."variant",
      "t0"."user_id",
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
      "t0"."member"
    FROM "exposures" AS "t0"
  ) AS "t1"
  WHERE
    "t1"."experiment" = 'checkout'
) AS "t2"
