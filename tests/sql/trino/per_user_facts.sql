SELECT
  "t4"."user_id",
  "t4"."exposed_at",
  "t4"."variant",
  "t4"."country",
  "t4"."device",
  "t4"."day",
  IF(
    "t4"."exposed_at" <= CAST(FROM_ISO8601_TIMESTAMP('2026-03-17T23:59:59.500000') AS TIMESTAMP),
    COALESCE("t11"."after_bought", CAST(0.0 AS DOUBLE)),
    CAST(NULL AS DOUBLE)
  ) AS "bought__outcome",
  IF(
    "t4"."exposed_at" <= CAST(FROM_ISO8601_TIMESTAMP('2026-03-24T23:59:59.500000') AS TIMESTAMP),
    COALESCE("t11"."after_app_orders", CAST(0.0 AS DOUBLE)),
    CAST(NULL AS DOUBLE)
  ) AS "app_orders__outcome",
  IF(
    "t4"."exposed_at" <= CAST(FROM_ISO8601_TIMESTAMP('2026-03-17T23:59:59.500000') AS TIMESTAMP),
    COALESCE("t11"."after_revenue", CAST(0.0 AS DOUBLE)),
    CAST(NULL AS DOUBLE)
  ) AS "revenue__outcome",
  IF(
    "t4"."exposed_at" <= CAST(FROM_ISO8601_TIMESTAMP('2026-03-17T23:59:59.500000') AS TIMESTAMP),
    "t11"."after_basket",
    CAST(NULL AS DOUBLE)
  ) AS "basket__outcome",
  IF(
    "t4"."exposed_at" <= CAST(FROM_ISO8601_TIMESTAMP('2026-03-17T23:59:59.500000') AS TIMESTAMP),
    "t11"."after_largest",
    CAST(NULL AS DOUBLE)
  ) AS "largest__outcome",
  IF(
    "t4"."exposed_at" <= CAST(FROM_ISO8601_TIMESTAMP('2026-03-17T23:59:59.500000') AS TIMESTAMP),
    "t11"."after_refunded",
    CAST(NULL AS DOUBLE)
  ) AS "refunded__outcome",
  IF(
    "t4"."exposed_at" <= CAST(FROM_ISO8601_TIMESTAMP('2026-03-17T23:59:59.500000') AS TIMESTAMP),
    COALESCE("t11"."after_orders", CAST(0.0 AS DOUBLE)),
    CAST(NULL AS DOUBLE)
  ) AS "orders__outcome",
  IF(
    "t4"."exposed_at" >= CAST(FROM_ISO8601_TIMESTAMP('2026-01-29T08:00:00') AS TIMESTAMP),
    COALESCE("t11"."before_bought", CAST(0.0 AS DOUBLE)),
    CAST(NULL AS DOUBLE)
  ) AS "bought__before",
  IF(
    "t4"."exposed_at" >= CAST(FROM_ISO8601_TIMESTAMP('2026-01-29T08:00:00') AS TIMESTAMP),
    COALESCE("t11"."before_revenue", CAST(0.0 AS DOUBLE)),
    CAST(NULL AS DOUBLE)
  ) AS "revenue__before",
  IF(
    "t4"."exposed_at" >= CAST(FROM_ISO8601_TIMESTAMP('2026-01-29T08:00:00') AS TIMESTAMP),
    "t11"."before_largest",
    CAST(NULL AS DOUBLE)
  ) AS "largest__before",
  IF(
    "t4"."exposed_at" >= CAST(FROM_ISO8601_TIMESTAMP('2026-01-29T08:00:00') AS TIMESTAMP),
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
) AS "t4"
LEFT OUTER JOIN (
  SELECT
    "t9"."user_id",
    MAX(
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
    ) AS "after_bought",
    MAX(
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
    ) AS "before_bought",
    SUM(
      IF(
        TRUE
        AND "t9"."where_channel" IN ('app', 'mobile_web')
        AND "t9"."where_refunded" IN (FALSE)
        AND (
          (
            "t9"."happened_at" >= "t9"."exposed_at"
          )
          AND (
            "t9"."happened_at" < (
              "t9"."exposed_at" + INTERVAL '7' DAY
            )
          )
        ),
        CAST(1.0 AS DOUBLE),
        CAST(0.0 AS DOUBLE)
      )
    ) AS "after_app_orders",
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
    AVG(
      IF(
        TRUE
        AND "t9"."where_subtotal" IN (10, CAST(20.5 AS DOUBLE))
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
        "t9"."value_basket",
        CAST(NULL AS DOUBLE)
      )
    ) AS "after_basket",
    MAX(
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
        "t9"."value_largest",
        CAST(NULL AS DOUBLE)
      )
    ) AS "after_largest",
    MAX(
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
        "t9"."value_largest",
        CAST(NULL AS DOUBLE)
      )
    ) AS "before_largest",
    MAX(
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
        "t9"."value_refunded",
        CAST(NULL AS DOUBLE)
      )
    ) AS "after_refunded",
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
        "t5"."user_id",
        "t5"."exposed_at",
        "t7"."happened_at",
        "t7"."where_channel",
        "t7"."where_refunded",
        "t7"."where_subtotal",
        "t7"."value_revenue",
        "t7"."value_basket",
        "t7"."value_largest",
        "t7"."value_refunded"
      FROM (
        SELECT
          "t0"."user_id",
          "t0"."exposed_at"
        FROM "exposures" AS "t0"
        WHERE
          "t0"."experiment" = 'checkout'
      ) AS "t5"
      INNER JOIN (
        SELECT
          "t1"."user_id",
          "t1"."ordered_at" AS "happened_at",
          "t1"."channel" AS "where_channel",
          "t1"."refunded" AS "where_refunded",
          "t1"."subtotal" AS "where_subtotal",
          "t1"."revenue" AS "value_revenue",
          "t1"."revenue" AS "value_basket",
          "t1"."revenue" AS "value_largest",
          CASE
            WHEN "t1"."refunded"
            THEN CAST(1.0 AS DOUBLE)
            WHEN NOT (
              "t1"."refunded"
            )
            THEN CAST(0.0 AS DOUBLE)
            ELSE CAST(NULL AS DOUBLE)
          END AS "value_refunded"
        FROM "orders" AS "t1"
      ) AS "t7"
        ON "t5"."user_id" = "t7"."user_id"
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
  ON "t4"."user_id" = "t11"."user_id"
