SELECT
  COUNT(*) AS `rows`,
  COUNTIF((
    `t0`.`order_id` IS NULL
  ) OR (
    TRIM(`t0`.`order_id`, ' \t\n\r\v\f') = ''
  )) AS `no_order_id`,
  COUNTIF((
    `t0`.`user_id` IS NULL
  ) OR (
    TRIM(`t0`.`user_id`, ' \t\n\r\v\f') = ''
  )) AS `no_user_id`,
  COUNTIF(
    (
      `t0`.`session_id` IS NULL
    )
    OR (
      TRIM(`t0`.`session_id`, ' \t\n\r\v\f') = ''
    )
  ) AS `no_session_id`,
  MIN(`t0`.`ordered_at`) AS `first`,
  MAX(`t0`.`ordered_at`) AS `last`,
  MIN(`t0`.`currency`) AS `least_currency`,
  MAX(`t0`.`currency`) AS `greatest_currency`,
  COUNTIF((
    `t0`.`order_id` IS NULL
  ) OR (
    TRIM(`t0`.`order_id`, ' \t\n\r\v\f') = ''
  )) AS `rule_0`,
  COUNTIF(`t0`.`ordered_at` IS NULL) AS `rule_1`,
  COUNTIF((
    `t0`.`user_id` IS NULL
  ) OR (
    TRIM(`t0`.`user_id`, ' \t\n\r\v\f') = ''
  )) AS `rule_2`,
  COUNTIF(`t0`.`ordered_at` < DATETIME('1990-01-01T00:00:00')) AS `rule_3`,
  COUNTIF(`t0`.`ordered_at` > DATETIME('2026-04-01T12:30:00')) AS `rule_4`,
  COUNTIF((
    `t0`.`subtotal` - `t0`.`subtotal`
  ) <> 0) AS `rule_5`,
  COUNTIF((
    `t0`.`discount` - `t0`.`discount`
  ) <> 0) AS `rule_6`,
  COUNTIF((
    `t0`.`shipping` - `t0`.`shipping`
  ) <> 0) AS `rule_7`,
  COUNTIF((
    `t0`.`tax` - `t0`.`tax`
  ) <> 0) AS `rule_8`,
  COUNTIF((
    `t0`.`cost` - `t0`.`cost`
  ) <> 0) AS `rule_9`,
  COUNTIF((
    `t0`.`refund` - `t0`.`refund`
  ) <> 0) AS `rule_10`,
  COUNTIF((
    `t0`.`fx` - `t0`.`fx`
  ) <> 0) AS `rule_11`,
  COUNTIF(
    NOT (
      `t0`.`status` IN ('placed', 'paid', 'shipped', 'delivered', 'cancelled', 'returned', '')
    )
  ) AS `rule_12`,
  COUNTIF(`t0`.`subtotal` < 0) AS `rule_13`,
  COUNTIF(`t0`.`discount` < 0) AS `rule_14`,
  COUNTIF(`t0`.`shipping` < 0) AS `rule_15`,
  COUNTIF(`t0`.`tax` < 0) AS `rule_16`,
  COUNTIF(`t0`.`cost` < 0) AS `rule_17`,
  COUNTIF(`t0`.`refund` < 0) AS `rule_18`,
  COUNTIF(
    (
      `t0`.`subtotal` < `t0`.`discount`
    )
    AND (
      (
        `t0`.`discount` - `t0`.`discount`
      ) = 0
    )
  ) AS `rule_19`,
  COUNTIF(`t0`.`fx` <= 0) AS `rule_20`,
  COUNTIF(`t0`.`paid_at` < `t0`.`ordered_at`) AS `rule_21`,
  COUNTIF(`t0`.`shipped_at` < `t0`.`paid_at`) AS `rule_22`,
  COUNTIF(`t0`.`delivered_at` < `t0`.`shipped_at`) AS `rule_23`,
  COUNTIF(`t0`.`loaded_at` < `t0`.`ordered_at`) AS `rule_24`
FROM `orders` AS `t0`
