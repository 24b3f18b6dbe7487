SELECT
  COUNT(*) AS `rows`,
  COUNT(`t0`.`order_id`) AS `named`,
  COUNT(DISTINCT `t0`.`order_id`) AS `different`,
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
  COUNTIF(`t0`.`revenue` IS NULL) AS `rule_3`,
  COUNTIF((
    `t0`.`channel` IS NULL
  ) OR (
    TRIM(`t0`.`channel`, ' \t\n\r\v\f') = ''
  )) AS `rule_4`,
  COUNTIF(`t0`.`ordered_at` < DATETIME('1990-01-01T00:00:00')) AS `rule_5`,
  COUNTIF(`t0`.`ordered_at` > DATETIME('2026-04-01T12:30:00')) AS `rule_6`,
  COUNTIF((
    `t0`.`revenue` - `t0`.`revenue`
  ) <> 0) AS `rule_7`
FROM `orders` AS `t0`
