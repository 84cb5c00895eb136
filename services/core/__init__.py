"""What every part stands on: time, identifiers, phone numbers, errors, the database."""
