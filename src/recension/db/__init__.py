"""SQL: connections, the one writer, migrations, the outbox. Knows no other room."""
