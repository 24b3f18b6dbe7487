SELECT
  COUNT(*) AS `rows`,
  COUNT(DISTINCT `t2`.`user_id`) AS `users`,
  SUM(IF(`t2`.`user_id` IS NULL, 1, 0)) AS `no_user`,
  SUM(IF(`t2`.`variant` IS NULL, 1, 0)) AS `no_variant`
FROM (
  SELECT
    *
  FROM (
    SELECT
      `t0`.*
      EXCEPT (`exposed_at`)
    FROM `exposures` AS `t0`
  ) AS `t1`
  WHERE
    `t1`.`experiment` = 'checkout'
) AS `t2`
