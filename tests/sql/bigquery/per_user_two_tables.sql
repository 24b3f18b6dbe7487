SELECT
  `t10`.`user_id`,
  `t10`.`exposed_at`,
  `t10`.`variant`,
  `t10`.`day`,
  `t10`.`visit__outcome`,
  `t10`.`past_visits__covariate`,
  `t10`.`member__covariate`,
  IF(
    `t10`.`exposed_at` <= DATETIME('2026-03-17T23:59:59.500000'),
    COALESCE(`t17`.`after_revenue`, 0.0),
    CAST(NULL AS FLOAT64)
  ) AS `revenue__outcome`,
  IF(
    `t10`.`exposed_at` >= DATETIME('2026-01-29T08:00:00'),
    COALESCE(`t17`.`before_revenue`, 0.0),
    CAST(NULL AS FLOAT64)
  ) AS `revenue__before`,
  IF(
    `t10`.`exposed_at` <= DATETIME('2026-03-28T23:59:59.500000'),
    `t18`.`after_score`,
    CAST(NULL AS FLOAT64)
  ) AS `score__outcome`,
  IF(
    `t10`.`exposed_at` >= DATETIME('2026-01-04T08:00:00'),
    `t18`.`before_score`,
    CAST(NULL AS FLOAT64)
  ) AS `score__before`
FROM (
  SELECT
    `t0`.`user_id`,
    `t0`.`exposed_at`,
    `t0`.`variant`,
    DATE(`t0`.`exposed_at`) AS `day`,
    CAST(`t0`.`visit` AS FLOAT64) AS `visit__outcome`,
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
) AS `t10`
LEFT OUTER JOIN (
  SELECT
    `t13`.`user_id`,
    SUM(
      IF(
        TRUE
        AND (
          (
            `t13`.`happened_at` >= `t13`.`exposed_at`
          )
          AND (
            `t13`.`happened_at` < (
              `t13`.`exposed_at` + INTERVAL '14' DAY
            )
          )
        ),
        `t13`.`value_revenue`,
        CAST(NULL AS FLOAT64)
      )
    ) AS `after_revenue`,
    SUM(
      IF(
        TRUE
        AND (
          (
            `t13`.`happened_at` < `t13`.`exposed_at`
          )
          AND (
            (
              `t13`.`happened_at` + INTERVAL '28' DAY
            ) >= `t13`.`exposed_at`
          )
        ),
        `t13`.`value_revenue`,
        CAST(NULL AS FLOAT64)
      )
    ) AS `before_revenue`
  FROM (
    SELECT
      *
    FROM (
      SELECT
        `t9`.`user_id`,
        `t9`.`exposed_at`,
        `t6`.`happened_at`,
        `t6`.`value_revenue`
      FROM (
        SELECT
          `t0`.`user_id`,
          `t0`.`exposed_at`
        FROM `exposures` AS `t0`
        WHERE
          `t0`.`experiment` = 'checkout'
      ) AS `t9`
      INNER JOIN (
        SELECT
          `t1`.`user_id`,
          `t1`.`ordered_at` AS `happened_at`,
          `t1`.`revenue` AS `value_revenue`
        FROM `orders` AS `t1`
      ) AS `t6`
        ON `t9`.`user_id` = `t6`.`user_id`
    ) AS `t11`
    WHERE
      (
        `t11`.`happened_at` + INTERVAL '28' DAY
      ) >= `t11`.`exposed_at`
      AND `t11`.`happened_at` < (
        `t11`.`exposed_at` + INTERVAL '14' DAY
      )
  ) AS `t13`
  GROUP BY
    1
) AS `t17`
  ON `t10`.`user_id` = `t17`.`user_id`
LEFT OUTER JOIN (
  SELECT
    `t14`.`user_id`,
    AVG(
      IF(
        TRUE
        AND (
          (
            `t14`.`happened_at` >= `t14`.`exposed_at`
          )
          AND (
            `t14`.`happened_at` < (
              `t14`.`exposed_at` + INTERVAL '3' DAY
            )
          )
        ),
        `t14`.`value_score`,
        CAST(NULL AS FLOAT64)
      )
    ) AS `after_score`,
    AVG(
      IF(
        TRUE
        AND (
          (
            `t14`.`happened_at` < `t14`.`exposed_at`
          )
          AND (
            (
              `t14`.`happened_at` + INTERVAL '3' DAY
            ) >= `t14`.`exposed_at`
          )
        ),
        `t14`.`value_score`,
        CAST(NULL AS FLOAT64)
      )
    ) AS `before_score`
  FROM (
    SELECT
      *
    FROM (
      SELECT
        `t9`.`user_id`,
        `t9`.`exposed_at`,
        `t7`.`happened_at`,
        `t7`.`value_score`
      FROM (
        SELECT
          `t0`.`user_id`,
          `t0`.`exposed_at`
        FROM `exposures` AS `t0`
        WHERE
          `t0`.`experiment` = 'checkout'
      ) AS `t9`
      INNER JOIN (
        SELECT
          `t2`.`user_id`,
          `t2`.`event_at` AS `happened_at`,
          `t2`.`value` AS `value_score`
        FROM `events` AS `t2`
      ) AS `t7`
        ON `t9`.`user_id` = `t7`.`user_id`
    ) AS `t12`
    WHERE
      (
        `t12`.`happened_at` + INTERVAL '3' DAY
      ) >= `t12`.`exposed_at`
      AND `t12`.`happened_at` < (
        `t12`.`exposed_at` + INTERVAL '3' DAY
      )
  ) AS `t14`
  GROUP BY
    1
) AS `t18`
  ON `t10`.`user_id` = `t18`.`user_id`
