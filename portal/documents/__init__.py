"""Files out of rows, and rows out of files: data in, bytes out; nothing here asks the database."""
