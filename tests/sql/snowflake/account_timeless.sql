SELECT
  COUNT(*) AS "rows",
  COUNT(DISTINCT "t2"."user_id") AS "users",
  SUM(IFF("t2"."user_id" IS NULL, 1, 0)) AS "no_user",
  SUM(IFF("t2"."variant" IS NULL, 1, 0)) AS "no_variant"
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
