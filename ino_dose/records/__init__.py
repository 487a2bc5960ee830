"""What hospitals recorded → administrations, sizes and transplants → the exposure of each patient before transplant."""
