SELECT
  COUNT(*) AS `users`,
  COUNT(`t1`.`past_visits__covariate`) AS `past_visits__covariate`,
  COUNT(`t1`.`member__covariate`) AS `member__covariate`
FROM (
  SELECT
    `t0`.`user_id`,
    `t0`.`variant`,
    COALESCE(`t0`.`country`, '(missing)') AS `country`,
    COALESCE(`t0`.`device`, '(missing)') AS `device`,
    DATE(`t0`.`exposed_at`) AS `day`,
    CAST(`t0`.`visit` AS FLOAT64) AS `visit__outcome`,
    `t0`.`spend` AS `spend__outcome`,
    `t0`.`past_visits` AS `past_visits__covariate`,
    CASE
      WHEN `t0`.`member`
      THEN 1.0
      WHEN NOT (
        `t0`.`member`
      )
      THEN 0.0
      ELSE CAST(NULL AS FLOAT64)
    END AS `member__covariate`
  FROM `exposures` AS `t0`
  WHERE
    `t0`.`experiment` = 'checkout'
) AS `t1`
