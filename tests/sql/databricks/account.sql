SELECT
  COUNT(*) AS `rows`,
  COUNT(DISTINCT `t1`.`user_id`) AS `users`,
  SUM(IF(`t1`.`user_id` IS NULL, 1, 0)) AS `no_user`,
  SUM(IF(`t1`.`variant` IS NULL, 1, 0)) AS `no_variant`,
  MIN(`t1`.`exposed_at`) AS `first`,
  MAX(`t1`.`exposed_at`) AS `last`,
  SUM(IF(`t1`.`exposed_at` IS NULL, 1, 0)) AS `no_time`
FROM (
  SELECT
    `t0`.`experiment`,
    `t0`.`variant`,
    `t0`.`user_id`,
    `t0`.`exposed_at`,
    `t0`.`loaded_at`,
    `t0`.`country`,
    `t0`.`device`,
    `t0`.`channel`,
    `t0`.`stratum`,
    `t0`.`layer`,
    `t0`.`propensity`,
    `t0`.`visit`,
    `t0`.`spend`,
    `t0`.`past_visits`,
    `t0`.`member`,
    CAST(`t0`.`exposed_at` AS DATE) AS `day`,
    COALESCE(`t0`.`country`, '(missing)') AS `country__segment`,
    COALESCE(`t0`.`device`, '(missing)') AS `device__segment`
  FROM `exposures` AS `t0`
  WHERE
    `t0`.`experiment` = 'checkout'
) AS `t1`
