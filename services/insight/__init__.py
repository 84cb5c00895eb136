"""What people say afterwards: surveys after an event, the Friends and Family Test, the wellbeing check-in, reports."""
