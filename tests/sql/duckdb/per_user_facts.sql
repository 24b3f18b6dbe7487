SELECT
  "t4"."user_id",
  "t4"."exposed_at",
  "t4"."variant",
  "t4"."country",
  "t4"."device",
  "t4"."day",
  CASE
    WHEN "t4"."exposed_at" <= MAKE_TIMESTAMP(2026, 3, 17, 23, 59, 59.5)
    THEN COALESCE("t11"."after_bought", 0.0)
    ELSE CAST(NULL AS DOUBLE)
  END AS "bought__outcome",
  CASE
    WHEN "t4"."exposed_at" <= MAKE_TIMESTAMP(2026, 3, 24, 23, 59, 59.5)
    THEN COALESCE("t11"."after_app_orders", 0.0)
    ELSE CAST(NULL AS DOUBLE)
  END AS "app_orders__outcome",
  CASE
    WHEN "t4"."exposed_at" <= MAKE_TIMESTAMP(2026, 3, 17, 23, 59, 59.5)
    THEN COALESCE("t11"."after_revenue", 0.0)
    ELSE CAST(NULL AS DOUBLE)
  END AS "revenue__outcome",
  CASE
    WHEN "t4"."exposed_at" <= MAKE_TIMESTAMP(2026, 3, 17, 23, 59, 59.5)
    THEN "t11"."after_basket"
    ELSE CAST(NULL AS DOUBLE)
  END AS "basket__outcome",
  CASE
    WHEN "t4"."exposed_at" <= MAKE_TIMESTAMP(2026, 3, 17, 23, 59, 59.5)
    THEN "t11"."after_largest"
    ELSE CAST(NULL AS DOUBLE)
  END AS "largest__outcome",
  CASE
    WHEN "t4"."exposed_at" <= MAKE_TIMESTAMP(2026, 3, 17, 23, 59, 59.5)
    THEN "t11"."after_refunded"
    ELSE CAST(NULL AS DOUBLE)
  END AS "refunded__outcome",
  CASE
    WHEN "t4"."exposed_at" <= MAKE_TIMESTAMP(2026, 3, 17, 23, 59, 59.5)
    THEN COALESCE("t11"."after_orders", 0.0)
    ELSE CAST(NULL AS DOUBLE)
  END AS "orders__outcome",
  CASE
    WHEN "t4"."exposed_at" >= MAKE_TIMESTAMP(2026, 1, 29, 8, 0, 0.0)
    THEN COALESCE("t11"."before_bought", 0.0)
    ELSE CAST(NULL AS DOUBLE)
  END AS "bought__before",
  CASE
    WHEN "t4"."exposed_at" >= MAKE_TIMESTAMP(2026, 1, 29, 8, 0, 0.0)
    THEN COALESCE("t11"."before_revenue", 0.0)
    ELSE CAST(NULL AS DOUBLE)
  END AS "revenue__before",
  CASE
    WHEN "t4"."exposed_at" >= MAKE_TIMESTAMP(2026, 1, 29, 8, 0, 0.0)
    THEN "t11"."before_largest"
    ELSE CAST(NULL AS DOUBLE)
  END AS "largest__before",
  CASE
    WHEN "t4"."exposed_at" >= MAKE_TIMESTAMP(2026, 1, 29, 8, 0, 0.0)
    THEN COALESCE("t11"."before_orders", 0.0)
    ELSE CAST(NULL AS DOUBLE)
  END AS "orders__before"
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
) AS "t4"
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
    ) AS "before_bought",
    SUM(
      CASE
        WHEN TRUE
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
        )
        THEN 1.0
        ELSE 0.0
      END
    ) AS "after_app_orders",
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
    ) AS "before_revenue",
    AVG(
      CASE
        WHEN TRUE
        AND "t9"."where_subtotal" IN (10, 20.5)
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
        THEN "t9"."value_basket"
        ELSE CAST(NULL AS DOUBLE)
      END
    ) AS "after_basket",
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
        THEN "t9"."value_largest"
        ELSE CAST(NULL AS DOUBLE)
      END
    ) AS "after_largest",
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
        THEN "t9"."value_largest"
        ELSE CAST(NULL AS DOUBLE)
      END
    ) AS "before_largest",
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
        THEN "t9"."value_refunded"
        ELSE CAST(NULL AS DOUBLE)
      END
    ) AS "after_refunded",
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
        THEN 1.0
        ELSE 0.0
      END
    ) AS "after_orders",
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
        THEN 1.0
        ELSE 0.0
      END
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
            THEN 1.0
            WHEN NOT (
              "t1"."refunded"
            )
            THEN 0.0
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
