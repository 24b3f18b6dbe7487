SELECT
  `t1`.`variant`,
  `t1`.`country`,
  `t1`.`device`,
  `t1`.`day`,
  COUNT(*) AS `users`,
  SUM(`t1`.`visit__outcome`) AS `sum__visit__outcome`,
  SUM(`t1`.`spend__outcome`) AS `sum__spend__outcome`,
  SUM(`t1`.`past_visits__covariate`) AS `sum__past_visits__covariate`,
  SUM(`t1`.`member__covariate`) AS `sum__member__covariate`,
  COUNT(`t1`.`visit__outcome`) AS `known__visit__outcome`,
  COUNT(`t1`.`spend__outcome`) AS `known__spend__outcome`,
  COUNT(`t1`.`past_visits__covariate`) AS `known__past_visits__covariate`,
  COUNT(`t1`.`member__covariate`) AS `known__member__covariate`,
  SUM(`t1`.`member__covariate` * `t1`.`member__covariate`) AS `sum__member__covariate__member__covariate`,
  SUM(`t1`.`past_visits__covariate` * `t1`.`member__covariate`) AS `sum__past_visits__covariate__member__covariate`,
  SUM(`t1`.`past_visits__covariate` * `t1`.`past_visits__covariate`) AS `sum__past_visits__covariate__past_visits__covariate`,
  SUM(`t1`.`spend__outcome` * `t1`.`member__covariate`) AS `sum__spend__outcome__member__covariate`,
  SUM(`t1`.`spend__outcome` * `t1`.`past_visits__covariate`) AS `sum__spend__outcome__past_visits__covariate`,
  SUM(`t1`.`spend__outcome` * `t1`.`spend__outcome`) AS `sum__spend__outcome__spend__outcome`,
  SUM(`t1`.`spend__outcome` * `t1`.`visit__outcome`) AS `sum__spend__outcome__visit__outcome`,
  SUM(`t1`.`visit__outcome` * `t1`.`member__covariate`) AS `sum__visit__outcome__member__covariate`,
  SUM(`t1`.`visit__outcome` * `t1`.`past_visits__covariate`) AS `sum__visit__outcome__past_visits__covariate`,
  SUM(`t1`.`visit__outcome` * `t1`.`visit__outcome`) AS `sum__visit__outcome__visit__outcome`
FROM (
  SELECT
    `t0`.`variant`,
    COALESCE(`t0`.`country`, '(missing)') AS `country`,
    COALESCE(`t0`.`device`, '(missing)') AS `device`,
    CAST(`t0`.`exposed_at` AS DATE) AS `day`,
    CAST(`t0`.`visit` AS DOUBLE) - CAST('0.125' AS DOUBLE) AS `visit__outcome`,
    `t0`.`spend` - CAST('100000000.0' AS DOUBLE) AS `spend__outcome`,
    `t0`.`past_visits` - CAST('-3.5e-07' AS DOUBLE) AS `past_visits__covariate`,
    CASE
      WHEN `t0`.`member`
      THEN 1.0
      WHEN NOT (
        `t0`.`member`
      )
      THEN 0.0
      ELSE CAST(NULL AS DOUBLE)
    END AS `member__covariate`
  FROM `exposures` AS `t0`
  WHERE
    `t0`.`experiment` = 'checkout'
) AS `t1`
GROUP BY
  1,
  2,
  3,
  4
