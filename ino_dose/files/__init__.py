"""YAML files and nouns: every fault of a file at once, each with its line."""
