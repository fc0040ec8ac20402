"""`partsmith serve --upstream` before real engines."""
