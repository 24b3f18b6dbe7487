SELECT
  AVG("t2"."visit__outcome") AS "visit__outcome",
  AVG("t2"."spend__outcome") AS "spend__outcome",
  AVG("t2"."past_visits__covariate") AS "past_visits__covariate",
  AVG("t2"."member__covariate") AS "member__covariate"
FROM (
  SELECT
    CAST("t0"."visit" AS DOUBLE) AS "visit__outcome",
    "t0"."spend" AS "spend__outcome",
    "t0"."past_visits" AS "past_visits__covariate",
    CASE
      WHEN "t0"."member"
      THEN 1.0
      WHEN NOT (
        "t0"."member"
      )
      THEN 0.0
      ELSE CAST(NULL AS DOUBLE)
    END AS "member__covariate"
  FROM "exposures" AS "t0"
  WHERE
    "t0"."experiment" = 'checkout'
  LIMIT 1000
) AS "t2"
