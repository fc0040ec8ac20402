"""What `./dev package` makes out of the program: archives with the same bytes each time."""
