SELECT
  "t2"."variant",
  "t2"."country",
  "t2"."device",
  "t2"."day",
  COUNT(*) AS "users",
  SUM("t2"."open_m0") AS "open_m0",
  COUNT("t2"."m0_0") AS "n_m0",
  AVG("t2"."m0_0") AS "mean_m0_0",
  AVG("t2"."m0_1") AS "mean_m0_1",
  AVG("t2"."m0_2") AS "mean_m0_2",
  AVG("t2"."m0_3") AS "mean_m0_3",
  AVG("t2"."m0_4") AS "mean_m0_4",
  VARIANCE("t2"."m0_0") AS "cov_m0_0_0",
  COVAR_SAMP("t2"."m0_0", "t2"."m0_1") AS "cov_m0_0_1",
  COVAR_SAMP("t2"."m0_0", "t2"."m0_2") AS "cov_m0_0_2",
  COVAR_SAMP("t2"."m0_0", "t2"."m0_3") AS "cov_m0_0_3",
  COVAR_SAMP("t2"."m0_0", "t2"."m0_4") AS "cov_m0_0_4",
  VARIANCE("t2"."m0_1") AS "cov_m0_1_1",
  COVAR_SAMP("t2"."m0_1", "t2"."m0_2") AS "cov_m0_1_2",
  COVAR_SAMP("t2"."m0_1", "t2"."m0_3") AS "cov_m0_1_3",
  COVAR_SAMP("t2"."m0_1", "t2"."m0_4") AS "cov_m0_1_4",
  VARIANCE("t2"."m0_2") AS "cov_m0_2_2",
  COVAR_SAMP("t2"."m0_2", "t2"."m0_3") AS "cov_m0_2_3",
  COVAR_SAMP("t2"."m0_2", "t2"."m0_4") AS "cov_m0_2_4",
  VARIANCE("t2"."m0_3") AS "cov_m0_3_3",
  COVAR_SAMP("t2"."m0_3", "t2"."m0_4") AS "cov_m0_3_4",
  VARIANCE("t2"."m0_4") AS "cov_m0_4_4",
  SUM("t2"."open_m1") AS "open_m1",
  COUNT("t2"."m1_0") AS "n_m1",
  AVG("t2"."m1_0") AS "mean_m1_0",
  AVG("t2"."m1_1") AS "mean_m1_1",
  AVG("t2"."m1_2") AS "mean_m1_2",
  AVG("t2"."m1_3") AS "mean_m1_3",
  AVG("t2"."m1_4") AS "mean_m1_4",
  AVG("t2"."m1_5") AS "mean_m1_5",
  VARIANCE("t2"."m1_0") AS "cov_m1_0_0",
  COVAR_SAMP("t2"."m1_0", "t2"."m1_1") AS "cov_m1_0_1",
  COVAR_SAMP("t2"."m1_0", "t2"."m1_2") AS "cov_m1_0_2",
  COVAR_SAMP("t2"."m1_0", "t2"."m1_3") AS "cov_m1_0_3",
  COVAR_SAMP("t2"."m1_0", "t2"."m1_4") AS "cov_m1_0_4",
  COVAR_SAMP("t2"."m1_0", "t2"."m1_5") AS "cov_m1_0_5",
  VARIANCE("t2"."m1_1") AS "cov_m1_1_1",
  COVAR_SAMP("t2"."m1_1", "t2"."m1_2") AS "cov_m1_1_2",
  COVAR_SAMP("t2"."m1_1", "t2"."m1_3") AS "cov_m1_1_3",
  COVAR_SAMP("t2"."m1_1", "t2"."m1_4") AS "cov_m1_1_4",
  COVAR_SAMP("t2"."m1_1", "t2"."m1_5") AS "cov_m1_1_5",
  VARIANCE("t2"."m1_2") AS "cov_m1_2_2",
  COVAR_SAMP("t2"."m1_2", "t2"."m1_3") AS "cov_m1_2_3",
  COVAR_SAMP("t2"."m1_2", "t2"."m1_4") AS "cov_m1_2_4",
  COVAR_SAMP("t2"."m1_2", "t2"."m1_5") AS "cov_m1_2_5",
  VARIANCE("t2"."m1_3") AS "cov_m1_3_3",
  COVAR_SAMP("t2"."m1_3", "t2"."m1_4") AS "cov_m1_3_4",
  COVAR_SAMP("t2"."m1_3", "t2"."m1_5") AS "cov_m1_3_5",
  VARIANCE("t2"."m1_4") AS "cov_m1_4_4",
  COVAR_SAMP("t2"."m1_4", "t2"."m1_5") AS "cov_m1_4_5",
  VARIANCE("t2"."m1_5") AS "cov_m1_5_5"
FROM (
  SELECT
    "t1"."variant",
    "t1"."country",
    "t1"."device",
    "t1"."day",
    IFF(FALSE, 1, 0) AS "open_m0",
    IFF(
      "t1"."visit__outcome" IS NOT NULL,
      "t1"."visit__outcome" - CAST('0.125' AS DOUBLE),
      CAST(NULL AS DOUBLE)
    ) AS "m0_0",
    IFF(
      "t1"."visit__outcome" IS NOT NULL,
      COALESCE("t1"."past_visits__covariate" - CAST('-3.5e-07' AS DOUBLE), 0.0),
      CAST(NULL AS DOUBLE)
    ) AS "m0_1",
    IFF(
      "t1"."visit__outcome" IS NOT NULL,
      COALESCE("t1"."member__covariate", 0.0),
      CAST(NULL AS DOUBLE)
    ) AS "m0_2",
    IFF(
      "t1"."visit__outcome" IS NOT NULL,
      COALESCE(IFF("t1"."past_visits__covariate" IS NOT NULL, 1.0, 0.0), 0.0),
      CAST(NULL AS DOUBLE)
    ) AS "m0_3",
    IFF(
      "t1"."visit__outcome" IS NOT NULL,
      COALESCE(IFF("t1"."member__covariate" IS NOT NULL, 1.0, 0.0), 0.0),
      CAST(NULL AS DOUBLE)
    ) AS "m0_4",
    IFF(FALSE, 1, 0) AS "open_m1",
    IFF(
      (
        "t1"."spend__outcome" IS NOT NULL
      )
      AND (
        "t1"."visit__outcome" IS NOT NULL
      ),
      "t1"."spend__outcome" - CAST('100000000.0' AS DOUBLE),
      CAST(NULL AS DOUBLE)
    ) AS "m1_0",
    IFF(
      (
        "t1"."spend__outcome" IS NOT NULL
      )
      AND (
        "t1"."visit__outcome" IS NOT NULL
      ),
      "t1"."visit__outcome" - CAST('0.125' AS DOUBLE),
      CAST(NULL AS DOUBLE)
    ) AS "m1_1",
    IFF(
      (
        "t1"."spend__outcome" IS NOT NULL
      )
      AND (
        "t1"."visit__outcome" IS NOT NULL
      ),
      COALESCE("t1"."past_visits__covariate" - CAST('-3.5e-07' AS DOUBLE), 0.0),
      CAST(NULL AS DOUBLE)
    ) AS "m1_2",
    IFF(
      (
        "t1"."spend__outcome" IS NOT NULL
      )
      AND (
        "t1"."visit__outcome" IS NOT NULL
      ),
      COALESCE("t1"."member__covariate", 0.0),
      CAST(NULL AS DOUBLE)
    ) AS "m1_3",
    IFF(
      (
        "t1"."spend__outcome" IS NOT NULL
      )
      AND (
        "t1"."visit__outcome" IS NOT NULL
      ),
      COALESCE(IFF("t1"."past_visits__covariate" IS NOT NULL, 1.0, 0.0), 0.0),
      CAST(NULL AS DOUBLE)
    ) AS "m1_4",
    IFF(
      (
        "t1"."spend__outcome" IS NOT NULL
      )
      AND (
        "t1"."visit__outcome" IS NOT NULL
      ),
      COALESCE(IFF("t1"."member__covariate" IS NOT NULL, 1.0, 0.0), 0.0),
      CAST(NULL AS DOUBLE)
    ) AS "m1_5"
  FROM (
    SELECT
      "t0"."user_id",
      "t0"."variant",
      COALESCE("t0"."country", '(missing)') AS "country",
      COALESCE("t0"."device", '(missing)') AS "device",
      TO_DATE("t0"."exposed_at") AS "day",
      CAST("t0"."visit" AS DOUBLE) AS "visit__outcome",
      "t0"."spend" AS "spend__outcome",
      "t0"."past_visits" AS "past_visits__covariate",
      CASE
        WHEN "t0"."member"
        THEN 1.0
        WHEN NOT (
          "t0"."member"
        )
        THEN 0.0
        ELSE CAST(NULL AS DOUBLE)
      END AS "member__covariate"
    FROM "exposures" AS "t0"
    WHERE
      "t0"."experiment" = 'checkout'
  ) AS "t1"
) AS "t2"
GROUP BY
  1,
  2,
  3,
  4
