"""Programs under load: gunicorn with an application, and a client that asks again and again."""
