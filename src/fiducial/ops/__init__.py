"""Health, environment, migrations, what the jobs are doing (spec 13)."""
