"""The rules: a regimen and a course in, doses and sums out. No files, no clock, no printing, no names of options."""
