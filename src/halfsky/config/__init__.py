"""The Django project: settings, addresses, the entry of the web server."""
