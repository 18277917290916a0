"""The front door: everything the rooms need is registered here."""

pytest_plugins = ["fixtures.plugin.hooks"]
