SELECT
  COUNT(*) AS "count"
FROM (
  SELECT
    *
  FROM (
    SELECT
      "t2"."order_id",
      "t2"."user_id",
      "t2"."ordered_at",
      "t2"."status",
      "t2"."channel",
      "t2"."payment_type",
      "t2"."currency",
      "t2"."paid_at",
      "t2"."shipped_at",
      "t2"."delivered_at",
      "t2"."promised_at",
      "t2"."loaded_at",
      "t2"."subtotal",
      "t2"."discount",
      "t2"."shipping",
      "t2"."tax",
      "t2"."cost",
      "t2"."refund",
      "t2"."fx",
      "t2"."session_id",
      "t2"."revenue",
      "t2"."margin",
      "t2"."refunded",
      "t4"."of_order",
      "t4"."lines",
      "t4"."amount"
    FROM "orders" AS "t2"
    LEFT OUTER JOIN (
      SELECT
        "t1"."order_id" AS "of_order",
        COUNT(*) AS "lines",
        SUM("t1"."quantity" * "t1"."unit_price") AS "amount"
      FROM "order_items" AS "t1"
      GROUP BY
        1
    ) AS "t4"
      ON "t2"."order_id" = "t4"."of_order"
  ) AS "t5"
  WHERE
    (
      (
        "t5"."subtotal" - COALESCE("t5"."amount", CAST(0.0 AS DOUBLE))
      ) - (
        "t5"."subtotal" - COALESCE("t5"."amount", CAST(0.0 AS DOUBLE))
      )
    ) = 0
    AND ABS("t5"."subtotal" - COALESCE("t5"."amount", CAST(0.0 AS DOUBLE))) > (
      (
        COALESCE("t5"."lines", 0) * CAST(0.01 AS DOUBLE)
      ) + CAST(1e-06 AS DOUBLE)
    )
) AS "t6"
