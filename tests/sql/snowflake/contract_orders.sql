SELECT
  COUNT(*) AS "rows",
  COUNT("t0"."order_id") AS "named",
  COUNT(DISTINCT "t0"."order_id") AS "different",
  SUM(
    IFF(
      (
        "t0"."order_id" IS NULL
      )
      OR (
        TRIM("t0"."order_id", ' \t\n\r\x0b\f') = ''
      ),
      1,
      0
    )
  ) AS "rule_0",
  SUM(IFF("t0"."ordered_at" IS NULL, 1, 0)) AS "rule_1",
  SUM(
    IFF(
      (
        "t0"."user_id" IS NULL
      ) OR (
        TRIM("t0"."user_id", ' \t\n\r\x0b\f') = ''
      ),
      1,
      0
    )
  ) AS "rule_2",
  SUM(IFF("t0"."revenue" IS NULL, 1, 0)) AS "rule_3",
  SUM(
    IFF(
      (
        "t0"."channel" IS NULL
      ) OR (
        TRIM("t0"."channel", ' \t\n\r\x0b\f') = ''
      ),
      1,
      0
    )
  ) AS "rule_4",
  SUM(IFF("t0"."ordered_at" < TIMESTAMP_FROM_PARTS(1990, 1, 1, 0, 0, 0, 0), 1, 0)) AS "rule_5",
  SUM(IFF("t0"."ordered_at" > TIMESTAMP_FROM_PARTS(2026, 4, 1, 12, 30, 0, 0), 1, 0)) AS "rule_6",
  SUM(IFF((
    "t0"."revenue" - "t0"."revenue"
  ) <> 0, 1, 0)) AS "rule_7"
FROM "orders" AS "t0"
