"""What is printed: a file for each thing and form."""
