SELECT
  COUNT(*) AS "count"
FROM (
  SELECT
    "t2"."order_id",
    "t2"."line_no",
    "t2"."seq",
    "t2"."quantity",
    "t2"."returned_at",
    "t2"."refund",
    "t2"."reason",
    "t2"."user_id",
    "t2"."product_id"
  FROM "returns" AS "t2"
  WHERE
    EXISTS(
      SELECT
        1
      FROM (
        SELECT
          "t1"."order_id" AS "of_order",
          "t1"."ordered_at" AS "ordered"
        FROM "orders" AS "t1"
      ) AS "t4"
      WHERE
        "t2"."order_id" = "t4"."of_order" AND "t2"."returned_at" < "t4"."ordered"
    )
) AS "t5"
