"""What is decided without a database: codes, tables of steps, limits, how mails are read."""
