SELECT
  "t13"."variant",
  "t13"."country",
  "t13"."device",
  "t13"."day",
  COUNT(*) AS "users",
  SUM("t13"."open_m0") AS "open_m0",
  COUNT("t13"."m0_0") AS "n_m0",
  AVG("t13"."m0_0") AS "mean_m0_0",
  AVG("t13"."m0_1") AS "mean_m0_1",
  VARIANCE("t13"."m0_0") AS "cov_m0_0_0",
  COVAR_SAMP("t13"."m0_0", "t13"."m0_1") AS "cov_m0_0_1",
  VARIANCE("t13"."m0_1") AS "cov_m0_1_1"
FROM (
  SELECT
    "t12"."variant",
    "t12"."country",
    "t12"."device",
    "t12"."day",
    CASE
      WHEN FALSE
      OR NOT (
        "t12"."exposed_at" <= MAKE_TIMESTAMP(2026, 3, 17, 23, 59, 59.5)
      )
      THEN 1
      ELSE 0
    END AS "open_m0",
    CASE
      WHEN "t12"."bought__outcome" IS NOT NULL
      THEN "t12"."bought__outcome"
      ELSE CAST(NULL AS DOUBLE)
    END AS "m0_0",
    CASE
      WHEN "t12"."bought__outcome" IS NOT NULL
      THEN COALESCE("t12"."bought__before", 0.0)
      ELSE CAST(NULL AS DOUBLE)
    END AS "m0_1"
  FROM (
    SELECT
      "t6"."user_id",
      "t6"."exposed_at",
      "t6"."variant",
      "t6"."country",
      "t6"."device",
      "t6"."day",
      CASE
        WHEN "t6"."exposed_at" <= MAKE_TIMESTAMP(2026, 3, 17, 23, 59, 59.5)
        THEN COALESCE("t11"."after_bought", 0.0)
        ELSE CAST(NULL AS DOUBLE)
      END AS "bought__outcome",
      CASE
        WHEN "t6"."exposed_at" >= MAKE_TIMESTAMP(2026, 1, 29, 8, 0, 0.0)
        THEN COALESCE("t11"."before_bought", 0.0)
        ELSE CAST(NULL AS DOUBLE)
      END AS "bought__before"
    FROM (
      SELECT
        "t0"."user_id",
        "t0"."exposed_at",
        "t0"."variant",
        COALESCE("t0"."country", '(missing)') AS "country",
        COALESCE("t0"."device", '(missing)') AS "device",
        CAST("t0"."exposed_at" AS DATE) AS "day"
      FROM "exposures" AS "t0"
      WHERE
        "t0"."experiment" = 'checkout'
    ) AS "t6"
    LEFT OUTER JOIN (
      SELECT
        "t9"."user_id",
        MAX(
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
            THEN 1.0
            ELSE 0.0
          END
        ) AS "after_bought",
        MAX(
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
            THEN 1.0
            ELSE 0.0
          END
        ) AS "before_bought"
      FROM (
        SELECT
          *
        FROM (
          SELECT
            "t7"."user_id",
            "t7"."exposed_at",
            "t5"."happened_at"
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
              "t1"."ordered_at" AS "happened_at"
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
) AS "t13"
GROUP BY
  1,
  2,
  3,
  4
