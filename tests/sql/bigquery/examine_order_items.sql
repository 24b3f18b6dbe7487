SELECT
  COUNT(*) AS `rows`,
  COUNTIF((
    `t0`.`order_id` IS NULL
  ) OR (
    TRIM(`t0`.`order_id`, ' \t\n\r\v\f') = ''
  )) AS `no_order_id`,
  COUNTIF(
    (
      `t0`.`product_id` IS NULL
    )
    OR (
      TRIM(`t0`.`product_id`, ' \t\n\r\v\f') = ''
    )
  ) AS `no_product_id`,
  COUNTIF(
    (
      `t0`.`coupon_id` IS NULL
    )
    OR (
      TRIM(`t0`.`coupon_id`, ' \t\n\r\v\f') = ''
    )
  ) AS `no_coupon_id`,
  COUNTIF(
    (
      `t0`.`seller_id` IS NULL
    )
    OR (
      TRIM(`t0`.`seller_id`, ' \t\n\r\v\f') = ''
    )
  ) AS `no_seller_id`,
  COUNTIF((
    `t0`.`user_id` IS NULL
  ) OR (
    TRIM(`t0`.`user_id`, ' \t\n\r\v\f') = ''
  )) AS `no_user_id`,
  MIN(`t0`.`ordered_at`) AS `first`,
  MAX(`t0`.`ordered_at`) AS `last`,
  COUNTIF((
    `t0`.`order_id` IS NULL
  ) OR (
    TRIM(`t0`.`order_id`, ' \t\n\r\v\f') = ''
  )) AS `rule_0`,
  COUNTIF(`t0`.`line_no` IS NULL) AS `rule_1`,
  COUNTIF(`t0`.`ordered_at` IS NULL) AS `rule_2`,
  COUNTIF(
    (
      `t0`.`product_id` IS NULL
    )
    OR (
      TRIM(`t0`.`product_id`, ' \t\n\r\v\f') = ''
    )
  ) AS `rule_3`,
  COUNTIF(`t0`.`quantity` IS NULL) AS `rule_4`,
  COUNTIF(`t0`.`unit_price` IS NULL) AS `rule_5`,
  COUNTIF((
    `t0`.`user_id` IS NULL
  ) OR (
    TRIM(`t0`.`user_id`, ' \t\n\r\v\f') = ''
  )) AS `rule_6`,
  COUNTIF(`t0`.`ordered_at` < DATETIME('1990-01-01T00:00:00')) AS `rule_7`,
  COUNTIF(`t0`.`ordered_at` > DATETIME('2026-04-01T12:30:00')) AS `rule_8`,
  COUNTIF((
    `t0`.`unit_price` - `t0`.`unit_price`
  ) <> 0) AS `rule_9`,
  COUNTIF((
    `t0`.`list_price` - `t0`.`list_price`
  ) <> 0) AS `rule_10`,
  COUNTIF((
    `t0`.`unit_cost` - `t0`.`unit_cost`
  ) <> 0) AS `rule_11`,
  COUNTIF((
    `t0`.`discount` - `t0`.`discount`
  ) <> 0) AS `rule_12`,
  COUNTIF(`t0`.`quantity` < 1) AS `rule_13`,
  COUNTIF(`t0`.`unit_price` < 0) AS `rule_14`,
  COUNTIF(`t0`.`list_price` < 0) AS `rule_15`,
  COUNTIF(`t0`.`unit_cost` < 0) AS `rule_16`,
  COUNTIF(`t0`.`discount` < 0) AS `rule_17`,
  COUNTIF(`t0`.`unit_price` = 0) AS `rule_18`,
  COUNTIF(`t0`.`loaded_at` < `t0`.`ordered_at`) AS `rule_19`
FROM `order_items` AS `t0`
