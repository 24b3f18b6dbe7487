SELECT
  COUNT(*) AS "count"
FROM (
  SELECT
    "t5"."order_id",
    "t5"."line_no",
    "t5"."seq",
    "t5"."quantity",
    "t5"."returned_at",
    "t5"."refund",
    "t5"."reason",
    "t5"."user_id",
    "t5"."product_id"
  FROM (
    SELECT
      *
    FROM "returns" AS "t0"
    WHERE
      NOT (
        (
          "t0"."order_id" IS NULL
        )
        OR (
          TRIM("t0"."order_id", ' \t\n\r\x0b\f') = ''
        )
      )
      AND NOT (
        "t0"."line_no" IS NULL
      )
  ) AS "t5"
  WHERE
    NOT EXISTS(
      SELECT
        1
      FROM (
        SELECT
          "t1"."order_id" AS "known_0",
          "t1"."line_no" AS "known_1"
        FROM "order_items" AS "t1"
      ) AS "t3"
      WHERE
        "t5"."order_id" = "t3"."known_0" AND "t5"."line_no" = "t3"."known_1"
    )
) AS "t6"
