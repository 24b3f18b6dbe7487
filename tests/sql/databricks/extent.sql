SELECT
  COUNT(*) AS `rows`,
  MIN(`t0`.`ordered_at`) AS `first`,
  MAX(`t0`.`ordered_at`) AS `last`
FROM `orders` AS `t0`
