SELECT
  "t4"."user_id",
  "t4"."exposed_at",
  "t4"."variant",
  "t4"."country",
  "t4"."device",
  "t4"."day",
  IFF(
    "t4"."exposed_at" <= TIMESTAMP_FROM_PARTS(2026, 3, 17, 23, 59, 59, 500000000),
    COALESCE("t11"."after_bought", 0.0),
    CAST(NULL AS DOUBLE)
  ) AS "bought__outcome",
  IFF(
    "t4"."exposed_at" <= TIMESTAMP_FROM_PARTS(2026, 3, 24, 23, 59, 59, 500000000),
    COALESCE("t11"."after_app_orders", 0.0),
    CAST(NULL AS DOUBLE)
  ) AS "app_orders__outcome",
  IFF(
    "t4"."exposed_at" <= TIMESTAMP_FROM_PARTS(2026, 3, 17, 23, 59, 59, 500000000),
    COALESCE("t11"."after_revenue", 0.0),
    CAST(NULL AS DOUBLE)
  ) AS "revenue__outcome",
  IFF(
    "t4"."exposed_at" <= TIMESTAMP_FROM_PARTS(2026, 3, 17, 23, 59, 59, 500000000),
    "t11"."after_basket",
    CAST(NULL AS DOUBLE)
  ) AS "basket__outcome",
  IFF(
    "t4"."exposed_at" <= TIMESTAMP_FROM_PARTS(2026, 3, 17, 23, 59, 59, 500000000),
    "t11"."after_largest",
    CAST(NULL AS DOUBLE)
  ) AS "largest__outcome",
  IFF(
    "t4"."exposed_at" <= TIMESTAMP_FROM_PARTS(2026, 3, 17, 23, 59, 59, 500000000),
    "t11"."after_refunded",
    CAST(NULL AS DOUBLE)
  ) AS "refunded__outcome",
  IFF(
    "t4"."exposed_at" <= TIMESTAMP_FROM_PARTS(2026, 3, 17, 23, 59, 59, 500000000),
    COALESCE("t11"."after_orders", 0.0),
    CAST(NULL AS DOUBLE)
  ) AS "orders__outcome",
  IFF(
    "t4"."exposed_at" >= TIMESTAMP_FROM_PARTS(2026, 1, 29, 8, 0, 0, 0),
    COALESCE("t11"."before_bought", 0.0),
    CAST(NULL AS DOUBLE)
  ) AS "bought__before",
  IFF(
    "t4"."exposed_at" >= TIMESTAMP_FROM_PARTS(2026, 1, 29, 8, 0, 0, 0),
    COALESCE("t11"."before_revenue", 0.0),
    CAST(NULL AS DOUBLE)
  ) AS "revenue__before",
  IFF(
    "t4"."exposed_at" >= TIMESTAMP_FROM_PARTS(2026, 1, 29, 8, 0, 0, 0),
    "t11"."before_largest",
    CAST(NULL AS DOUBLE)
  ) AS "largest__before",
  IFF(
    "t4"."exposed_at" >= TIMESTAMP_FROM_PARTS(2026, 1, 29, 8, 0, 0, 0),
    COALESCE("t11"."before_orders", 0.0),
    CAST(NULL AS DOUBLE)
  ) AS "orders__before"
FROM (
  SELECT
    "t0"."user_id",
    "t0"."exposed_at",
    "t0"."variant",
    COALESCE("t0"."country", '(missing)') AS "country",
    COALESCE("t0"."device", '(missing)') AS "device",
    TO_DATE("t0"."exposed_at") AS "day"
  FROM "exposures" AS "t0"
  WHERE
    "t0"."experiment" = 'checkout'
) AS "t4"
LEFT OUTER JOIN (
  SELECT
    "t9"."user_id",
    MAX(
      IFF(
        TRUE
        AND (
          (
            "t9"."happened_at" >= "t9"."exposed_at"
          )
          AND (
            "t9"."happened_at" < DATEADD(DAY, '14', "t9"."exposed_at")
          )
        ),
        1.0,
        0.0
      )
    ) AS "after_bought",
    MAX(
      IFF(
        TRUE
        AND (
          (
            "t9"."happened_at" < "t9"."exposed_at"
          )
          AND (
            DATEADD(DAY, '28', "t9"."happened_at") >= "t9"."exposed_at"
          )
        ),
        1.0,
        0.0
      )
    ) AS "before_bought",
    SUM(
      IFF(
        TRUE
        AND "t9"."where_channel" IN ('app', 'mobile_web')
        AND "t9"."where_refunded" IN (FALSE)
        AND (
          (
            "t9"."happened_at" >= "t9"."exposed_at"
          )
          AND (
            "t9"."happened_at" < DATEADD(DAY, '7', "t9"."exposed_at")
          )
        ),
        1.0,
        0.0
      )
    ) AS "after_app_orders",
    SUM(
      IFF(
        TRUE
        AND (
          (
            "t9"."happened_at" >= "t9"."exposed_at"
          )
          AND (
            "t9"."happened_at" < DATEADD(DAY, '14', "t9"."exposed_at")
          )
        ),
        "t9"."value_revenue",
        CAST(NULL AS DOUBLE)
      )
    ) AS "after_revenue",
    SUM(
      IFF(
        TRUE
        AND (
          (
            "t9"."happened_at" < "t9"."exposed_at"
          )
          AND (
            DATEADD(DAY, '28', "t9"."happened_at") >= "t9"."exposed_at"
          )
        ),
        "t9"."value_revenue",
        CAST(NULL AS DOUBLE)
      )
    ) AS "before_revenue",
    AVG(
      IFF(
        TRUE
        AND "t9"."where_subtotal" IN (10, 20.5)
        AND (
          (
            "t9"."happened_at" >= "t9"."exposed_at"
          )
          AND (
            "t9"."happened_at" < DATEADD(DAY, '14', "t9"."exposed_at")
          )
        ),
        "t9"."value_basket",
        CAST(NULL AS DOUBLE)
      )
    ) AS "after_basket",
    MAX(
      IFF(
        TRUE
        AND (
          (
            "t9"."happened_at" >= "t9"."exposed_at"
          )
          AND (
            "t9"."happened_at" < DATEADD(DAY, '14', "t9"."exposed_at")
          )
        ),
        "t9"."value_largest",
        CAST(NULL AS DOUBLE)
      )
    ) AS "after_largest",
    MAX(
      IFF(
        TRUE
        AND (
          (
            "t9"."happened_at" < "t9"."exposed_at"
          )
          AND (
            DATEADD(DAY, '28', "t9"."happened_at") >= "t9"."exposed_at"
          )
        ),
        "t9"."value_largest",
        CAST(NULL AS DOUBLE)
      )
    ) AS "before_largest",
    MAX(
      IFF(
        TRUE
        AND (
          (
            "t9"."happened_at" >= "t9"."exposed_at"
          )
          AND (
            "t9"."happened_at" < DATEADD(DAY, '14', "t9"."exposed_at")
          )
        ),
        "t9"."value_refunded",
        CAST(NULL AS DOUBLE)
      )
    ) AS "after_refunded",
    SUM(
      IFF(
        TRUE
        AND (
          (
            "t9"."happened_at" >= "t9"."exposed_at"
          )
          AND (
            "t9"."happened_at" < DATEADD(DAY, '14', "t9"."exposed_at")
          )
        ),
        1.0,
        0.0
      )
    ) AS "after_orders",
    SUM(
      IFF(
        TRUE
        AND (
          (
            "t9"."happened_at" < "t9"."exposed_at"
          )
          AND (
            DATEADD(DAY, '28', "t9"."happened_at") >= "t9"."exposed_at"
          )
        ),
        1.0,
        0.0
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
      DATEADD(DAY, '28', "t8"."happened_at") >= "t8"."exposed_at"
      AND "t8"."happened_at" < DATEADD(DAY, '14', "t8"."exposed_at")
  ) AS "t9"
  GROUP BY
    1
) AS "t11"
  ON "t4"."user_id" = "t11"."user_id"
