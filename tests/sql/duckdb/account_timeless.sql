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
      "t0".*
      EXCLUDE ("exposed_at")
    FROM "exposures" AS "t0"
  ) AS "t1"
  WHERE
    "t1"."experiment" = 'checkout'
) AS "t2"
