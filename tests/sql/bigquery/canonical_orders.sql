SELECT
  CAST(TRUNC(`t0`.`order_id`) AS INT64) AS `order_id`,
  `t0`.`BUYER_ID` AS `user_id`,
  (
    CAST(`t0`.`ordered_at` AS DATETIME) + INTERVAL '480' MINUTE
  ) AS `ordered_at`,
  `t0`.`status`,
  'CNY' AS `currency`,
  (
    CAST(`t0`.`paid_at` AS DATETIME) + INTERVAL '480' MINUTE
  ) AS `paid_at`,
  (
    CAST(CAST(NULLIF(TRIM(`t0`.`shipped_at`, ' \t\n\r\v\f'), '') AS TIMESTAMP) AS DATETIME) + INTERVAL '480' MINUTE
  ) AS `shipped_at`,
  CAST('2026-01-31 18:05:00' AS DATETIME) AS `delivered_at`,
  CAST(`t0`.`subtotal` AS FLOAT64) AS `subtotal`,
  CAST(NULLIF(TRIM(`t0`.`discount`, ' \t\n\r\v\f'), '') AS FLOAT64) AS `discount`,
  CAST(`t0`.`points` AS FLOAT64) AS `points`,
  CAST(`t0`.`subtotal` AS FLOAT64) - COALESCE(CAST(NULLIF(TRIM(`t0`.`discount`, ' \t\n\r\v\f'), '') AS FLOAT64), 0.0) AS `revenue`,
  COALESCE(`t0`.`status` = 'returned', FALSE) AS `refunded`
FROM `stored` AS `t0`
