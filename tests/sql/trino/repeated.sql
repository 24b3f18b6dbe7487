SELECT
  *
FROM (
  SELECT
    "t1"."user_id",
    COUNT(*) AS "rows",
    COUNT(DISTINCT "t1"."variant") AS "variants"
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
      DATE("t0"."exposed_at") AS "day",
      COALESCE("t0"."country", '(missing)') AS "country__segment",
      COALESCE("t0"."device", '(missing)') AS "device__segment"
    FROM "exposures" AS "t0"
    WHERE
      "t0"."experiment" = 'checkout'
  ) AS "t1"
  GROUP BY
    1
) AS "t2"
WHERE
  "t2"."rows" > 1
ORDER BY
  "t2"."variants" DESC,
  "t2"."rows" DESC,
  "t2"."user_id" ASC
