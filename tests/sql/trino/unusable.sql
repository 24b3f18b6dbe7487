SELECT
  "t12"."user_id",
  CAST("t12"."revenue__outcome" AS VARCHAR) AS "value"
FROM (
  SELECT
    "t6"."user_id",
    "t6"."exposed_at",
    "t6"."variant",
    IF(
      "t6"."exposed_at" <= CAST(FROM_ISO8601_TIMESTAMP('2026-03-17T23:59:59.500000') AS TIMESTAMP),
      COALESCE("t11"."after_revenue", CAST(0.0 AS DOUBLE)),
      CAST(NULL AS DOUBLE)
    ) AS "revenue__outcome",
    IF(
      "t6"."exposed_at" >= CAST(FROM_ISO8601_TIMESTAMP('2026-01-29T08:00:00') AS TIMESTAMP),
      COALESCE("t11"."before_revenue", CAST(0.0 AS DOUBLE)),
      CAST(NULL AS DOUBLE)
    ) AS "revenue__before"
  FROM (
    SELECT
      "t0"."user_id",
      "t0"."exposed_at",
      "t0"."variant"
    FROM "exposures" AS "t0"
    WHERE
      "t0"."experiment" = 'checkout'
  ) AS "t6"
  LEFT OUTER JOIN (
    SELECT
      "t9"."user_id",
      SUM(
        IF(
          TRUE
          AND (
            (
              "t9"."happened_at" >= "t9"."exposed_at"
            )
            AND (
              "t9"."happened_at" < (
                "t9"."exposed_at" + INTERVAL '14' DAY
              )
            )
          ),
          "t9"."value_revenue",
          CAST(NULL AS DOUBLE)
        )
      ) AS "after_revenue",
      SUM(
        IF(
          TRUE
          AND (
            (
              "t9"."happened_at" < "t9"."exposed_at"
            )
            AND (
              (
                "t9"."happened_at" + INTERVAL '28' DAY
              ) >= "t9"."exposed_at"
            )
          ),
          "t9"."value_revenue",
          CAST(NULL AS DOUBLE)
        )
      ) AS "before_revenue"
    FROM (
      SELECT
        *
      FROM (
        SELECT
          "t7"."user_id",
          "t7"."exposed_at",
          "t5"."happened_at",
          "t5"."value_revenue"
        FROM (
          SELECT
            "t0"."user_id",
            "t0"."exposed_at"
          FROM "exposures" AS "t0"
          WHERE
            "t0"."experiment" = 'checkout'
        ) AS "t7"
        INNER JOIN (
          SELECT
            "t1"."user_id",
            "t1"."ordered_at" AS "happened_at",
            "t1"."revenue" AS "value_revenue"
          FROM "orders" AS "t1"
        ) AS "t5"
          ON "t7"."user_id" = "t5"."user_id"
      ) AS "t8"
      WHERE
        (
          "t8"."happened_at" + INTERVAL '28' DAY
        ) >= "t8"."exposed_at"
        AND "t8"."happened_at" < (
          "t8"."exposed_at" + INTERVAL '14' DAY
        )
    ) AS "t9"
    GROUP BY
      1
  ) AS "t11"
    ON "t6"."user_id" = "t11"."user_id"
) AS "t12"
WHERE
  (
    "t12"."revenue__outcome" - "t12"."revenue__outcome"
  ) <> 0
