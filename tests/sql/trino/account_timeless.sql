SELECT
  COUNT(*) AS "rows",
  COUNT(DISTINCT "t2"."user_id") AS "users",
  SUM(IF("t2"."user_id" IS NULL, 1, 0)) AS "no_user",
  SUM(IF("t2"."variant" IS NULL, 1, 0)) AS "no_variant"
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
