"""Test programs and test records (测试程序, 测试记录, spec 11.5)."""
