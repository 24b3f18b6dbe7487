SELECT
  COUNT(*) AS `rows`,
  COUNT(`t0`.`order_id`) AS `named`,
  COUNT(DISTINCT `t0`.`order_id`) AS `different`,
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
  SUM(CAST(`t0`.`revenue` IS NULL OR ISNAN(`t0`.`revenue`) AS BIGINT)) AS `rule_3`,
  SUM(
    CAST((
      `t0`.`channel` IS NULL
    )
    OR (
      TRIM(' \t\n\r\013\014' FROM `t0`.`channel`) = ''
    ) AS BIGINT)
  ) AS `rule_4`,
  SUM(CAST(`t0`.`ordered_at` < CAST('1990-01-01T00:00:00' AS TIMESTAMP) AS BIGINT)) AS `rule_5`,
  SUM(CAST(`t0`.`ordered_at` > CAST('2026-04-01T12:30:00' AS TIMESTAMP) AS BIGINT)) AS `rule_6`,
  SUM(CAST((
    `t0`.`revenue` - `t0`.`revenue`
  ) <> 0 AS BIGINT)) AS `rule_7`
FROM `orders` AS `t0`
