SELECT
  `t0`.`user_id`,
  CAST(CAST(`t0`.`visit` AS FLOAT64) AS STRING) AS `value`
FROM `exposures` AS `t0`
WHERE
  `t0`.`experiment` = 'checkout'
  AND (
    CAST(`t0`.`visit` AS FLOAT64) - CAST(`t0`.`visit` AS FLOAT64)
  ) <> 0
