SELECT
  CAST(`t1`.`ordered_at` AS DATE) AS `day`,
  COUNT(*) AS `rows`
FROM (
  SELECT
    *
  FROM `orders` AS `t0`
  WHERE
    `t0`.`ordered_at` >= CAST('2026-01-27T00:00:00' AS TIMESTAMP)
    AND `t0`.`ordered_at` <= CAST('2026-03-31T12:30:00' AS TIMESTAMP)
) AS `t1`
GROUP BY
  1
