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
      `t0`.`user_id` IS NULL
    )
    OR (
      TRIM(' \t\n\r\013\014' FROM `t0`.`user_id`) = ''
    ) AS BIGINT)
  ) AS `no_user_id`,
  SUM(
    CAST((
      `t0`.`session_id` IS NULL
    )
    OR (
      TRIM(' \t\n\r\013\014' FROM `t0`.`session_id`) = ''
    ) AS BIGINT)
  ) AS `no_session_id`,
  MIN(`t0`.`ordered_at`) AS `first`,
  MAX(`t0`.`ordered_at`) AS `last`,
  MIN(`t0`.`currency`) AS `least_currency`,
  MAX(`t0`.`currency`) AS `greatest_currency`,
  SUM(
    CAST((
      `t0`.`order_id` IS NULL
    )
    OR (
      TRIM(' \t\n\r\013\014' FROM `t0`.`order_id`) = ''
    ) AS BIGINT)
  ) AS `rule_0`,
  SUM(CAST(`t0`.`ordered_at` IS NULL AS BIGINT)) AS `rule_1`,
  SUM(
    CAST((
      `t0`.`user_id` IS NULL
    )
    OR (
      TRIM(' \t\n\r\013\014' FROM `t0`.`user_id`) = ''
    ) AS BIGINT)
  ) AS `rule_2`,
  SUM(CAST(`t0`.`ordered_at` < CAST('1990-01-01T00:00:00' AS TIMESTAMP) AS BIGINT)) AS `rule_3`,
  SUM(CAST(`t0`.`ordered_at` > CAST('2026-04-01T12:30:00' AS TIMESTAMP) AS BIGINT)) AS `rule_4`,
  SUM(CAST((
    `t0`.`subtotal` - `t0`.`subtotal`
  ) <> 0 AS BIGINT)) AS `rule_5`,
  SUM(CAST((
    `t0`.`discount` - `t0`.`discount`
  ) <> 0 AS BIGINT)) AS `rule_6`,
  SUM(CAST((
    `t0`.`shipping` - `t0`.`shipping`
  ) <> 0 AS BIGINT)) AS `rule_7`,
  SUM(CAST((
    `t0`.`tax` - `t0`.`tax`
  ) <> 0 AS BIGINT)) AS `rule_8`,
  SUM(CAST((
    `t0`.`cost` - `t0`.`cost`
  ) <> 0 AS BIGINT)) AS `rule_9`,
  SUM(CAST((
    `t0`.`refund` - `t0`.`refund`
  ) <> 0 AS BIGINT)) AS `rule_10`,
  SUM(CAST((
    `t0`.`fx` - `t0`.`fx`
  ) <> 0 AS BIGINT)) AS `rule_11`,
  SUM(
    CAST(NOT (
      `t0`.`status` IN ('placed', 'paid', 'shipped', 'delivered', 'cancelled', 'returned', '')
    ) AS BIGINT)
  ) AS `rule_12`,
  SUM(CAST(`t0`.`subtotal` < 0 AS BIGINT)) AS `rule_13`,
  SUM(CAST(`t0`.`discount` < 0 AS BIGINT)) AS `rule_14`,
  SUM(CAST(`t0`.`shipping` < 0 AS BIGINT)) AS `rule_15`,
  SUM(CAST(`t0`.`tax` < 0 AS BIGINT)) AS `rule_16`,
  SUM(CAST(`t0`.`cost` < 0 AS BIGINT)) AS `rule_17`,
  SUM(CAST(`t0`.`refund` < 0 AS BIGINT)) AS `rule_18`,
  SUM(
    CAST((
      `t0`.`subtotal` < `t0`.`discount`
    )
    AND (
      (
        `t0`.`discount` - `t0`.`discount`
      ) = 0
    ) AS BIGINT)
  ) AS `rule_19`,
  SUM(CAST(`t0`.`fx` <= 0 AS BIGINT)) AS `rule_20`,
  SUM(CAST(`t0`.`paid_at` < `t0`.`ordered_at` AS BIGINT)) AS `rule_21`,
  SUM(CAST(`t0`.`shipped_at` < `t0`.`paid_at` AS BIGINT)) AS `rule_22`,
  SUM(CAST(`t0`.`delivered_at` < `t0`.`shipped_at` AS BIGINT)) AS `rule_23`,
  SUM(CAST(`t0`.`loaded_at` < `t0`.`ordered_at` AS BIGINT)) AS `rule_24`
FROM `orders` AS `t0`
