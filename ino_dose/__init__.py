"""ino-dose: every dose of inotuzumab ozogamicin in a course, from BSA to ceiling."""

__version__ = "0.1.0"
