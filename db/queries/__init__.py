"""Every statement that the project sends to the database, by what it is about."""
