"""Everything that all tests share is in the plugin; see docs/decisions/0002-services-for-tests.md."""

pytest_plugins = ["tests.services.plugin"]
