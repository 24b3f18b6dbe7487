SELECT
  COUNT(*) AS `rows`,
  SUM(
    CAST((
      `t0`.`order_id` IS NULL
    )
    OR (
      TRIM(' \t\n\r\013\014' FROM `t0`.`order_id`) = ''
    ) AS BIGINT)
  ) AS `no_order_id`,
  SUM(
    CAST((
      `t0`.`product_id` IS NULL
    )
    OR (
      TRIM(' \t\n\r\013\014' FROM `t0`.`product_id`) = ''
    ) AS BIGINT)
  ) AS `no_product_id`,
  SUM(
    CAST((
      `t0`.`coupon_id` IS NULL
    )
    OR (
      TRIM(' \t\n\r\013\014' FROM `t0`.`coupon_id`) = ''
    ) AS BIGINT)
  ) AS `no_coupon_id`,
  SUM(
    CAST((
      `t0`.`seller_id` IS NULL
    )
    OR (
      TRIM(' \t\n\r\013\014' FROM `t0`.`seller_id`) = ''
    ) AS BIGINT)
  ) AS `no_seller_id`,
  SUM(
    CAST((
      `t0`.`user_id` IS NULL
    )
    OR (
      TRIM(' \t\n\r\013\014' FROM `t0`.`user_id`) = ''
    ) AS BIGINT)
  ) AS `no_user_id`,
  MIN(`t0`.`ordered_at`) AS `first`,
  MAX(`t0`.`ordered_at`) AS `last`,
  SUM(
    CAST((
      `t0`.`order_id` IS NULL
    )
    OR (
      TRIM(' \t\n\r\013\014' FROM `t0`.`order_id`) = ''
    ) AS BIGINT)
  ) AS `rule_0`,
  SUM(CAST(`t0`.`line_no` IS NULL AS BIGINT)) AS `rule_1`,
  SUM(CAST(`t0`.`ordered_at` IS NULL AS BIGINT)) AS `rule_2`,
  SUM(
    CAST((
      `t0`.`product_id` IS NULL
    )
    OR (
      TRIM(' \t\n\r\013\014' FROM `t0`.`product_id`) = ''
    ) AS BIGINT)
  ) AS `rule_3`,
  SUM(CAST(`t0`.`quantity` IS NULL AS BIGINT)) AS `rule_4`,
  SUM(CAST(`t0`.`unit_price` IS NULL OR ISNAN(`t0`.`unit_price`) AS BIGINT)) AS `rule_5`,
  SUM(
    CAST((
      `t0`.`user_id` IS NULL
    )
    OR (
      TRIM(' \t\n\r\013\014' FROM `t0`.`user_id`) = ''
    ) AS BIGINT)
  ) AS `rule_6`,
  SUM(CAST(`t0`.`ordered_at` < CAST('1990-01-01T00:00:00' AS TIMESTAMP) AS BIGINT)) AS `rule_7`,
  SUM(CAST(`t0`.`ordered_at` > CAST('2026-04-01T12:30:00' AS TIMESTAMP) AS BIGINT)) AS `rule_8`,
  SUM(CAST((
    `t0`.`unit_price` - `t0`.`unit_price`
  ) <> 0 AS BIGINT)) AS `rule_9`,
  SUM(CAST((
    `t0`.`list_price` - `t0`.`list_price`
  ) <> 0 AS BIGINT)) AS `rule_10`,
  SUM(CAST((
    `t0`.`unit_cost` - `t0`.`unit_cost`
  ) <> 0 AS BIGINT)) AS `rule_11`,
  SUM(CAST((
    `t0`.`discount` - `t0`.`discount`
  ) <> 0 AS BIGINT)) AS `rule_12`,
  SUM(CAST(`t0`.`quantity` < 1 AS BIGINT)) AS `rule_13`,
  SUM(CAST(`t0`.`unit_price` < 0 AS BIGINT)) AS `rule_14`,
  SUM(CAST(`t0`.`list_price` < 0 AS BIGINT)) AS `rule_15`,
  SUM(CAST(`t0`.`unit_cost` < 0 AS BIGINT)) AS `rule_16`,
  SUM(CAST(`t0`.`discount` < 0 AS BIGINT)) AS `rule_17`,
  SUM(CAST(`t0`.`unit_price` = 0 AS BIGINT)) AS `rule_18`,
  SUM(CAST(`t0`.`loaded_at` < `t0`.`ordered_at` AS BIGINT)) AS `rule_19`
FROM `order_items` AS `t0`
