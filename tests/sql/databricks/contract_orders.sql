SELECT
  COUNT(*) AS `rows`,
  COUNT(`t0`.`order_id`) AS `named`,
  COUNT(DISTINCT `t0`.`order_id`) AS `different`,
  SUM(
    IF(
      (
        `t0`.`order_id` IS NULL
      )
      OR (
        TRIM(' \t\n\r\013\014' FROM `t0`.`order_id`) = ''
      ),
      1,
      0
    )
  ) AS `rule_0`,
  SUM(IF(`t0`.`ordered_at` IS NULL, 1, 0)) AS `rule_1`,
  SUM(
    IF(
      (
        `t0`.`user_id` IS NULL
      )
      OR (
        TRIM(' \t\n\r\013\014' FROM `t0`.`user_id`) = ''
      ),
      1,
      0
    )
  ) AS `rule_2`,
  SUM(IF(`t0`.`revenue` IS NULL OR ISNAN(`t0`.`revenue`), 1, 0)) AS `rule_3`,
  SUM(
    IF(
      (
        `t0`.`channel` IS NULL
      )
      OR (
        TRIM(' \t\n\r\013\014' FROM `t0`.`channel`) = ''
      ),
      1,
      0
    )
  ) AS `rule_4`,
  SUM(IF(`t0`.`ordered_at` < CAST('1990-01-01T00:00:00' AS TIMESTAMP), 1, 0)) AS `rule_5`,
  SUM(IF(`t0`.`ordered_at` > CAST('2026-04-01T12:30:00' AS TIMESTAMP), 1, 0)) AS `rule_6`,
  SUM(IF((
    `t0`.`revenue` - `t0`.`revenue`
  ) <> 0, 1, 0)) AS `rule_7`
FROM `orders` AS `t0`
