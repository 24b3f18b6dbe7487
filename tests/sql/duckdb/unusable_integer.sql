SELECT
  "t0"."user_id",
  CAST(CAST("t0"."visit" AS DOUBLE) AS TEXT) AS "value"
FROM "exposures" AS "t0"
WHERE
  "t0"."experiment" = 'checkout'
  AND (
    CAST("t0"."visit" AS DOUBLE) - CAST("t0"."visit" AS DOUBLE)
  ) <> 0
