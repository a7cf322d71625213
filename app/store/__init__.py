"""The only SQL: one file a table. Functions take a connection; whoever opened it owns the transaction."""
