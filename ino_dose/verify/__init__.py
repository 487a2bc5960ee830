"""The second check: an order that somebody else wrote, recomputed by the one engine, and the slip that explains it."""
