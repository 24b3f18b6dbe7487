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
          "t7"."of_order",
          "t7"."of_line"
        FROM (
          SELECT
            "t6"."of_order",
            "t6"."of_line",
            "t6"."came_back",
            "t5"."sold_order",
            "t5"."sold_line",
            "t5"."sold"
          FROM (
            SELECT
              "t0"."order_id" AS "of_order",
              "t0"."line_no" AS "of_line",
              SUM("t0"."quantity") AS "came_back"
            FROM "returns" AS "t0"
            GROUP BY
              1,
              2
          ) AS "t6"
          INNER JOIN (
            SELECT
              "t1"."order_id" AS "sold_order",
              "t1"."line_no" AS "sold_line",
              "t1"."quantity" AS "sold"
            FROM "order_items" AS "t1"
          ) AS "t5"
            ON "t6"."of_order" = "t5"."sold_order" AND "t6"."of_line" = "t5"."sold_line"
        ) AS "t7"
        WHERE
          "t7"."came_back" > "t7"."sold"
      ) AS "t9"
      WHERE
        "t2"."order_id" = "t9"."of_order" AND "t2"."line_no" = "t9"."of_line"
    )
) AS "t10"
