SELECT
  "t12"."user_id",
  CAST("t12"."revenue__outcome" AS TEXT) AS "value"
FROM (
  SELECT
    "t6"."user_id",
    "t6"."exposed_at",
    "t6"."variant",
    CASE
      WHEN "t6"."exposed_at" <= MAKE_TIMESTAMP(2026, 3, 17, 23, 59, 59.5)
      THEN COALESCE("t11"."after_revenue", 0.0)
      ELSE CAST(NULL AS DOUBLE)
    END AS "revenue__outcome",
    CASE
      WHEN "t6"."exposed_at" >= MAKE_TIMESTAMP(2026, 1, 29, 8, 0, 0.0)
      THEN COALESCE("t11"."before_revenue", 0.0)
      ELSE CAST(NULL AS DOUBLE)
    END AS "revenue__before"
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
        CASE
          WHEN TRUE
          AND (
            (
              "t9"."happened_at" >= "t9"."exposed_at"
            )
            AND (
              "t9"."happened_at" < (
                "t9"."exposed_at" + INTERVAL '14' DAY
              )
            )
          )
          THEN "t9"."value_revenue"
          ELSE CAST(NULL AS DOUBLE)
        END
      ) AS "after_revenue",
      SUM(
        CASE
          WHEN TRUE
          AND (
            (
              "t9"."happened_at" < "t9"."exposed_at"
            )
            AND (
              (
                "t9"."happened_at" + INTERVAL '28' DAY
              ) >= "t9"."exposed_at"
            )
          )
          THEN "t9"."value_revenue"
          ELSE CAST(NULL AS DOUBLE)
        END
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
