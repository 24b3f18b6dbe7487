SELECT
  COUNT(*) AS `rows`,
  COUNT(`t0`.`spend_date`) AS `named`,
  COUNT(DISTINCT `t0`.`spend_date`) AS `different`,
  SUM(CAST(`t0`.`spend_date` IS NULL AS BIGINT)) AS `rule_0`,
  SUM(
    CAST((
      `t0`.`channel` IS NULL
    )
    OR (
      TRIM(' \t\n\r\013\014' FROM `t0`.`channel`) = ''
    ) AS BIGINT)
  ) AS `rule_1`,
  SUM(CAST(`t0`.`spend` IS NULL OR ISNAN(`t0`.`spend`) AS BIGINT)) AS `rule_2`,
  SUM(CAST(`t0`.`spend_date` < MAKE_DATE(1990, 1, 1) AS BIGINT)) AS `rule_3`,
  SUM(CAST(`t0`.`spend_date` > MAKE_DATE(2026, 4, 1) AS BIGINT)) AS `rule_4`,
  SUM(CAST((
    `t0`.`spend` - `t0`.`spend`
  ) <> 0 AS BIGINT)) AS `rule_5`
FROM `spend` AS `t0`
