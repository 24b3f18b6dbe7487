SELECT
  "t13"."variant",
  COUNT(*) AS "users",
  SUM("t13"."open_m0") AS "open_m0",
  COUNT("t13"."m0_0") AS "n_m0",
  AVG("t13"."m0_0") AS "mean_m0_0",
  AVG("t13"."m0_1") AS "mean_m0_1",
  AVG("t13"."m0_2") AS "mean_m0_2",
  AVG("t13"."m0_3") AS "mean_m0_3",
  AVG("t13"."m0_4") AS "mean_m0_4",
  AVG("t13"."m0_5") AS "mean_m0_5",
  VARIANCE("t13"."m0_0") AS "cov_m0_0_0",
  COVAR_SAMP("t13"."m0_0", "t13"."m0_1") AS "cov_m0_0_1",
  COVAR_SAMP("t13"."m0_0", "t13"."m0_2") AS "cov_m0_0_2",
  COVAR_SAMP("t13"."m0_0", "t13"."m0_3") AS "cov_m0_0_3",
  COVAR_SAMP("t13"."m0_0", "t13"."m0_4") AS "cov_m0_0_4",
  COVAR_SAMP("t13"."m0_0", "t13"."m0_5") AS "cov_m0_0_5",
  VARIANCE("t13"."m0_1") AS "cov_m0_1_1",
  COVAR_SAMP("t13"."m0_1", "t13"."m0_2") AS "cov_m0_1_2",
  COVAR_SAMP("t13"."m0_1", "t13"."m0_3") AS "cov_m0_1_3",
  COVAR_SAMP("t13"."m0_1", "t13"."m0_4") AS "cov_m0_1_4",
  COVAR_SAMP("t13"."m0_1", "t13"."m0_5") AS "cov_m0_1_5",
  VARIANCE("t13"."m0_2") AS "cov_m0_2_2",
  COVAR_SAMP("t13"."m0_2", "t13"."m0_3") AS "cov_m0_2_3",
  COVAR_SAMP("t13"."m0_2", "t13"."m0_4") AS "cov_m0_2_4",
  COVAR_SAMP("t13"."m0_2", "t13"."m0_5") AS "cov_m0_2_5",
  VARIANCE("t13"."m0_3") AS "cov_m0_3_3",
  COVAR_SAMP("t13"."m0_3", "t13"."m0_4") AS "cov_m0_3_4",
  COVAR_SAMP("t13"."m0_3", "t13"."m0_5") AS "cov_m0_3_5",
  VARIANCE("t13"."m0_4") AS "cov_m0_4_4",
  COVAR_SAMP("t13"."m0_4", "t13"."m0_5") AS "cov_m0_4_5",
  VARIANCE("t13"."m0_5") AS "cov_m0_5_5"
FROM (
  SELECT
    "t12"."variant",
    IF(
      FALSE
      OR NOT (
        "t12"."exposed_at" <= CAST(FROM_ISO8601_TIMESTAMP('2026-03-17T23:59:59.500000') AS TIMESTAMP)
      )
      OR NOT (
        "t12"."exposed_at" <= CAST(FROM_ISO8601_TIMESTAMP('2026-03-17T23:59:59.500000') AS TIMESTAMP)
      ),
      1,
      0
    ) AS "open_m0",
    IF(
      (
        "t12"."revenue__outcome" IS NOT NULL
      )
      AND (
        "t12"."orders__outcome" IS NOT NULL
      ),
      "t12"."revenue__outcome",
      CAST(NULL AS DOUBLE)
    ) AS "m0_0",
    IF(
      (
        "t12"."revenue__outcome" IS NOT NULL
      )
      AND (
        "t12"."orders__outcome" IS NOT NULL
      ),
      "t12"."orders__outcome",
      CAST(NULL AS DOUBLE)
    ) AS "m0_1",
    IF(
      (
        "t12"."revenue__outcome" IS NOT NULL
      )
      AND (
        "t12"."orders__outcome" IS NOT NULL
      ),
      COALESCE("t12"."revenue__before", CAST(0.0 AS DOUBLE)),
      CAST(NULL AS DOUBLE)
    ) AS "m0_2",
    IF(
      (
        "t12"."revenue__outcome" IS NOT NULL
      )
      AND (
        "t12"."orders__outcome" IS NOT NULL
      ),
      COALESCE("t12"."orders__before", CAST(0.0 AS DOUBLE)),
      CAST(NULL AS DOUBLE)
    ) AS "m0_3",
    IF(
      (
        "t12"."revenue__outcome" IS NOT NULL
      )
      AND (
        "t12"."orders__outcome" IS NOT NULL
      ),
      COALESCE(
        IF("t12"."revenue__before" IS NOT NULL, CAST(1.0 AS DOUBLE), CAST(0.0 AS DOUBLE)),
        CAST(0.0 AS DOUBLE)
      ),
      CAST(NULL AS DOUBLE)
    ) AS "m0_4",
    IF(
      (
        "t12"."revenue__outcome" IS NOT NULL
      )
      AND (
        "t12"."orders__outcome" IS NOT NULL
      ),
      COALESCE(
        IF("t12"."orders__before" IS NOT NULL, CAST(1.0 AS DOUBLE), CAST(0.0 AS DOUBLE)),
        CAST(0.0 AS DOUBLE)
      ),
      CAST(NULL AS DOUBLE)
    ) AS "m0_5"
  FROM (
    SELECT
      "t6"."user_id",
      "t6"."exposed_at",
      "t6"."variant",
      "t6"."country",
      "t6"."device",
      "t6"."day",
      IF(
        "t6"."exposed_at" <= CAST(FROM_ISO8601_TIMESTAMP('2026-03-17T23:59:59.500000') AS TIMESTAMP),
        COALESCE("t11"."after_revenue", CAST(0.0 AS DOUBLE)),
        CAST(NULL AS DOUBLE)
      ) AS "revenue__outcome",
      IF(
        "t6"."exposed_at" <= CAST(FROM_ISO8601_TIMESTAMP('2026-03-17T23:59:59.500000') AS TIMESTAMP),
        COALESCE("t11"."after_orders", CAST(0.0 AS DOUBLE)),
        CAST(NULL AS DOUBLE)
      ) AS "orders__outcome",
      IF(
        "t6"."exposed_at" >= CAST(FROM_ISO8601_TIMESTAMP('2026-01-29T08:00:00') AS TIMESTAMP),
        COALESCE("t11"."before_revenue", CAST(0.0 AS DOUBLE)),
        CAST(NULL AS DOUBLE)
      ) AS "revenue__before",
      IF(
        "t6"."exposed_at" >= CAST(FROM_ISO8601_TIMESTAMP('2026-01-29T08:00:00') AS TIMESTAMP),
        COALESCE("t11"."before_orders", CAST(0.0 AS DOUBLE)),
        CAST(NULL AS DOUBLE)
      ) AS "orders__before"
    FROM (
      SELECT
        "t0"."user_id",
        "t0"."exposed_at",
        "t0"."variant",
        COALESCE("t0"."country", '(missing)') AS "country",
        COALESCE("t0"."device", '(missing)') AS "device",
        DATE("t0"."exposed_at") AS "day"
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
        ) AS "before_revenue",
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
            CAST(1.0 AS DOUBLE),
            CAST(0.0 AS DOUBLE)
          )
        ) AS "after_orders",
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
            CAST(1.0 AS DOUBLE),
            CAST(0.0 AS DOUBLE)
          )
        ) AS "before_orders"
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
) AS "t13"
GROUP BY
  1
