SELECT
  COUNT(*) AS `rows`,
  COUNT(`t0`.`spend_date`) AS `named`,
  COUNT(DISTINCT `t0`.`spend_date`) AS `different`,
  SUM(IF(`t0`.`spend_date` IS NULL, 1, 0)) AS `rule_0`,
  SUM(
    IF((
      `t0`.`channel` IS NULL
    ) OR (
      TRIM(`t0`.`channel`, ' \t\n\r\v\f') = ''
    ), 1, 0)
  ) AS `rule_1`,
  SUM(IF(`t0`.`spend` IS NULL, 1, 0)) AS `rule_2`,
  SUM(IF(`t0`.`spend_date` < DATE(1990, 1, 1), 1, 0)) AS `rule_3`,
  SUM(IF(`t0`.`spend_date` > DATE(2026, 4, 1), 1, 0)) AS `rule_4`,
  SUM(IF((
    `t0`.`spend` - `t0`.`spend`
  ) <> 0, 1, 0)) AS `rule_5`
FROM `spend` AS `t0`
