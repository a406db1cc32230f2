"""Where SQL lives, and nowhere else: tables, queries, migrations, notifications."""
