SELECT
  COUNT(*) AS `rows`,
  COUNT(`t0`.`spend_date`) AS `named`,
  COUNT(DISTINCT `t0`.`spend_date`) AS `different`,
  COUNTIF(`t0`.`spend_date` IS NULL) AS `rule_0`,
  COUNTIF((
    `t0`.`channel` IS NULL
  ) OR (
    TRIM(`t0`.`channel`, ' \t\n\r\v\f') = ''
  )) AS `rule_1`,
  COUNTIF(`t0`.`spend` IS NULL) AS `rule_2`,
  COUNTIF(`t0`.`spend_date` < DATE(1990, 1, 1)) AS `rule_3`,
  COUNTIF(`t0`.`spend_date` > DATE(2026, 4, 1)) AS `rule_4`,
  COUNTIF((
    `t0`.`spend` - `t0`.`spend`
  ) <> 0) AS `rule_5`
FROM `spend` AS `t0`
